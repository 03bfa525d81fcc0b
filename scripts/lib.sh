# shellcheck shell=bash disable=SC2034
# Shared by the other scripts (sourced, never run): where things are, how to speak, how to install a Debian package.

PARLANCE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One place for the versions of the build tools. wasm-bindgen must equal the version in Cargo.toml.
CARGO_LEPTOS_VERSION=0.3.10
WASM_BINDGEN_VERSION=0.2.130
CARGO_DENY_VERSION=0.20.2

# Tools live outside the checkout, a folder per version, so that checkouts share them and a clean one starts quickly.
PARLANCE_TOOLS=${PARLANCE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/parlance/tools}

# rustup's installer leaves PATH to the login shell, which CI may not have.
if ! command -v cargo >/dev/null 2>&1 && [[ -x $HOME/.cargo/bin/cargo ]]; then export PATH=$HOME/.cargo/bin:$PATH; fi

say() { printf '==> %s\n' "$*" >&2; }

# fail "what went wrong" "what to do next"
fail() {
  printf 'error: %s\n' "$1" >&2
  if (($# > 1)); then printf '  next: %s\n' "$2" >&2; fi
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# has_version COMMAND VERSION: whether COMMAND on PATH reports exactly VERSION.
has_version() { [[ "$("$1" --version 2>/dev/null </dev/null)" =~ (^|[[:space:]])"$2"([[:space:]]|$) ]]; }

# as_root CMD…: runs CMD as root without ever asking for a password; returns 1 when that is not possible.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# apt_install PACKAGE…: installs Debian packages without questions.
apt_install() {
  have apt-get || return 1
  as_root true || return 1
  as_root apt-get update -qq </dev/null >&2 || say "apt-get update failed: trying with the lists that are there"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null >&2
}

# install_tool CRATE VERSION ARGUMENT…: compiles a build tool and puts it below $PARLANCE_TOOLS. In a folder of its own, so that
# neither the project's target nor its settings matter.
install_tool() {
  local crate=$1 version=$2 status=0 work
  shift 2
  mkdir -p "$PARLANCE_TOOLS"
  work=$(mktemp -d "${TMPDIR:-/tmp}/parlance-tool.XXXXXX")
  (
    trap 'rm -rf "$work"' EXIT
    # Built in the neutral folder, yet with the compiler that the project pins.
    if have rustup; then RUSTUP_TOOLCHAIN=$(cd "$PARLANCE_ROOT" && rustup show active-toolchain | cut -d' ' -f1) && export RUSTUP_TOOLCHAIN; fi
    cd "$work"
    # A build tool need not be fast itself: half the time to compile it. What compresses the site is worth optimising.
    export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64
    # The C beneath them is OpenSSL above all, which would take a quarter of the time: the machine's own, if it is there.
    export CFLAGS="${CFLAGS:+$CFLAGS }-O0"
    if have pkg-config && pkg-config --exists 'openssl >= 1.1.1'; then export OPENSSL_NO_VENDOR=1; fi
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
    cargo install "$crate" --version "$version" --root "$PARLANCE_TOOLS/$crate-$version" --force "$@" </dev/null
  ) || status=$?
  ((status == 0)) || fail "could not install $crate $version" "read the lines above; if the crates registry cannot be reached, try again later"
}

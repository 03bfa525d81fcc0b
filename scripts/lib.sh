# shellcheck shell=bash disable=SC2034
# Shared by the other scripts (sourced, never run): where things are, how to speak, how to install a Debian package.

PARLANCE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One place for the versions of the build tools. wasm-bindgen must equal the version in Cargo.toml.
CARGO_LEPTOS_VERSION=0.3.10
WASM_BINDGEN_VERSION=0.2.130

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

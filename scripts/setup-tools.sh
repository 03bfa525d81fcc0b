#!/usr/bin/env bash
# Installs cargo-leptos and the wasm-bindgen CLI in the exact versions that lib.sh names; skips what is there.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

# has_version COMMAND VERSION: whether COMMAND on PATH (our tools come first) reports exactly VERSION.
has_version() { [[ "$("$1" --version 2>/dev/null </dev/null)" =~ (^|[[:space:]])"$2"([[:space:]]|$) ]]; }

work=
trap 'rm -rf "$work"' EXIT

# install CRATE VERSION ARGUMENT…: builds in a folder of its own, so that neither the project's target nor its settings matter.
install() {
  local crate=$1 version=$2 status=0
  shift 2
  mkdir -p "$PARLANCE_TOOLS"
  work=$(mktemp -d "${TMPDIR:-/tmp}/parlance-tool.XXXXXX")
  # Built in the neutral folder, yet with the compiler that the project pins.
  if have rustup; then RUSTUP_TOOLCHAIN=$(cd "$PARLANCE_ROOT" && rustup show active-toolchain | cut -d' ' -f1) && export RUSTUP_TOOLCHAIN; fi
  (
    cd "$work"
    # A build tool need not be fast itself: half the time to compile it. What compresses the site is worth optimising.
    export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
    cargo install "$crate" --version "$version" --root "$PARLANCE_TOOLS/$crate-$version" --force "$@" </dev/null
  ) || status=$?
  rm -rf "$work"
  ((status == 0)) || fail "could not install $crate $version" "read the lines above; if the crates registry cannot be reached, try again later"
}

if has_version cargo-leptos "$CARGO_LEPTOS_VERSION"; then
  say "cargo-leptos $CARGO_LEPTOS_VERSION is there"
else
  say "Installing cargo-leptos $CARGO_LEPTOS_VERSION (once per machine; 4 to 13 minutes)"
  install cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --features no_downloads \
    --config 'profile.release.package.brotli.opt-level=2' --config 'profile.release.package.cargo-leptos.opt-level=1'
fi

if has_version wasm-bindgen "$WASM_BINDGEN_VERSION"; then
  say "wasm-bindgen $WASM_BINDGEN_VERSION is there"
else
  say "Installing wasm-bindgen $WASM_BINDGEN_VERSION (once per machine; about 2 minutes)"
  # Without --locked: the crate's lock file names versions that not every registry serves.
  install wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
fi

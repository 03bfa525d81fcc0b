#!/usr/bin/env bash
# Installs cargo-leptos and the wasm-bindgen CLI in the exact versions that lib.sh names; skips what is there.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

if has_version cargo-leptos "$CARGO_LEPTOS_VERSION"; then
  say "cargo-leptos $CARGO_LEPTOS_VERSION is there"
else
  say "Installing cargo-leptos $CARGO_LEPTOS_VERSION (once per machine; about 8 minutes)"
  install_tool cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --features no_downloads \
    --config 'profile.release.package.brotli.opt-level=2' --config 'profile.release.package.cargo-leptos.opt-level=1'
fi

if has_version wasm-bindgen "$WASM_BINDGEN_VERSION"; then
  say "wasm-bindgen $WASM_BINDGEN_VERSION is there"
else
  say "Installing wasm-bindgen $WASM_BINDGEN_VERSION (once per machine; about 2 minutes)"
  # Without --locked: the crate's lock file names versions that not every registry serves.
  install_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
fi

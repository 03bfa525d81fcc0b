# shellcheck shell=bash disable=SC2034
# Sourced by the other scripts: puts the build tools (cargo-leptos, wasm-bindgen, wasm-opt, cargo-deny) on PATH, and
# knows how to install one.

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

OWN_TOOLS=$PARLANCE_TOOLS/cargo-leptos-$CARGO_LEPTOS_VERSION/bin:$PARLANCE_TOOLS/wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin:$PARLANCE_TOOLS/cargo-deny-$CARGO_DENY_VERSION/bin
PATH=$OWN_TOOLS:$PARLANCE_ROOT/end2end/node_modules/.bin:$PATH
export PATH

# Where cargo puts what it builds; the site (wasm, CSS) always goes to target/site of the checkout.
PARLANCE_TARGET=${CARGO_TARGET_DIR:-$PARLANCE_ROOT/target}

# Where the pinned compiler is missing and cannot be downloaded, one that is there under another name (stable) and has the same version will do.
if have rustup && ! (cd "$PARLANCE_ROOT" && rustc --version >/dev/null 2>&1); then
  pinned=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$PARLANCE_ROOT/rust-toolchain.toml")
  for toolchain in $(rustup toolchain list | cut -d' ' -f1); do
    if [[ $(rustup run "$toolchain" rustc --version 2>/dev/null) == "rustc $pinned "* ]]; then
      export RUSTUP_TOOLCHAIN=$toolchain
      say "Using Rust $pinned from the toolchain $toolchain"
      break
    fi
  done
fi

#!/usr/bin/env bash
# build-run.sh: builds what `make run` serves: the front end as it is released, and a server without link-time optimisation, which
# takes half the time to build and answers as well. Tools and front end come side by side, since each has stretches that keep
# one processor busy. What is up to date is skipped.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

scripts/setup-wasm.sh
scripts/setup-node.sh

# Only released sites are compressed. Is one there, and nothing that it is made of newer?
compressed=target/site/pkg/parlance.wasm.br
site_is_new() {
  [[ -f $compressed ]] && [[ -z $(find src style public .cargo scripts Cargo.toml Cargo.lock Leptos.toml -newer "$compressed" -print -quit) ]]
}

if ! site_is_new; then
  scripts/setup-tools.sh &
  tools=$!
  trap 'kill "$tools" 2>/dev/null || true' EXIT
  if ! have cargo-leptos || ! have wasm-bindgen; then
    say "Building the front end beside them"
    # As cargo-leptos will call it, down to the flags: then it finds it done.
    RUSTFLAGS="--cfg erase_components -Clink-args=--emit-relocs" LEPTOS_OUTPUT_NAME=parlance cargo build --quiet --package=parlance --lib \
      --target-dir="$PARLANCE_TARGET/front" --target=wasm32-unknown-unknown --no-default-features --features=hydrate --profile=wasm-release </dev/null
  fi
  wait "$tools"
  trap - EXIT
  say "Making the site: wasm cut into chunks, made small and compressed (about a minute and a half)"
  scripts/leptos.sh build --release --precompress --frontend-only
fi

say "Building the server (first time about 6 minutes)"
# As cargo-leptos sets it: else all that depends on Leptos would be built again by whoever builds with it.
LEPTOS_OUTPUT_NAME=parlance cargo build --profile quick --bin parlance --no-default-features --features ssr </dev/null

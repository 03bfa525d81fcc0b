#!/usr/bin/env bash
# build-run.sh: builds what `make run` serves: the front end as it is released, and a server without link-time optimisation, which
# takes half the time to build and answers as well. Tools, front end and the server's dependencies come side by side, since each has
# stretches that keep one processor busy. What is up to date is skipped.
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

# Whatever still runs in the background ends with this script.
jobs_of=()
trap '((${#jobs_of[@]} == 0)) || kill "${jobs_of[@]}" 2>/dev/null || true' EXIT

build_server() {
  # As cargo-leptos sets it: else all that depends on Leptos would be built again by whoever builds with it.
  LEPTOS_OUTPUT_NAME=parlance cargo build --profile quick --bin parlance --no-default-features --features ssr "$@" </dev/null
}

if site_is_new; then
  build_server
  exit
fi

scripts/setup-tools.sh &
tools=$!
jobs_of+=("$tools")
if ! have cargo-leptos || ! have wasm-bindgen; then
  say "Building the front end beside them"
  # As cargo-leptos will call it, down to the flags: then it finds it done.
  RUSTFLAGS="--cfg erase_components -Clink-args=--emit-relocs" LEPTOS_OUTPUT_NAME=parlance cargo build --quiet --package=parlance --lib \
    --target-dir="$PARLANCE_TARGET/front" --target=wasm32-unknown-unknown --no-default-features --features=hydrate --profile=wasm-release </dev/null
fi
# The site goes into the server, so the server itself has to wait for it; what it is made of need not.
say "Building what the server is made of beside that (first time about 6 minutes)"
RUSTC_WORKSPACE_WRAPPER=$PARLANCE_ROOT/scripts/all-but-ours.sh build_server --quiet 2>/dev/null &
server=$!
jobs_of+=("$server")
wait "$tools"
say "Making the site: wasm cut into chunks, made small and compressed (about a minute and a half)"
scripts/leptos.sh build --release --precompress --frontend-only
wait "$server" || true
jobs_of=()
say "Building the server (first time about two minutes)"
build_server

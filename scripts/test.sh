#!/usr/bin/env bash
# test.sh [lint | rust | size | browser | long]…: runs those checks; without arguments everything but the long drills. Stops at the first failure.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

lint() {
  scripts/setup-wasm.sh
  say "Format: cargo fmt --check (a second)"
  cargo fmt --check
  say "Clippy, server and tests (first time about 4 minutes, then seconds)"
  cargo clippy --features ssr --all-targets -- -D warnings
  say "Clippy, browser (first time about a minute, then seconds)"
  cargo clippy --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings
  say "Documentation: rustdoc, private items too (about half a minute)"
  RUSTDOCFLAGS="-D warnings" cargo doc --quiet --lib --no-deps --features ssr --document-private-items
  scripts/setup-deny.sh
  say "Dependencies: cargo deny check (seconds)"
  cargo-deny --log-level error check bans licenses sources
}

rust() {
  scripts/setup-postgres.sh >/dev/null
  say "Rust tests on SQLite and PostgreSQL (first time about 6 minutes, then about one)"
  scripts/with-postgres.sh cargo test --features ssr
}

# What a browser downloads on a first visit, from the front end as it is released; in a folder of its own, since the browser tests
# have theirs.
size() {
  scripts/setup-wasm.sh
  scripts/setup-tools.sh
  scripts/setup-node.sh
  say "Building the released front end (first time about 4 minutes, then about two)"
  LEPTOS_SITE_ROOT=target/size/site scripts/leptos.sh build --release --precompress --frontend-only
  RELEASED_IS_BUILT=true
  scripts/site-size.sh --site target/size/site
}

browser() {
  scripts/setup-wasm.sh
  scripts/setup-tools.sh
  scripts/setup-node.sh
  CHROMIUM=$(scripts/setup-browser.sh)
  export CHROMIUM
  say "Building server and site: scripts/leptos.sh build (first time about 6 minutes, then about one)"
  scripts/leptos.sh build
  scripts/build-double.sh
  say "Browser tests: Playwright (a few minutes)"
  export PARLANCE_BIN=$PARLANCE_TARGET/debug/parlance
  npm --prefix end2end test </dev/null
  released
}

# The front end as it is released is made smaller by tools that the one of the tests does not meet: whether it comes alive, too.
# (A server without optimisation reads its site from the disk.)
released() {
  ${RELEASED_IS_BUILT:-false} || return 0
  say "Browser tests of the released front end (half a minute)"
  mv target/site target/size/site-of-tests
  trap 'rm -rf target/site && mv target/size/site-of-tests target/site' EXIT
  cp -a target/size/site target/site
  npm --prefix end2end test -- chunks keyboard </dev/null
}

long() {
  scripts/setup-postgres.sh >/dev/null
  say "Long drills: every test marked #[ignore] (many minutes)"
  PARLANCE_LONG=1 scripts/with-postgres.sh cargo test --features ssr --lib --bins --tests -- --ignored
  say "Kill drill: a hundred kills on each database (a few minutes)"
  PARLANCE_KILLS=${PARLANCE_KILLS:-100} scripts/with-postgres.sh cargo test --features ssr --test kill -- --nocapture
}

if (($# == 0)); then set -- lint rust size browser; fi
for part in "$@"; do
  case $part in
    lint | rust | size | browser | long) "$part" ;;
    *) fail "there is no part '$part'" "choose among lint, rust, size, browser, long" ;;
  esac
done
say "Passed: $*"

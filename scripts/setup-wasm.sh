#!/usr/bin/env bash
# Makes sure that the compiler can build for the browser: the wasm32 standard library, from rustup, else built from Debian's source.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

readonly target=wasm32-unknown-unknown
if ! have cargo || ! have rustc; then fail "Rust is needed" "install it from https://rustup.rs"; fi
sysroot=$(rustc --print sysroot)
libdir=$sysroot/lib/rustlib/$target/lib

# works: one set of libraries is there, and the compiler accepts it.
works() {
  local dir status=0
  compgen -G "$libdir/libcore-*.rlib" >/dev/null && compgen -G "$libdir/libstd-*.rlib" >/dev/null || return 1
  dir=$(mktemp -d)
  echo '#[unsafe(no_mangle)] pub extern "C" fn answer() -> usize { std::env::args().count() }' >"$dir/probe.rs"
  rustc --edition 2024 --target "$target" --crate-type cdylib -o "$dir/probe.wasm" "$dir/probe.rs" 2>"$dir/errors" || status=1
  if ((status)); then cat "$dir/errors" >&2; fi
  rm -rf "$dir"
  return "$status"
}

if works; then
  say "The compiler builds for $target"
  exit 0
fi

say "Adding $target to the compiler (about 20 seconds)"
if have rustup && rustup target add "$target" </dev/null >&2 && works; then exit 0; fi

say "rustup could not add it: building it from Debian's rust-src (about a minute)"
"$PARLANCE_ROOT/scripts/build-wasm-std.sh" "$sysroot" "$target" ||
  fail "the standard library for $target could not be added" \
    "run 'rustup target add $target' where static.rust-lang.org can be reached, or install your system's package of it (Debian: libstd-rust-dev-wasm32), then repeat"
works || fail "the standard library for $target was added to $libdir, but does not work" "remove that folder and repeat"

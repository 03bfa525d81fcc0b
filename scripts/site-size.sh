#!/usr/bin/env bash
# site-size.sh [LIMIT]: what a first visit downloads (wasm, JS and CSS of the last release build), raw and with brotli; fails beyond LIMIT bytes.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

LIMIT=${1:-300000}
pkg=$PARLANCE_ROOT/target/site/pkg
[[ -f $pkg/parlance.wasm ]] || fail "there is no site in $pkg" "make build"

# The precompressed files are what the server sends; one that is missing or older than its source would tell nothing.
raw_sum=0 brotli_sum=0
printf '%-14s %10s %10s\n' file raw brotli
for file in parlance.wasm parlance.js parlance.css; do
  [[ -f $pkg/$file.br && ! $pkg/$file -nt $pkg/$file.br ]] || fail "$file.br is missing or old" "make build"
  raw=$(wc -c <"$pkg/$file") brotli=$(wc -c <"$pkg/$file.br")
  raw_sum=$((raw_sum + raw)) brotli_sum=$((brotli_sum + brotli))
  printf '%-14s %10d %10d\n' "$file" "$raw" "$brotli"
done
printf '%-14s %10d %10d\n' sum "$raw_sum" "$brotli_sum"

((brotli_sum <= LIMIT)) || fail "the site has $brotli_sum bytes, $((brotli_sum - LIMIT)) more than it may" "CONTRIBUTING.md, “keep the browser's part small”"

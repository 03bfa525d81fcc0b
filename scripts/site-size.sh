#!/usr/bin/env bash
# site-size.sh [--site FOLDER] [LIMIT]: what the last release build lets a browser download, raw and with brotli: on a first visit
# (sign-in, and the inbox before a conversation is opened), and on the pages whose code comes in chunks. Fails when the first visit is beyond LIMIT bytes.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

site=target/site
if [[ ${1:-} == --site ]]; then
  site=$2
  shift 2
fi
LIMIT=${1:-300000}
pkg=$PARLANCE_ROOT/$site/pkg
manifest=$pkg/__wasm_split_manifest.json
[[ -f $pkg/parlance.wasm && -f $manifest ]] || fail "there is no site in $pkg" "make build"

# measure TITLE FILE…: a line for each file and their sum, which is left in $sum.
measure() {
  local file raw brotli raw_sum=0 title=$1
  sum=0
  shift
  printf '\n%-36s %10s %10s\n' "$title" raw brotli
  for file in "$@"; do
    # The precompressed files are what the server sends; one that is missing or older than its source would tell nothing.
    [[ -f $pkg/$file.br && ! $pkg/$file -nt $pkg/$file.br ]] || fail "$file.br is missing or old" "make build"
    raw=$(wc -c <"$pkg/$file") brotli=$(wc -c <"$pkg/$file.br")
    raw_sum=$((raw_sum + raw)) sum=$((sum + brotli))
    printf '  %-34s %10d %10d\n' "$file" "$raw" "$brotli"
  done
  printf '  %-34s %10d %10d\n' sum "$raw_sum" "$sum"
}

measure "first visit: sign-in, the inbox's list" parlance.wasm parlance.js __wasm_split.______________________.js parlance.css
# The texts of the page's language come beside the program.
texts=$(node -e '
  const texts = [];
  for (const file of fs.readdirSync(process.argv[1]).filter((name) => name.endsWith(".rs")))
    for (const [, english] of fs.readFileSync(`${process.argv[1]}/${file}`, "utf8").matchAll(/: "((?:[^"\\\\]|\\\\.)*)"\s*\/ "/g)) texts.push(english);
  console.log(zlib.brotliCompressSync(texts.join("\n")).length);' "$PARLANCE_ROOT/src/texts")
printf '  %-45s %10d\n' "catalogue of one language" "$texts"
first=$((sum + texts))
while read -r chunk files; do
  # shellcheck disable=SC2086
  measure "$chunk, beside that" $files
done < <(node -e 'for (const [chunk, files] of Object.entries(JSON.parse(fs.readFileSync(process.argv[1], "utf8"))))
  console.log(chunk, ...files.map((file) => file + ".wasm"))' "$manifest")
# shellcheck disable=SC2046
measure "all chunks, each once" $(cd "$pkg" && ls chunk_*.wasm split_*.wasm)
printf '\n%-47s %10d\n' "somebody who opens every page" $((first + sum))

((first <= LIMIT)) || fail "a first visit downloads $first bytes, $((first - LIMIT)) more than it may" "CONTRIBUTING.md, “keep the browser's part small”"

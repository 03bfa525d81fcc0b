#!/usr/bin/env bash
# bench.sh [OPTION…]: builds the release (unless --binary names one) and measures it. `scripts/bench.sh --help` lists the options.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

binary=() postgres=yes
for argument in "$@"; do
  case $argument in
    --binary | --binary=* | -h | --help) binary=(given) ;;
    --quick | sqlite | --engine=sqlite) postgres= ;;
  esac
done
for argument in "$@"; do
  case $argument in *postgres*) postgres=yes ;; esac
done

if ((${#binary[@]} == 0)); then
  make --no-print-directory build
  set -- --binary "$PARLANCE_TARGET/release/parlance" "$@"
fi
# The floor keeps up to 1024 calls to the double under way, a connection each.
ulimit -n 8192 2>/dev/null || true
# The same as cargo-leptos sets it: else all that depends on Leptos would be built again.
export LEPTOS_OUTPUT_NAME=parlance
say "Building the bench (first time about 3 minutes)"
run=(cargo bench --quiet --no-default-features --features ssr --bench path -- "$@")
if [[ -n $postgres ]]; then
  PARLANCE_POSTGRES_DURABLE=1 scripts/with-postgres.sh "${run[@]}"
else
  "${run[@]}"
fi

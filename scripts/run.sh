#!/usr/bin/env bash
# run.sh [ARGUMENT…]: serves what build-run.sh built in the foreground; arguments go to `parlance serve`. `make run` builds it first.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

binary=$PARLANCE_TARGET/quick/parlance
[[ -x $binary ]] || fail "$binary has not been built" "make run"
say "Parlance says below where it serves (Ctrl-C stops it)"
exec "$binary" serve "$@"

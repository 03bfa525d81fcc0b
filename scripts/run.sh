#!/usr/bin/env bash
# run.sh [ARGUMENT…]: serves the release build in the foreground; arguments go to `parlance serve`. `make run` builds it first.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

binary=$PARLANCE_TARGET/release/parlance
[[ -x $binary ]] || fail "$binary has not been built" "make build"
say "Parlance serves at ${PARLANCE_PUBLIC_URL:-http://${PARLANCE_LISTEN:-127.0.0.1:3000}} (Ctrl-C stops it)"
exec "$binary" serve "$@"

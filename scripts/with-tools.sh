#!/usr/bin/env bash
# with-tools.sh CMD…: runs CMD in the project's root with the build tools on PATH. For a shell with them: scripts/with-tools.sh bash
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"
exec "$@"

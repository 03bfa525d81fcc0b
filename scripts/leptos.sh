#!/usr/bin/env bash
# leptos.sh build|watch [ARG]…: cargo leptos with the build tools on PATH. Always with --split: the pages ask for the files that it makes.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"
exec cargo leptos "$@" --split

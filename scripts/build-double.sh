#!/usr/bin/env bash
# build-double.sh: builds the double of Meta that the browser tests start, beside the server and from the same parts.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"
# As cargo-leptos builds the server: else all that both are made of would be built twice.
LEPTOS_OUTPUT_NAME=parlance cargo build --quiet --bin meta-double --no-default-features --features ssr </dev/null

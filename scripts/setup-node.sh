#!/usr/bin/env bash
# Installs the npm packages (wasm-opt for the build, Playwright for the browser tests) when package-lock.json has changed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

if ! have node || ! have npm; then fail "Node.js and npm are needed" "install Node.js 20 or newer from your package manager or https://nodejs.org"; fi
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' || fail "Node.js 20 or newer is needed, this is $(node --version)" "update Node.js"

cd "$PARLANCE_ROOT/end2end"
# The copy of the lock file says what the folder was installed from; times do not survive a checkout.
if cmp -s package-lock.json node_modules/.installed-lock.json; then
  say "npm packages are up to date"
  exit 0
fi
say "Installing npm packages: wasm-opt and Playwright (a few seconds)"
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error </dev/null >&2 ||
  fail "npm ci failed in end2end" "read the lines above; if the npm registry cannot be reached, try again later"
cp package-lock.json node_modules/.installed-lock.json

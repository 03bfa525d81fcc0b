#!/usr/bin/env bash
# Finds Chromium for the browser tests, or installs Debian's, and prints its path on standard output.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

find_browser() {
  local name
  if [[ -n ${CHROMIUM:-} ]]; then
    command -v "$CHROMIUM" || fail "CHROMIUM names '$CHROMIUM', which cannot be run" "set it to Chromium's path, or unset it"
    return
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if command -v "$name"; then return; fi
  done
  return 1
}

if [[ -z ${CHROMIUM:-} ]] && ! find_browser >/dev/null; then
  say "Installing Chromium for the browser tests (about a minute)"
  apt_install chromium fonts-liberation ||
    fail "the browser tests need Chromium, and it could not be installed from here" \
      "sudo apt-get install chromium (or your system's way), or set CHROMIUM to the path of Chromium or Chrome"
fi
browser=$(find_browser)
say "The browser is $browser"
printf '%s\n' "$browser"

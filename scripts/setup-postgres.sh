#!/usr/bin/env bash
# Finds PostgreSQL's server programs, or installs Debian's, and prints their folder on standard output. Starts nothing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

# The versioned folders first: what lies on PATH may be a wrapper.
find_bin() {
  local dir
  local -a candidates=()
  if have pg_config; then candidates+=("$(pg_config --bindir)"); fi
  while IFS= read -r dir; do candidates+=("$dir"); done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr)
  if have initdb; then candidates+=("$(dirname "$(command -v initdb)")"); fi
  for dir in "${candidates[@]}"; do
    if [[ -x $dir/initdb && -x $dir/pg_ctl && -x $dir/postgres ]]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  return 1
}

if ! find_bin >/dev/null; then
  say "Installing PostgreSQL's server for the tests (about a minute)"
  apt_install postgresql ||
    fail "the tests need PostgreSQL's server programs (initdb, pg_ctl), and they could not be installed from here" \
      "sudo apt-get install postgresql (or your system's way)"
fi
find_bin || fail "PostgreSQL is installed, but initdb and pg_ctl were not found" "put their folder on PATH"

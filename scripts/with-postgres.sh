#!/usr/bin/env bash
# with-postgres.sh CMD…: runs CMD beside a temporary PostgreSQL (own folder, Unix socket only) that PARLANCE_TEST_POSTGRES_URL names.
# The server is stopped and its data removed whatever happens; the exit code is CMD's.
# With PARLANCE_POSTGRES_DURABLE=1 its commits reach the disk, as a real one's do; else it is fast.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
(($# > 0)) || fail "nothing to run" "scripts/with-postgres.sh COMMAND [ARGUMENT…]"

if [[ -n ${PARLANCE_TEST_POSTGRES_URL:-} ]]; then
  say "Using the PostgreSQL that PARLANCE_TEST_POSTGRES_URL names"
  exec "$@"
fi

bin=$("$PARLANCE_ROOT/scripts/setup-postgres.sh")
# A short path: a socket's may have 107 bytes.
dir=$(mktemp -d /tmp/parlance-pg.XXXXXX)

# PostgreSQL refuses to run as root.
if ((EUID == 0)); then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$dir"
  chmod 755 "$dir"
fi
as_owner() { if ((EUID == 0)); then runuser -u "$owner" -- "$@"; else "$@"; fi; }

stop() {
  local status=$?
  trap - EXIT
  trap '' INT TERM
  cd /
  as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

locale=C
if locale -a 2>/dev/null | grep -qiE '^C\.utf-?8$'; then locale=C.UTF-8; fi

options="-c listen_addresses='' -c unix_socket_directories='$dir' -c port=5432 -c max_connections=200"
# Durability is switched off for speed: nothing here outlives the run. A bench needs what a real server does.
if [[ -z ${PARLANCE_POSTGRES_DURABLE:-} ]]; then
  options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  # And nothing happens that a test did not ask for.
  options+=" -c autovacuum=off"
fi
(
  cd "$dir"
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale="$locale" --no-sync >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; fail "initdb failed" "read the lines above"; }
  as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" -o "$options" start >/dev/null </dev/null ||
    { cat "$dir/data/server.log" >&2; fail "PostgreSQL did not start" "read the lines above"; }
)

export PARLANCE_TEST_POSTGRES_URL="postgres://postgres@localhost:5432/postgres?host=$dir"
say "$("$bin/postgres" --version) runs in $dir"
"$@"

# shellcheck shell=bash
# A throw-away PostgreSQL and Redis in a temporary folder; sourced by script/test and script/bench.
#
# `make_scratch NAME` sets $scratch. A script that calls it also calls `remove_services` from an EXIT trap.

redis_pid=
postgres_started=
postgres_programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

make_scratch() { # NAME
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/nsm-$1-XXXXXX")
  # PostgreSQL's server is another user when we are root, and must reach its folder.
  chmod 755 "$scratch"
}

as_database_user() { # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() { # [NAME=VALUE of postgresql.conf]...
  local setting options="-c listen_addresses='' -c unix_socket_directories='$scratch/postgres' -c max_connections=200"
  for setting; do options+=" -c $setting"; done
  mkdir "$scratch/postgres"
  [ "$(id -u)" != 0 ] || chown postgres "$scratch/postgres"
  as_database_user "$postgres_programs/initdb" --pgdata "$scratch/postgres/data" --auth trust --username nsmaas \
    --encoding UTF8 --locale C.UTF-8 --no-sync >"$scratch/initdb.log" 2>&1 ||
    { cat "$scratch/initdb.log" >&2; exit 1; }
  postgres_started=yes
  as_database_user "$postgres_programs/pg_ctl" start -s -w -D "$scratch/postgres/data" \
    -l "$scratch/postgres/log" -o "$options" ||
    { cat "$scratch/postgres/log" >&2; exit 1; }
}

start_redis() {
  redis-server --port 0 --unixsocket "$scratch/redis.sock" --unixsocketperm 700 --save '' --appendonly no \
    --dir "$scratch" >"$scratch/redis.log" 2>&1 &
  redis_pid=$!
  for _ in $(seq 100); do
    redis-cli -s "$scratch/redis.sock" ping >/dev/null 2>&1 && return
    kill -0 "$redis_pid" 2>/dev/null || break
    sleep 0.05
  done
  cat "$scratch/redis.log" >&2
  exit 1
}

remove_services() {
  [ -z "$redis_pid" ] || { kill "$redis_pid" 2>/dev/null && wait "$redis_pid" 2>/dev/null; } || true
  [ -z "$postgres_started" ] ||
    as_database_user "$postgres_programs/pg_ctl" stop -s -m immediate -D "$scratch/postgres/data" >/dev/null 2>&1 || true
  rm -rf "$scratch"
}

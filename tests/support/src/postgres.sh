# Starts a throw-away PostgreSQL cluster and ends it, files and all, when standard input closes:
# that is when the test process ends, however it ends.
# Prints one line: `ready SOCKET_DIR BIN_DIR`, `missing REASON` or `failed REASON`.
# $1 is this script's own text, for running it again as another user.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] || { echo "missing PostgreSQL binaries not found"; exit 0; }

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || { echo "missing no user to run PostgreSQL as"; exit 0; }
    exec runuser -u postgres -- sh -c "$1" sh "$1"
fi

cd / && dir=$(mktemp -d /tmp/bellwether-postgres-XXXXXX) || { echo "failed no temporary folder"; exit 0; }
trap 'rm -rf "$dir"' EXIT
"$bin/initdb" -D "$dir/data" -U bellwether --auth=trust --encoding=UTF8 --no-locale --no-sync \
    >"$dir/log" 2>&1 || { echo "failed initdb: $(tail -n 1 "$dir/log")"; exit 0; }
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 \
    >"$dir/log" 2>&1 </dev/null &
server=$!
until "$bin/pg_isready" -q -h "$dir"; do
    kill -0 "$server" 2>/dev/null || { echo "failed postgres: $(tail -n 1 "$dir/log")"; exit 0; }
    sleep 0.05
done
echo "ready $dir $bin"
read -r _
kill -INT "$server"
wait "$server"

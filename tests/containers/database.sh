#!/bin/sh
# PostgreSQL in the foreground. Its data is made where there is none, by a server that can be reached
# through its socket alone, as the official image does.
set -eu

data=/var/lib/postgresql/data
programs=$(echo /usr/lib/postgresql/*/bin)
run() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

if [ ! -e "$data/PG_VERSION" ]; then
    install -d -o postgres -m 0700 "$data"
    password=$(run mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    run "$programs/initdb" --pgdata "$data" --encoding UTF8 --username "$POSTGRES_USER" \
        --pwfile "$password" --auth-local trust --auth-host scram-sha-256
    rm "$password"
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    run "$programs/pg_ctl" --pgdata "$data" --wait --options "-c listen_addresses=" start
    run createdb --username "$POSTGRES_USER" "$POSTGRES_DB"
    sleep 6 # longer than between two questions after its health
    run "$programs/pg_ctl" --pgdata "$data" --wait --mode fast stop
fi
exec setpriv --reuid postgres --regid postgres --init-groups \
    "$programs/postgres" -D "$data" -c "listen_addresses=*"

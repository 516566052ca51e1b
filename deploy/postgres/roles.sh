#!/usr/bin/env bash
# Runs once, when the database's volume is empty: makes the roles, as
# db.Provision does (internal/db/migrate.go), with the passwords of the secrets.
set -euo pipefail

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname="$POSTGRES_DB" <<'SQL'
\set migrator `cat "${SECRETS:-/run/secrets}/migrator_password"`
\set app `cat "${SECRETS:-/run/secrets}/app_password"`
\set auth `cat "${SECRETS:-/run/secrets}/auth_password"`
\set worker `cat "${SECRETS:-/run/secrets}/worker_password"`

CREATE ROLE paceline_migrator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'migrator';
CREATE ROLE paceline_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app';
CREATE ROLE paceline_auth LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'auth';
CREATE ROLE paceline_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'worker';

SELECT format('GRANT ALL ON DATABASE %I TO paceline_migrator', current_database()) \gexec
GRANT ALL ON SCHEMA public TO paceline_migrator WITH GRANT OPTION;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL

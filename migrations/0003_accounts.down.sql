DROP FUNCTION authenticate(bytea, timestamptz);
DROP SCHEMA auth CASCADE;

DROP FUNCTION auth.authenticate_import(bytea, timestamptz);
DROP TABLE import_file;
DROP TABLE import_chunk;
DROP TABLE import;

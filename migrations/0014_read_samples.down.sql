DROP FUNCTION read_samples(uuid, text[], boolean);
DROP VIEW samples_seen;

DROP FUNCTION auth.authenticate_upkeep(bytea, timestamptz);
DROP FUNCTION end_digests(bytea);
DROP FUNCTION claim_digests(bytea, timestamptz);
DROP INDEX workout_part_waiting;
DROP TABLE digest_turn;

DROP TABLE original_workout;
DROP TABLE original;
DROP INDEX workout_part_undigested;
REVOKE UPDATE (digest_sealed, digest_of) ON workout_part FROM paceline_app;
ALTER TABLE workout_part DROP COLUMN digest_sealed, DROP COLUMN digest_of;

DROP TABLE original_workout;
DROP TABLE original;
DROP INDEX workout_part_undigested;
REVOKE UPDATE (digest_sealed) ON workout_part FROM paceline_app;
ALTER TABLE workout_part DROP COLUMN digest_sealed;

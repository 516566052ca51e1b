DROP VIEW workout_shown;
DROP TABLE idempotency, workout_part, workout;

DROP TABLE idempotency, workout_part, workout;

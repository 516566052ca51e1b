DROP FUNCTION read_workout_each(bytea[], timestamptz[], uuid[]);

DROP FUNCTION read_workouts(uuid[]);

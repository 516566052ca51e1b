-- The two recordings are kept; what was made of them goes. The followers' feeds are pointed to them
-- again by the worker, as to all that isn't pointed.
DROP FUNCTION merge_workouts(uuid, uuid, uuid, timestamptz), unmerge_workout(uuid), merged_of(uuid), shown_as(uuid[]), find_recording(bytea);
ALTER TABLE workout DROP CONSTRAINT workout_merged_into_fkey, DROP CONSTRAINT merged_are_hidden;
DELETE FROM workout_gone g USING workout w WHERE w.member_id = g.member_id AND w.id = g.workout_id AND w.audience < 0;
DELETE FROM workout w WHERE EXISTS (SELECT FROM workout o WHERE o.member_id = w.member_id AND o.merged_into = w.id);
UPDATE workout SET audience = -1 - audience WHERE audience < 0;
ALTER TABLE workout DROP COLUMN merged_into;
ALTER TABLE workout DROP CONSTRAINT workout_audience_check;
ALTER TABLE workout ADD CONSTRAINT workout_audience_check CHECK (audience BETWEEN 0 AND 3);
COMMENT ON COLUMN workout.audience IS 'class: guarded. Only its owner reads it';

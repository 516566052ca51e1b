-- Which class a workout belongs to, and its owner's places among those who took it.

-- name: ReadWorkoutClass :one
SELECT sqlc.embed(s), w.audience, c.class_id, c.scheduled_class_id
FROM workout w
JOIN subject s ON s.member_id = w.member_id
JOIN workout_class c ON c.member_id = w.member_id AND c.workout_id = w.id
WHERE w.id = @id;

-- name: SetWorkoutClass :one
-- Of the viewer's own.
SELECT set_workout_class(@workout_id, sqlc.narg(class_id)::uuid, sqlc.narg(scheduled_class_id)::uuid)::text AS outcome;

-- name: ForgetWorkoutClass :execrows
DELETE FROM workout_class WHERE member_id = $1 AND workout_id = $2;

-- name: PlaceWorkouts :exec
-- After workouts of the viewer's were made, changed or deleted.
SELECT place_workouts(@changed::uuid[]);

-- name: PlaceOwn :exec
-- After all of them may have changed.
SELECT place_own();

-- name: MergeClasses :exec
SELECT merge_classes(@merged, @one, @other);

-- name: NoteTypedDistance :exec
UPDATE workout SET distance_typed = true WHERE member_id = $1 AND id = $2;

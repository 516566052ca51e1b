-- Two recordings of one ride shown as one workout. What is merged no policy shows, so the functions of
-- step 20 are asked, which are about the viewer's own and no others.

-- name: HideMerged :one
SELECT merge_workouts(@merged, @one, @other, @now)::integer AS hidden;

-- name: ShowMerged :many
SELECT unmerge_workout(@merged)::uuid AS id;

-- name: MergedOf :one
SELECT merged_of(@merged)::uuid[] AS ids;

-- name: ShownAs :one
SELECT shown_as(@ids::uuid[])::uuid[] AS ids;

-- name: FindRecording :one
SELECT find_recording(@fingerprint)::uuid AS id;

-- name: CountUnfinished :one
-- Of these workouts, those that a console is still sending.
SELECT count(*) FROM sync_workout s
WHERE s.member_id = @member_id AND s.workout_id = ANY (@ids::uuid[]) AND NOT s.duplicate AND NOT (s.complete AND s.applied_version = s.version);

-- name: ListNear :many
-- The owner's workouts about a time, the nearest first, without those that are merged ones.
SELECT w.id FROM workout w
WHERE w.member_id = @member_id AND w.id <> @id AND w.started_at BETWEEN @from_time AND @to_time AND merged_of(w.id) = '{}'
ORDER BY abs(extract(epoch FROM w.started_at - @near::timestamptz)), w.id LIMIT @row_limit;

-- Row-level security decides what these see; the joined subject is what the Go
-- policy is asked about, row by row.

-- name: ReadWorkout :one
-- The workout, its owner as a subject of the policy, the owner's name and those
-- parts that show, with the rules asked once.
SELECT w.* FROM read_workout(@id) w;

-- name: ReadMade :many
-- What a create made, as reading each of them alone gives it.
SELECT w.* FROM read_workouts(@ids::uuid[]) w;

-- name: ReadSamples :one
-- The samples of the families asked for that show, or their previews, with the
-- rules asked once.
SELECT s.* FROM read_samples(@id, @families::text[], @previews) s;

-- name: FindMember :one
-- The member that a path names, by id or by username, if the viewer can find them.
SELECT sqlc.embed(s)
FROM profile p
JOIN subject s ON s.member_id = p.member_id
WHERE p.member_id = find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text);

-- name: ReadSelf :one
SELECT sqlc.embed(s) FROM subject s WHERE s.member_id = @viewer;

-- name: ListByMember :many
-- The page is cut before anything else is looked up. The audiences are those
-- that the policy says reach the viewer, so that pages are full by either wall.
WITH picked AS MATERIALIZED (
    SELECT o.member_id, o.id
    FROM workout o
    WHERE o.member_id = @owner AND o.audience = ANY (@audiences::smallint[])
      AND (o.started_at, o.id) < (@before_start::timestamptz, @before_id::uuid)
    ORDER BY o.started_at DESC, o.id DESC
    LIMIT @row_limit
)
SELECT sqlc.embed(w), sqlc.embed(s)
FROM picked
JOIN workout_shown w ON w.member_id = picked.member_id AND w.id = picked.id
JOIN subject s ON s.member_id = w.member_id
ORDER BY w.started_at DESC, w.id DESC;

-- name: ListFeed :many
-- In order, each workout as reading it alone gives it.
SELECT w.* FROM read_feed(@before_start, @before_id, @row_limit) w;

-- name: MemberTotals :many
-- Totals by audience, so that the policy can confirm each sum. Distances that
-- were computed from a track are summed on their own: they stand under route.
SELECT sqlc.embed(s), coalesce(t.audience, 0)::smallint AS audience, coalesce(t.workouts, 0)::bigint AS workouts,
       coalesce(t.duration_s, 0)::float8 AS duration_s, coalesce(t.distance_m, 0)::float8 AS distance_m,
       coalesce(t.route_distance_m, 0)::float8 AS route_distance_m, coalesce(t.output_kj, 0)::float8 AS output_kj,
       coalesce(t.calories_kcal, 0)::float8 AS calories_kcal
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN LATERAL (
    SELECT w.audience, count(*) AS workouts, sum(w.duration_s) AS duration_s, sum(w.distance_m) AS distance_m,
           sum(route.distance_m) AS route_distance_m, sum(w.output_kj) AS output_kj, sum(w.calories_kcal) AS calories_kcal
    FROM workout w
    LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id
        AND route.family = 'route' AND route.distance_m IS NOT NULL
    WHERE w.member_id = s.member_id
    GROUP BY w.audience
) t ON true
WHERE p.member_id = find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text);

-- name: AddWorkout :many
-- The workout, its parts and the pointers to it, in one statement. None added:
-- this recording is there already.
WITH added AS (
    INSERT INTO workout (member_id, id, audience, sport, indoor, title, started_at, duration_s, moving_s, distance_m,
                         calories_kcal, output_kj, source, fingerprint, created_at, updated_at, pointed)
    VALUES (@member_id, @id, @audience::smallint, @sport, @indoor, @title, @started_at, @duration_s, @moving_s, @distance_m,
            @calories_kcal, @output_kj, @source, @fingerprint, @created_at, @created_at, @audience::smallint > 0)
    ON CONFLICT (member_id, fingerprint) DO NOTHING
    RETURNING member_id, id, audience, started_at
), parts AS (
    INSERT INTO workout_part (member_id, workout_id, family, distance_m, summary_sealed, samples_sealed, preview_sealed)
    SELECT added.member_id, added.id, part.family, CASE WHEN part.family = 'route' THEN sqlc.narg(track_m)::double precision END,
           part.summary_sealed, part.samples_sealed, part.preview_sealed
    FROM added, (SELECT unnest(@families::text[]) AS family, unnest(@summaries::bytea[]) AS summary_sealed,
                        unnest(@samples::bytea[]) AS samples_sealed, unnest(@previews::bytea[]) AS preview_sealed) AS part
)
SELECT added.id FROM added CROSS JOIN LATERAL point_workout(added.id, added.started_at, added.audience) AS pointed;

-- name: FindRecording :one
SELECT id FROM workout WHERE member_id = $1 AND fingerprint = $2;

-- name: LockOwnWorkout :one
-- Only its owner's row is found: a lock asks row-level security for the right to write.
SELECT id FROM workout WHERE member_id = $1 AND id = $2 FOR UPDATE;

-- name: ChangeWorkout :execrows
UPDATE workout
SET audience = @audience, sport = @sport, indoor = @indoor, title = @title, distance_m = @distance_m,
    calories_kcal = @calories_kcal, updated_at = @updated_at
WHERE member_id = @member_id AND id = @id;

-- name: PointWorkout :exec
-- The followers' feeds, after the audience has changed.
SELECT point_workout(@id, @started_at, @audience);

-- name: ForgetTrackDistance :exec
UPDATE workout_part SET distance_m = NULL WHERE member_id = $1 AND workout_id = $2 AND family = 'route';

-- name: ChangeDevice :exec
INSERT INTO workout_part (member_id, workout_id, family, summary_sealed)
VALUES ($1, $2, 'device', $3)
ON CONFLICT (member_id, workout_id, family) DO UPDATE SET summary_sealed = excluded.summary_sealed;

-- name: DeleteWorkout :many
-- And the pointers to it.
WITH gone AS (DELETE FROM workout WHERE member_id = $1 AND id = $2 RETURNING id, started_at)
SELECT gone.id FROM gone CROSS JOIN LATERAL point_workout(gone.id, gone.started_at, 0::smallint) AS pointed;

-- name: ClaimKey :execrows
-- Waits for whoever claims the same key at this moment.
INSERT INTO idempotency (member_id, operation, key_hash, request_sealed, made, created_at)
VALUES ($1, $2, $3, $4, '{}', $5)
ON CONFLICT DO NOTHING;

-- name: ReadKey :one
SELECT request_sealed, made FROM idempotency WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

-- name: KeepMade :exec
UPDATE idempotency SET made = $4 WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

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
-- Who writes shares the lock that a change of zones takes alone, and so what either
-- reads afterwards is what the other left.
SELECT sqlc.embed(s), pg_advisory_xact_lock_shared(hashtextextended(s.member_id::text, 18))::text AS beside_zones
FROM subject s WHERE s.member_id = @viewer;

-- name: LockZones :exec
-- Before anything else is read: whoever shared the lock first would wait for itself.
SELECT pg_advisory_xact_lock(hashtextextended(viewer_id()::text, 18));

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
-- were computed from a track are summed on their own: they stand under route. What was merged counts
-- once, whichever wall stands.
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
    WHERE w.member_id = s.member_id AND w.audience >= 0
    GROUP BY w.audience
) t ON true
WHERE p.member_id = find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text);

-- name: ReadOwnWholes :many
-- What zones cut of the viewer's own workouts: the whole, and what totals count of it.
SELECT sqlc.embed(s), whole.workout_id, whole.summary_sealed, w.duration_s, w.distance_m, route.distance_m AS route_distance_m, w.output_kj, w.calories_kcal
FROM subject s
JOIN workout_part whole ON whole.member_id = s.member_id AND whole.family = 'route_whole'
JOIN workout w ON w.member_id = whole.member_id AND w.id = whole.workout_id
LEFT JOIN workout_part route ON route.member_id = whole.member_id AND route.workout_id = whole.workout_id AND route.family = 'route'
WHERE s.member_id = viewer_id();

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
    INSERT INTO workout_part (member_id, workout_id, family, distance_m, summary_sealed, samples_sealed, preview_sealed, digest_sealed, digest_of)
    SELECT added.member_id, added.id, part.family, CASE WHEN part.family = 'route' THEN sqlc.narg(track_m)::double precision END,
           part.summary_sealed, part.samples_sealed, part.preview_sealed, part.digest_sealed,
           CASE WHEN part.digest_sealed IS NOT NULL THEN substr(part.samples_sealed, 1, 32) END
    FROM added, (SELECT unnest(@families::text[]) AS family, unnest(@summaries::bytea[]) AS summary_sealed,
                        unnest(@samples::bytea[]) AS samples_sealed, unnest(@previews::bytea[]) AS preview_sealed,
                        unnest(@digests::bytea[]) AS digest_sealed) AS part
)
SELECT added.id FROM added CROSS JOIN LATERAL point_workout(added.id, added.started_at, added.audience) AS pointed;

-- name: LockOwnWorkout :one
-- Only its owner's row is found: a lock asks row-level security for the right to write.
SELECT id FROM workout WHERE member_id = $1 AND id = $2 FOR UPDATE;

-- name: ChangeWorkout :execrows
UPDATE workout
SET audience = @audience, sport = @sport, indoor = @indoor, title = @title, distance_m = @distance_m,
    calories_kcal = @calories_kcal, updated_at = @updated_at, changed = change_number()
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
-- And the pointers to it. That it was is told to those who hold a copy.
WITH gone AS (DELETE FROM workout w WHERE w.member_id = @member_id AND w.id = @id RETURNING w.member_id, w.id, w.started_at),
told AS (INSERT INTO workout_gone (member_id, workout_id, gone_at) SELECT gone.member_id, gone.id, @now FROM gone)
SELECT gone.id FROM gone CROSS JOIN LATERAL point_workout(gone.id, gone.started_at, 0::smallint) AS pointed;

-- name: ListUndigested :many
-- Samples of the viewer's own workouts that no digest was made of yet, or that need another one, the
-- newest workouts first.
SELECT p.workout_id, p.family, p.samples_sealed, w.sport
FROM workout_part p
JOIN workout w ON w.member_id = p.member_id AND w.id = p.workout_id
WHERE p.member_id = @member_id AND p.samples_sealed IS NOT NULL AND p.digest_of IS DISTINCT FROM substr(p.samples_sealed, 1, 32)
ORDER BY p.workout_id DESC, p.family
LIMIT @row_limit;

-- name: KeepDigest :exec
UPDATE workout_part SET digest_sealed = @digest_sealed, digest_of = @digest_of
WHERE member_id = @member_id AND workout_id = @workout_id AND family = @family;

-- name: ForgetDigests :exec
-- Another sport has other distances.
UPDATE workout_part SET digest_sealed = NULL, digest_of = NULL WHERE member_id = $1 AND workout_id = $2 AND digest_of IS NOT NULL;

-- name: AddOriginal :exec
INSERT INTO original (member_id, id, content_sealed, created_at) VALUES ($1, $2, $3, $4);

-- name: LinkOriginal :exec
INSERT INTO original_workout (member_id, workout_id, original_id)
SELECT @member_id::uuid, made, @original_id::uuid FROM unnest(@workouts::uuid[]) AS made;

-- name: ReadOriginal :many
-- Only its owner's rows are found.
SELECT o.id, o.content_sealed
FROM original_workout l
JOIN original o ON o.member_id = l.member_id AND o.id = l.original_id
WHERE l.member_id = $1 AND l.workout_id = $2;

-- name: LockOriginal :exec
-- Two workouts of one file that are deleted at once would each leave it to the other. With a merged
-- one go those that it was made of.
SELECT o.id FROM original o
WHERE o.member_id = $1 AND o.id IN (
    SELECT l.original_id FROM original_workout l WHERE l.member_id = $1 AND l.workout_id = ANY (merged_of(@workout_id::uuid) || @workout_id::uuid))
ORDER BY o.id FOR UPDATE;

-- name: DropOriginals :exec
-- The viewer's files that no workout is left of.
DELETE FROM original o
WHERE o.member_id = $1
  AND NOT EXISTS (SELECT FROM original_workout l WHERE l.member_id = o.member_id AND l.original_id = o.id);

-- name: ReadBody :many
-- What zones are drawn by, if the viewer can find the member.
SELECT sqlc.embed(s), p.ftp_watts, p.max_hr_sealed, p.resting_hr_sealed
FROM profile p
JOIN subject s ON s.member_id = p.member_id
WHERE p.member_id = $1;

-- name: ReadTraining :many
-- A member's workouts that show, the newest first, each with the digests asked for, and what zones are
-- drawn by. Its owner gets those of the whole of what zones cut, and the whole. A row without a workout
-- stands for a member who has none to show.
SELECT sqlc.embed(s), p.ftp_watts, p.max_hr_sealed, p.resting_hr_sealed,
       coalesce(t.id, '00000000-0000-0000-0000-000000000000')::uuid AS id, coalesce(t.audience, 0)::smallint AS audience, coalesce(t.sport, '')::text AS sport,
       coalesce(t.started_at, 'epoch')::timestamptz AS started_at, coalesce(t.duration_s, 0)::float8 AS duration_s,
       t.distance_m, t.calories_kcal, t.output_kj, t.route_distance_m, t.effort_digest, t.heart_digest, t.route_digest, t.whole_sealed
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN LATERAL (
    SELECT w.id, w.audience, w.sport, w.started_at, w.duration_s, w.distance_m, w.calories_kcal, w.output_kj,
           route.distance_m AS route_distance_m,
           effort.digest_sealed AS effort_digest, heart.digest_sealed AS heart_digest, route.digest_sealed AS route_digest,
           whole.summary_sealed AS whole_sealed
    FROM (
        SELECT o.member_id, o.id, o.audience, o.sport, o.started_at, o.duration_s, o.distance_m, o.calories_kcal, o.output_kj
        FROM workout o
        WHERE o.member_id = p.member_id AND o.audience >= 0 AND o.started_at >= @since
          AND (sqlc.narg(sport)::text IS NULL OR o.sport = sqlc.narg(sport)::text)
        ORDER BY o.started_at DESC, o.id DESC
        LIMIT @row_limit
    ) w
    LEFT JOIN workout_part whole ON w.member_id = viewer_id()
        AND whole.member_id = w.member_id AND whole.workout_id = w.id AND whole.family = 'route_whole'
    LEFT JOIN workout_part effort ON 'effort' = ANY (@families::text[])
        AND effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = CASE WHEN whole.member_id IS NULL THEN 'effort' ELSE 'effort_whole' END
        AND effort.digest_of = substr(effort.samples_sealed, 1, 32)
    LEFT JOIN workout_part heart ON 'heart_rate' = ANY (@families::text[])
        AND heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = CASE WHEN whole.member_id IS NULL THEN 'heart_rate' ELSE 'heart_rate_whole' END
        AND heart.digest_of = substr(heart.samples_sealed, 1, 32)
    LEFT JOIN workout_part route ON 'route' = ANY (@families::text[])
        AND route.member_id = w.member_id AND route.workout_id = w.id AND route.family = CASE WHEN whole.member_id IS NULL THEN 'route' ELSE 'route_whole' END
        AND route.digest_of = substr(route.samples_sealed, 1, 32)
) t ON true
WHERE p.member_id = find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text)
ORDER BY t.started_at DESC, t.id DESC;

-- name: ClaimKey :execrows
-- Waits for whoever claims the same key at this moment.
INSERT INTO idempotency (member_id, operation, key_hash, request_sealed, made, created_at)
VALUES ($1, $2, $3, $4, '{}', $5)
ON CONFLICT DO NOTHING;

-- name: ReadKey :one
SELECT request_sealed, made FROM idempotency WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

-- name: KeepMade :exec
UPDATE idempotency SET made = $4 WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

-- name: ReadZones :many
SELECT id, zone_sealed, removed, created_at FROM privacy_zone WHERE member_id = $1 ORDER BY created_at, id;

-- name: AddZone :exec
INSERT INTO privacy_zone (member_id, id, zone_sealed, created_at) VALUES ($1, $2, $3, $4);

-- name: ChangeZone :exec
UPDATE privacy_zone SET zone_sealed = @zone_sealed, removed = @removed WHERE member_id = @member_id AND id = @id;

-- name: ForgetZones :exec
DELETE FROM privacy_zone WHERE member_id = @member_id AND id = ANY (@ids::uuid[]);

-- name: ReadTracks :many
-- The next of a member's workouts that may have a track, each with what zones are held against.
SELECT w.id, w.duration_s, route.summary_sealed, (CASE WHEN whole.member_id IS NULL THEN route.samples_sealed END)::bytea AS samples_sealed,
       (whole.member_id IS NOT NULL)::boolean AS cut
FROM workout w
JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route'
LEFT JOIN workout_part whole ON whole.member_id = w.member_id AND whole.workout_id = w.id AND whole.family = 'route_whole'
WHERE w.member_id = @member_id AND w.id > @after AND (whole.member_id IS NOT NULL OR @zoned::boolean)
ORDER BY w.id
LIMIT @most;

-- name: ReadFigures :one
SELECT sport, indoor, title, source, audience, started_at, duration_s, moving_s, distance_m, calories_kcal, output_kj FROM workout WHERE member_id = $1 AND id = $2;

-- name: ReadParts :many
SELECT family, distance_m, summary_sealed, samples_sealed, preview_sealed FROM workout_part WHERE member_id = $1 AND workout_id = $2;

-- name: WriteFigures :exec
UPDATE workout
SET audience = @audience, started_at = @started_at, duration_s = @duration_s, moving_s = @moving_s, distance_m = @distance_m,
    calories_kcal = @calories_kcal, output_kj = @output_kj
WHERE member_id = @member_id AND id = @id;

-- name: WritePart :exec
INSERT INTO workout_part (member_id, workout_id, family, distance_m, summary_sealed, samples_sealed, preview_sealed, digest_sealed, digest_of)
VALUES (@member_id, @workout_id, @family, @distance_m, @summary_sealed, @samples_sealed::bytea, @preview_sealed, @digest_sealed,
        substr(@samples_sealed, 1, 32))
ON CONFLICT (member_id, workout_id, family) DO UPDATE
SET distance_m = excluded.distance_m, summary_sealed = excluded.summary_sealed, samples_sealed = excluded.samples_sealed,
    preview_sealed = excluded.preview_sealed, digest_sealed = excluded.digest_sealed, digest_of = excluded.digest_of;

-- name: DropParts :exec
DELETE FROM workout_part WHERE member_id = @member_id AND workout_id = @workout_id AND family = ANY (@families::text[]);

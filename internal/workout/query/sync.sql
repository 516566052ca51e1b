-- A console's workouts, part by part, and what has changed. Each statement names its
-- owner, who is the viewer of the transaction.

-- name: CountOpenSyncs :one
SELECT count(*) FROM sync_workout WHERE member_id = $1 AND NOT complete AND client_id <> $2;

-- name: LockSync :one
-- Two that send of one workout at once follow each other from here on.
INSERT INTO sync_workout (member_id, client_id, version, applied_version, applied_parts, complete, duplicate, touched_at)
VALUES (@member_id, @client_id, @version, 0, 0, false, false, @now)
ON CONFLICT (member_id, client_id) DO UPDATE SET touched_at = excluded.touched_at
RETURNING *;

-- name: KeepSync :exec
UPDATE sync_workout
SET version = @version, last_part = @last_part, applied_version = @applied_version, applied_parts = @applied_parts,
    complete = @complete, duplicate = @duplicate, workout_id = @workout_id, applied_sealed = @applied_sealed
WHERE member_id = @member_id AND client_id = @client_id;

-- name: ListParts :many
SELECT part, samples, signed, digest_sealed FROM sync_part WHERE member_id = $1 AND client_id = $2 ORDER BY part;

-- name: AddPart :exec
INSERT INTO sync_part (member_id, client_id, part, samples, signed, digest_sealed, payload_sealed, stored_at)
VALUES (@member_id, @client_id, @part, @samples, @signed, @digest_sealed, @payload_sealed, @now);

-- name: DropSyncParts :exec
DELETE FROM sync_part WHERE member_id = $1 AND client_id = $2;

-- name: ReadPayloads :many
SELECT part, payload_sealed FROM sync_part
WHERE member_id = @member_id AND client_id = @client_id AND part < @below ORDER BY part;

-- name: EmptyParts :exec
-- The workout holds it all now. The digests tell a repeat from another content.
UPDATE sync_part SET payload_sealed = NULL WHERE member_id = $1 AND client_id = $2;

-- name: ReplaceWorkout :execrows
-- What was measured, anew; what only its owner writes stays.
WITH changed AS (
    UPDATE workout w
    SET sport = @sport, indoor = @indoor, started_at = @started_at, duration_s = @duration_s, moving_s = @moving_s,
        distance_m = @distance_m, calories_kcal = @calories_kcal, output_kj = @output_kj, source = @source,
        fingerprint = @fingerprint, updated_at = @now, changed = change_number()
    WHERE w.member_id = @member_id AND w.id = @id
    RETURNING w.member_id, w.id
), dropped AS (
    DELETE FROM workout_part old USING changed
    WHERE old.member_id = changed.member_id AND old.workout_id = changed.id AND old.family <> ALL (@families::text[])
)
INSERT INTO workout_part (member_id, workout_id, family, distance_m, summary_sealed, samples_sealed, preview_sealed, digest_sealed)
SELECT changed.member_id, changed.id, part.family, CASE WHEN part.family = 'route' THEN sqlc.narg(track_m)::double precision END,
       part.summary_sealed, part.samples_sealed, part.preview_sealed, part.digest_sealed
FROM changed, (SELECT unnest(@families::text[]) AS family, unnest(@summaries::bytea[]) AS summary_sealed,
                      unnest(@samples::bytea[]) AS samples_sealed, unnest(@previews::bytea[]) AS preview_sealed,
                      unnest(@digests::bytea[]) AS digest_sealed) AS part
ON CONFLICT (member_id, workout_id, family) DO UPDATE
SET distance_m = excluded.distance_m, summary_sealed = excluded.summary_sealed,
    samples_sealed = excluded.samples_sealed, preview_sealed = excluded.preview_sealed,
    digest_sealed = excluded.digest_sealed;

-- name: SettleChanges :one
-- Waits for those of the viewer's transactions that are changing workouts, and says the highest number
-- that there is by then: none up to it is still to come.
SELECT settle_changes()::bigint AS highest;

-- name: ListChanges :many
SELECT c.changed::bigint AS changed, c.id, c.gone::boolean AS gone, c.at::timestamptz AS at,
       ARRAY(SELECT s.client_id FROM sync_workout s WHERE s.member_id = @owner AND s.workout_id = ANY (merged_of(c.id) || c.id) ORDER BY s.client_id)::uuid[] AS client_ids
FROM (
    (SELECT w.changed, w.id, false AS gone, w.updated_at AS at
     FROM workout w
     WHERE w.member_id = @owner AND (w.changed, w.id) > (@after_changed::bigint, @after_id::uuid)
     ORDER BY w.changed, w.id LIMIT @row_limit)
    UNION ALL
    (SELECT g.changed, g.workout_id, true, g.gone_at
     FROM workout_gone g
     WHERE g.member_id = @owner AND (g.changed, g.workout_id) > (@after_changed::bigint, @after_id::uuid)
     ORDER BY g.changed, g.workout_id LIMIT @row_limit)
) c
ORDER BY c.changed, c.id LIMIT @row_limit;

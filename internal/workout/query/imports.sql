-- Imports that go on after their request. All of it is the owner's alone: row-level
-- security shows nobody else any of it.

-- name: AddImport :exec
INSERT INTO import (member_id, id, session_id, state, kind, created_at, updated_at)
VALUES (@member_id, @id, @session_id, 'receiving', @kind, @now, @now);

-- name: CountOpenImports :one
-- Those whose bytes are kept, or on their way.
SELECT count(*) FROM import WHERE member_id = $1 AND (bytes > 0 OR state = 'receiving');

-- name: AddChunk :exec
INSERT INTO import_chunk (member_id, import_id, place, bytes_sealed)
SELECT i.member_id, i.id, @place, @bytes_sealed FROM import i
WHERE i.member_id = @member_id AND i.id = @import_id AND i.state = 'receiving';

-- name: QueueImport :execrows
UPDATE import SET state = 'queued', bytes = @bytes, audience = sqlc.narg(audience), updated_at = @now
WHERE member_id = @member_id AND id = @id AND state = 'receiving';

-- name: DropImport :exec
DELETE FROM import WHERE member_id = $1 AND id = $2 AND state = 'receiving';

-- name: ReadImport :one
SELECT sqlc.embed(s), i.id, i.state, i.audience, i.code, i.bytes, i.files, i.created, i.duplicate, i.rejected, i.ignored,
       i.created_at, i.updated_at
FROM import i JOIN subject s ON s.member_id = i.member_id
WHERE i.member_id = @member_id AND i.id = @id AND i.state <> 'receiving';

-- name: ListImports :many
SELECT sqlc.embed(s), i.id, i.state, i.audience, i.code, i.bytes, i.files, i.created, i.duplicate, i.rejected, i.ignored,
       i.created_at, i.updated_at
FROM import i JOIN subject s ON s.member_id = i.member_id
WHERE i.member_id = @member_id AND i.state <> 'receiving' AND i.id < @before_id
ORDER BY i.id DESC LIMIT @row_limit;

-- name: ListImportFiles :many
SELECT sqlc.embed(s), f.place, f.outcome, f.code, f.workouts, f.duplicates, f.about_sealed
FROM import_file f JOIN subject s ON s.member_id = f.member_id
WHERE f.member_id = @member_id AND f.import_id = @import_id AND f.place > @after_place
  AND (sqlc.narg(outcome)::text IS NULL OR f.outcome = sqlc.narg(outcome)::text)
ORDER BY f.place LIMIT @row_limit;

-- name: LockImport :one
SELECT state, kind, audience, bytes, listed, files, rejected, attempts FROM import
WHERE member_id = $1 AND id = $2 AND state <> 'receiving' FOR UPDATE;

-- name: CancelImport :exec
UPDATE import SET state = 'cancelled', bytes = 0, updated_at = @now WHERE member_id = @member_id AND id = @id;

-- name: RetryImport :exec
UPDATE import SET state = 'queued', code = NULL, session_id = @session_id, rejected = 0, attempts = 0, claimed_until = NULL, updated_at = @now
WHERE member_id = @member_id AND id = @id;

-- name: RetryFiles :exec
UPDATE import_file SET outcome = 'waiting', code = NULL WHERE member_id = $1 AND import_id = $2 AND outcome = 'rejected';

-- name: DropChunks :exec
DELETE FROM import_chunk WHERE member_id = $1 AND import_id = $2;

-- name: ReadChunk :one
SELECT bytes_sealed FROM import_chunk WHERE member_id = $1 AND import_id = $2 AND place = $3;

-- name: AddFiles :exec
INSERT INTO import_file (member_id, import_id, place, outcome, code, about_sealed)
SELECT @member_id, @import_id, f.place, CASE WHEN f.code = '' THEN 'waiting' ELSE 'rejected' END, nullif(f.code, ''), f.about_sealed
FROM (SELECT unnest(@places::integer[]) AS place, unnest(@codes::text[]) AS code, unnest(@abouts::bytea[]) AS about_sealed) AS f;

-- name: DropFiles :exec
DELETE FROM import_file WHERE member_id = $1 AND import_id = $2;

-- name: SetListed :exec
UPDATE import SET state = 'parsing', listed = true, files = @files, rejected = @rejected, ignored = @ignored, attempts = 0,
       claimed_until = @claimed_until, updated_at = @now
WHERE member_id = @member_id AND id = @id;

-- name: NextFile :one
SELECT place, about_sealed FROM import_file
WHERE member_id = $1 AND import_id = $2 AND outcome = 'waiting' ORDER BY place LIMIT 1;

-- name: LockFile :one
-- None: what it made is there already.
SELECT place FROM import_file WHERE member_id = $1 AND import_id = $2 AND place = $3 AND outcome = 'waiting' FOR UPDATE;

-- name: SettleFile :exec
UPDATE import_file SET outcome = @outcome, code = sqlc.narg(code), workouts = @workouts, duplicates = @duplicates
WHERE member_id = @member_id AND import_id = @import_id AND place = @place;

-- name: CountFile :exec
-- And the claim goes on: whoever holds it gets on with it.
UPDATE import SET created = created + CASE WHEN @outcome::text = 'created' THEN 1 ELSE 0 END,
       duplicate = duplicate + CASE WHEN @outcome::text = 'duplicate' THEN 1 ELSE 0 END,
       rejected = rejected + CASE WHEN @outcome::text = 'rejected' THEN 1 ELSE 0 END,
       state = 'parsing', attempts = 0, claimed_until = @claimed_until, updated_at = @now
WHERE member_id = @member_id AND id = @id;

-- name: EndImport :exec
UPDATE import SET code = sqlc.narg(code), updated_at = @now, bytes = CASE WHEN @forget::boolean THEN 0 ELSE bytes END,
       state = CASE WHEN sqlc.narg(code)::text IS NOT NULL OR created + duplicate = 0 THEN 'failed'
                    WHEN rejected > 0 THEN 'partly' ELSE 'ready' END
WHERE member_id = @member_id AND id = @id;

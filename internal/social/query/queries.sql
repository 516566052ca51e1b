-- name: ReadHead :one
-- The workout that all of this is about, as a subject of the policy.
SELECT w.id, w.audience, sqlc.embed(s)
FROM workout w
JOIN subject s ON s.member_id = w.member_id
WHERE w.id = @id;

-- name: ListLikes :many
-- Who likes a workout, the latest first: those whom the viewer can find and who may see it themselves.
SELECT l.at, p.username, p.display_name, (v.member_id IS NOT NULL)::boolean AS has_avatar, w.audience, sqlc.embed(s), sqlc.embed(o)
FROM workout w
JOIN subject o ON o.member_id = w.member_id
JOIN workout_like l ON l.workout_id = w.id
JOIN profile p ON p.member_id = l.member_id
JOIN subject s ON s.member_id = l.member_id
LEFT JOIN avatar v ON v.member_id = l.member_id
WHERE w.id = @id AND (l.at, l.member_id) < (@before_at::timestamptz, @before_id::uuid)
  AND reaches_workout(l.member_id, w.id) AND finds(l.member_id)
ORDER BY l.at DESC, l.member_id DESC
LIMIT @row_limit;

-- name: CountLikes :one
SELECT count_likes(@id)::bigint AS likes,
       EXISTS (SELECT FROM workout_like l WHERE l.member_id = viewer_id() AND l.workout_id = @id)::boolean AS liked;

-- name: LockOwn :exec
-- Who writes waits for their other writes, so that a limit is one.
SELECT pg_advisory_xact_lock(hashtextextended(viewer_id()::text, 28));

-- name: CountOwnLikes :one
SELECT count(*) FROM workout_like WHERE member_id = viewer_id() AND at > @since::timestamptz;

-- name: CountOwnComments :one
SELECT count(*) FROM workout_comment WHERE member_id = viewer_id() AND created_at > @since::timestamptz;

-- name: AddLike :execrows
INSERT INTO workout_like (member_id, workout_id, at) VALUES (viewer_id(), @workout_id, @at) ON CONFLICT DO NOTHING;

-- name: RemoveLike :execrows
DELETE FROM workout_like WHERE member_id = viewer_id() AND workout_id = @workout_id;

-- name: ListComments :many
-- What is written below a workout, the oldest first. The author comes as a subject of the policy, and
-- with a name if the viewer can find them; so does the workout's owner.
SELECT c.id, c.body, c.mentioned, c.created_at, c.edited_at, w.audience, p.username, p.display_name, (v.member_id IS NOT NULL)::boolean AS has_avatar,
       (h.comment_id IS NOT NULL)::boolean AS hidden, sqlc.embed(s), sqlc.embed(o)
FROM workout w
JOIN subject o ON o.member_id = w.member_id
JOIN workout_comment c ON c.workout_id = w.id
JOIN subject s ON s.member_id = c.member_id
LEFT JOIN profile p ON p.member_id = c.member_id
LEFT JOIN avatar v ON v.member_id = c.member_id
LEFT JOIN comment_hidden h ON h.member_id = w.member_id AND h.comment_id = c.id
WHERE w.id = @id AND (c.created_at, c.id) > (@after_at::timestamptz, @after_id::uuid)
  AND reaches_workout(c.member_id, w.id) AND (c.member_id = viewer_id() OR NOT is_hidden_comment(c.id, w.id))
ORDER BY c.created_at, c.id
LIMIT @row_limit;

-- name: ReadComment :one
SELECT c.id, c.workout_id, c.body, c.mentioned, c.created_at, c.edited_at, w.audience, p.username, p.display_name, (v.member_id IS NOT NULL)::boolean AS has_avatar,
       (h.comment_id IS NOT NULL)::boolean AS hidden, sqlc.embed(s), sqlc.embed(o)
FROM workout_comment c
JOIN workout w ON w.id = c.workout_id
JOIN subject o ON o.member_id = w.member_id
JOIN subject s ON s.member_id = c.member_id
LEFT JOIN profile p ON p.member_id = c.member_id
LEFT JOIN avatar v ON v.member_id = c.member_id
LEFT JOIN comment_hidden h ON h.member_id = w.member_id AND h.comment_id = c.id
WHERE c.id = @id AND reaches_workout(c.member_id, w.id) AND (c.member_id = viewer_id() OR NOT is_hidden_comment(c.id, w.id));

-- name: LockComment :many
-- The viewer's own, until the transaction ends.
SELECT id FROM workout_comment WHERE member_id = viewer_id() AND id = @id FOR UPDATE;

-- name: FindMentioned :many
-- The members of those names whom the viewer can find.
SELECT name::text AS name, p.member_id
FROM unnest(@names::text[]) AS name
JOIN profile p ON p.member_id = find_member(NULL, name::text);

-- name: ReadMentioned :many
-- Those of the mentioned whom the viewer can find, by the name that they have now.
SELECT p.username, p.display_name, (v.member_id IS NOT NULL)::boolean AS has_avatar, sqlc.embed(s)
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN avatar v ON v.member_id = p.member_id
WHERE p.member_id = ANY (@ids::uuid[]);

-- name: WhoReach :many
SELECT who_reach(@members::uuid[], @workout_id)::uuid AS member_id;

-- name: FindsAuthor :one
-- Whether the workout's owner can find the viewer: who writes below it shows them who they are.
SELECT owner_finds_viewer(@owner)::boolean AS found;

-- name: AddComment :execrows
INSERT INTO workout_comment (member_id, id, workout_id, body, mentioned, created_at, key_hash, request_hash)
VALUES (viewer_id(), @id, @workout_id, @body, @mentioned, @at, sqlc.narg(key_hash), sqlc.narg(request_hash))
ON CONFLICT (member_id, key_hash) DO NOTHING;

-- name: FindMade :one
-- What the viewer made under a key.
SELECT id, request_hash FROM workout_comment WHERE member_id = viewer_id() AND key_hash = @key_hash;

-- name: ChangeComment :exec
UPDATE workout_comment SET body = @body, mentioned = @mentioned, edited_at = @at::timestamptz WHERE member_id = viewer_id() AND id = @id;

-- name: DeleteComment :execrows
DELETE FROM workout_comment WHERE member_id = viewer_id() AND id = @id;

-- name: RemoveComment :exec
-- By the workout's owner.
SELECT remove_comment(@id);

-- name: HideComment :exec
INSERT INTO comment_hidden (member_id, comment_id, at) VALUES (viewer_id(), @id, @at) ON CONFLICT DO NOTHING;

-- name: ShowComment :exec
DELETE FROM comment_hidden WHERE member_id = viewer_id() AND comment_id = @id;

-- name: ClearSocial :one
SELECT clear_social(@most)::integer AS cleared;

-- name: IsMuted :one
-- Whether moderators keep the viewer from commenting.
SELECT is_muted(@at)::boolean AS muted;

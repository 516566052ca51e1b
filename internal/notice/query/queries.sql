-- name: AddNotice :exec
-- In the transaction of what it tells of. It says nothing of what became of it.
SELECT add_notice(@recipient, @kind, @named, sqlc.narg(object)::uuid, sqlc.narg(part)::uuid, @at, @renews, @safety, @mails);

-- name: ListNotices :many
-- The viewer's notices, the latest first, of what they can open and of whom they can find: the
-- thing's owner (o) and the actor (a) come as subjects of the policy, from the same statement. Where
-- there is neither, it is the viewer.
SELECT n.id, n.kind, n.object_id, n.part_id, n.at, (n.read_at IS NOT NULL)::boolean AS is_read,
       t.audience::smallint AS audience, p.username, p.display_name, (v.member_id IS NOT NULL)::boolean AS has_avatar,
       sqlc.embed(a), sqlc.embed(o)
FROM notice n
CROSS JOIN LATERAL notice_thing(n.kind, n.actor_id, n.object_id, n.part_id) AS t
JOIN subject a ON a.member_id = coalesce(n.actor_id, n.member_id)
JOIN profile p ON p.member_id = a.member_id
JOIN subject o ON o.member_id = t.owner_id
LEFT JOIN avatar v ON v.member_id = a.member_id
WHERE n.member_id = viewer_id() AND (n.at, n.id) < (@before_at::timestamptz, @before_id::uuid)
  AND (NOT @unread::boolean OR n.read_at IS NULL)
ORDER BY n.at DESC, n.id DESC
LIMIT @row_limit;

-- name: CountUnread :one
-- As many as the list of the unread would hold, up to a hundred.
SELECT sqlc.embed(s), (
    SELECT count(*) FROM (
        SELECT FROM notice n
        CROSS JOIN LATERAL notice_thing(n.kind, n.actor_id, n.object_id, n.part_id) AS t
        JOIN profile p ON p.member_id = coalesce(n.actor_id, n.member_id)
        WHERE n.member_id = viewer_id() AND n.read_at IS NULL
        LIMIT 100) AS shown)::bigint AS unread
FROM subject s
WHERE s.member_id = viewer_id();

-- name: FindNotice :many
-- One of the viewer's notices, if it shows.
SELECT n.id
FROM notice n
CROSS JOIN LATERAL notice_thing(n.kind, n.actor_id, n.object_id, n.part_id) AS t
JOIN profile p ON p.member_id = coalesce(n.actor_id, n.member_id)
WHERE n.member_id = viewer_id() AND n.id = @id;

-- name: MarkRead :exec
UPDATE notice SET read_at = @at::timestamptz, mail_due = NULL WHERE member_id = viewer_id() AND id = @id AND read_at IS NULL;

-- name: MarkAllRead :exec
-- Those that don't show as well: what comes back is no news.
UPDATE notice SET read_at = @at::timestamptz, mail_due = NULL WHERE member_id = viewer_id() AND read_at IS NULL;

-- name: DeleteNotice :exec
DELETE FROM notice WHERE member_id = viewer_id() AND id = @id;

-- name: ReadNoticeSettings :many
-- A row without a kind stands for the viewer.
SELECT sqlc.embed(s), coalesce(c.kind, '')::text AS kind, coalesce(c.told, false)::boolean AS told, coalesce(c.mailed, false)::boolean AS mailed
FROM subject s
LEFT JOIN notice_setting c ON c.member_id = s.member_id
WHERE s.member_id = viewer_id();

-- name: LockNoticeSettings :exec
-- Whoever edits them waits for their other edits.
SELECT pg_advisory_xact_lock(hashtextextended(viewer_id()::text, 27));

-- name: PutNoticeSetting :exec
INSERT INTO notice_setting (member_id, kind, told, mailed) VALUES (viewer_id(), @kind, @told, @mailed)
ON CONFLICT (member_id, kind) DO UPDATE SET told = excluded.told, mailed = excluded.mailed;

-- name: ListDue :many
-- What a mail may be about: due, unread, and to be seen now; as ListNotices gives them.
SELECT n.id, n.kind, n.object_id, n.part_id, n.at, (n.read_at IS NOT NULL)::boolean AS is_read,
       t.audience::smallint AS audience, p.username, p.display_name, false AS has_avatar,
       sqlc.embed(a), sqlc.embed(o)
FROM notice n
CROSS JOIN LATERAL notice_thing(n.kind, n.actor_id, n.object_id, n.part_id) AS t
JOIN subject a ON a.member_id = coalesce(n.actor_id, n.member_id)
JOIN profile p ON p.member_id = a.member_id
JOIN subject o ON o.member_id = t.owner_id
WHERE n.member_id = viewer_id() AND n.mail_due <= @now::timestamptz AND n.read_at IS NULL
ORDER BY n.at DESC, n.id DESC
LIMIT 100;

-- name: SettleDue :exec
-- Nothing of it is looked at again for a mail.
UPDATE notice SET mail_due = NULL, mailed_at = CASE WHEN id = ANY (@mailed::uuid[]) THEN @now::timestamptz ELSE mailed_at END
WHERE member_id = viewer_id() AND mail_due <= @now::timestamptz;

-- name: OwnAddress :one
SELECT email FROM auth.account WHERE member_id = viewer_id();

-- name: PostNotices :one
SELECT auth.post_notices(@claim_hash, @mail_id, @sealed, @now)::boolean AS posted;

-- name: ClaimNotices :one
SELECT auth.claim_notices(@claim_hash, @now, @hold)::boolean AS claimed;

-- name: ClearNotices :execrows
DELETE FROM notice WHERE at <= @before::timestamptz;

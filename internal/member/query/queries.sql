-- name: ReadProfile :one
-- One statement brings a profile and its owner as a subject of the policy. The
-- counts are of those whom the viewer can find, as the lists are.
SELECT p.username, p.display_name, p.bio, p.ftp_watts, p.location_sealed, p.gender_sealed, p.birth_date_sealed,
       p.height_sealed, p.weight_sealed, p.resting_hr_sealed, p.max_hr_sealed,
       sqlc.embed(s),
       (a.member_id IS NOT NULL)::boolean AS has_avatar,
       account.email,
       count_found(p.member_id, 11, 1)::bigint AS followers,
       count_found(p.member_id, 12, 16)::bigint AS following
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN avatar a ON a.member_id = p.member_id
LEFT JOIN auth.account account ON account.member_id = p.member_id
WHERE p.member_id = (SELECT CASE WHEN sqlc.arg(own)::boolean THEN viewer_id()
                            ELSE find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text) END);

-- name: CountAs :one
-- The viewer's own counts for the eyes of somebody who is a stranger to all that
-- are counted: those whom the stranger can find, and the stranger themself.
SELECT count(*) FILTER (WHERE e.bits & 1 <> 0) AS followers,
       count(*) FILTER (WHERE e.bits & 16 <> 0) AS following
FROM edge e
JOIN member m ON m.id = e.other_id
WHERE e.member_id = viewer_id() AND (m.discoverability >= sqlc.arg(lowest)::smallint OR m.id = sqlc.arg(looker)::uuid);

-- name: ReadSummary :one
SELECT p.username, p.display_name, sqlc.embed(s), (a.member_id IS NOT NULL)::boolean AS has_avatar
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN avatar a ON a.member_id = p.member_id
WHERE p.member_id = (SELECT find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text));

-- name: SearchMembers :many
-- Ranges with bounds made by the caller, never a pattern: no character has a
-- meaning, and the indexes serve. In order, with the rules asked once a row.
SELECT m.* FROM search_page(sqlc.arg(low), sqlc.arg(high), sqlc.arg(after_name), sqlc.arg(after_username), sqlc.arg(most)) m;

-- name: ListConnections :many
-- The members on the owner's edges that have the bit, as far as the viewer can
-- find them; the owner shows the list under the slot. By id, which tells nothing.
SELECT p.username, p.display_name, sqlc.embed(s), (a.member_id IS NOT NULL)::boolean AS has_avatar
FROM edge e
JOIN profile p ON p.member_id = e.other_id
JOIN subject s ON s.member_id = e.other_id
LEFT JOIN avatar a ON a.member_id = e.other_id
WHERE e.member_id = sqlc.arg(owner)::uuid AND e.bits & sqlc.arg(bit)::integer <> 0 AND e.other_id > sqlc.arg(after)::uuid
  AND (SELECT shows_slot(sqlc.arg(owner)::uuid, sqlc.arg(slot)::integer))
ORDER BY e.other_id
LIMIT sqlc.arg(most);

-- name: ListRequests :many
-- Who asks to follow the viewer, the oldest first.
SELECT e.changed_at, p.username, p.display_name, sqlc.embed(s), (a.member_id IS NOT NULL)::boolean AS has_avatar
FROM edge e
JOIN profile p ON p.member_id = e.other_id
JOIN subject s ON s.member_id = e.other_id
LEFT JOIN avatar a ON a.member_id = e.other_id
WHERE e.member_id = viewer_id() AND e.bits & 2 <> 0
  AND (e.changed_at, e.other_id) > (sqlc.arg(after_at)::timestamptz, sqlc.arg(after_id)::uuid)
ORDER BY e.changed_at, e.other_id
LIMIT sqlc.arg(most);

-- name: ListBlocks :many
-- Whom the viewer blocked, the latest first. The subject is the viewer: it is
-- their list, and a block hides its other side. Without a name: blocked unseen.
SELECT b.other_id::uuid AS other_id, coalesce(b.username, '')::text AS username, b.changed_at::timestamptz AS changed_at, sqlc.embed(s)
FROM blocks_of_viewer() b
JOIN subject s ON s.member_id = viewer_id()
WHERE (b.changed_at, b.other_id) < (sqlc.arg(before_at)::timestamptz, sqlc.arg(before_id)::uuid)
ORDER BY b.changed_at DESC, b.other_id DESC
LIMIT sqlc.arg(most);

-- name: OwnEdge :one
-- The viewer's own side of the pair with another.
SELECT coalesce((SELECT e.bits FROM edge e WHERE e.member_id = viewer_id() AND e.other_id = sqlc.arg(other)::uuid), 0)::smallint AS bits;

-- name: FindBlocked :one
-- Whom a request names, among those that the viewer blocked.
SELECT b.other_id::uuid AS id FROM blocks_of_viewer() b
WHERE b.other_id = sqlc.narg(id)::uuid OR b.username = sqlc.narg(username)::text;

-- name: AskToFollow :one
SELECT ask_to_follow(sqlc.arg(other), sqlc.arg(at));

-- name: ApproveFollower :one
SELECT approve_follower(sqlc.arg(other), sqlc.arg(at));

-- name: RemoveFollower :one
SELECT remove_follower(sqlc.arg(other), sqlc.arg(at));

-- name: Unfollow :one
SELECT unfollow(sqlc.arg(other), sqlc.arg(at));

-- name: Block :one
SELECT block_member(sqlc.arg(other), sqlc.arg(at));

-- name: Unblock :one
SELECT unblock_member(sqlc.arg(other), sqlc.arg(at));

-- name: LockOwn :execrows
-- Whoever edits their profile or settings waits for their other edits. What is
-- read next is read after them.
SELECT FROM member WHERE id = viewer_id() FOR NO KEY UPDATE;

-- name: UpdateProfile :execrows
UPDATE profile SET display_name = $1, search_name = $2, bio = $3, ftp_watts = $4, location_sealed = $5, gender_sealed = $6,
    height_sealed = $7, weight_sealed = $8, resting_hr_sealed = $9, max_hr_sealed = $10, updated_at = sqlc.arg(at)
WHERE member_id = viewer_id();

-- name: Enlist :exec
-- The viewer's entries in the directory, after their names or settings have changed.
SELECT enlist(viewer_id());

-- name: PlaceOwn :exec
-- The places in classes, which follow from the settings.
SELECT place_own();

-- name: ReadSettings :one
SELECT p.birth_date_sealed, sqlc.embed(s)
FROM subject s
JOIN profile p ON p.member_id = s.member_id
WHERE s.member_id = viewer_id();

-- name: UpdateSettings :execrows
UPDATE member SET private = $1, minor = $2, discoverability = $3, audiences = $4 WHERE id = viewer_id();

-- name: ReadAvatar :one
SELECT a.image, sqlc.embed(s)
FROM avatar a
JOIN subject s ON s.member_id = a.member_id
WHERE a.member_id = (SELECT find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text));

-- name: PutAvatar :execrows
INSERT INTO avatar (member_id, image, updated_at) VALUES (viewer_id(), $1, sqlc.arg(at))
ON CONFLICT (member_id) DO UPDATE SET image = excluded.image, updated_at = excluded.updated_at;

-- name: DeleteAvatar :execrows
DELETE FROM avatar WHERE member_id = viewer_id();

-- name: ReadUnderAccess :one
-- What an access grant of the viewer's opens; the statement notes that it was read.
SELECT r.member_id::uuid AS member_id, r.private::boolean AS private, r.minor::boolean AS minor, r.discoverability::smallint AS discoverability,
       r.audiences::bigint AS audiences, r.edge::smallint AS edge, r.wrapped::bytea AS wrapped, r.seen_by::uuid AS seen_by, r.fields::text[] AS fields,
       r.username::text AS username, r.display_name::text AS display_name, r.bio::text AS bio, r.email::text AS email, r.birth_date_sealed::bytea AS birth_date_sealed, r.location_sealed::bytea AS location_sealed,
       r.gender_sealed::bytea AS gender_sealed, r.height_sealed::bytea AS height_sealed, r.weight_sealed::bytea AS weight_sealed,
       r.resting_hr_sealed::bytea AS resting_hr_sealed, r.max_hr_sealed::bytea AS max_hr_sealed, r.ftp_watts::integer AS ftp_watts
FROM read_under_access(sqlc.arg(access_id), sqlc.arg(now)) r;

-- name: ReadAthlete :one
-- What a member grants the viewer of their profile, as a coach of a group they are both in; everything for the member themself.
SELECT a.* FROM read_athlete($1) a;

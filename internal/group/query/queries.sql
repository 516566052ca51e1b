-- name: ReadGroup :one
-- A group and what the viewer is to it. No row for who may not know of it.
SELECT g.id, g.kind, g.name, g.description, g.created_at, s.role, (g.heir IS NOT NULL AND g.heir IS NOT DISTINCT FROM s.membership)::boolean AS offered,
       s.inside, s.leads, seen_by()::uuid AS seen_by
FROM groups g
JOIN group_standing s ON s.group_id = g.id
WHERE g.id = $1;

-- name: FindGroups :many
-- Groups that anybody finds, by name; one that the viewer is in, too, only where anybody finds it.
SELECT g.id, g.kind, g.name, g.search_name, g.description, g.created_at, s.role,
       (g.heir IS NOT NULL AND g.heir IS NOT DISTINCT FROM s.membership)::boolean AS offered, seen_by()::uuid AS seen_by
FROM groups g
JOIN group_standing s ON s.group_id = g.id
WHERE g.kind IN ('public', 'listed') AND g.search_name >= sqlc.arg(low)::text AND g.search_name < sqlc.arg(high)::text
  AND (g.search_name, g.id) > (sqlc.arg(after_name)::text, sqlc.arg(after_id)::uuid)
ORDER BY g.search_name, g.id
LIMIT sqlc.arg(most);

-- name: ListOwnGroups :many
-- Groups that the viewer is in or asks to be in.
SELECT g.id, g.kind, g.name, g.description, g.created_at, s.role,
       (g.heir IS NOT NULL AND g.heir IS NOT DISTINCT FROM s.membership)::boolean AS offered, seen_by()::uuid AS seen_by
FROM group_member m
JOIN groups g ON g.id = m.group_id
JOIN group_standing s ON s.group_id = g.id
WHERE m.member_id = viewer_id() AND g.id > sqlc.arg(after)::uuid
ORDER BY g.id
LIMIT sqlc.arg(most);

-- name: FindOwner :one
-- Whom a request names, as far as the viewer can find them.
SELECT sqlc.embed(s) FROM subject s
WHERE s.member_id = (SELECT find_member(sqlc.narg(id)::uuid, sqlc.narg(username)::text));

-- name: ListGroupsOf :many
-- The groups that a member shows on their profile: of those that nobody finds, only those that the viewer is in.
-- Who is in a group with them sees that there, and not here, by the slot of groups.
SELECT g.id, g.kind, g.name, g.description, g.created_at, st.role,
       (g.heir IS NOT NULL AND g.heir IS NOT DISTINCT FROM st.membership)::boolean AS offered,
       st.inside, sqlc.embed(s)
FROM group_member m
JOIN subject s ON s.member_id = m.member_id
JOIN groups g ON g.id = m.group_id
JOIN group_standing st ON st.group_id = g.id
WHERE m.member_id = sqlc.arg(owner)::uuid AND m.role NOT IN ('asking', 'banned')
  AND (g.kind IN ('public', 'listed') OR st.inside) AND g.id > sqlc.arg(after)::uuid AND shows_slot(m.member_id, 13)
ORDER BY g.id
LIMIT sqlc.arg(most);

-- name: ListMembers :many
-- Who is in a group, each with what they are as a subject of the policy: those whom the viewer blocked, or who
-- blocked the viewer, are not there. Names as far as each can be found.
SELECT m.id, m.role, m.joined_at, coalesce(p.username, '')::text AS username, coalesce(p.display_name, '')::text AS display_name,
       (a.member_id IS NOT NULL)::boolean AS has_avatar, st.inside, st.leads, sqlc.embed(s)
FROM group_standing st
JOIN group_member m ON m.group_id = st.group_id
JOIN subject s ON s.member_id = m.member_id
LEFT JOIN profile p ON p.member_id = m.member_id
LEFT JOIN avatar a ON a.member_id = m.member_id
WHERE st.group_id = sqlc.arg(group_id)::uuid AND st.inside AND m.role = ANY (sqlc.arg(roles)::text[]) AND m.id > sqlc.arg(after)::uuid
ORDER BY m.id
LIMIT sqlc.arg(most);

-- name: ListInvites :many
SELECT i.id, i.used, i.most, i.created_at, i.expires_at, i.revoked_at, seen_by()::uuid AS seen_by
FROM group_invite i
WHERE i.group_id = sqlc.arg(group_id)::uuid AND i.id > sqlc.arg(after)::uuid
ORDER BY i.id
LIMIT sqlc.arg(most);

-- name: MakeGroup :one
SELECT make_group($1, $2, $3, $4, $5, sqlc.narg(description), sqlc.narg(key_hash), $6)::uuid AS id;

-- name: LockGroup :exec
SELECT lock_group($1);

-- name: EditGroup :execrows
UPDATE groups SET kind = $2, name = $3, search_name = $4, description = sqlc.narg(description) WHERE id = $1;

-- name: EndGroup :one
SELECT end_group($1)::text AS outcome;

-- name: JoinGroup :one
SELECT join_group($1, $2, $3)::text AS outcome;

-- name: LeaveGroup :one
SELECT leave_group($1)::text AS outcome;

-- name: AcceptInvite :one
SELECT a.entered::uuid AS entered, a.outcome::text AS outcome FROM accept_invite($1, $2, $3) a;

-- name: SetRole :one
SELECT set_group_role($1, $2, $3)::text AS outcome;

-- name: RemoveMembership :one
SELECT remove_membership($1)::text AS outcome;

-- name: OfferGroup :one
SELECT offer_group($1, sqlc.narg(membership))::text AS outcome;

-- name: TakeGroup :one
SELECT take_group($1, $2)::text AS outcome;

-- name: Invite :one
SELECT invite_to_group($1, $2, $3, $4, $5, $6)::text AS outcome;

-- name: RevokeInvite :exec
SELECT revoke_invite($1, $2);

-- name: OwnMinor :one
SELECT m.minor FROM member m WHERE m.id = viewer_id();

-- name: GrantCoach :one
SELECT grant_coach($1, sqlc.narg(fields)::text[], $2)::text AS outcome;

-- name: ListCoachGrants :many
-- What the viewer grants coaches. A group that is hidden from the viewer by now has no name; what they grant in it
-- is theirs to see and to take back.
SELECT c.group_id, c.coach_id, c.fields, c.granted_at, coalesce(g.name, '')::text AS group_name, sqlc.embed(s)
FROM coach_grant c
JOIN subject s ON s.member_id = c.member_id
LEFT JOIN groups g ON g.id = c.group_id
WHERE c.member_id = viewer_id() AND c.coach_id > sqlc.arg(after)::uuid
ORDER BY c.coach_id
LIMIT sqlc.arg(most);

-- name: ListAthletes :many
-- Those in a group who grant the viewer something, as the list of members has them.
SELECT m.id, m.role, m.joined_at, coalesce(p.username, '')::text AS username, coalesce(p.display_name, '')::text AS display_name,
       (a.member_id IS NOT NULL)::boolean AS has_avatar, st.inside, st.leads, sqlc.embed(s)
FROM group_standing st
JOIN athlete c ON c.group_id = st.group_id
JOIN group_member m ON m.id = c.membership
JOIN subject s ON s.member_id = m.member_id
LEFT JOIN profile p ON p.member_id = m.member_id
LEFT JOIN avatar a ON a.member_id = m.member_id
WHERE st.group_id = sqlc.arg(group_id)::uuid AND st.inside AND m.member_id <> viewer_id() AND m.id > sqlc.arg(after)::uuid
ORDER BY m.id
LIMIT sqlc.arg(most);

-- name: ReadGroupBoard :many
SELECT b.* FROM read_group_board(@wanted, @metric, @days::timestamptz[], sqlc.narg(challenge)::uuid, @after_score, @after_id, @most) b;

-- name: ReadChallenge :one
-- A challenge of a group that the viewer is in, and whether they take part.
SELECT c.group_id, c.id, c.title, c.metric, c.target, c.first_day, c.last_day, c.zone, c.starts_at, c.ends_at,
       (p.member_id IS NOT NULL)::boolean AS joined, seen_by()::uuid AS seen_by
FROM challenge c
JOIN group_standing s ON s.group_id = c.group_id AND s.inside
LEFT JOIN challenge_participation p ON p.challenge_id = c.id AND p.member_id = viewer_id()
WHERE c.id = $1;

-- name: ListChallenges :many
SELECT c.group_id, c.id, c.title, c.metric, c.target, c.first_day, c.last_day, c.zone, c.starts_at, c.ends_at,
       (p.member_id IS NOT NULL)::boolean AS joined, seen_by()::uuid AS seen_by
FROM challenge c
JOIN group_standing s ON s.group_id = c.group_id AND s.inside
LEFT JOIN challenge_participation p ON p.challenge_id = c.id AND p.member_id = viewer_id()
WHERE c.group_id = sqlc.arg(group_id)::uuid AND (c.ends_at, c.id) < (sqlc.arg(before_end)::timestamptz, sqlc.arg(before_id)::uuid)
  AND CASE WHEN c.starts_at > sqlc.arg(at)::timestamptz THEN 'coming' WHEN c.ends_at > sqlc.arg(at)::timestamptz THEN 'running' ELSE 'ended' END
      = ANY (sqlc.arg(states)::text[])
ORDER BY c.ends_at DESC, c.id DESC
LIMIT sqlc.arg(most);

-- name: OwnProgress :one
-- How far the viewer comes, of whom the policy decides as of anybody.
SELECT own_score(@wanted, @metric, @days::timestamptz[])::bigint AS score, sqlc.embed(s) FROM subject s WHERE s.member_id = viewer_id();

-- name: MakeChallenge :one
SELECT m.id, m.outcome::text AS outcome FROM make_challenge(@wanted, @made, @called, @counts, @aim, @first, @last, @in_zone, @starts, @ends,
    sqlc.narg(key), @at) m;

-- name: LockChallenge :exec
SELECT count(*) FROM lock_challenge($1);

-- name: EditChallenge :one
SELECT edit_challenge(@wanted, @called, @counts, @aim, @first, @last, @in_zone, @starts, @ends, @at)::text AS outcome;

-- name: EndChallenge :one
SELECT end_challenge($1)::text AS outcome;

-- name: JoinChallenge :one
SELECT join_challenge($1, $2)::text AS outcome;

-- name: LeaveChallenge :exec
SELECT leave_challenge($1);

-- name: TellOfChallenges :one
SELECT tell_of_challenges(@at, @most)::integer AS told;

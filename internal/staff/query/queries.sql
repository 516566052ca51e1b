-- name: AskRole :one
SELECT auth.ask_role(sqlc.arg(id), sqlc.arg(member_id), sqlc.arg(role), sqlc.arg(reason), sqlc.arg(now));

-- name: DecideRole :one
SELECT auth.decide_role(sqlc.arg(id), sqlc.arg(yes), sqlc.arg(now));

-- name: RevokeRole :one
SELECT auth.revoke_role(sqlc.arg(member_id), sqlc.arg(role), sqlc.arg(now));

-- name: ListRoles :many
SELECT r.member_id, r.role, r.granted_at FROM auth.staff_role r ORDER BY r.role, r.member_id;

-- name: ListRoleRequests :many
SELECT q.member_id, q.id, q.role, q.reason, q.asked_by, q.asked_at, seen_by()::uuid AS seen_by FROM auth.role_request q
WHERE q.decided_at IS NULL AND q.asked_at > sqlc.arg(asked_after) ORDER BY q.asked_at, q.id LIMIT 200;

-- name: FindForStaff :many
SELECT f.member_id::uuid AS member_id, f.username::text AS username FROM auth.find_for_staff(sqlc.arg(handle), sqlc.arg(now)) f;

-- name: OpenAccess :one
SELECT auth.open_access(sqlc.arg(id), sqlc.arg(member_id), sqlc.arg(reason), sqlc.arg(fields)::text[], sqlc.arg(until), sqlc.arg(now));

-- name: EndAccess :one
SELECT auth.end_access(sqlc.arg(id), sqlc.arg(now));

-- name: ListAccess :many
SELECT g.member_id, g.id, g.reason, g.fields, g.opened_at, g.expires_at, g.ended_at, seen_by()::uuid AS seen_by
FROM access_grant g WHERE g.staff_id = viewer_id() AND g.opened_at > sqlc.arg(opened_after) ORDER BY g.opened_at DESC, g.id LIMIT 200;

-- name: ReadAccessLog :many
SELECT sqlc.embed(s), l.hour, l.who, l.through, l.scope, l.kind, l.times,
       coalesce((SELECT g.reason FROM access_grant g WHERE g.member_id = l.member_id AND g.id = l.through), '')::text AS reason
FROM access_log l JOIN subject s ON s.member_id = l.member_id
WHERE l.member_id = viewer_id()
  AND (l.hour, l.who, l.through, l.scope, l.kind) < (sqlc.arg(hour)::timestamptz, sqlc.arg(who)::text, sqlc.arg(through)::uuid, sqlc.arg(scope)::text, sqlc.arg(kind)::text)
ORDER BY l.hour DESC, l.who DESC, l.through DESC, l.scope DESC, l.kind DESC LIMIT sqlc.arg(row_limit);

-- name: NoteConsole :exec
SELECT note_console(sqlc.arg(console), sqlc.arg(scope), sqlc.arg(kind), sqlc.arg(now));

-- name: Act :one
SELECT audit_act(sqlc.arg(act), sqlc.narg(subject)::uuid, sqlc.arg(object), sqlc.arg(details), sqlc.arg(now));

-- name: List :many
SELECT a.seq, a.at, a.actor, a.duties, a.act, a.subject, a.object, a.details, a.hash, seen_by()::uuid AS seen_by
FROM auth.audit a WHERE a.seq < sqlc.arg(before) ORDER BY a.seq DESC LIMIT sqlc.arg(row_limit);

-- name: Rows :many
SELECT a.seq, a.at, a.actor, a.duties, a.act, a.subject, a.object, a.details, a.previous, a.hash
FROM auth.audit a WHERE a.seq > sqlc.arg(after) ORDER BY a.seq LIMIT sqlc.arg(row_limit);

-- name: Head :one
SELECT seq, hash FROM auth.audit_head;

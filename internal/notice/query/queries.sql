-- name: AddNotice :exec
-- In the transaction of what it tells of. It says nothing of what became of it.
SELECT add_notice(@recipient, @kind, @named, sqlc.narg(object)::uuid, sqlc.narg(part)::uuid, @at, @renews, @safety, @mails);

-- name: Take :one
SELECT refused::integer AS refused, wait_s::integer AS wait_s, remaining::integer[] AS remaining, known::boolean AS known FROM auth.limit_take(sqlc.arg(keys)::bytea[], sqlc.arg(quotas)::integer[],
    sqlc.arg(windows)::integer[], sqlc.arg(spared)::integer, sqlc.arg(known_key)::bytea, sqlc.arg(now)::timestamptz);

-- name: Give :exec
SELECT auth.limit_give(sqlc.arg(keys)::bytea[], sqlc.arg(quotas)::integer[], sqlc.arg(windows)::integer[],
    sqlc.narg(known_key)::bytea, sqlc.arg(now)::timestamptz);

-- name: Add :one
SELECT totals::bigint[] AS totals, befores::bigint[] AS befores FROM auth.limit_add(sqlc.arg(keys)::bytea[], sqlc.arg(slots)::bigint[], sqlc.arg(counts)::bigint[]);

-- name: Members :one
SELECT auth.limit_members(sqlc.arg(hashes)::bytea[])::uuid[] AS members;

-- name: Charge :one
SELECT auth.charge_subjects(sqlc.arg(salt)::bytea, sqlc.narg(token_hash)::bytea, sqlc.arg(network)::bytea, sqlc.arg(subjects)::uuid[],
    sqlc.arg(member_budgets)::integer[], sqlc.arg(network_budgets)::integer[], sqlc.arg(now)::timestamptz)::integer AS wait_s;

-- name: Forget :one
SELECT auth.enumeration_forget(sqlc.arg(salt)::bytea, sqlc.arg(username)::text)::bigint AS gone;

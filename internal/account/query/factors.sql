-- name: HasFactor :one
SELECT EXISTS (SELECT FROM auth.factor f WHERE f.member_id = sqlc.arg(member_id) AND f.confirmed_at IS NOT NULL);

-- name: LockFactors :many
-- The factors that a code may be of; who holds them is alone with them.
SELECT id, secret_sealed, last_step FROM auth.factor
WHERE member_id = sqlc.arg(member_id) AND (confirmed_at IS NOT NULL) = sqlc.arg(confirmed)::boolean
  AND (sqlc.narg(id)::uuid IS NULL OR id = sqlc.narg(id)::uuid) AND created_at > sqlc.arg(made_after)
ORDER BY id FOR UPDATE;

-- name: UseStep :exec
-- The step of a code that was right: it, and what is before it, is used up.
UPDATE auth.factor SET last_step = sqlc.arg(step), secret_sealed = sqlc.arg(secret_sealed), confirmed_at = coalesce(confirmed_at, sqlc.arg(now)::timestamptz)
WHERE member_id = sqlc.arg(member_id) AND id = sqlc.arg(id);

-- name: ChargeFactor :execrows
-- One more try within the hour, before the code is looked at. No row: the caller has none left, and spends none of
-- what is kept for others.
INSERT INTO auth.factor_try AS t (member_id, wrong, since) VALUES (sqlc.arg(member_id), 1, sqlc.arg(now))
ON CONFLICT (member_id) DO UPDATE SET
    wrong = CASE WHEN t.since <= sqlc.arg(hour_ago)::timestamptz THEN 1 ELSE t.wrong + 1 END,
    since = CASE WHEN t.since <= sqlc.arg(hour_ago)::timestamptz THEN excluded.since ELSE t.since END
WHERE t.since <= sqlc.arg(hour_ago)::timestamptz OR t.wrong < sqlc.arg(most)::integer;

-- name: ForgetTries :exec
DELETE FROM auth.factor_try WHERE member_id = sqlc.arg(member_id);

-- name: ListFactors :many
SELECT id, name, created_at, (confirmed_at IS NOT NULL)::boolean AS confirmed,
       (SELECT count(*) FROM auth.recovery_code r WHERE r.member_id = f.member_id AND r.used_at IS NULL) AS codes
FROM auth.factor f WHERE f.member_id = viewer_id() ORDER BY created_at, id;

-- name: DropUnconfirmed :exec
DELETE FROM auth.factor WHERE member_id = viewer_id() AND confirmed_at IS NULL;

-- name: AddFactor :exec
INSERT INTO auth.factor (member_id, id, name, secret_sealed, created_at)
VALUES (viewer_id(), sqlc.arg(id), sqlc.arg(name), sqlc.arg(secret_sealed), sqlc.arg(now));

-- name: DropFactor :execrows
DELETE FROM auth.factor WHERE member_id = viewer_id() AND id = sqlc.arg(id);

-- name: UnproveSessions :exec
UPDATE auth.session SET proved_at = NULL WHERE member_id = viewer_id();

-- name: ProveSession :execrows
UPDATE auth.session SET proved_at = sqlc.arg(now)::timestamptz
WHERE member_id = sqlc.arg(member_id) AND id = sqlc.arg(id) AND kind IN ('bearer', 'cookie');

-- name: DropRecoveryCodes :exec
DELETE FROM auth.recovery_code WHERE member_id = viewer_id();

-- name: AddRecoveryCode :exec
INSERT INTO auth.recovery_code (member_id, handle, code_hash) VALUES (viewer_id(), sqlc.arg(handle), sqlc.arg(code_hash));

-- name: RecoveryHash :one
SELECT code_hash FROM auth.recovery_code WHERE member_id = sqlc.arg(member_id) AND handle = sqlc.arg(handle) AND used_at IS NULL;

-- name: UseRecoveryCode :execrows
UPDATE auth.recovery_code SET used_at = sqlc.arg(now)::timestamptz
WHERE member_id = sqlc.arg(member_id) AND handle = sqlc.arg(handle) AND code_hash = sqlc.arg(code_hash) AND used_at IS NULL;

-- name: EmailOf :one
SELECT email FROM auth.account WHERE member_id = sqlc.arg(member_id);

-- name: AuditOperator :one
-- Notes what the operator did.
SELECT auth.audit_operator(sqlc.arg(act), sqlc.arg(subject)::uuid, sqlc.arg(object), sqlc.arg(details), sqlc.arg(now));

-- name: IsFirstTry :one
SELECT EXISTS (SELECT FROM auth.factor_try t WHERE t.member_id = sqlc.arg(member_id) AND t.wrong = 1);

-- name: ClearAccessLog :execrows
DELETE FROM access_log WHERE hour < sqlc.arg(before);

-- name: ClearAccessGrants :execrows
DELETE FROM access_grant WHERE expires_at < sqlc.arg(before);

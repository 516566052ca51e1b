-- name: FindAccount :one
-- The account of a folded address, and what proves who owns it. One that nobody
-- has is looked for as far as one that somebody has.
SELECT a.member_id, a.email, c.password_hash
FROM auth.account a
JOIN auth.credential c ON c.member_id = a.member_id
WHERE a.member_id = coalesce((SELECT e.member_id FROM auth.email_claim e WHERE e.email = sqlc.arg(email)),
                             '00000000-0000-0000-0000-000000000000');

-- name: CountRegistrations :one
SELECT count(*) FROM auth.registration WHERE email = sqlc.arg(email) AND expires_at > sqlc.arg(now);

-- name: AddRegistration :exec
INSERT INTO auth.registration (id, email, details_sealed, password_hash, created_at, expires_at)
VALUES (sqlc.arg(id), sqlc.arg(email), sqlc.arg(details_sealed), sqlc.arg(password_hash), sqlc.arg(now), sqlc.arg(expires_at));

-- name: LockRegistrations :many
-- Those that wait at an address.
SELECT id, details_sealed, password_hash, attempts, blind_attempts
FROM auth.registration
WHERE email = sqlc.arg(email) AND expires_at > sqlc.arg(now)
ORDER BY id
FOR UPDATE;

-- name: ChargeRegistration :exec
UPDATE auth.registration
SET attempts = attempts + CASE WHEN sqlc.arg(blind)::boolean THEN 0 ELSE 1 END,
    blind_attempts = blind_attempts + CASE WHEN sqlc.arg(blind)::boolean THEN 1 ELSE 0 END
WHERE id = sqlc.arg(id);

-- name: DropRegistrations :exec
DELETE FROM auth.registration WHERE email = sqlc.arg(email);

-- name: UsernameTaken :one
SELECT EXISTS (SELECT FROM auth.username_claim WHERE username = sqlc.arg(username));

-- name: AddMember :exec
INSERT INTO member (id, private, minor, discoverability, audiences, created_at)
VALUES (sqlc.arg(id), sqlc.arg(private), sqlc.arg(minor), sqlc.arg(discoverability), sqlc.arg(audiences), sqlc.arg(now));

-- name: AddMemberKey :exec
INSERT INTO member_key (member_id, wrapped) VALUES (sqlc.arg(member_id), sqlc.arg(wrapped));

-- name: AddProfile :exec
INSERT INTO profile (member_id, username, display_name, search_name, birth_date_sealed, updated_at)
VALUES (sqlc.arg(member_id), sqlc.arg(username), sqlc.arg(display_name), sqlc.arg(search_name), sqlc.arg(birth_date_sealed), sqlc.arg(now));

-- name: Enlist :exec
-- In the directory, after the profile was added.
SELECT enlist(sqlc.arg(member_id));

-- name: AddAccount :exec
INSERT INTO auth.account (member_id, email, created_at) VALUES (sqlc.arg(member_id), sqlc.arg(email), sqlc.arg(now));

-- name: AddCredential :exec
INSERT INTO auth.credential (member_id, password_hash, password_changed_at)
VALUES (sqlc.arg(member_id), sqlc.arg(password_hash), sqlc.arg(now));

-- name: AddStaffRole :exec
INSERT INTO auth.staff_role (member_id, role, granted_at) VALUES (sqlc.arg(member_id), sqlc.arg(role), sqlc.arg(now));

-- name: ClaimEmail :execrows
INSERT INTO auth.email_claim (email, member_id) VALUES (sqlc.arg(email), sqlc.arg(member_id)) ON CONFLICT (email) DO NOTHING;

-- name: ClaimUsername :execrows
INSERT INTO auth.username_claim (username, member_id) VALUES (sqlc.arg(username), sqlc.arg(member_id)) ON CONFLICT (username) DO NOTHING;

-- name: LockCredential :one
-- Whoever changes a password holds this row, so a sign-in with the old one can't
-- slip past the end of all sessions.
SELECT password_hash FROM auth.credential WHERE member_id = sqlc.arg(member_id) FOR NO KEY UPDATE;

-- name: Rehash :exec
-- The same password under other parameters.
UPDATE auth.credential SET password_hash = sqlc.arg(password_hash) WHERE member_id = sqlc.arg(member_id);

-- name: AddSession :exec
INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at, proved_at)
VALUES (sqlc.arg(member_id), sqlc.arg(id), sqlc.arg(kind), sqlc.arg(label), sqlc.arg(now), sqlc.arg(now), sqlc.arg(expires_at),
        CASE WHEN sqlc.arg(proved)::boolean THEN sqlc.arg(now)::timestamptz END);

-- name: KnowsProgram :one
-- Whether a member is signed in by a program of this kind, or lately was, or has an
-- account so new that its first program is no news to them.
SELECT (EXISTS (SELECT FROM auth.session s
            WHERE s.member_id = sqlc.arg(member_id) AND s.kind = sqlc.arg(kind) AND s.label = sqlc.arg(label))
        OR EXISTS (SELECT FROM auth.account a
            WHERE a.member_id = sqlc.arg(member_id) AND a.created_at > sqlc.arg(new_since)))::boolean AS known;

-- name: AddToken :exec
INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
VALUES (sqlc.arg(hash), sqlc.arg(member_id), sqlc.arg(session_id), sqlc.arg(kind), sqlc.arg(now), sqlc.arg(expires_at));

-- name: EndSessionOfToken :exec
-- The session that somebody had while they signed in anew.
UPDATE auth.session s SET revoked_at = sqlc.arg(now)::timestamptz
FROM auth.token t
WHERE t.hash = sqlc.arg(hash) AND s.member_id = t.member_id AND s.id = t.session_id AND s.revoked_at IS NULL;

-- name: EndOldestSessions :exec
-- All but the newest so many, so that the list of them has a length. Consoles have a
-- list of their own.
UPDATE auth.session s SET revoked_at = sqlc.arg(now)::timestamptz
WHERE s.member_id = sqlc.arg(member_id) AND s.revoked_at IS NULL AND s.id IN (
    SELECT o.id FROM auth.session o
    WHERE o.member_id = sqlc.arg(member_id) AND o.revoked_at IS NULL AND o.expires_at > sqlc.arg(now) AND o.kind <> 'console'
    ORDER BY o.last_used_at DESC, o.id DESC OFFSET sqlc.arg(keep)::integer);

-- name: TurnIn :one
-- Uses a refresh token up. Of any number at once, one gets the row.
UPDATE auth.token t SET used_at = sqlc.arg(now)::timestamptz
FROM auth.session s
WHERE t.hash = sqlc.arg(hash) AND t.kind = 'refresh' AND t.used_at IS NULL AND t.expires_at > sqlc.arg(now)::timestamptz
  AND s.member_id = t.member_id AND s.id = t.session_id AND s.revoked_at IS NULL AND s.expires_at > sqlc.arg(now)::timestamptz
RETURNING t.member_id, t.session_id, s.expires_at;

-- name: EndReusedSession :execrows
-- The session of a refresh token that was turned in before.
UPDATE auth.session s SET revoked_at = sqlc.arg(now)::timestamptz
FROM auth.token t
WHERE t.hash = sqlc.arg(hash) AND t.kind = 'refresh' AND t.used_at IS NOT NULL
  AND s.member_id = t.member_id AND s.id = t.session_id AND s.revoked_at IS NULL;

-- name: DropAccessTokens :exec
DELETE FROM auth.token WHERE member_id = sqlc.arg(member_id) AND session_id = sqlc.arg(session_id) AND kind = 'access';

-- name: TouchSession :exec
UPDATE auth.session SET last_used_at = sqlc.arg(now) WHERE member_id = sqlc.arg(member_id) AND id = sqlc.arg(id);

-- name: ListSessions :many
-- As paceline_app. A session that lay idle too long is over, though its row may
-- still be there.
SELECT o.member_id, o.id, o.kind, o.label, o.created_at, o.last_used_at, o.expires_at, sqlc.embed(s)
FROM auth.session o
JOIN subject s ON s.member_id = o.member_id
WHERE o.member_id = viewer_id() AND o.revoked_at IS NULL AND o.expires_at > sqlc.arg(now)::timestamptz
  AND o.kind <> 'console'
  AND o.last_used_at > CASE o.kind WHEN 'cookie' THEN sqlc.arg(cookie_used_after)::timestamptz
      WHEN 'ride' THEN sqlc.arg(ride_used_after)::timestamptz ELSE sqlc.arg(bearer_used_after)::timestamptz END
ORDER BY o.last_used_at DESC, o.id DESC
LIMIT sqlc.arg(at_most)::integer;

-- name: EndSession :execrows
UPDATE auth.session SET revoked_at = sqlc.arg(now)::timestamptz
WHERE member_id = viewer_id() AND id = sqlc.arg(id) AND revoked_at IS NULL AND expires_at > sqlc.arg(now)::timestamptz
  AND kind <> 'console';

-- name: EndOtherSessions :execrows
UPDATE auth.session SET revoked_at = sqlc.arg(now)::timestamptz
WHERE member_id = viewer_id() AND id <> sqlc.arg(id) AND revoked_at IS NULL AND kind <> 'console';

-- name: EndSessionsOf :execrows
UPDATE auth.session SET revoked_at = sqlc.arg(now)::timestamptz WHERE member_id = sqlc.arg(member_id) AND revoked_at IS NULL;

-- name: CountResets :one
SELECT count(*) FROM auth.password_reset WHERE email = sqlc.arg(email) AND expires_at > sqlc.arg(now);

-- name: AddReset :exec
INSERT INTO auth.password_reset (id, email, code_sealed, created_at, expires_at)
VALUES (sqlc.arg(id), sqlc.arg(email), sqlc.arg(code_sealed), sqlc.arg(now), sqlc.arg(expires_at));

-- name: LockResets :many
-- Those that a code may still be tried on.
SELECT id, code_sealed FROM auth.password_reset
WHERE email = sqlc.arg(email) AND expires_at > sqlc.arg(now) AND attempts < sqlc.arg(max_attempts)
ORDER BY id
FOR UPDATE;

-- name: ChargeResets :exec
UPDATE auth.password_reset SET attempts = attempts + 1 WHERE id = ANY(sqlc.arg(ids)::uuid[]);

-- name: DropReset :execrows
-- Uses one up. Of any number at once, one gets the row.
DELETE FROM auth.password_reset WHERE id = sqlc.arg(id) AND expires_at > sqlc.arg(now);

-- name: DropResets :exec
DELETE FROM auth.password_reset WHERE email = sqlc.arg(email);

-- name: SetPassword :exec
UPDATE auth.credential SET password_hash = sqlc.arg(password_hash), password_changed_at = sqlc.arg(now)
WHERE member_id = sqlc.arg(member_id);

-- name: UsernameOf :one
SELECT username FROM auth.username_claim WHERE member_id = sqlc.arg(member_id);

-- name: ViewersCredential :one
SELECT a.member_id, a.email, c.password_hash
FROM auth.account a
JOIN auth.credential c ON c.member_id = a.member_id
WHERE a.member_id = viewer_id();

-- name: ReadAccount :one
-- As paceline_app, through row-level security: an account is its owner's only.
SELECT a.member_id, a.email, a.created_at, p.username, p.display_name, sqlc.embed(s)
FROM auth.account a
JOIN subject s ON s.member_id = a.member_id
JOIN profile p ON p.member_id = a.member_id
WHERE a.member_id = viewer_id();

-- name: ForgetGroups :exec
-- The groups that the viewer owns end, and they are in none any more.
SELECT forget_groups();

-- name: ForgetEdges :exec
SELECT forget_edges();

-- name: ForgetBookings :exec
SELECT forget_bookings(sqlc.arg(now));

-- name: EndCalendarOf :exec
DELETE FROM auth.calendar WHERE member_id = sqlc.arg(member_id);

-- name: ForgetPlaces :exec
SELECT forget_places();

-- name: EndAccount :execrows
-- All that refers to the member goes with the row, the key first of all.
DELETE FROM member WHERE id = viewer_id();

-- name: AddMail :exec
INSERT INTO auth.mail (id, message, created_at, next_attempt)
VALUES (sqlc.arg(id), sqlc.arg(message), sqlc.arg(now), sqlc.arg(now));

-- name: ClaimMail :one
-- Takes the mail that waits longest. It comes back by itself unless it is
-- dropped in time: whoever claims it may die. Replicas pass by what another took.
UPDATE auth.mail SET attempts = attempts + 1, next_attempt = sqlc.arg(again_at)
WHERE id = (SELECT m.id FROM auth.mail m WHERE m.next_attempt <= sqlc.arg(now)
            ORDER BY m.next_attempt LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, message, attempts, next_attempt;

-- name: DropMail :execrows
-- Only by who holds the claim: next_attempt names it.
DELETE FROM auth.mail WHERE id = sqlc.arg(id) AND next_attempt = sqlc.arg(claim);

-- name: DelayMail :execrows
UPDATE auth.mail SET next_attempt = sqlc.arg(next_attempt) WHERE id = sqlc.arg(id) AND next_attempt = sqlc.arg(claim);

-- name: CountMail :one
SELECT count(*) FROM auth.mail;

-- name: ClearRegistrations :execrows
DELETE FROM auth.registration WHERE expires_at <= sqlc.arg(now);

-- name: ClearResets :execrows
DELETE FROM auth.password_reset WHERE expires_at <= sqlc.arg(now);

-- name: ClearTokens :execrows
DELETE FROM auth.token WHERE expires_at <= sqlc.arg(now);

-- name: ClearSessions :execrows
-- Over: by the clock, by revocation, or by lying idle longer than any may.
DELETE FROM auth.session
WHERE expires_at <= sqlc.arg(now)::timestamptz OR revoked_at <= sqlc.arg(revoked_before)::timestamptz
    OR last_used_at <= CASE kind WHEN 'console' THEN sqlc.arg(console_used_before)::timestamptz ELSE sqlc.arg(used_before)::timestamptz END;

-- name: ClearPairings :execrows
DELETE FROM auth.pairing WHERE expires_at <= sqlc.arg(before);

-- name: ClearProofs :execrows
DELETE FROM auth.proof WHERE until <= sqlc.arg(now);

-- name: ClearLiveTickets :execrows
-- Unused, or of a stream that is no longer open.
DELETE FROM auth.live_ticket WHERE expires_at <= sqlc.arg(now) AND (open_until IS NULL OR open_until <= sqlc.arg(now));

-- name: ClearProgress :execrows
DELETE FROM class_progress WHERE posted_at <= sqlc.arg(before);

-- name: ClearIdempotency :execrows
DELETE FROM idempotency WHERE created_at <= sqlc.arg(before);

-- name: ClearSyncParts :execrows
DELETE FROM sync_part WHERE stored_at <= sqlc.arg(before);

-- name: ClearSyncWorkouts :execrows
DELETE FROM sync_workout WHERE touched_at <= sqlc.arg(before);

-- name: ClearGone :execrows
DELETE FROM workout_gone WHERE gone_at <= sqlc.arg(before);

-- name: PointWaiting :one
SELECT point_waiting(sqlc.arg(at_most));

-- name: FillFeeds :one
SELECT fill_feeds(sqlc.arg(at_most), feed_kept());

-- name: TrimFeeds :one
SELECT trim_feeds(sqlc.arg(after), sqlc.arg(at_most), feed_kept()) AS reached;

-- name: EnlistNext :one
SELECT enlist_next(sqlc.arg(after), sqlc.arg(at_most)) AS reached;

-- name: ListMemberKeys :many
SELECT member_id, wrapped FROM member_key WHERE member_id > sqlc.arg(after) ORDER BY member_id LIMIT sqlc.arg(at_most);

-- name: Rewrap :execrows
-- Only what is still wrapped as it was read.
UPDATE member_key SET wrapped = sqlc.arg(rewrapped) WHERE member_id = sqlc.arg(member_id) AND wrapped = sqlc.arg(wrapped);

-- name: ClearLimitBuckets :execrows
DELETE FROM auth.limit_bucket WHERE empty_at <= sqlc.arg(before);

-- name: ClearLimitCounts :execrows
DELETE FROM auth.limit_count WHERE slot < sqlc.arg(before)::bigint;

-- name: ClearKnownNetworks :execrows
DELETE FROM auth.known_network WHERE seen_at <= sqlc.arg(before);

-- name: ClearEnumeration :execrows
DELETE FROM auth.enumeration WHERE at <= sqlc.arg(before);

-- name: UseProof :one
-- False: the proof was used before, or comes with no token of a console's.
SELECT auth.use_proof(sqlc.arg(token_hash), sqlc.arg(hash), sqlc.arg(until), sqlc.arg(now)) AS fresh;

-- name: AddProof :execrows
-- One that came without a token. Of two equal ones one has no row.
INSERT INTO auth.proof (hash, until) VALUES (sqlc.arg(hash), sqlc.arg(until)) ON CONFLICT (hash) DO NOTHING;

-- name: FindModel :one
-- A model and a version of its firmware, as the registry has them.
SELECT m.name, m.qr, (f.version IS NOT NULL)::boolean AS known, coalesce(f.withdrawn_at <= sqlc.arg(now)::timestamptz, false)::boolean AS withdrawn
FROM auth.console_model m
LEFT JOIN auth.console_firmware f ON f.model = m.model AND f.version = sqlc.arg(version)
WHERE m.model = sqlc.arg(model);

-- name: AddPairing :execrows
-- None if somebody waits with the same code: then it is made anew.
INSERT INTO auth.pairing (device_hash, user_hash, jkt, model, firmware, scopes, network, asked_at, expires_at, state, interval_s, console_owner, console_id)
VALUES (sqlc.arg(device_hash), sqlc.arg(user_hash), sqlc.arg(jkt), sqlc.arg(model), sqlc.arg(firmware), sqlc.arg(scopes), sqlc.arg(network),
        sqlc.arg(asked_at), sqlc.arg(expires_at), sqlc.arg(state), sqlc.arg(interval_s), sqlc.narg(console_owner), sqlc.narg(console_id))
ON CONFLICT DO NOTHING;

-- name: LockPairing :one
-- That of a device code.
SELECT p.jkt, p.model, p.firmware, p.scopes, p.state, p.expires_at, p.polled_at, p.interval_s, p.console_owner, p.console_id, p.member_id, p.name,
    coalesce((SELECT m.name FROM auth.console_model m WHERE m.model = p.model), '')::text AS model_name
FROM auth.pairing p WHERE p.device_hash = sqlc.arg(device_hash) FOR UPDATE OF p;

-- name: SavePairing :exec
UPDATE auth.pairing SET state = sqlc.arg(state), polled_at = sqlc.arg(polled_at)::timestamptz, interval_s = sqlc.arg(interval_s)
WHERE device_hash = sqlc.arg(device_hash);

-- name: TypeCode :one
-- That of a user code, once more typed, if it was not typed too often.
UPDATE auth.pairing p SET attempts = p.attempts + 1
WHERE p.user_hash = sqlc.arg(user_hash) AND p.attempts < sqlc.arg(max_attempts) AND p.expires_at > sqlc.arg(now)::timestamptz
  AND p.state IN ('pending', 'approved') AND (p.member_id IS NULL OR p.member_id = viewer_id())
RETURNING p.device_hash, p.model, p.firmware, p.scopes, p.network, p.asked_at, p.expires_at, p.state, p.polled_at, p.interval_s,
    p.console_owner, p.console_id,
    coalesce((SELECT m.name FROM auth.console_model m WHERE m.model = p.model), '')::text AS model_name,
    coalesce((SELECT t.name FROM auth.studio t WHERE t.member_id = p.console_owner), '')::text AS studio;

-- name: DecidePairing :exec
UPDATE auth.pairing SET state = sqlc.arg(state), member_id = viewer_id(), name = sqlc.arg(name) WHERE device_hash = sqlc.arg(device_hash);

-- name: ViewersSession :one
SELECT s.created_at, s.kind, a.email
FROM auth.session s
JOIN auth.account a ON a.member_id = s.member_id
WHERE s.member_id = viewer_id() AND s.id = sqlc.arg(id);

-- name: CountConsoles :one
SELECT count(*) FROM auth.session
WHERE member_id = sqlc.arg(member_id) AND kind = 'console' AND revoked_at IS NULL AND expires_at > sqlc.arg(now)::timestamptz;

-- name: AddConsoleSession :exec
INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at, scopes, console_owner, console_id)
VALUES (sqlc.arg(member_id), sqlc.arg(id), sqlc.arg(kind), sqlc.arg(label), sqlc.arg(now), sqlc.arg(used), sqlc.arg(expires_at),
        sqlc.arg(scopes), sqlc.narg(console_owner), sqlc.narg(console_id));

-- name: AddConsole :exec
INSERT INTO auth.console (member_id, id, name, model, firmware, jkt)
VALUES (sqlc.arg(member_id), sqlc.arg(id), sqlc.arg(name), sqlc.arg(model), sqlc.arg(firmware), sqlc.arg(jkt));

-- name: LockConsole :one
-- A console whose session goes on. Who signs in on it and who revokes it wait for each other.
SELECT (c.shared AND EXISTS (SELECT FROM auth.studio t WHERE t.member_id = c.member_id))::boolean AS shared
FROM auth.console c JOIN auth.session s ON s.member_id = c.member_id AND s.id = c.id
WHERE c.member_id = sqlc.arg(member_id) AND c.id = sqlc.arg(id) AND s.revoked_at IS NULL AND s.expires_at > sqlc.arg(now)::timestamptz
FOR UPDATE;

-- name: EndRides :execrows
-- Whoever is signed in on a console.
UPDATE auth.session SET revoked_at = sqlc.arg(now)::timestamptz
WHERE kind = 'ride' AND console_owner = sqlc.arg(console_owner) AND console_id = sqlc.arg(console_id) AND revoked_at IS NULL;

-- name: RevokeConsole :execrows
UPDATE auth.session SET revoked_at = sqlc.arg(now)::timestamptz
WHERE member_id = viewer_id() AND id = sqlc.arg(id) AND kind = 'console' AND revoked_at IS NULL AND expires_at > sqlc.arg(now)::timestamptz;

-- name: EditConsole :exec
UPDATE auth.console SET name = coalesce(sqlc.narg(name), name), 
    shared = CASE WHEN sqlc.arg(set_shared)::boolean THEN sqlc.arg(shared)::boolean ELSE shared END
WHERE member_id = viewer_id() AND id = sqlc.arg(id);

-- name: HasStudio :one
SELECT EXISTS (SELECT FROM auth.studio WHERE member_id = viewer_id());

-- name: ListConsoles :many
-- As paceline_app. One that lay unused too long is over, though its row may still be there.
SELECT c.member_id, c.id, c.name, coalesce(m.name, '')::text AS model, c.firmware, c.shared,
    o.scopes, o.created_at, o.last_used_at, o.expires_at, sqlc.embed(s)
FROM auth.console c
JOIN auth.session o ON o.member_id = c.member_id AND o.id = c.id
JOIN subject s ON s.member_id = c.member_id
LEFT JOIN auth.console_model m ON m.model = c.model
WHERE c.member_id = viewer_id() AND o.revoked_at IS NULL AND o.expires_at > sqlc.arg(now)::timestamptz
  AND o.last_used_at > sqlc.arg(used_after)::timestamptz AND (sqlc.narg(id)::uuid IS NULL OR c.id = sqlc.narg(id)::uuid)
ORDER BY o.created_at DESC, c.id DESC
LIMIT sqlc.arg(at_most)::integer;

-- name: TurnInConsole :one
-- A refresh token of a console, and of no other key: its hash is of both. It may come
-- again while nothing that was given for it has been used, for then the answer was lost.
UPDATE auth.token t SET used_at = coalesce(t.used_at, sqlc.arg(now)::timestamptz)
FROM auth.session s
WHERE t.hash = sqlc.arg(hash) AND t.kind = 'console_refresh' AND t.expires_at > sqlc.arg(now)::timestamptz
  AND s.member_id = t.member_id AND s.id = t.session_id AND s.revoked_at IS NULL AND s.expires_at > sqlc.arg(now)::timestamptz
  AND (s.kind <> 'ride' OR s.last_used_at > sqlc.arg(ride_used_after)::timestamptz AND auth.stands(s.console_owner, s.console_id, sqlc.arg(now)::timestamptz))
  AND (t.used_at IS NULL OR NOT EXISTS (SELECT FROM auth.token n
      WHERE n.member_id = t.member_id AND n.session_id = t.session_id AND n.kind = 'console_refresh' AND n.used_at IS NOT NULL
        AND n.hash <> t.hash AND n.created_at >= t.used_at))
RETURNING t.member_id, t.session_id, s.kind AS session_kind, s.scopes, s.expires_at;

-- name: EndReusedConsole :execrows
-- The session of a console's refresh token that came again after what it was turned in for had been used.
UPDATE auth.session s SET revoked_at = sqlc.arg(now)::timestamptz
FROM auth.token t
WHERE t.hash = sqlc.arg(hash) AND t.kind = 'console_refresh' AND t.used_at IS NOT NULL
  AND s.member_id = t.member_id AND s.id = t.session_id AND s.revoked_at IS NULL;

-- name: DropConsoleTokens :exec
-- Its access tokens, and what was given and never used.
DELETE FROM auth.token WHERE member_id = sqlc.arg(member_id) AND session_id = sqlc.arg(session_id)
    AND (kind = 'console' OR kind = 'console_refresh' AND used_at IS NULL);

-- name: SetFirmware :exec
UPDATE auth.console SET firmware = sqlc.arg(firmware) WHERE member_id = sqlc.arg(member_id) AND id = sqlc.arg(id);

-- name: ConsoleOf :one
SELECT model, firmware FROM auth.console WHERE member_id = sqlc.arg(member_id) AND id = sqlc.arg(id);

-- name: ViewersConsole :one
-- The console that the viewer's session is, or is a ride on.
SELECT c.member_id, c.id, c.model, c.firmware, c.jkt, s.kind,
    (c.shared AND EXISTS (SELECT FROM auth.studio t WHERE t.member_id = c.member_id))::boolean AS shared
FROM auth.session s
JOIN auth.console c ON c.member_id = coalesce(s.console_owner, s.member_id) AND c.id = coalesce(s.console_id, s.id)
WHERE s.member_id = viewer_id() AND s.id = sqlc.arg(session_id);

-- name: PutModel :exec
INSERT INTO auth.console_model (model, name, qr, added_at) VALUES (sqlc.arg(model), sqlc.arg(name), sqlc.arg(qr), sqlc.arg(now))
ON CONFLICT (model) DO UPDATE SET name = excluded.name, qr = excluded.qr;

-- name: PutFirmware :execrows
-- Of a known model only. One that was withdrawn is taken again.
INSERT INTO auth.console_firmware (model, version, added_at)
SELECT m.model, sqlc.arg(version), sqlc.arg(now)::timestamptz FROM auth.console_model m WHERE m.model = sqlc.arg(model)
ON CONFLICT (model, version) DO UPDATE SET withdrawn_at = NULL;

-- name: WithdrawFirmware :execrows
UPDATE auth.console_firmware SET withdrawn_at = sqlc.arg(now)::timestamptz
WHERE model = sqlc.arg(model) AND version = sqlc.arg(version) AND withdrawn_at IS NULL;

-- name: ListRegistry :many
SELECT m.model, m.name, m.qr, coalesce(f.version, '')::text AS version, f.withdrawn_at
FROM auth.console_model m LEFT JOIN auth.console_firmware f ON f.model = m.model
ORDER BY m.model, f.version;

-- name: PutStudio :execrows
INSERT INTO auth.studio (member_id, name, added_at)
SELECT u.member_id, sqlc.arg(name), sqlc.arg(now)::timestamptz FROM auth.username_claim u WHERE u.username = sqlc.arg(username)
ON CONFLICT (member_id) DO UPDATE SET name = excluded.name;

-- name: DropStudio :execrows
DELETE FROM auth.studio s USING auth.username_claim u WHERE u.username = sqlc.arg(username) AND s.member_id = u.member_id;

-- name: ClaimImport :one
-- Takes the import that nobody worked on for longest; replicas pass by what another took. The claim
-- falls back by itself unless it is held up.
UPDATE import SET claim = sqlc.arg(claim), claimed_until = sqlc.arg(until)::timestamptz, attempts = attempts + 1
WHERE (member_id, id) = (SELECT i.member_id, i.id FROM import i
    WHERE i.state IN ('queued', 'parsing') AND (i.claimed_until IS NULL OR i.claimed_until <= sqlc.arg(now)::timestamptz)
    ORDER BY coalesce(i.claimed_until, i.created_at) LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: ClaimDigests :one
SELECT claim_digests(sqlc.arg(claim), sqlc.arg(at)::timestamptz);

-- name: EndDigests :exec
SELECT end_digests(sqlc.arg(claim));

-- name: ReleaseImport :exec
-- Only by who holds the claim.
UPDATE import SET claim = NULL, claimed_until = sqlc.arg(at)::timestamptz WHERE claim = sqlc.arg(claim);

-- name: EndSignedOut :execrows
-- The claim still holds and is nobody's: the session that asked is over.
UPDATE import SET state = 'failed', code = 'signed_out', claim = NULL, updated_at = sqlc.arg(now)::timestamptz
WHERE claim = sqlc.arg(claim) AND claimed_until > sqlc.arg(now)::timestamptz AND state IN ('queued', 'parsing');

-- name: ClearImports :execrows
-- Uploads that broke off, and what was kept to be tried again or looked at.
DELETE FROM import
WHERE state = 'receiving' AND created_at <= sqlc.arg(begun_before) OR updated_at <= sqlc.arg(touched_before);

-- name: SuspensionOf :many
-- What keeps a member out, if anything does. Who suspends them waits until the transaction ends.
SELECT x.words::text AS words, x.ends_at::timestamptz AS ends_at FROM auth.suspension_of(sqlc.arg(member_id), sqlc.arg(now)) x;

-- name: AppealSuspension :one
SELECT auth.appeal_suspension(sqlc.arg(member_id), sqlc.arg(said), sqlc.arg(now))::boolean AS appealed;

-- name: ClearModeration :one
SELECT clear_moderation(sqlc.arg(decided_before), sqlc.arg(opened_before))::bigint AS cleared;

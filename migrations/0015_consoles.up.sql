-- Consoles: bikes, treadmills and rowers that act for whoever paired them, by tokens
-- that are bound to a key of theirs. A console is a session of a kind of its own, so
-- that what ends sessions ends it; a ride on a studio's console is another kind, of
-- the rider.

ALTER TABLE auth.session DROP CONSTRAINT session_kind_check;
ALTER TABLE auth.session
    ADD CONSTRAINT session_kind_check CHECK (kind IN ('bearer', 'cookie', 'console', 'ride')) NOT VALID,
    ADD COLUMN scopes text NOT NULL DEFAULT '',
    ADD COLUMN console_owner uuid,
    ADD COLUMN console_id uuid;
ALTER TABLE auth.session VALIDATE CONSTRAINT session_kind_check;
CREATE INDEX session_ride ON auth.session (console_owner, console_id) WHERE kind = 'ride';
COMMENT ON COLUMN auth.session.scopes IS 'class: guarded. What a console may do, spaces between; nothing for who signed in by a password';
COMMENT ON COLUMN auth.session.console_owner IS 'class: guarded. Of a ride: whose console it is on';
COMMENT ON COLUMN auth.session.console_id IS 'class: guarded. Of a ride: the console';
COMMENT ON COLUMN auth.session.kind IS 'class: guarded. bearer, cookie, console, or ride: one ride on a studio''s console';
COMMENT ON COLUMN auth.session.last_used_at IS 'class: guarded. At most five minutes old while in use; of a console the hour';

ALTER TABLE auth.token DROP CONSTRAINT token_kind_check;
ALTER TABLE auth.token ADD CONSTRAINT token_kind_check
    CHECK (kind IN ('access', 'refresh', 'cookie', 'console', 'console_refresh')) NOT VALID;
ALTER TABLE auth.token VALIDATE CONSTRAINT token_kind_check;
COMMENT ON COLUMN auth.token.hash IS 'class: secret. SHA-256; of a console''s token a hash of it and the key it is bound to';

-- What can be paired. Administrators keep it; it says nothing of anybody.
CREATE TABLE auth.console_model (
    model    text COLLATE "C" PRIMARY KEY CHECK (model ~ '^[a-z0-9][a-z0-9.-]{0,63}$'),
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    qr       boolean NOT NULL,
    added_at timestamptz NOT NULL
);
COMMENT ON TABLE auth.console_model IS 'class: public. Models of consoles that can be paired';
COMMENT ON COLUMN auth.console_model.model IS 'class: public. What a console calls itself';
COMMENT ON COLUMN auth.console_model.name IS 'class: public. What people read';
COMMENT ON COLUMN auth.console_model.qr IS 'class: public. Whether its screen shows a QR code';
COMMENT ON COLUMN auth.console_model.added_at IS 'class: public';

CREATE TABLE auth.console_firmware (
    model        text COLLATE "C" NOT NULL,
    version      text COLLATE "C" NOT NULL,
    added_at     timestamptz NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (model, version)
);
COMMENT ON TABLE auth.console_firmware IS 'class: public. Versions that a model may run';
COMMENT ON COLUMN auth.console_firmware.model IS 'class: public';
COMMENT ON COLUMN auth.console_firmware.version IS 'class: public';
COMMENT ON COLUMN auth.console_firmware.added_at IS 'class: public';
COMMENT ON COLUMN auth.console_firmware.withdrawn_at IS 'class: public. From when on it gets no tokens';

-- Whose consoles strangers may ride. The name is an operator's, for riders decide by it.
CREATE TABLE auth.studio (
    member_id uuid PRIMARY KEY REFERENCES public.member ON DELETE CASCADE,
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    added_at  timestamptz NOT NULL
);
COMMENT ON TABLE auth.studio IS 'class: guarded. Accounts whose consoles may be shared';
COMMENT ON COLUMN auth.studio.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.studio.name IS 'class: guarded. Shown to who signs in for a ride';
COMMENT ON COLUMN auth.studio.added_at IS 'class: guarded';

CREATE TABLE auth.console (
    member_id uuid NOT NULL,
    id        uuid NOT NULL,
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    model     text NOT NULL,
    firmware  text NOT NULL,
    jkt       text NOT NULL,
    shared    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (member_id, id),
    FOREIGN KEY (member_id, id) REFERENCES auth.session ON DELETE CASCADE
);
COMMENT ON TABLE auth.console IS 'class: guarded. Consoles that a member paired; each is a session';
COMMENT ON COLUMN auth.console.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.console.id IS 'class: guarded. The session''s';
COMMENT ON COLUMN auth.console.name IS 'class: guarded. What its owner calls it';
COMMENT ON COLUMN auth.console.model IS 'class: guarded. In the registry';
COMMENT ON COLUMN auth.console.firmware IS 'class: guarded. As it last said';
COMMENT ON COLUMN auth.console.jkt IS 'class: internal. Thumbprint of its public key, to which its tokens are bound';
COMMENT ON COLUMN auth.console.shared IS 'class: guarded. Whether others may sign in on it for a ride';

-- Pairings under way (RFC 8628), for ten minutes.
CREATE TABLE auth.pairing (
    device_hash   bytea PRIMARY KEY,
    user_hash     bytea NOT NULL UNIQUE,
    jkt           text NOT NULL,
    model         text NOT NULL,
    firmware      text NOT NULL,
    scopes        text NOT NULL,
    network       text NOT NULL,
    asked_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    state         text NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'spent')),
    polled_at     timestamptz,
    interval_s    integer NOT NULL,
    attempts      smallint NOT NULL DEFAULT 0,
    console_owner uuid,
    console_id    uuid,
    member_id     uuid REFERENCES public.member ON DELETE CASCADE,
    name          text
);
CREATE INDEX pairing_expires ON auth.pairing (expires_at);
CREATE INDEX pairing_member ON auth.pairing (member_id);
COMMENT ON TABLE auth.pairing IS 'class: secret. Consoles that wait for somebody''s yes';
COMMENT ON COLUMN auth.pairing.device_hash IS 'class: secret. Keyed hash of what the console polls with';
COMMENT ON COLUMN auth.pairing.user_hash IS 'class: secret. Keyed hash of what its screen shows';
COMMENT ON COLUMN auth.pairing.jkt IS 'class: internal. Thumbprint of the key that asked';
COMMENT ON COLUMN auth.pairing.model IS 'class: internal';
COMMENT ON COLUMN auth.pairing.firmware IS 'class: internal';
COMMENT ON COLUMN auth.pairing.scopes IS 'class: internal';
COMMENT ON COLUMN auth.pairing.network IS 'class: guarded. Where it asked from: a /24 or a /48, or nothing';
COMMENT ON COLUMN auth.pairing.asked_at IS 'class: internal';
COMMENT ON COLUMN auth.pairing.expires_at IS 'class: internal';
COMMENT ON COLUMN auth.pairing.state IS 'class: internal';
COMMENT ON COLUMN auth.pairing.polled_at IS 'class: internal';
COMMENT ON COLUMN auth.pairing.interval_s IS 'class: internal. Seconds between two polls';
COMMENT ON COLUMN auth.pairing.attempts IS 'class: internal. How often its code was typed';
COMMENT ON COLUMN auth.pairing.console_owner IS 'class: guarded. For a ride: whose console asks';
COMMENT ON COLUMN auth.pairing.console_id IS 'class: guarded. For a ride: the console';
COMMENT ON COLUMN auth.pairing.member_id IS 'class: guarded. Who said yes';
COMMENT ON COLUMN auth.pairing.name IS 'class: guarded. What they call the console';

-- Proofs that were seen (RFC 9449, 11.1): of two equal ones at once one has no row.
CREATE TABLE auth.proof (
    hash  bytea PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX proof_until ON auth.proof (until);
COMMENT ON TABLE auth.proof IS 'class: internal. Proofs of possession that were used, while they would still be taken';
COMMENT ON COLUMN auth.proof.hash IS 'class: internal. Of key and jti';
COMMENT ON COLUMN auth.proof.until IS 'class: internal';

-- Notes a proof that a console's token came with. False: it was noted before, or there
-- is no such token, so that made-up ones fill nothing. A crash may forget the last half
-- a second of it, which saves every request a wait for the disk.
CREATE FUNCTION auth.use_proof(token_hash bytea, proof_hash bytea, proof_until timestamptz, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO proof (hash, until)
        SELECT proof_hash, proof_until FROM token t WHERE t.hash = token_hash AND t.kind = 'console' AND t.expires_at > at
        ON CONFLICT (hash) DO NOTHING;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION auth.use_proof(bytea, bytea, timestamptz, timestamptz) TO paceline_auth;

-- Whether the console of a ride still stands, is still shared and still a studio's.
CREATE FUNCTION auth.stands(owner uuid, console uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, auth
RETURN EXISTS (SELECT FROM auth.session s JOIN auth.console c ON c.member_id = s.member_id AND c.id = s.id
        JOIN auth.studio t ON t.member_id = s.member_id
    WHERE s.member_id = owner AND s.id = console AND c.shared AND s.revoked_at IS NULL AND s.expires_at > at);
GRANT EXECUTE ON FUNCTION auth.stands(uuid, uuid, timestamptz) TO paceline_auth;

-- The one way to become a viewer, as before, and for consoles: their tokens' hashes
-- are of token and key together, so that a token without its key finds nothing. The
-- actor of a console brings its scopes behind it. A console notes the hour of its use,
-- a ride the minute; a ride that idled for a quarter of an hour is over, and so is one
-- whose console was revoked.
CREATE OR REPLACE FUNCTION auth.authenticate(token_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    found_kind text;
    session_kind text;
    granted text;
    last_used timestamptz;
    stale timestamptz := at - interval '5 minutes';
    used timestamptz := at;
    viewer text;
BEGIN
    actor := 'nobody';
    IF token_hash IS NULL THEN
        actor := 'anonymous';
    ELSE
        SELECT t.member_id, t.session_id, t.kind, s.kind, s.scopes, s.last_used_at
            INTO member, session, found_kind, session_kind, granted, last_used
        FROM auth.token t JOIN auth.session s ON s.member_id = t.member_id AND s.id = t.session_id
        WHERE t.hash = token_hash AND t.kind IN ('access', 'cookie', 'console')
          AND t.expires_at > at AND s.expires_at > at AND s.revoked_at IS NULL
          AND (s.kind <> 'ride' OR s.last_used_at > at - interval '15 minutes' AND auth.stands(s.console_owner, s.console_id, at));
        IF FOUND THEN
            actor := 'session';
            IF found_kind = 'console' THEN
                actor := 'console';
                IF session_kind = 'ride' THEN
                    stale := at - interval '1 minute';
                ELSE
                    used := date_trunc('hour', at, 'UTC');
                    stale := used;
                END IF;
            END IF;
            IF last_used < stale THEN
                PERFORM FROM auth.session s WHERE s.member_id = member AND s.id = session FOR NO KEY UPDATE SKIP LOCKED;
                IF FOUND THEN
                    UPDATE auth.session s SET last_used_at = used WHERE s.member_id = member AND s.id = session;
                    UPDATE auth.token t SET expires_at = least(at + interval '7 days', s.expires_at)
                        FROM auth.session s
                        WHERE found_kind = 'cookie' AND t.hash = token_hash AND s.member_id = member AND s.id = session;
                END IF;
            END IF;
        END IF;
    END IF;
    viewer := set_config('paceline.viewer', coalesce(member::text, ''), true);
    viewer := set_config('paceline.actor', actor, true);
    IF actor = 'console' THEN
        actor := rtrim('console ' || granted);
    END IF;
END $$;

-- A console asks of its own member and of nobody else: the rules that show others'
-- rows say no to it, whatever the statement.
CREATE OR REPLACE FUNCTION is_asked() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('paceline.actor', true), '') NOT IN ('', 'nobody', 'console');
CREATE OR REPLACE FUNCTION lowest_audience(owner uuid) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() AND viewer IS DISTINCT FROM owner THEN
        RETURN 4;
    END IF;
    RETURN lowest_by(viewer, owner, (SELECT e.bits FROM edge e WHERE e.member_id = owner AND e.other_id = viewer));
END $$;
CREATE OR REPLACE VIEW standing AS
SELECT m.id AS member_id, m.discoverability, m.audiences, e.bits,
       (CASE WHEN m.private THEN 1 ELSE 3 END)::smallint AS widest,
       lowest_by(viewer_id(), m.id, e.bits) AS lowest
FROM member m
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
WHERE (is_asked() OR m.id = viewer_id()) AND lowest_by(viewer_id(), m.id, e.bits) < 4;
CREATE OR REPLACE VIEW subject WITH (security_invoker = false) AS
SELECT m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences,
       coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM member m
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
WHERE (is_asked() OR m.id = viewer_id()) AND lowest_by(viewer_id(), m.id, e.bits) < 4;
COMMENT ON VIEW standing IS 'class: internal. The columns are of the classes they come from';
COMMENT ON VIEW subject IS 'class: internal. The columns are of the classes they come from';

ALTER TABLE auth.console ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.studio ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON auth.console, auth.console_model TO paceline_app;
CREATE POLICY own ON auth.console FOR SELECT TO paceline_app USING (member_id = (SELECT public.viewer_id()));
CREATE POLICY kept ON auth.console TO paceline_auth USING (true) WITH CHECK (true);
CREATE POLICY kept ON auth.studio TO paceline_auth USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON auth.console, auth.console_model, auth.console_firmware TO paceline_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.studio, auth.pairing TO paceline_auth;
GRANT SELECT, INSERT ON auth.proof TO paceline_auth;

-- What is past its time goes; the worker sees the times and nothing else.
GRANT SELECT (expires_at), DELETE ON auth.pairing TO paceline_worker;
GRANT SELECT (until), DELETE ON auth.proof TO paceline_worker;
GRANT SELECT (kind) ON auth.session TO paceline_worker;

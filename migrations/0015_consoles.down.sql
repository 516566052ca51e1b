-- Consoles are signed out: without this step there are none.
DELETE FROM auth.session WHERE kind IN ('console', 'ride');
CREATE OR REPLACE FUNCTION auth.authenticate(token_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    found_kind text;
    last_used timestamptz;
    viewer text;
BEGIN
    actor := 'nobody';
    IF token_hash IS NULL THEN
        actor := 'anonymous';
    ELSE
        SELECT t.member_id, t.session_id, t.kind, s.last_used_at INTO member, session, found_kind, last_used
        FROM auth.token t JOIN auth.session s ON s.member_id = t.member_id AND s.id = t.session_id
        WHERE t.hash = token_hash AND t.kind IN ('access', 'cookie')
          AND t.expires_at > at AND s.expires_at > at AND s.revoked_at IS NULL;
        IF FOUND THEN
            actor := 'session';
            IF last_used < at - interval '5 minutes' THEN
                PERFORM FROM auth.session s WHERE s.member_id = member AND s.id = session FOR NO KEY UPDATE SKIP LOCKED;
                IF FOUND THEN
                    UPDATE auth.session s SET last_used_at = at WHERE s.member_id = member AND s.id = session;
                    UPDATE auth.token t SET expires_at = least(at + interval '7 days', s.expires_at)
                        FROM auth.session s
                        WHERE found_kind = 'cookie' AND t.hash = token_hash AND s.member_id = member AND s.id = session;
                END IF;
            END IF;
        END IF;
    END IF;
    viewer := set_config('paceline.viewer', coalesce(member::text, ''), true);
    actor := set_config('paceline.actor', actor, true);
END $$;
DROP FUNCTION auth.stands(uuid, uuid, timestamptz);
DROP FUNCTION auth.use_proof(bytea, bytea, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION is_asked() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('paceline.actor', true), '') NOT IN ('', 'nobody');
CREATE OR REPLACE FUNCTION lowest_audience(owner uuid) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() THEN
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
WHERE is_asked() AND lowest_by(viewer_id(), m.id, e.bits) < 4;
CREATE OR REPLACE VIEW subject WITH (security_invoker = false) AS
SELECT m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences,
       coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM member m
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
WHERE is_asked() AND lowest_by(viewer_id(), m.id, e.bits) < 4;
DROP TABLE auth.proof;
DROP TABLE auth.pairing;
DROP TABLE auth.console;
DROP TABLE auth.studio;
DROP TABLE auth.console_firmware;
DROP TABLE auth.console_model;
REVOKE SELECT (kind) ON auth.session FROM paceline_worker;
DROP INDEX auth.session_ride;
ALTER TABLE auth.session DROP COLUMN scopes, DROP COLUMN console_owner, DROP COLUMN console_id;
ALTER TABLE auth.session DROP CONSTRAINT session_kind_check;
ALTER TABLE auth.session ADD CONSTRAINT session_kind_check CHECK (kind IN ('bearer', 'cookie'));
ALTER TABLE auth.token DROP CONSTRAINT token_kind_check;
ALTER TABLE auth.token ADD CONSTRAINT token_kind_check CHECK (kind IN ('access', 'refresh', 'cookie'));
COMMENT ON COLUMN auth.session.kind IS 'class: guarded';
COMMENT ON COLUMN auth.session.last_used_at IS 'class: guarded. At most five minutes old while in use';
COMMENT ON COLUMN auth.token.hash IS 'class: secret. SHA-256';

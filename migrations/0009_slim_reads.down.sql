CREATE OR REPLACE FUNCTION auth.authenticate(token_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    found_kind text;
    last_used timestamptz;
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
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', actor, true);
END $$;
DROP FUNCTION read_workout(uuid);
DROP VIEW workout_seen;

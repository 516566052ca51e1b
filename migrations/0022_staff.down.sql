-- Nobody is staff by a second factor any more: sessions are members' alone.
-- What was noted goes with the tables.
DROP FUNCTION read_under_access(uuid, timestamptz), auth.end_access(uuid, timestamptz),
    auth.open_access(uuid, uuid, text, text[], timestamptz, timestamptz), staff_sensitive(text),
    note_staff(uuid, text, text, text, timestamptz), note_console(uuid, text, text, timestamptz), note_access(uuid, text, uuid, text, text, timestamptz), auth.find_for_staff(text, timestamptz),
    auth.revoke_role(uuid, text, timestamptz), auth.decide_role(uuid, boolean, timestamptz), auth.ask_role(uuid, uuid, text, text, timestamptz);
DROP TABLE access_log, access_grant, auth.role_request;
DROP POLICY kept ON auth.staff_role;
DROP POLICY operator ON auth.staff_role;
ALTER TABLE auth.staff_role DISABLE ROW LEVEL SECURITY;
DROP TABLE auth.audit, auth.recovery_code, auth.factor_try, auth.factor;
DROP FUNCTION auth.audit_operator(text, uuid, text, text, timestamptz), audit_act(text, uuid, text, text, timestamptz),
    auth.append_audit(uuid, text, text, uuid, text, text, timestamptz), auth.audit_value(text);
DROP TABLE auth.audit_head;
DROP FUNCTION staff_holds(text);
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
ALTER TABLE auth.session DROP COLUMN proved_at;

-- Staff: who may do what besides being a member, with a second factor.

ALTER TABLE auth.session ADD COLUMN proved_at timestamptz;
COMMENT ON COLUMN auth.session.proved_at IS 'class: guarded. When it was last proved with a second factor';

-- The one way to become a viewer, as before. Behind the actor of a session stand the duties
-- that its member holds at this moment, and how recently a second factor proved it: "proved"
-- within twelve hours, "fresh" within fifteen minutes. What is a duty's in the database asks
-- paceline.duties, which is empty for a session that wasn't proved.
CREATE OR REPLACE FUNCTION auth.authenticate(token_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    found_kind text;
    session_kind text;
    granted text;
    duties text;
    proved timestamptz;
    last_used timestamptz;
    stale timestamptz := at - interval '5 minutes';
    used timestamptz := at;
    viewer text;
BEGIN
    actor := 'nobody';
    IF token_hash IS NULL THEN
        actor := 'anonymous';
    ELSE
        SELECT t.member_id, t.session_id, t.kind, s.kind, s.scopes, s.last_used_at, s.proved_at,
               (SELECT string_agg(r.role, ' ') FROM auth.staff_role r WHERE r.member_id = t.member_id)
            INTO member, session, found_kind, session_kind, granted, last_used, proved, duties
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
    viewer := set_config('paceline.duties', CASE WHEN actor = 'session' AND proved > at - interval '12 hours' THEN coalesce(duties, '') ELSE '' END, true);
    IF actor = 'console' THEN
        actor := rtrim('console ' || granted);
    ELSIF actor = 'session' THEN
        actor := concat_ws(' ', actor, duties, CASE WHEN proved > at - interval '15 minutes' THEN 'fresh'
            WHEN proved > at - interval '12 hours' THEN 'proved' END);
    END IF;
END $$;

-- Whether the viewer holds a duty, an admin each, in a session that a second factor proved.
-- Nobody does outside of a transaction that authenticate began.
CREATE FUNCTION staff_holds(duty text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(coalesce(current_setting('paceline.duties', true), ''), ' ') && ARRAY[duty, 'admin'];
GRANT EXECUTE ON FUNCTION staff_holds(text) TO paceline_app, paceline_auth;

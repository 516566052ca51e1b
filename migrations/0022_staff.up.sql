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

-- Second factors (RFC 6238). The role that serves members reads nothing of them.
CREATE TABLE auth.factor (
    member_id     uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    id            uuid NOT NULL,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    secret_sealed bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    confirmed_at  timestamptz,
    last_step     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (member_id, id)
);
COMMENT ON TABLE auth.factor IS 'class: secret. What makes a member''s one-time codes';
COMMENT ON COLUMN auth.factor.member_id IS 'class: internal';
COMMENT ON COLUMN auth.factor.id IS 'class: guarded';
COMMENT ON COLUMN auth.factor.name IS 'class: guarded. What its owner calls it';
COMMENT ON COLUMN auth.factor.secret_sealed IS 'class: sealed. With the system''s key: it is asked for before there is a viewer';
COMMENT ON COLUMN auth.factor.created_at IS 'class: guarded';
COMMENT ON COLUMN auth.factor.confirmed_at IS 'class: guarded. From when on a login asks for it';
COMMENT ON COLUMN auth.factor.last_step IS 'class: internal. The newest half minute whose code was used; none before it is taken again';

CREATE TABLE auth.recovery_code (
    member_id uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    handle    text COLLATE "C" NOT NULL,
    code_hash text NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (member_id, handle)
);
COMMENT ON TABLE auth.recovery_code IS 'class: secret. Codes for when the second factor is lost';
COMMENT ON COLUMN auth.recovery_code.member_id IS 'class: internal';
COMMENT ON COLUMN auth.recovery_code.handle IS 'class: internal. Its first letters, which find it';
COMMENT ON COLUMN auth.recovery_code.code_hash IS 'class: secret. Argon2id of the rest, PHC string';
COMMENT ON COLUMN auth.recovery_code.used_at IS 'class: guarded';

CREATE TABLE auth.factor_try (
    member_id uuid PRIMARY KEY REFERENCES public.member ON DELETE CASCADE,
    wrong     integer NOT NULL,
    since     timestamptz NOT NULL
);
COMMENT ON TABLE auth.factor_try IS 'class: internal. Wrong codes of a second factor, by the hour';
COMMENT ON COLUMN auth.factor_try.member_id IS 'class: internal';
COMMENT ON COLUMN auth.factor_try.wrong IS 'class: internal';
COMMENT ON COLUMN auth.factor_try.since IS 'class: internal. When the hour began';
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.factor, auth.recovery_code, auth.factor_try TO paceline_auth;

-- What staff did. Rows are added, in one chain, by the functions below and by nobody else: no
-- role of the program may change or take away one. Ids only, for what stands here is never erased.
CREATE TABLE auth.audit (
    seq      bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    uuid,
    duties   text NOT NULL,
    act      text NOT NULL CHECK (act ~ '^[a-z_]+\.[a-z_]+$'),
    subject  uuid,
    object   text NOT NULL CHECK (length(object) <= 200),
    details  text NOT NULL CHECK (length(details) <= 2000),
    previous bytea NOT NULL,
    hash     bytea NOT NULL
);
COMMENT ON TABLE auth.audit IS 'class: internal. What staff did, as a chain of hashes';
COMMENT ON COLUMN auth.audit.seq IS 'class: internal. From 1, without a gap';
COMMENT ON COLUMN auth.audit.at IS 'class: internal';
COMMENT ON COLUMN auth.audit.actor IS 'class: internal. NULL: the operator, on the server';
COMMENT ON COLUMN auth.audit.duties IS 'class: internal. Held at that moment';
COMMENT ON COLUMN auth.audit.act IS 'class: internal. Kind of thing and what was done to it';
COMMENT ON COLUMN auth.audit.subject IS 'class: internal. The member it was about, where it was about one';
COMMENT ON COLUMN auth.audit.object IS 'class: internal. The id of the thing';
COMMENT ON COLUMN auth.audit.details IS 'class: internal. Names of fields and states, no values of members';
COMMENT ON COLUMN auth.audit.previous IS 'class: internal. Hash of the row before';
COMMENT ON COLUMN auth.audit.hash IS 'class: internal. SHA-256 of the row before''s and of this row''s own';

CREATE TABLE auth.audit_head (
    one  boolean PRIMARY KEY CHECK (one),
    seq  bigint NOT NULL,
    hash bytea NOT NULL
);
COMMENT ON TABLE auth.audit_head IS 'class: internal. The end of the chain; who appends holds it';
COMMENT ON COLUMN auth.audit_head.one IS 'class: internal. There is one row';
COMMENT ON COLUMN auth.audit_head.seq IS 'class: internal';
COMMENT ON COLUMN auth.audit_head.hash IS 'class: internal';
INSERT INTO auth.audit_head VALUES (true, 0, sha256('paceline audit v1'));

-- One value as a hash takes it: its length goes before it, so that no two rows read alike.
CREATE FUNCTION auth.audit_value(value text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN coalesce(octet_length(value) || ':' || value, '-') || ',';

CREATE FUNCTION auth.append_audit(who uuid, held text, act text, subject uuid, object text, details text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    head auth.audit_head;
    next bytea;
BEGIN
    SELECT * INTO STRICT head FROM auth.audit_head FOR UPDATE;
    next := sha256(head.hash || convert_to(auth.audit_value((head.seq + 1)::text)
        || auth.audit_value(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || auth.audit_value(who::text) || auth.audit_value(held) || auth.audit_value(act)
        || auth.audit_value(subject::text) || auth.audit_value(object) || auth.audit_value(details), 'UTF8'));
    INSERT INTO auth.audit VALUES (head.seq + 1, at, who, held, act, subject, object, details, head.hash, next);
    UPDATE auth.audit_head SET seq = head.seq + 1, hash = next;
    RETURN head.seq + 1;
END $$;

-- Notes what the viewer, who is on duty, does. Who holds no duty can note nothing.
CREATE FUNCTION audit_act(act text, subject uuid, object text, details text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    held text := coalesce(current_setting('paceline.duties', true), '');
BEGIN
    IF held = '' OR viewer_id() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody is on duty';
    END IF;
    RETURN auth.append_audit(viewer_id(), held, act, subject, object, details, at);
END $$;
GRANT EXECUTE ON FUNCTION audit_act(text, uuid, text, text, timestamptz) TO paceline_app, paceline_auth;

-- Notes what the operator does on the server, where there is no viewer.
CREATE FUNCTION auth.audit_operator(act text, subject uuid, object text, details text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF viewer_id() IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'a viewer is no operator';
    END IF;
    RETURN auth.append_audit(NULL, 'operator', act, subject, object, details, at);
END $$;
GRANT EXECUTE ON FUNCTION auth.audit_operator(text, uuid, text, text, timestamptz) TO paceline_auth;

ALTER TABLE auth.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.audit_head ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON auth.audit TO paceline_app, paceline_auth;
GRANT SELECT ON auth.audit_head TO paceline_auth;
CREATE POLICY admins ON auth.audit FOR SELECT TO paceline_app USING ((SELECT public.staff_holds('admin')));
CREATE POLICY verified ON auth.audit FOR SELECT TO paceline_auth USING (true);
CREATE POLICY verified ON auth.audit_head FOR SELECT TO paceline_auth USING (true);

-- A duty that one admin asks for, and another one decides on.
CREATE TABLE auth.role_request (
    member_id  uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    id         uuid NOT NULL,
    role       text NOT NULL CHECK (role IN ('class_manager', 'support', 'moderator', 'admin')),
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by   uuid NOT NULL,
    asked_at   timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    approved   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (member_id, id)
);
COMMENT ON TABLE auth.role_request IS 'class: internal. Duties asked for, for a week';
COMMENT ON COLUMN auth.role_request.member_id IS 'class: internal. Who is to hold it';
COMMENT ON COLUMN auth.role_request.id IS 'class: internal';
COMMENT ON COLUMN auth.role_request.role IS 'class: internal';
COMMENT ON COLUMN auth.role_request.reason IS 'class: internal. For who decides';
COMMENT ON COLUMN auth.role_request.asked_by IS 'class: internal';
COMMENT ON COLUMN auth.role_request.asked_at IS 'class: internal';
COMMENT ON COLUMN auth.role_request.decided_by IS 'class: internal. Neither who asked nor who is to hold it';
COMMENT ON COLUMN auth.role_request.decided_at IS 'class: internal';
COMMENT ON COLUMN auth.role_request.approved IS 'class: internal';
ALTER TABLE auth.role_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.staff_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept ON auth.staff_role FOR SELECT TO paceline_auth USING (true);
-- A duty comes from the operator, on the server, where there is no viewer; or from two admins, by the function below.
CREATE POLICY operator ON auth.staff_role FOR INSERT TO paceline_auth WITH CHECK (viewer_id() IS NULL);
CREATE POLICY admins ON auth.role_request FOR SELECT TO paceline_app USING ((SELECT public.staff_holds('admin')));
GRANT SELECT ON auth.role_request TO paceline_app;

-- What the staff's functions answer: 'done'; 'not_staff'; 'missing', where there is nothing that
-- it could be done to; or why not.
CREATE FUNCTION auth.ask_role(new_id uuid, wanted uuid, duty text, why text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT staff_holds('admin') THEN
        RETURN 'not_staff';
    END IF;
    PERFORM FROM member m WHERE m.id = wanted FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    INSERT INTO auth.role_request (member_id, id, role, reason, asked_by, asked_at) VALUES (wanted, new_id, duty, why, viewer_id(), at);
    PERFORM audit_act('role.asked', wanted, new_id::text, duty, at);
    RETURN 'done';
END $$;

CREATE FUNCTION auth.decide_role(wanted uuid, yes boolean, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    r auth.role_request;
BEGIN
    IF NOT staff_holds('admin') THEN
        RETURN 'not_staff';
    END IF;
    SELECT * INTO r FROM auth.role_request q WHERE q.id = wanted AND q.decided_at IS NULL AND q.asked_at > at - interval '7 days' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    IF yes AND (r.asked_by = viewer_id() OR r.member_id = viewer_id()) THEN
        RETURN 'self';
    END IF;
    -- Who asked has to be an admin still.
    IF yes AND NOT EXISTS (SELECT FROM auth.staff_role s WHERE s.member_id = r.asked_by AND s.role = 'admin') THEN
        RETURN 'missing';
    END IF;
    UPDATE auth.role_request q SET decided_by = viewer_id(), decided_at = at, approved = yes WHERE q.member_id = r.member_id AND q.id = r.id;
    IF yes THEN
        INSERT INTO auth.staff_role (member_id, role, granted_at) VALUES (r.member_id, r.role, at) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM audit_act(CASE WHEN yes THEN 'role.approved' ELSE 'role.declined' END, r.member_id, r.id::text, r.role, at);
    RETURN 'done';
END $$;

CREATE FUNCTION auth.revoke_role(holder uuid, duty text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT staff_holds('admin') THEN
        RETURN 'not_staff';
    END IF;
    DELETE FROM auth.staff_role s WHERE s.member_id = holder AND s.role = duty;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    PERFORM audit_act('role.revoked', holder, holder::text, duty, at);
    RETURN 'done';
END $$;
GRANT EXECUTE ON FUNCTION auth.ask_role(uuid, uuid, text, text, timestamptz), auth.decide_role(uuid, boolean, timestamptz),
    auth.revoke_role(uuid, text, timestamptz) TO paceline_auth;

-- A member by their exact name, for who may look. Each look is noted, whether it finds somebody or not, and whoever is found
-- sees it.
CREATE FUNCTION auth.find_for_staff(handle text, at timestamptz) RETURNS TABLE (member_id uuid, username text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT (staff_holds('support') OR staff_holds('moderator')) THEN
        RETURN;
    END IF;
    SELECT p.member_id, p.username INTO member_id, username
    FROM profile p JOIN member m ON m.id = p.member_id WHERE p.username = handle FOR KEY SHARE OF m;
    IF NOT FOUND THEN
        PERFORM audit_act('member.missed', NULL, '', '', at);
        RETURN;
    END IF;
    PERFORM audit_act('member.found', member_id, '', '', at);
    PERFORM note_staff(member_id, CASE WHEN staff_holds('support') THEN 'support' ELSE 'moderator' END, 'search', 'username', at);
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION auth.find_for_staff(text, timestamptz) TO paceline_auth;

-- Access grants: the one way for staff to read what a member guards. Which fields, of whom, for
-- what reason and how long stands here before the first read.
CREATE TABLE access_grant (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id         uuid NOT NULL,
    staff_id   uuid NOT NULL,
    reason     text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    fields     text[] NOT NULL CHECK (cardinality(fields) BETWEEN 1 AND 40),
    opened_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (member_id, id),
    CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '60 minutes')
);
COMMENT ON TABLE access_grant IS 'class: guarded. What staff may read of a member, and until when';
COMMENT ON COLUMN access_grant.member_id IS 'class: guarded';
COMMENT ON COLUMN access_grant.id IS 'class: guarded';
COMMENT ON COLUMN access_grant.staff_id IS 'class: internal. Who asked; the member is told the duty alone';
COMMENT ON COLUMN access_grant.reason IS 'class: guarded. The member reads it too';
COMMENT ON COLUMN access_grant.fields IS 'class: guarded. Of the privacy model';
COMMENT ON COLUMN access_grant.opened_at IS 'class: guarded';
COMMENT ON COLUMN access_grant.expires_at IS 'class: guarded';
COMMENT ON COLUMN access_grant.ended_at IS 'class: guarded. When it was ended early';

-- Who read what of a member, besides their own sessions, by the hour.
CREATE TABLE access_log (
    member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    hour      timestamptz NOT NULL,
    who       text NOT NULL CHECK (who IN ('support', 'moderator', 'class_manager', 'admin', 'console', 'app')),
    through   uuid NOT NULL,
    scope     text NOT NULL,
    kind      text NOT NULL,
    times     integer NOT NULL,
    PRIMARY KEY (member_id, hour, who, through, scope, kind)
);
COMMENT ON TABLE access_log IS 'class: guarded. Reads of a member by staff, consoles and apps';
COMMENT ON COLUMN access_log.member_id IS 'class: guarded';
COMMENT ON COLUMN access_log.hour IS 'class: guarded';
COMMENT ON COLUMN access_log.who IS 'class: guarded. Staff by their duty';
COMMENT ON COLUMN access_log.through IS 'class: guarded. The access grant, the console or the app, or the scheduled class whose roster was read; else zeros';
COMMENT ON COLUMN access_log.scope IS 'class: guarded. Under which scope';
COMMENT ON COLUMN access_log.kind IS 'class: guarded. Kind of data: a field of the privacy model, or what a console asked for';
COMMENT ON COLUMN access_log.times IS 'class: guarded. 0: it may be read, by an access grant';
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_log ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON access_grant, access_log TO paceline_app;
CREATE POLICY own ON access_grant FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
CREATE POLICY opened ON access_grant FOR SELECT TO paceline_app
    USING (staff_id = (SELECT viewer_id()) AND (SELECT staff_holds('support')));
CREATE POLICY own ON access_log FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
GRANT SELECT (hour), DELETE ON access_log TO paceline_worker;
GRANT SELECT (expires_at), DELETE ON access_grant TO paceline_worker;
CREATE POLICY past ON access_log TO paceline_worker USING (true);
CREATE POLICY past ON access_grant TO paceline_worker USING (true);

CREATE FUNCTION note_access(owner uuid, reader text, by_way_of uuid, under text, what text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO access_log AS l (member_id, hour, who, through, scope, kind, times)
    VALUES (owner, date_trunc('hour', at, 'UTC'), reader, by_way_of, under, what, 1)
    ON CONFLICT (member_id, hour, who, through, scope, kind) DO UPDATE SET times = l.times + 1
$$;

-- Notes what staff read of a member without an access grant; of themself nothing.
CREATE FUNCTION note_staff(owner uuid, duty text, under text, what text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = owner AND m.id <> viewer_id() FOR KEY SHARE;
    IF FOUND THEN
        PERFORM note_access(owner, CASE WHEN staff_holds('admin') THEN 'admin' ELSE duty END, '00000000-0000-0000-0000-000000000000', under, what, at);
    END IF;
END $$;

-- Notes what a console reads of its own member. A crash may forget the last half a second.
CREATE FUNCTION note_console(console uuid, under text, what text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF coalesce(current_setting('paceline.actor', true), '') <> 'console' THEN
        RAISE insufficient_privilege USING MESSAGE = 'this is no console';
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM note_access(viewer_id(), 'console', console, under, what, at);
END $$;
GRANT EXECUTE ON FUNCTION note_console(uuid, text, text, timestamptz) TO paceline_app;

-- The fields of health and place, which support never reads.
CREATE FUNCTION staff_sensitive(field text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN field IN ('location', 'height_cm', 'weight_kg', 'resting_hr', 'max_hr', 'ftp_watts', 'heart_rate', 'route', 'privacy_zones');

CREATE FUNCTION auth.open_access(new_id uuid, owner uuid, why text, wanted text[], until timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT staff_holds('support') THEN
        RETURN 'not_staff';
    END IF;
    IF owner = viewer_id() THEN
        RETURN 'self';
    END IF;
    IF NOT staff_holds('admin') AND EXISTS (SELECT FROM unnest(wanted) f WHERE staff_sensitive(f)) THEN
        RETURN 'sensitive';
    END IF;
    PERFORM FROM member m WHERE m.id = owner FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    INSERT INTO access_grant (member_id, id, staff_id, reason, fields, opened_at, expires_at)
    VALUES (owner, new_id, viewer_id(), why, wanted, at, until);
    -- The member sees what may be read before anything is.
    INSERT INTO access_log (member_id, hour, who, through, scope, kind, times)
    SELECT owner, date_trunc('hour', at, 'UTC'), CASE WHEN staff_holds('admin') THEN 'admin' ELSE 'support' END, new_id, 'access grant', f, 0
    FROM unnest(wanted) f ON CONFLICT DO NOTHING;
    PERFORM audit_act('access.opened', owner, new_id::text, array_to_string(wanted, ' '), at);
    RETURN 'done';
END $$;

CREATE FUNCTION auth.end_access(wanted uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    owner uuid;
BEGIN
    IF NOT staff_holds('support') THEN
        RETURN 'not_staff';
    END IF;
    UPDATE access_grant g SET ended_at = at
    WHERE g.id = wanted AND (g.staff_id = viewer_id() OR staff_holds('admin')) AND g.ended_at IS NULL AND g.expires_at > at
    RETURNING g.member_id INTO owner;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    PERFORM audit_act('access.ended', owner, wanted::text, '', at);
    RETURN 'done';
END $$;
GRANT EXECUTE ON FUNCTION auth.open_access(uuid, uuid, text, text[], timestamptz, timestamptz), auth.end_access(uuid, timestamptz) TO paceline_auth;

-- The one read under an access grant, by who opened it, while it lasts. The read is noted, in the
-- audit and for the member, by the statement that reads; what the grant doesn't name is empty.
CREATE FUNCTION read_under_access(wanted uuid, at timestamptz) RETURNS TABLE (
    member_id uuid, private boolean, minor boolean, discoverability smallint, audiences bigint, edge smallint, wrapped bytea, seen_by uuid,
    fields text[], username text, display_name text, bio text, email text, birth_date_sealed bytea, location_sealed bytea,
    gender_sealed bytea, height_sealed bytea, weight_sealed bytea, resting_hr_sealed bytea, max_hr_sealed bytea, ftp_watts integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    g access_grant;
    reader text := CASE WHEN staff_holds('admin') THEN 'admin' ELSE 'support' END;
    open text[];
BEGIN
    IF NOT staff_holds('support') THEN
        RETURN;
    END IF;
    SELECT * INTO g FROM access_grant a
    WHERE a.id = wanted AND a.staff_id = viewer_id() AND a.ended_at IS NULL AND a.expires_at > at FOR SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(f), '{}') INTO open FROM unnest(g.fields) f WHERE reader = 'admin' OR NOT staff_sensitive(f);
    PERFORM note_access(g.member_id, reader, g.id, 'access grant', f, at) FROM unnest(open) f;
    PERFORM audit_act('access.read', g.member_id, g.id::text, array_to_string(open, ' '), at);
    RETURN QUERY SELECT m.id, m.private, m.minor, m.discoverability, m.audiences, 0::smallint, k.wrapped, viewer_id(), open,
        coalesce(CASE WHEN 'username' = ANY(open) THEN p.username END, ''), coalesce(CASE WHEN 'display_name' = ANY(open) THEN p.display_name END, ''),
        coalesce(CASE WHEN 'bio' = ANY(open) THEN p.bio END, ''), coalesce(CASE WHEN 'email' = ANY(open) THEN a.email END, ''),
        CASE WHEN open && ARRAY['birth_date', 'age'] THEN p.birth_date_sealed END, CASE WHEN 'location' = ANY(open) THEN p.location_sealed END,
        CASE WHEN 'gender' = ANY(open) THEN p.gender_sealed END, CASE WHEN 'height_cm' = ANY(open) THEN p.height_sealed END,
        CASE WHEN 'weight_kg' = ANY(open) THEN p.weight_sealed END, CASE WHEN 'resting_hr' = ANY(open) THEN p.resting_hr_sealed END,
        CASE WHEN 'max_hr' = ANY(open) THEN p.max_hr_sealed END, coalesce(CASE WHEN 'ftp_watts' = ANY(open) THEN p.ftp_watts END, 0)
    FROM member m JOIN member_key k ON k.member_id = m.id JOIN profile p ON p.member_id = m.id JOIN auth.account a ON a.member_id = m.id
    WHERE m.id = g.member_id;
END $$;
GRANT EXECUTE ON FUNCTION read_under_access(uuid, timestamptz) TO paceline_app;

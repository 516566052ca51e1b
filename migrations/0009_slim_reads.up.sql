-- Reading one workout for the cost of its rows. Asked table by table, the rules cost
-- a read nine calls, each with look-ups of its own; asked once, they cost one edge.

-- A workout with its owner as a subject of the policy, as row-level security gives
-- them, table by table. It is what read_workout below has to give as well, byte by
-- byte; the tests hold the one against the other.
CREATE VIEW workout_seen WITH (security_invoker = true) AS
SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
       w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
       w.username, (CASE WHEN shows_slot(w.member_id, 0) THEN w.display_name END)::text AS display_name, w.has_avatar,
       w.effort_sealed, w.heart_sealed, w.route_sealed, w.device_sealed, w.route_distance_m,
       s.private, s.minor, s.discoverability, s.audiences, s.edge, s.wrapped, s.seen_by
FROM workout_shown w
JOIN subject s ON s.member_id = w.member_id;
COMMENT ON VIEW workout_seen IS 'class: guarded. The columns are of the classes they come from';
GRANT SELECT ON workout_seen TO paceline_app;

-- The same row of one workout. The rules are asked once, from the owner's row and
-- edge as they are now; a value that they keep closed is not even looked up. It
-- asks the same questions about a workout that is hidden and one that never was,
-- so that its time tells nothing.
CREATE FUNCTION read_workout(wanted uuid) RETURNS SETOF workout_seen
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    w workout;
    m member;
    owner uuid;
    bits smallint;
    lowest smallint;
    username text;
    display_name text;
    avatar boolean := false;
    wrapped bytea;
    effort bytea;
    heart bytea;
    route bytea;
    track double precision;
    device bytea;
    seen workout_seen;
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    SELECT x.* INTO w FROM workout x WHERE x.id = wanted;
    owner := coalesce(w.member_id, '00000000-0000-0000-0000-000000000000');
    SELECT x.* INTO m FROM member x WHERE x.id = owner;
    SELECT x.bits INTO bits FROM edge x WHERE x.member_id = owner AND x.other_id = viewer;
    lowest := lowest_by(viewer, owner, bits);
    IF m.id IS NULL OR w.audience < lowest OR m.private AND lowest > 1 THEN
        RETURN;
    END IF;

    SELECT k.wrapped, p.username, p.display_name INTO wrapped, username, display_name
        FROM member_key k LEFT JOIN profile p ON p.member_id = k.member_id WHERE k.member_id = owner;
    IF wrapped IS NULL THEN
        RETURN;
    END IF;
    IF found_by(viewer, owner, m.discoverability, bits) THEN
        IF chosen_audience(m.audiences, 0) < lowest THEN
            display_name := NULL;
        END IF;
        IF chosen_audience(m.audiences, 1) >= lowest THEN
            avatar := EXISTS (SELECT FROM avatar x WHERE x.member_id = owner);
        END IF;
    ELSE
        username := NULL;
        display_name := NULL;
    END IF;

    SELECT x.summary_sealed INTO effort FROM workout_part x
        WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'effort';
    IF chosen_audience(m.audiences, 16) >= lowest THEN
        SELECT x.summary_sealed INTO heart FROM workout_part x
            WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'heart_rate';
    END IF;
    IF chosen_audience(m.audiences, 17) >= lowest THEN
        SELECT x.summary_sealed, x.distance_m INTO route, track FROM workout_part x
            WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'route';
    END IF;
    IF lowest = 0 THEN
        SELECT x.summary_sealed INTO device FROM workout_part x
            WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'device';
    END IF;

    seen := ROW(w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
        w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
        username, display_name, avatar, effort, heart, route, device, track,
        m.private, m.minor, m.discoverability, m.audiences, coalesce(bits, 0)::smallint, wrapped,
        coalesce(viewer, '00000000-0000-0000-0000-000000000000'));
    RETURN NEXT seen;
END $$;
GRANT EXECUTE ON FUNCTION read_workout(uuid) TO paceline_app;

-- The one way to become a viewer, as before, with fewer steps: the settings are
-- made by assignments, and a fresh session asks for nothing more than itself.
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

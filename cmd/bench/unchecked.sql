-- What read_workout (migration 9) does, without a question: no viewer, no relation, no audience.
CREATE OR REPLACE FUNCTION floor.read_unchecked(wanted uuid) RETURNS SETOF workout_seen
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    w workout;
    m member;
    username text;
    display_name text;
    wrapped bytea;
    effort bytea;
    heart bytea;
    route bytea;
    track double precision;
    device bytea;
    seen workout_seen;
BEGIN
    SELECT x.* INTO w FROM workout x WHERE x.id = wanted;
    SELECT x.* INTO m FROM member x WHERE x.id = w.member_id;
    SELECT k.wrapped, p.username, p.display_name INTO wrapped, username, display_name
        FROM member_key k LEFT JOIN profile p ON p.member_id = k.member_id WHERE k.member_id = w.member_id;
    SELECT x.summary_sealed INTO effort FROM workout_part x
        WHERE x.member_id = w.member_id AND x.workout_id = wanted AND x.family = 'effort';
    SELECT x.summary_sealed INTO heart FROM workout_part x
        WHERE x.member_id = w.member_id AND x.workout_id = wanted AND x.family = 'heart_rate';
    SELECT x.summary_sealed, x.distance_m INTO route, track FROM workout_part x
        WHERE x.member_id = w.member_id AND x.workout_id = wanted AND x.family = 'route';
    SELECT x.summary_sealed INTO device FROM workout_part x
        WHERE x.member_id = w.member_id AND x.workout_id = wanted AND x.family = 'device';
    seen := ROW(w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
        w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
        username, display_name, EXISTS (SELECT FROM avatar x WHERE x.member_id = w.member_id), effort, heart, route, device, track,
        m.private, m.minor, m.discoverability, m.audiences, 0::smallint, wrapped, '00000000-0000-0000-0000-000000000000'::uuid);
    RETURN NEXT seen;
END $$;
GRANT USAGE ON SCHEMA floor TO paceline_app;
GRANT EXECUTE ON FUNCTION floor.read_unchecked(uuid) TO paceline_app;

-- What read_workout_each (migration 12) does, without a question.
CREATE OR REPLACE FUNCTION floor.read_unchecked_each(hashes bytea[], moments timestamptz[], wanted uuid[])
RETURNS TABLE (
    place bigint, token_hash bytea, actor text, member uuid, session uuid,
    member_id uuid, id uuid, audience smallint, sport text, indoor boolean, title text, started_at timestamptz,
    duration_s double precision, moving_s double precision, distance_m double precision, calories_kcal double precision,
    output_kj double precision, source text, created_at timestamptz, updated_at timestamptz,
    username text, display_name text, has_avatar boolean,
    effort_sealed bytea, heart_sealed bytea, route_sealed bytea, device_sealed bytea, route_distance_m double precision,
    private boolean, minor boolean, discoverability smallint, audiences bigint, edge smallint, wrapped bytea, seen_by uuid
)
LANGUAGE plpgsql STABLE ROWS 20 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT q.place, q.token_hash, 'anonymous', NULL::uuid, NULL::uuid, w.*
    FROM unnest(hashes, moments, wanted) WITH ORDINALITY AS q (token_hash, at, id, place)
    LEFT JOIN LATERAL (
        SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
            w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
            p.username, p.display_name, EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
            part.effort, part.heart, part.route, part.device, part.track,
            m.private, m.minor, m.discoverability, m.audiences, 0::smallint, k.wrapped,
            '00000000-0000-0000-0000-000000000000'::uuid
        FROM workout w
        JOIN member m ON m.id = w.member_id
        JOIN member_key k ON k.member_id = w.member_id
        LEFT JOIN profile p ON p.member_id = w.member_id
        CROSS JOIN LATERAL (
            SELECT string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'effort') AS effort,
                string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'heart_rate') AS heart,
                string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'route') AS route,
                max(x.distance_m) FILTER (WHERE x.family = 'route') AS track,
                string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'device') AS device
            FROM workout_part x WHERE x.member_id = w.member_id AND x.workout_id = w.id OFFSET 0) AS part
        WHERE w.id = q.id OFFSET 0) AS w ON true;
END $$;
GRANT EXECUTE ON FUNCTION floor.read_unchecked_each(bytea[], timestamptz[], uuid[]) TO paceline_app;

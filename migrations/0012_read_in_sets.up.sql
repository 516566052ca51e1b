-- What auth.authenticate and read_workout (step 9) give, of many callers at once and of
-- each for himself: one plan reads what waits in front of a connection, where each read
-- had two of its own. The same rules of the same rows.
--
-- It sets no viewer and reads none: each row is read for the member whose token was
-- given with it, and brings back that token's hash, the member, and seen_by. A session
-- whose use is to be noted has no row, for here nothing is written: it is asked for
-- behind auth.authenticate. All else has one, without a workout where there is none
-- for who asks; that one is hidden and that one never was costs the same look-ups.
CREATE FUNCTION read_workout_each(hashes bytea[], moments timestamptz[], wanted uuid[])
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
DECLARE
    nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    RETURN QUERY
    SELECT q.place, q.token_hash,
        CASE WHEN q.token_hash IS NULL THEN 'anonymous' WHEN s.id IS NULL THEN 'nobody' ELSE 'session' END,
        s.member_id, s.id, w.*
    FROM unnest(hashes, moments, wanted) WITH ORDINALITY AS q (token_hash, at, id, place)
    LEFT JOIN auth.token t ON t.hash = q.token_hash AND t.kind IN ('access', 'cookie') AND t.expires_at > q.at
    LEFT JOIN auth.session s ON s.member_id = t.member_id AND s.id = t.session_id
        AND s.expires_at > q.at AND s.revoked_at IS NULL
    LEFT JOIN LATERAL (
        SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
            w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
            CASE WHEN r.found THEN p.username END,
            CASE WHEN r.found AND chosen_audience(m.audiences, 0) >= r.lowest THEN p.display_name END,
            r.found AND chosen_audience(m.audiences, 1) >= r.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
            part.effort, part.heart, part.route, part.device, part.track,
            m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped,
            coalesce(s.member_id, nobody)
        FROM (SELECT) AS one
        LEFT JOIN workout w ON w.id = q.id
        CROSS JOIN LATERAL (SELECT coalesce(w.member_id, nobody) AS id OFFSET 0) AS owner
        LEFT JOIN member m ON m.id = owner.id
        LEFT JOIN LATERAL (
            SELECT x.bits FROM edge x WHERE x.member_id = owner.id AND x.other_id = s.member_id OFFSET 0) AS e ON true
        CROSS JOIN LATERAL (SELECT lowest_by(s.member_id, owner.id, e.bits) AS lowest,
            found_by(s.member_id, owner.id, m.discoverability, e.bits) AS found OFFSET 0) AS r
        JOIN member_key k ON k.member_id = owner.id
        LEFT JOIN profile p ON p.member_id = owner.id
        CROSS JOIN LATERAL (
            SELECT string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'effort') AS effort,
                string_agg(x.summary_sealed, '')
                    FILTER (WHERE x.family = 'heart_rate' AND chosen_audience(m.audiences, 16) >= r.lowest) AS heart,
                string_agg(x.summary_sealed, '')
                    FILTER (WHERE x.family = 'route' AND chosen_audience(m.audiences, 17) >= r.lowest) AS route,
                max(x.distance_m)
                    FILTER (WHERE x.family = 'route' AND chosen_audience(m.audiences, 17) >= r.lowest) AS track,
                string_agg(x.summary_sealed, '') FILTER (WHERE x.family = 'device' AND r.lowest = 0) AS device
            FROM workout_part x WHERE x.member_id = owner.id AND x.workout_id = w.id OFFSET 0) AS part
        WHERE coalesce(w.audience >= r.lowest AND NOT (m.private AND r.lowest > 1), false)
        OFFSET 0) AS w ON q.token_hash IS NULL OR s.id IS NOT NULL
    WHERE s.last_used_at IS NULL OR s.last_used_at >= q.at - interval '5 minutes';
END $$;
GRANT EXECUTE ON FUNCTION read_workout_each(bytea[], timestamptz[], uuid[]) TO paceline_app;

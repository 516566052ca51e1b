-- What read_workout (step 9) gives, of many at once, in the order they are asked for:
-- one plan reads a page, where twenty-one plans read its workouts one by one. The
-- same rules of the same rows; what does not show is not looked up and not there.
CREATE FUNCTION read_workouts(wanted uuid[]) RETURNS SETOF workout_seen
LANGUAGE plpgsql STABLE ROWS 20 SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan SET join_collapse_limit = 1
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
        w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
        CASE WHEN r.found THEN p.username END,
        CASE WHEN r.found AND chosen_audience(m.audiences, 0) >= r.lowest THEN p.display_name END,
        r.found AND chosen_audience(m.audiences, 1) >= r.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        effort.summary_sealed, heart.summary_sealed, route.summary_sealed, device.summary_sealed, route.distance_m,
        m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped,
        coalesce(viewer, '00000000-0000-0000-0000-000000000000')
    FROM unnest(wanted) WITH ORDINALITY AS asked (id, place)
    JOIN workout w ON w.id = asked.id
    JOIN member m ON m.id = w.member_id
    LEFT JOIN edge e ON e.member_id = w.member_id AND e.other_id = viewer
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest,
        found_by(viewer, m.id, m.discoverability, e.bits) AS found OFFSET 0) AS r
    JOIN member_key k ON k.member_id = w.member_id
    LEFT JOIN profile p ON p.member_id = w.member_id
    LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
    LEFT JOIN workout_part heart ON heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = 'heart_rate'
        AND chosen_audience(m.audiences, 16) >= r.lowest
    LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route'
        AND chosen_audience(m.audiences, 17) >= r.lowest
    LEFT JOIN workout_part device ON device.member_id = w.member_id AND device.workout_id = w.id AND device.family = 'device'
        AND r.lowest = 0
    WHERE w.audience >= r.lowest AND NOT (m.private AND r.lowest > 1)
    ORDER BY asked.place;
END $$;
GRANT EXECUTE ON FUNCTION read_workouts(uuid[]) TO paceline_app;

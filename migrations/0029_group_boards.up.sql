-- What goes on in a group: the feed of those in it, and who did how much. Being in a group opens nothing. A feed holds what
-- reading each workout alone gives; a sum is made for one viewer, of the workouts by which this viewer sees its
-- owner on a leaderboard, and kept nowhere.

-- The next workouts of those in a group, the newest first, as far as each shows to the viewer. Whoever's newest is not among
-- the newest so many of all has none among these; so one row a member tells whose are worth reading.
CREATE FUNCTION group_feed(wanted uuid, before_start timestamptz, before_id uuid, most integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT EXISTS (SELECT FROM group_standing s WHERE s.group_id = wanted AND s.inside) THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        WITH head AS MATERIALIZED (
            SELECT m.id, r.lowest
            FROM group_member g
            JOIN member m ON m.id = g.member_id
            LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
            CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest OFFSET 0) AS r
            CROSS JOIN LATERAL (
                SELECT w.started_at, w.id FROM workout w
                WHERE w.member_id = m.id AND w.audience >= r.lowest AND (w.started_at, w.id) < (before_start, before_id)
                ORDER BY w.started_at DESC, w.id DESC LIMIT 1) AS newest
            WHERE g.group_id = wanted AND g.role NOT IN ('asking', 'banned') AND r.lowest < 4 AND NOT (m.private AND r.lowest > 1)
            ORDER BY newest.started_at DESC, newest.id DESC LIMIT most)
        SELECT recent.id
        FROM head CROSS JOIN LATERAL (
            SELECT w.started_at, w.id FROM workout w
            WHERE w.member_id = head.id AND w.audience >= head.lowest AND (w.started_at, w.id) < (before_start, before_id)
            ORDER BY w.started_at DESC, w.id DESC LIMIT most) AS recent
        ORDER BY recent.started_at DESC, recent.id DESC LIMIT most);
END $$;

-- How much each of those in a group did in some days, each given by its beginning and the last by its end, too; in thousandths of
-- metres, seconds, kilojoules, or days on which they did anything. Of the workouts that show to the viewer, and that the owner's field leaderboard shows; that a
-- device recorded, and no distance that was typed over. narrowest is the narrowest audience among them.
CREATE FUNCTION group_scores(wanted uuid, metric text, days timestamptz[])
RETURNS TABLE (member_id uuid, membership uuid, score bigint, narrowest smallint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT EXISTS (SELECT FROM group_standing s WHERE s.group_id = wanted AND s.inside) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT g.member_id, g.id,
        CASE WHEN metric = 'days' THEN 1000 * count(DISTINCT width_bucket(w.started_at, days)) ELSE sum(v.value)::bigint END,
        min(w.audience)
    FROM group_member g
    JOIN member m ON m.id = g.member_id
    LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END AS widest OFFSET 0) AS r
    JOIN workout w ON w.member_id = m.id AND w.started_at >= days[1] AND w.started_at < days[cardinality(days)]
    CROSS JOIN LATERAL (SELECT round(1000 * CASE metric
        WHEN 'distance' THEN CASE WHEN NOT w.distance_typed THEN w.distance_m END
        WHEN 'output' THEN w.output_kj ELSE coalesce(w.moving_s, w.duration_s) END)::bigint AS value) AS v
    WHERE g.group_id = wanted AND g.role NOT IN ('asking', 'banned') AND w.source IN ('file', 'console') AND v.value > 0
        AND w.audience >= 0 AND least(w.audience, chosen_audience(m.audiences, 18), r.widest) >= r.lowest
    GROUP BY g.member_id, g.id;
END $$;

-- A row of a group's board: the place, and its owner as a subject of the policy. The view is a row's form.
CREATE VIEW group_place AS
SELECT g.id AS membership, 0::bigint AS score, 0::bigint AS place, 0::smallint AS narrowest, false AS own,
       r.username, r.display_name, false AS has_avatar,
       m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM group_member g
JOIN member m ON m.id = g.member_id
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id
LEFT JOIN profile r ON r.member_id = m.id;
COMMENT ON VIEW group_place IS 'class: guarded. The columns are of the classes they come from';

-- The next of a group's board, the best first, each with the rank among those whom the viewer sees; and the viewer's own place
-- behind them (own).
CREATE FUNCTION read_group_board(wanted uuid, metric text, days timestamptz[],
    after_score bigint, after_id uuid, most integer) RETURNS SETOF group_place
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    RETURN QUERY
    WITH ranked AS MATERIALIZED (
        SELECT s.*, rank() OVER (ORDER BY s.score DESC) AS place FROM group_scores(wanted, metric, days) s
    ), picked AS (
        (SELECT k.*, false AS own FROM ranked k
        WHERE k.score < after_score OR k.score = after_score AND k.membership > after_id
        ORDER BY k.score DESC, k.membership LIMIT most)
        UNION ALL
        SELECT k.*, true FROM ranked k WHERE k.member_id = viewer
    )
    SELECT n.membership, n.score, n.place, n.narrowest, n.own,
        CASE WHEN r.found THEN p.username END,
        CASE WHEN r.found AND least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest THEN p.display_name END,
        r.found AND least(chosen_audience(m.audiences, 1), r.widest) >= r.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        m.id, m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped, viewer
    FROM picked n
    JOIN member m ON m.id = n.member_id
    JOIN member_key k ON k.member_id = m.id
    LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
    LEFT JOIN profile p ON p.member_id = m.id
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, found_by(viewer, m.id, m.discoverability, e.bits) AS found,
        CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest OFFSET 0) AS r
    ORDER BY n.own, n.score DESC, n.membership;
END $$;
-- Who owns a group that the viewer may know of: whom a report of it is against. No answer tells them.
CREATE FUNCTION group_owner(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT g.member_id FROM groups g JOIN group_standing s ON s.group_id = g.id WHERE g.id = wanted
$$;
GRANT EXECUTE ON FUNCTION group_owner(uuid), group_feed(uuid, timestamptz, uuid, integer),
    read_group_board(uuid, text, timestamptz[], bigint, uuid, integer) TO paceline_app;

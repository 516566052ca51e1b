-- A page of a search for the cost of its rows: from one function that asks the rules
-- once for each, as read_workout (step 9) does for one workout.

-- A member as an entry of a list, as row-level security gives them, table by table.
-- It is what search_page below has to give as well, byte by byte. Without a key:
-- nothing in it is sealed.
CREATE VIEW member_seen WITH (security_invoker = true) AS
SELECT p.member_id, p.username,
       (CASE WHEN shows_slot(p.member_id, 0) THEN p.display_name END)::text AS display_name,
       (CASE WHEN shows_slot(p.member_id, 0) THEN p.search_name END)::text AS search_name,
       (a.member_id IS NOT NULL)::boolean AS has_avatar,
       s.private, s.minor, s.discoverability, s.audiences, s.edge, s.seen_by
FROM profile p
JOIN subject s ON s.member_id = p.member_id
LEFT JOIN avatar a ON a.member_id = p.member_id;
COMMENT ON VIEW member_seen IS 'class: guarded. The columns are of the classes they come from';
GRANT SELECT ON member_seen TO paceline_app;

-- The next of those whom the viewer can find, as search_names (step 8) names them and
-- member_seen shows them, by the name that matches. In two parts that share nobody:
-- whom the directory proposes, and whom only an edge of the viewer's makes found. The
-- latter costs a look-up for each edge, and a viewer without edges one for themselves.
-- An entry of the directory that isn't the name any more finds nobody.
CREATE FUNCTION search_page(low text, high text, after_name text, after_username text, most integer) RETURNS SETOF member_seen
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
    seen_by uuid := coalesce(viewer, '00000000-0000-0000-0000-000000000000');
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    -- A scan may begin at either of its lower bounds, so they are the same: from the
    -- start of the alphabet it would pass half the directory.
    IF after_name < low THEN
        after_name := low;
        after_username := '';
    END IF;
    IF viewer IS NULL THEN
        RETURN QUERY
        SELECT p.member_id, p.username, CASE WHEN NOT m.private AND chosen_audience(m.audiences, 0) = 3 THEN p.display_name END,
            CASE WHEN NOT m.private AND chosen_audience(m.audiences, 0) = 3 THEN p.search_name END,
            CASE WHEN NOT m.private AND chosen_audience(m.audiences, 1) = 3 THEN EXISTS (SELECT FROM avatar a WHERE a.member_id = p.member_id) ELSE false END,
            m.private, m.minor, m.discoverability, m.audiences, 0::smallint, seen_by
        FROM directory d JOIN member m ON m.id = d.member_id JOIN profile p ON p.member_id = d.member_id
        WHERE d.reach = 3 AND d.name >= after_name AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND d.username = p.username AND d.name = CASE WHEN d.kind = 1 THEN p.username ELSE p.search_name END
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 WHEN m.private THEN 1 ELSE chosen_audience(m.audiences, 0) END) = 3
        ORDER BY d.name, d.username LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.member_id, f.username, CASE WHEN f.named THEN f.display_name END, CASE WHEN f.named THEN f.search_name END,
        CASE WHEN least(chosen_audience(f.audiences, 1), f.widest) >= f.lowest
            THEN EXISTS (SELECT FROM avatar a WHERE a.member_id = f.member_id) ELSE false END,
        f.private, f.minor, f.discoverability, f.audiences, f.bits, seen_by
    FROM (
        (SELECT d.name, p.member_id, p.username, p.display_name, p.search_name, m.private, m.minor, m.discoverability, m.audiences,
            coalesce(e.bits, 0)::smallint AS bits, r.lowest, r.widest, least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest AS named
        FROM directory d JOIN member m ON m.id = d.member_id
        LEFT JOIN edge e ON e.member_id = d.member_id AND e.other_id = viewer
        JOIN profile p ON p.member_id = d.member_id
        CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END AS widest) AS r
        WHERE d.name >= after_name AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND d.username = p.username AND d.name = CASE WHEN d.kind = 1 THEN p.username ELSE p.search_name END
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 ELSE least(chosen_audience(m.audiences, 0), r.widest) END) >= 2
            AND r.lowest < 4
        ORDER BY d.name, d.username LIMIT most)
        UNION ALL
        (SELECT n.name, p.member_id, p.username, p.display_name, p.search_name, m.private, m.minor, m.discoverability, m.audiences,
            coalesce(e.bits, 0)::smallint AS bits, r.lowest, r.widest, least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest
        FROM (SELECT viewer AS id UNION ALL SELECT v.other_id FROM edge v WHERE v.member_id = viewer AND v.bits & 19 <> 0) AS own
        JOIN profile p ON p.member_id = own.id
        CROSS JOIN LATERAL (SELECT CASE WHEN p.username >= low AND p.username < high THEN p.username ELSE p.search_name END AS name) AS n
        JOIN member m ON m.id = own.id
        LEFT JOIN edge e ON e.member_id = own.id AND e.other_id = viewer
        CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END AS widest) AS r
        WHERE n.name >= low AND n.name < high AND (n.name, p.username) > (after_name, after_username)
            AND found_by(viewer, m.id, m.discoverability, e.bits)
            AND (p.username >= low AND p.username < high OR least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest)
            AND least(m.discoverability, CASE WHEN p.username >= low AND p.username < high THEN 3
                ELSE least(chosen_audience(m.audiences, 0), r.widest) END) < 2
        ORDER BY n.name, p.username LIMIT most)) AS f
    ORDER BY f.name, f.username LIMIT most;
END $$;
GRANT EXECUTE ON FUNCTION search_page(text, text, text, text, integer) TO paceline_app;

-- Taking a class: which class a workout belongs to, where that puts its owner among those who took it, what
-- is going on in a class that is live, and high-fives.
--
-- A board is a class (of all time) or a scheduled class (one moment of it), by its id. A member has one place
-- on each by each metric, with three values: the best that everybody signed in may see, the best that their
-- followers may, and their own best. Which of them it is hangs on the field leaderboard, the audience of each workout
-- and the private switch; so whoever changes one of these calls one of the place_ functions in the same
-- transaction. Places propose and count; what a page shows is asked of the rows as they are. While the program
-- before this one still runs, it takes no places back: what it narrows is shown to nobody more, but counted
-- until the next change.

CREATE TABLE workout_class (
    member_id          uuid NOT NULL,
    workout_id         uuid NOT NULL,
    class_id           uuid NOT NULL,
    scheduled_class_id uuid,
    PRIMARY KEY (member_id, workout_id),
    FOREIGN KEY (member_id, workout_id) REFERENCES workout ON DELETE CASCADE
);
COMMENT ON TABLE workout_class IS 'class: guarded. The class that a workout belongs to; shows where the workout does';
COMMENT ON COLUMN workout_class.member_id IS 'class: guarded';
COMMENT ON COLUMN workout_class.workout_id IS 'class: guarded';
COMMENT ON COLUMN workout_class.class_id IS 'class: guarded';
COMMENT ON COLUMN workout_class.scheduled_class_id IS 'class: guarded. Where it was ridden at its time';
ALTER TABLE workout_class ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON workout_class TO paceline_app;
CREATE POLICY shown ON workout_class FOR SELECT TO paceline_app USING (EXISTS (
    SELECT FROM workout_standing w WHERE w.member_id = workout_class.member_id AND w.id = workout_class.workout_id));
CREATE POLICY own_delete ON workout_class FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));

-- What was typed over what a device counted ranks nobody.
ALTER TABLE workout ADD COLUMN distance_typed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN workout.distance_typed IS 'class: internal. The owner replaced the distance that was recorded';
GRANT UPDATE (distance_typed) ON workout TO paceline_app;

CREATE TABLE class_place (
    member_id        uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    board_id         uuid NOT NULL,
    metric           smallint NOT NULL CHECK (metric BETWEEN 0 AND 2),
    own_value        bigint NOT NULL,
    own_workout      uuid NOT NULL,
    follower_value   bigint,
    follower_workout uuid,
    public_value     bigint,
    public_workout   uuid,
    PRIMARY KEY (member_id, board_id, metric)
);
CREATE INDEX class_place_public ON class_place (board_id, metric, public_value DESC, member_id) INCLUDE (public_workout)
    WHERE public_value IS NOT NULL;
COMMENT ON TABLE class_place IS 'class: guarded. Derived from workouts and settings by place_again, and nothing else';
COMMENT ON COLUMN class_place.member_id IS 'class: guarded';
COMMENT ON COLUMN class_place.board_id IS 'class: guarded. A class or a scheduled class';
COMMENT ON COLUMN class_place.metric IS 'class: internal. 0 when it was ridden (second), 1 output (joule), 2 distance (millimetre)';
COMMENT ON COLUMN class_place.own_value IS 'class: guarded. The best of all';
COMMENT ON COLUMN class_place.own_workout IS 'class: guarded';
COMMENT ON COLUMN class_place.follower_value IS 'class: guarded. The best of what followers see';
COMMENT ON COLUMN class_place.follower_workout IS 'class: guarded';
COMMENT ON COLUMN class_place.public_value IS 'class: guarded. The best of what everybody signed in sees, unless blocked';
COMMENT ON COLUMN class_place.public_workout IS 'class: guarded';
ALTER TABLE class_place ENABLE ROW LEVEL SECURITY;

-- How many public values there are in each range, so that a rank is a few sums: level 1 by the metric's
-- step, level 2 by 25 steps.
CREATE TABLE class_bucket (
    board_id uuid NOT NULL,
    metric   smallint NOT NULL,
    level    smallint NOT NULL,
    bucket   bigint NOT NULL,
    riders   bigint NOT NULL,
    total    bigint NOT NULL,
    PRIMARY KEY (board_id, metric, level, bucket) INCLUDE (riders, total)
);
COMMENT ON TABLE class_bucket IS 'class: guarded. Counts of what everybody signed in may see, before blocks';
COMMENT ON COLUMN class_bucket.board_id IS 'class: guarded';
COMMENT ON COLUMN class_bucket.metric IS 'class: internal';
COMMENT ON COLUMN class_bucket.level IS 'class: internal. 1 fine, 2 coarse';
COMMENT ON COLUMN class_bucket.bucket IS 'class: internal. The value divided by the width';
COMMENT ON COLUMN class_bucket.riders IS 'class: guarded';
COMMENT ON COLUMN class_bucket.total IS 'class: guarded. The sum of their values';
ALTER TABLE class_bucket ENABLE ROW LEVEL SECURITY;

-- The width of a bucket: 1 and 25 kJ, 10 and 250 m.
CREATE FUNCTION bucket_width(metric smallint, level smallint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE metric WHEN 1 THEN 1000 ELSE 10000 END * CASE level WHEN 1 THEN 1 ELSE 25 END;

-- What a member's places on some boards should be.
CREATE FUNCTION class_places(owner uuid, boards uuid[]) RETURNS TABLE (
    member_id uuid, board_id uuid, metric smallint, own_value bigint, own_workout uuid,
    follower_value bigint, follower_workout uuid, public_value bigint, public_workout uuid
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.member_id, r.board_id, r.metric,
           max(r.value), (array_agg(r.workout_id ORDER BY r.value DESC, r.workout_id))[1],
           max(r.value) FILTER (WHERE r.reach >= 1),
           (array_agg(r.workout_id ORDER BY r.value DESC, r.workout_id) FILTER (WHERE r.reach >= 1))[1],
           max(r.value) FILTER (WHERE r.reach >= 2),
           (array_agg(r.workout_id ORDER BY r.value DESC, r.workout_id) FILTER (WHERE r.reach >= 2))[1]
    FROM (
        SELECT c.member_id, c.workout_id, board.id AS board_id, v.metric, v.value,
               least(w.audience, chosen_audience(m.audiences, 18), CASE WHEN m.private THEN 1 ELSE 3 END) AS reach
        FROM workout_class c
        JOIN workout w ON w.member_id = c.member_id AND w.id = c.workout_id
        JOIN member m ON m.id = c.member_id
        CROSS JOIN LATERAL (VALUES (c.class_id), (c.scheduled_class_id)) AS board (id)
        CROSS JOIN LATERAL (VALUES
            (0::smallint, floor(extract(epoch FROM w.started_at))::bigint),
            (1::smallint, CASE WHEN w.source IN ('file', 'console') THEN round(w.output_kj * 1000)::bigint END),
            (2::smallint, CASE WHEN w.source IN ('file', 'console') AND NOT w.distance_typed THEN round(w.distance_m * 1000)::bigint END)
        ) AS v (metric, value)
        WHERE c.member_id = owner AND board.id = ANY (boards) AND v.value IS NOT NULL AND w.audience >= 0
    ) AS r
    GROUP BY r.member_id, r.board_id, r.metric
$$;

-- One change at a time of a member's places, until it is committed. Which boards it is about is asked behind it: another
-- change may have put there what this one has just deleted.
CREATE FUNCTION lock_places(owner uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('places ' || owner, 25))
$$;

-- Makes a member's places on some boards what they should be, and the counts with them, behind lock_places; the
-- counts are taken in one order for all.
CREATE FUNCTION place_again(owner uuid, boards uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO class_bucket AS b (board_id, metric, level, bucket, riders, total)
    SELECT c.board_id, c.metric, l.level, c.value / bucket_width(c.metric, l.level), sum(c.sign), sum(c.sign * c.value)
    FROM (
        SELECT p.board_id, p.metric, p.public_value AS value, -1 AS sign FROM class_place p WHERE p.member_id = owner AND p.board_id = ANY (boards)
        UNION ALL
        SELECT e.board_id, e.metric, e.public_value, 1 FROM class_places(owner, boards) e
    ) AS c
    CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS l (level)
    WHERE c.metric > 0 AND c.value IS NOT NULL
    GROUP BY 1, 2, 3, 4
    HAVING sum(c.sign) <> 0 OR sum(c.sign * c.value) <> 0
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (board_id, metric, level, bucket) DO UPDATE SET riders = b.riders + excluded.riders, total = b.total + excluded.total;
    DELETE FROM class_place p WHERE p.member_id = owner AND p.board_id = ANY (boards) AND NOT EXISTS (
        SELECT FROM class_places(owner, boards) e WHERE e.board_id = p.board_id AND e.metric = p.metric);
    INSERT INTO class_place AS p (member_id, board_id, metric, own_value, own_workout, follower_value, follower_workout, public_value, public_workout)
    SELECT e.member_id, e.board_id, e.metric, e.own_value, e.own_workout, e.follower_value, e.follower_workout, e.public_value, e.public_workout
    FROM class_places(owner, boards) e
    ON CONFLICT (member_id, board_id, metric) DO UPDATE SET own_value = excluded.own_value, own_workout = excluded.own_workout,
        follower_value = excluded.follower_value, follower_workout = excluded.follower_workout,
        public_value = excluded.public_value, public_workout = excluded.public_workout
    WHERE (p.own_value, p.own_workout, p.follower_value, p.follower_workout, p.public_value, p.public_workout) IS DISTINCT FROM
        (excluded.own_value, excluded.own_workout, excluded.follower_value, excluded.follower_workout, excluded.public_value, excluded.public_workout);
END $$;

-- After the viewer's settings, or all of their workouts, have changed.
CREATE FUNCTION place_own() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    boards uuid[];
BEGIN
    PERFORM lock_places(viewer_id());
    boards := ARRAY(
        SELECT p.board_id FROM class_place p WHERE p.member_id = viewer_id()
        UNION SELECT c.class_id FROM workout_class c WHERE c.member_id = viewer_id()
        UNION SELECT c.scheduled_class_id FROM workout_class c WHERE c.member_id = viewer_id() AND c.scheduled_class_id IS NOT NULL);
    IF cardinality(boards) > 0 THEN
        PERFORM place_again(viewer_id(), boards);
    END IF;
END $$;

-- After some of the viewer's workouts were made, changed or deleted. Of what belongs to no class it asks two
-- look-ups.
CREATE FUNCTION place_workouts(changed uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    boards uuid[];
BEGIN
    PERFORM lock_places(viewer_id());
    boards := ARRAY(
        SELECT p.board_id FROM class_place p
        WHERE p.member_id = viewer_id() AND (p.own_workout = ANY (changed) OR p.follower_workout = ANY (changed) OR p.public_workout = ANY (changed))
        UNION SELECT b.id FROM workout_class c CROSS JOIN LATERAL (VALUES (c.class_id), (c.scheduled_class_id)) AS b (id)
        WHERE c.member_id = viewer_id() AND c.workout_id = ANY (changed) AND b.id IS NOT NULL);
    IF cardinality(boards) > 0 THEN
        PERFORM place_again(viewer_id(), boards);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION place_own(), place_workouts(uuid[]) TO paceline_app;

-- When a scheduled class is, if it is one that members can see and that takes place. For consoles as well, to
-- whom the schedule's own policy shows nothing.
CREATE FUNCTION class_out(wanted uuid, OUT class uuid, OUT starts_at timestamptz, OUT ends_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.class_id, s.starts_at, s.ends_at
    FROM scheduled_class s JOIN class c ON c.id = s.class_id
    WHERE s.id = wanted AND s.state = 'scheduled' AND c.state = 'published'
        AND (s.studio_id IS NULL OR EXISTS (SELECT FROM studio t WHERE t.id = s.studio_id AND t.state = 'published'))
$$;

-- Says which class a workout of the viewer's belongs to: 'taken', 'absent' where there is no such class for members, or
-- 'another time' where the workout lies beside the scheduled class, a quarter of an hour before and after it included.
CREATE FUNCTION set_workout_class(taken uuid, wanted uuid, scheduled uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    found_class uuid := CASE WHEN scheduled IS NULL THEN (SELECT c.id FROM class c WHERE c.id = wanted AND c.state = 'published')
        ELSE (SELECT o.class FROM class_out(scheduled) o) END;
BEGIN
    IF found_class IS NULL THEN
        RETURN 'absent';
    END IF;
    IF EXISTS (SELECT FROM class_out(scheduled) o JOIN workout w ON w.member_id = viewer_id() AND w.id = taken
        WHERE w.started_at > o.ends_at + interval '15 minutes'
            OR w.started_at + w.duration_s * interval '1 second' < o.starts_at - interval '15 minutes')
    THEN
        RETURN 'another time';
    END IF;
    INSERT INTO workout_class AS o (member_id, workout_id, class_id, scheduled_class_id)
    SELECT w.member_id, w.id, found_class, scheduled FROM workout w WHERE w.member_id = viewer_id() AND w.id = taken
    ON CONFLICT (member_id, workout_id) DO UPDATE SET class_id = excluded.class_id, scheduled_class_id = excluded.scheduled_class_id;
    RETURN CASE WHEN FOUND THEN 'taken' ELSE 'absent' END;
END $$;
GRANT EXECUTE ON FUNCTION set_workout_class(uuid, uuid, uuid) TO paceline_app;

-- A merged workout belongs to the class that one of the two it was made of belongs to.
CREATE FUNCTION merge_classes(merged uuid, one uuid, other uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE workout w SET distance_typed = true WHERE w.member_id = viewer_id() AND w.id = merged AND EXISTS (
        SELECT FROM workout x WHERE x.member_id = w.member_id AND x.id IN (one, other) AND x.distance_typed);
    INSERT INTO workout_class (member_id, workout_id, class_id, scheduled_class_id)
    SELECT c.member_id, merged, c.class_id, c.scheduled_class_id FROM workout_class c
    WHERE c.member_id = viewer_id() AND c.workout_id IN (one, other) ORDER BY c.scheduled_class_id NULLS LAST, c.workout_id <> one LIMIT 1;
    PERFORM place_workouts(ARRAY[merged, one, other]);
END $$;
GRANT EXECUTE ON FUNCTION merge_classes(uuid, uuid, uuid) TO paceline_app;

-- READING. A row of a board: the place, the workout that has it, and its owner as a subject of the policy. The
-- view is a row's form; who asks gets it by the functions below, which ask the rules.
CREATE VIEW board_row AS
SELECT p.member_id, w.id AS workout_id, w.audience, w.started_at, p.own_value AS value, r.username, r.display_name,
       false AS has_avatar, r.gender_sealed, r.birth_date_sealed,
       m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by,
       false AS own, 0::bigint AS above, 0::bigint AS ahead
FROM class_place p
JOIN workout w ON w.member_id = p.member_id AND w.id = p.own_workout
JOIN member m ON m.id = p.member_id
JOIN member_key k ON k.member_id = p.member_id
LEFT JOIN edge e ON e.member_id = p.member_id
LEFT JOIN profile r ON r.member_id = p.member_id;
COMMENT ON VIEW board_row IS 'class: guarded. The columns are of the classes they come from';

-- How many of those whom the viewer sees on a board stand before a value, or have the same and an id before
-- that one: the buckets above, what lies in the value's own, and then those with whom the viewer has an edge,
-- and the viewer, one by one, for whom another value counts than for everybody.
CREATE FUNCTION board_ahead(board uuid, asked smallint, than bigint, before uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
    fine bigint := than / bucket_width(asked, 1::smallint);
    coarse bigint := than / bucket_width(asked, 2::smallint);
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN coalesce((SELECT sum(b.riders) FROM class_bucket b
            WHERE b.board_id = board AND b.metric = asked AND b.level = 2 AND b.bucket > coarse), 0)
        + coalesce((SELECT sum(b.riders) FROM class_bucket b
            WHERE b.board_id = board AND b.metric = asked AND b.level = 1 AND b.bucket > fine AND b.bucket < (coarse + 1) * 25), 0)
        + (SELECT count(*) FROM class_place p
            WHERE p.board_id = board AND p.metric = asked AND p.public_value >= than
                AND p.public_value < (fine + 1) * bucket_width(asked, 1::smallint)
                AND (p.public_value > than OR p.member_id < before))
        + coalesce((SELECT sum(coalesce((s.value > than OR s.value = than AND p.member_id < before)::integer, 0)
                - coalesce((p.public_value > than OR p.public_value = than AND p.member_id < before)::integer, 0))
            FROM (SELECT viewer AS id, 0::smallint AS bits
                UNION ALL
                SELECT e.member_id, e.bits FROM edge v JOIN edge e ON e.member_id = v.other_id AND e.other_id = viewer
                WHERE v.member_id = viewer AND v.bits & 28 <> 0) AS o
            JOIN class_place p ON p.member_id = o.id AND p.board_id = board AND p.metric = asked
            CROSS JOIN LATERAL (SELECT CASE lowest_by(viewer, o.id, o.bits)
                WHEN 0 THEN p.own_value WHEN 1 THEN p.follower_value WHEN 2 THEN p.public_value END AS value) AS s), 0);
END $$;

-- The next of a board whom the viewer sees, the best first, and the viewer's own place behind them (own). Each by
-- the best value that shows to this viewer. Only followed: those whom the viewer follows, and the viewer;
-- gendered, aged: only who shows that field to the viewer, sealed as it is. Without any of these the first row
-- and the viewer's say how many stand before them: above by value, ahead by value and id.
CREATE FUNCTION read_board(board uuid, asked smallint, followed boolean, gendered boolean, aged boolean,
    after_value bigint, after_id uuid, most integer) RETURNS SETOF board_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
    counted boolean := asked > 0 AND NOT (followed OR gendered OR aged);
    members uuid[];
    workouts uuid[];
    scores bigint[];
    above bigint;
    ahead bigint;
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN;
    END IF;
    WITH near AS (
        SELECT p.member_id, CASE o.lowest WHEN 0 THEN p.own_value ELSE p.follower_value END AS value,
            CASE o.lowest WHEN 0 THEN p.own_workout ELSE p.follower_workout END AS workout_id
        FROM (SELECT viewer AS id, 0::smallint AS lowest
            UNION ALL
            SELECT e.member_id, lowest_by(viewer, e.member_id, e.bits) FROM edge v JOIN edge e ON e.member_id = v.other_id AND e.other_id = viewer
            WHERE v.member_id = viewer AND v.bits & 16 <> 0) AS o
        JOIN class_place p ON p.member_id = o.id AND p.board_id = board AND p.metric = asked
        WHERE o.lowest <= 1 AND (NOT (gendered OR aged) OR EXISTS (SELECT FROM standing s WHERE s.member_id = p.member_id
            AND found_by(viewer, s.member_id, s.discoverability, s.bits)
            AND (NOT gendered OR least(chosen_audience(s.audiences, 4), s.widest) >= s.lowest)
            AND (NOT aged OR least(chosen_audience(s.audiences, 5), s.widest) >= s.lowest)))
    ), far AS (
        SELECT p.member_id, p.public_value, p.public_workout
        FROM class_place p
        WHERE NOT followed AND p.board_id = board AND p.metric = asked AND p.public_value <= after_value
            AND (p.public_value < after_value OR p.member_id > after_id) AND p.member_id <> viewer
            AND NOT EXISTS (SELECT FROM edge e WHERE e.member_id = p.member_id AND e.other_id = viewer AND e.bits & 13 <> 0)
            AND (NOT (gendered OR aged) OR EXISTS (SELECT FROM member m LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
                WHERE m.id = p.member_id AND NOT m.private AND found_by(viewer, m.id, m.discoverability, e.bits)
                AND (NOT gendered OR chosen_audience(m.audiences, 4) >= 2) AND (NOT aged OR chosen_audience(m.audiences, 5) >= 2)))
        ORDER BY p.public_value DESC, p.member_id LIMIT most
    ), next AS (
        SELECT * FROM near n WHERE n.value <= after_value AND (n.value < after_value OR n.member_id > after_id)
        UNION ALL
        SELECT * FROM far
        ORDER BY 2 DESC, 1 LIMIT most
    )
    SELECT array_agg(n.member_id ORDER BY n.value DESC, n.member_id), array_agg(n.workout_id ORDER BY n.value DESC, n.member_id),
        array_agg(n.value ORDER BY n.value DESC, n.member_id) INTO members, workouts, scores FROM next n;
    IF counted AND members IS NOT NULL THEN
        above := board_ahead(board, asked, scores[1], '00000000-0000-0000-0000-000000000000');
        ahead := board_ahead(board, asked, scores[1], members[1]);
    END IF;
    RETURN QUERY
    SELECT w.member_id, w.id, w.audience, w.started_at, n.value,
        CASE WHEN r.found THEN p.username END,
        CASE WHEN r.found AND chosen_audience(m.audiences, 0) >= r.lowest THEN p.display_name END,
        r.found AND chosen_audience(m.audiences, 1) >= r.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        CASE WHEN gendered AND r.found AND least(chosen_audience(m.audiences, 4), r.widest) >= r.lowest THEN p.gender_sealed END,
        CASE WHEN aged AND r.found AND least(chosen_audience(m.audiences, 5), r.widest) >= r.lowest THEN p.birth_date_sealed END,
        m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped, viewer,
        n.own, n.above, n.ahead
    FROM (
        SELECT u.member_id, u.workout_id, u.value, false AS own, CASE WHEN u.place = 1 THEN coalesce(above, 0) ELSE 0 END AS above,
            CASE WHEN u.place = 1 THEN coalesce(ahead, 0) ELSE 0 END AS ahead, u.place
        FROM unnest(members, workouts, scores) WITH ORDINALITY AS u (member_id, workout_id, value, place)
        UNION ALL
        SELECT c.member_id, c.own_workout, c.own_value, true, board_ahead(board, asked, c.own_value, '00000000-0000-0000-0000-000000000000'), 0, NULL
        FROM class_place c WHERE counted AND c.member_id = viewer AND c.board_id = board AND c.metric = asked
    ) AS n
    JOIN workout w ON w.member_id = n.member_id AND w.id = n.workout_id
    JOIN member m ON m.id = n.member_id
    JOIN member_key k ON k.member_id = n.member_id
    LEFT JOIN edge e ON e.member_id = n.member_id AND e.other_id = viewer
    LEFT JOIN profile p ON p.member_id = n.member_id
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, found_by(viewer, m.id, m.discoverability, e.bits) AS found,
        CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest OFFSET 0) AS r
    WHERE least(w.audience, chosen_audience(m.audiences, 18), r.widest) >= r.lowest
    ORDER BY n.place NULLS LAST;
END $$;

-- How many of those whom the viewer sees as everybody does are in each coarse bucket of a board, and their sum:
-- of the blocked nothing, of followers' more nothing.
CREATE VIEW board_figure AS SELECT b.bucket, b.riders, b.total, seen_by() AS seen_by FROM class_bucket b;
COMMENT ON VIEW board_figure IS 'class: guarded. The columns are of the classes they come from';
CREATE FUNCTION read_figures(board uuid, asked smallint) RETURNS SETOF board_figure
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.bucket, sum(f.riders)::bigint, sum(f.total)::bigint, viewer
    FROM (
        SELECT b.bucket, b.riders, b.total FROM class_bucket b WHERE b.board_id = board AND b.metric = asked AND b.level = 2
        UNION ALL
        SELECT p.public_value / bucket_width(asked, 2::smallint), -1, -p.public_value
        FROM edge v JOIN edge e ON e.member_id = v.other_id AND e.other_id = viewer
        JOIN class_place p ON p.member_id = e.member_id AND p.board_id = board AND p.metric = asked AND p.public_value IS NOT NULL
        WHERE v.member_id = viewer AND v.bits & 12 <> 0 AND lowest_by(viewer, e.member_id, e.bits) = 4
    ) AS f
    GROUP BY f.bucket HAVING sum(f.riders) > 0 ORDER BY f.bucket;
END $$;
GRANT EXECUTE ON FUNCTION read_board(uuid, smallint, boolean, boolean, boolean, bigint, uuid, integer),
    board_ahead(uuid, smallint, bigint, uuid), read_figures(uuid, smallint) TO paceline_app;

-- HIGH-FIVES. One a pair and class, with whom it is for. It is there while its giver sees the other on the
-- class's list, and the other can find the giver.
CREATE TABLE high_five (
    member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    class_id  uuid NOT NULL,
    from_id   uuid NOT NULL,
    given_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, class_id, from_id)
);
CREATE INDEX high_five_from ON high_five (from_id);
COMMENT ON TABLE high_five IS 'class: guarded. A greeting to somebody who took a class';
COMMENT ON COLUMN high_five.member_id IS 'class: guarded. Whom it is for';
COMMENT ON COLUMN high_five.class_id IS 'class: guarded';
COMMENT ON COLUMN high_five.from_id IS 'class: guarded. Who gave it';
COMMENT ON COLUMN high_five.given_at IS 'class: guarded';
ALTER TABLE high_five ENABLE ROW LEVEL SECURITY;

-- Whether somebody sees that another took a class, and can find them; of those it is the viewer, or whom the
-- viewer asks about.
CREATE FUNCTION rode_before(eyes uuid, class uuid, rider uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce((
        SELECT found_by(eyes, m.id, m.discoverability, e.bits)
            AND least(w.audience, chosen_audience(m.audiences, 18), CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(eyes, m.id, e.bits)
        FROM member m
        LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = eyes
        JOIN class_place p ON p.member_id = m.id AND p.board_id = class AND p.metric = 0
        JOIN workout w ON w.member_id = p.member_id
            AND w.id = CASE lowest_by(eyes, m.id, e.bits) WHEN 0 THEN p.own_workout WHEN 1 THEN p.follower_workout WHEN 2 THEN p.public_workout END
        WHERE m.id = rider), false)
$$;

-- Gives one: the workout by which the viewer sees the other there, if it is a new one.
CREATE FUNCTION give_high_five(class uuid, rider uuid, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() OR viewer IS NULL OR viewer = rider OR NOT rode_before(viewer, class, rider) THEN
        RAISE EXCEPTION 'nobody to greet' USING ERRCODE = 'P0002';
    END IF;
    INSERT INTO high_five (member_id, class_id, from_id, given_at) VALUES (rider, class, viewer, at) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN e.bits & 1 <> 0 THEN p.follower_workout ELSE p.public_workout END
        FROM class_place p LEFT JOIN edge e ON e.member_id = p.member_id AND e.other_id = viewer
        WHERE p.member_id = rider AND p.board_id = class AND p.metric = 0;
    END IF;
END $$;
CREATE FUNCTION take_high_five_back(class uuid, rider uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM high_five h WHERE h.member_id = rider AND h.class_id = class AND h.from_id = viewer_id()
$$;

-- Those that the viewer was given for a class, by who gave them.
CREATE VIEW high_five_row AS
SELECT h.from_id AS member_id, r.username, r.display_name, false AS has_avatar,
       m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM high_five h
JOIN member m ON m.id = h.from_id
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id
LEFT JOIN profile r ON r.member_id = m.id;
COMMENT ON VIEW high_five_row IS 'class: guarded. The columns are of the classes they come from';
CREATE FUNCTION read_high_fives(class uuid, after uuid, most integer) RETURNS SETOF high_five_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT m.id, p.username, CASE WHEN least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest THEN p.display_name END,
        least(chosen_audience(m.audiences, 1), r.widest) >= r.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped, viewer
    FROM high_five h
    JOIN member m ON m.id = h.from_id
    JOIN member_key k ON k.member_id = m.id
    JOIN profile p ON p.member_id = m.id
    LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest) AS r
    WHERE h.member_id = viewer AND h.class_id = class AND h.from_id > after
        AND found_by(viewer, m.id, m.discoverability, e.bits) AND rode_before(m.id, class, viewer)
    ORDER BY m.id LIMIT most;
END $$;
-- Whether somebody's for the viewer is among those of a class; that the viewer can find them is not asked.
CREATE FUNCTION is_greeted(class uuid, giver uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT FROM high_five h WHERE h.member_id = viewer_id() AND h.class_id = class AND h.from_id = giver)
        AND rode_before(giver, class, viewer_id())
$$;
GRANT EXECUTE ON FUNCTION give_high_five(uuid, uuid, timestamptz), take_high_five_back(uuid, uuid),
    read_high_fives(uuid, uuid, integer), is_greeted(uuid, uuid) TO paceline_app;

-- Before an account ends: its places and what is counted of them, and what it gave.
CREATE FUNCTION forget_places() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    boards uuid[];
BEGIN
    PERFORM lock_places(viewer_id());
    boards := ARRAY(SELECT DISTINCT p.board_id FROM class_place p WHERE p.member_id = viewer_id());
    DELETE FROM workout_class c WHERE c.member_id = viewer_id();
    PERFORM place_again(viewer_id(), boards);
    DELETE FROM high_five h WHERE h.from_id = viewer_id();
END $$;
GRANT EXECUTE ON FUNCTION forget_places() TO paceline_auth;

-- LIVE. How far everybody is in a class that is going on. There is no workout yet: what shows is what the owner's
-- setting for new workouts and the field leaderboard say, both.
CREATE TABLE class_progress (
    member_id          uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    scheduled_class_id uuid NOT NULL,
    output_j           bigint NOT NULL CHECK (output_j >= 0),
    distance_mm        bigint NOT NULL CHECK (distance_mm >= 0),
    elapsed_s          integer NOT NULL CHECK (elapsed_s >= 0),
    signed             boolean NOT NULL,
    posted_at          timestamptz NOT NULL,
    PRIMARY KEY (member_id, scheduled_class_id)
);
CREATE INDEX class_progress_board ON class_progress (scheduled_class_id, output_j DESC, member_id);
CREATE INDEX class_progress_posted ON class_progress (posted_at);
COMMENT ON TABLE class_progress IS 'class: guarded. How far a member is in a live class';
COMMENT ON COLUMN class_progress.member_id IS 'class: guarded';
COMMENT ON COLUMN class_progress.scheduled_class_id IS 'class: guarded';
COMMENT ON COLUMN class_progress.output_j IS 'class: guarded. Joule so far';
COMMENT ON COLUMN class_progress.distance_mm IS 'class: guarded. Millimetre so far';
COMMENT ON COLUMN class_progress.elapsed_s IS 'class: guarded. Second since the rider began';
COMMENT ON COLUMN class_progress.signed IS 'class: guarded. All of it came with a proof by a paired console''s key; nothing else is ranked';
COMMENT ON COLUMN class_progress.posted_at IS 'class: internal';
ALTER TABLE class_progress ENABLE ROW LEVEL SECURITY;
GRANT SELECT (posted_at), DELETE ON class_progress TO paceline_worker;
CREATE POLICY past ON class_progress TO paceline_worker USING (true);

-- Notes the viewer's own progress in a class that is going on, a quarter of an hour before and after included;
-- what comes late changes nothing. A console's counts as signed while nothing else was posted in between.
CREATE FUNCTION post_progress(scheduled uuid, output bigint, distance bigint, elapsed integer, at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    o record;
BEGIN
    SELECT * INTO o FROM class_out(scheduled);
    IF viewer_id() IS NULL OR o.class IS NULL THEN
        RETURN 'absent';
    END IF;
    IF at < o.starts_at - interval '15 minutes' OR at > o.ends_at + interval '15 minutes' THEN
        RETURN 'not live';
    END IF;
    INSERT INTO class_progress AS p (member_id, scheduled_class_id, output_j, distance_mm, elapsed_s, signed, posted_at)
    VALUES (viewer_id(), scheduled, output, distance, elapsed, current_setting('paceline.actor', true) = 'console', at)
    ON CONFLICT (member_id, scheduled_class_id) DO UPDATE SET output_j = excluded.output_j, distance_mm = excluded.distance_mm,
        elapsed_s = excluded.elapsed_s, signed = p.signed AND excluded.signed, posted_at = excluded.posted_at
    WHERE p.elapsed_s <= excluded.elapsed_s;
    RETURN 'posted';
END $$;
GRANT EXECUTE ON FUNCTION post_progress(uuid, bigint, bigint, integer, timestamptz) TO paceline_app;

-- The best of those whom the viewer sees in a live class, by work or by distance, and the viewer. Only followed: of these
-- those whom the viewer follows; gendered, aged: only who shows that field to the viewer, sealed as it is, the viewer
-- too only who has it. The rank is one among the visible; who rides by what nobody signed has none.
CREATE VIEW live_row AS
SELECT g.member_id, g.output_j, g.distance_mm, g.elapsed_s, chosen_audience(m.audiences, 15) AS audience, 0::bigint AS place,
       r.username, r.display_name, false AS has_avatar, r.gender_sealed, r.birth_date_sealed,
       m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM class_progress g
JOIN member m ON m.id = g.member_id
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id
LEFT JOIN profile r ON r.member_id = m.id;
COMMENT ON VIEW live_row IS 'class: guarded. The columns are of the classes they come from';
CREATE FUNCTION read_live(class uuid, asked smallint, followed boolean, gendered boolean, aged boolean, most integer) RETURNS SETOF live_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH seen AS (
        SELECT g.member_id, g.output_j, g.distance_mm, g.elapsed_s, r.lowest, r.widest, e.bits,
            CASE WHEN g.signed THEN rank() OVER (PARTITION BY g.signed ORDER BY CASE asked WHEN 1 THEN g.output_j ELSE g.distance_mm END DESC) END AS place
        FROM class_progress g
        JOIN member m ON m.id = g.member_id
        LEFT JOIN edge e ON e.member_id = g.member_id AND e.other_id = viewer
        CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest OFFSET 0) AS r
        WHERE g.scheduled_class_id = class AND (g.signed OR g.member_id = viewer)
            AND (NOT followed OR g.member_id = viewer OR e.bits & 1 <> 0)
            AND least(chosen_audience(m.audiences, 15), chosen_audience(m.audiences, 18), r.widest) >= r.lowest
            AND (NOT (gendered OR aged) OR found_by(viewer, m.id, m.discoverability, e.bits)
                AND (NOT gendered OR least(chosen_audience(m.audiences, 4), r.widest) >= r.lowest)
                AND (NOT aged OR least(chosen_audience(m.audiences, 5), r.widest) >= r.lowest))
    ), picked AS (
        (SELECT * FROM seen s WHERE s.place IS NOT NULL ORDER BY s.place, s.member_id LIMIT most)
        UNION SELECT * FROM seen s WHERE s.member_id = viewer
    )
    SELECT s.member_id, s.output_j, s.distance_mm, s.elapsed_s, chosen_audience(m.audiences, 15), coalesce(s.place, 0),
        CASE WHEN r.found THEN p.username END, CASE WHEN r.found AND chosen_audience(m.audiences, 0) >= s.lowest THEN p.display_name END,
        r.found AND chosen_audience(m.audiences, 1) >= s.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        CASE WHEN gendered AND r.found AND least(chosen_audience(m.audiences, 4), s.widest) >= s.lowest THEN p.gender_sealed END,
        CASE WHEN aged AND r.found AND least(chosen_audience(m.audiences, 5), s.widest) >= s.lowest THEN p.birth_date_sealed END,
        m.private, m.minor, m.discoverability, m.audiences, coalesce(s.bits, 0)::smallint, k.wrapped, viewer
    FROM picked s
    JOIN member m ON m.id = s.member_id
    JOIN member_key k ON k.member_id = s.member_id
    LEFT JOIN profile p ON p.member_id = s.member_id
    CROSS JOIN LATERAL (SELECT found_by(viewer, m.id, m.discoverability, s.bits) AS found) AS r
    ORDER BY s.place NULLS LAST, s.member_id;
END $$;
GRANT EXECUTE ON FUNCTION read_live(uuid, smallint, boolean, boolean, boolean, integer) TO paceline_app;

-- A ticket opens one stream, once, within its minute, for the session that asked for it. While the stream is
-- open the ticket's hash is what it asks by, at each event anew: as that session, for as long as it stands.
CREATE TABLE auth.live_ticket (
    hash               bytea PRIMARY KEY,
    member_id          uuid NOT NULL,
    session_id         uuid NOT NULL,
    scheduled_class_id uuid NOT NULL,
    expires_at         timestamptz NOT NULL,
    open_until         timestamptz,
    FOREIGN KEY (member_id, session_id) REFERENCES auth.session ON DELETE CASCADE
);
CREATE INDEX live_ticket_member ON auth.live_ticket (member_id, session_id);
CREATE INDEX live_ticket_open ON auth.live_ticket (open_until);
CREATE INDEX live_ticket_expires ON auth.live_ticket (expires_at);
COMMENT ON TABLE auth.live_ticket IS 'class: secret. What opens a stream of a live class';
COMMENT ON COLUMN auth.live_ticket.hash IS 'class: secret. SHA-256';
COMMENT ON COLUMN auth.live_ticket.member_id IS 'class: internal';
COMMENT ON COLUMN auth.live_ticket.session_id IS 'class: internal. As which the stream asks';
COMMENT ON COLUMN auth.live_ticket.scheduled_class_id IS 'class: internal. The class that it is for';
COMMENT ON COLUMN auth.live_ticket.expires_at IS 'class: internal. Until when it opens';
COMMENT ON COLUMN auth.live_ticket.open_until IS 'class: internal. NULL while unused; then when its stream counts as closed, unless it asks again';
GRANT SELECT (expires_at, open_until), DELETE ON auth.live_ticket TO paceline_worker;

-- Keeps a ticket for the viewer's session. Of those unused, a member has ten at most.
CREATE FUNCTION auth.add_live_ticket(ticket bytea, session uuid, class uuid, at timestamptz, until timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    viewer uuid := public.viewer_id();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('live tickets ' || viewer::text, 0));
    DELETE FROM live_ticket t WHERE t.member_id = viewer AND t.open_until IS NULL AND t.expires_at <= at;
    INSERT INTO live_ticket (hash, member_id, session_id, scheduled_class_id, expires_at)
    SELECT ticket, viewer, session, class, until
    WHERE (SELECT count(*) FROM live_ticket t WHERE t.member_id = viewer AND t.open_until IS NULL) < 10;
    RETURN FOUND;
END $$;

-- Opens a stream by its ticket: once, in time, for the class it was made for, while the session stands, and
-- while neither the member nor all together have too many open. One at a time, so that the last place is given once.
CREATE FUNCTION auth.open_live(ticket bytea, class uuid, at timestamptz, a_member integer, in_total integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    mine record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('live streams', 0));
    SELECT t.* INTO mine FROM live_ticket t JOIN session s ON s.member_id = t.member_id AND s.id = t.session_id
    WHERE t.hash = ticket AND t.scheduled_class_id = class AND t.open_until IS NULL AND t.expires_at > at
        AND s.kind IN ('bearer', 'cookie') AND s.expires_at > at AND s.revoked_at IS NULL FOR UPDATE OF t;
    IF NOT FOUND THEN
        RETURN 'refused';
    END IF;
    IF (SELECT count(*) FROM live_ticket t WHERE t.member_id = mine.member_id AND t.open_until > at) >= a_member
        OR (SELECT count(*) FROM live_ticket t WHERE t.open_until > at) >= in_total THEN
        RETURN 'full';
    END IF;
    UPDATE live_ticket t SET open_until = at + interval '15 seconds' WHERE t.hash = ticket;
    RETURN 'opened';
END $$;
CREATE FUNCTION auth.close_live(ticket bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
    DELETE FROM live_ticket t WHERE t.hash = ticket AND t.open_until IS NOT NULL
$$;

-- Who a stream asks as. It keeps its place among the open ones by asking.
CREATE FUNCTION auth.authenticate_live(ticket bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    until timestamptz;
BEGIN
    actor := 'nobody';
    SELECT t.member_id, t.session_id, t.open_until INTO member, session, until
    FROM live_ticket t JOIN session s ON s.member_id = t.member_id AND s.id = t.session_id
    WHERE t.hash = ticket AND t.open_until IS NOT NULL
        AND s.kind IN ('bearer', 'cookie') AND s.expires_at > at AND s.revoked_at IS NULL;
    IF FOUND THEN
        actor := 'session';
        IF until < at + interval '10 seconds' THEN
            UPDATE live_ticket t SET open_until = at + interval '15 seconds' WHERE t.hash = ticket;
        END IF;
    END IF;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', actor, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.add_live_ticket(bytea, uuid, uuid, timestamptz, timestamptz), auth.open_live(bytea, uuid, timestamptz, integer, integer),
    auth.close_live(bytea), auth.authenticate_live(bytea, timestamptz) TO paceline_app;

-- As in step 13; and a stream's reader is the member whose ticket opened it.
CREATE OR REPLACE FUNCTION auth.charge_subjects(salt bytea, token_hash bytea, network bytea, subjects uuid[],
    member_budgets integer[], network_budgets integer[], now_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    member uuid;
    established boolean := false;
    readers bytea[] := '{}';
    reader bytea;
    unseen bytea[];
    wait integer := 0;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF token_hash IS NOT NULL THEN
        SELECT t.member_id, m.created_at <= now_at - interval '7 days'
                AND EXISTS (SELECT FROM public.edge e WHERE e.member_id = m.id AND e.bits & 17 <> 0)
            INTO member, established
            FROM (SELECT t.member_id, t.hash FROM token t UNION ALL SELECT l.member_id, l.hash FROM live_ticket l WHERE l.open_until IS NOT NULL) AS t
            JOIN public.member m ON m.id = t.member_id WHERE t.hash = token_hash;
    END IF;
    IF member IS NULL OR NOT established THEN
        readers := readers || network;
    END IF;
    IF member IS NOT NULL THEN
        readers := readers || sha256(salt || uuid_send(member));
    END IF;
    IF NOT EXISTS (SELECT FROM unnest(readers) AS r, unnest(subjects) AS s
        WHERE NOT EXISTS (SELECT FROM enumeration e WHERE e.principal = r AND e.subject = sha256(salt || r || uuid_send(s))
            AND e.at > now_at - interval '14 days')) THEN
        RETURN 0;
    END IF;
    FOREACH reader IN ARRAY readers LOOP -- the network first: one order for all
        PERFORM pg_advisory_xact_lock(hashtextextended(encode(reader, 'hex'), 6));
    END LOOP;
    FOREACH reader IN ARRAY readers LOOP
        SELECT array_agg(h.subject) INTO unseen FROM (
            SELECT DISTINCT sha256(salt || reader || uuid_send(s)) AS subject FROM unnest(subjects) AS s) AS h
            WHERE NOT EXISTS (SELECT FROM enumeration e WHERE e.principal = reader AND e.subject = h.subject
                AND e.at > now_at - interval '14 days');
        IF unseen IS NOT NULL THEN
            wait := greatest(wait, auth.enumeration_wait(reader, cardinality(unseen),
                CASE WHEN reader = network THEN network_budgets ELSE member_budgets END, now_at));
        END IF;
    END LOOP;
    IF wait > 0 THEN
        RETURN wait;
    END IF;
    FOREACH reader IN ARRAY readers LOOP
        INSERT INTO enumeration AS e (principal, subject, at)
            SELECT DISTINCT reader, sha256(salt || reader || uuid_send(s)), now_at FROM unnest(subjects) AS s
            ON CONFLICT (principal, subject) DO UPDATE SET at = excluded.at WHERE e.at <= now_at - interval '14 days';
    END LOOP;
    RETURN 0;
END $$;

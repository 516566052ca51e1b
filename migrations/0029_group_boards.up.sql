-- What goes on in a group: the feed of those in it, who did how much, and what they set themselves as a goal. Being in a group opens nothing. A feed holds what
-- reading each workout alone gives; a sum is made for one viewer, of the workouts by which this viewer sees its
-- owner on a leaderboard, and kept nowhere.

-- Goals of groups, each for some days of a time zone. They belong to many, as groups do, and end with theirs.
CREATE TABLE challenge (
    group_id   uuid NOT NULL,
    id         uuid NOT NULL,
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    metric     text NOT NULL CHECK (metric IN ('distance', 'time', 'output', 'days')),
    target     integer NOT NULL CHECK (target BETWEEN 1 AND 100000000),
    first_day  date NOT NULL,
    last_day   date NOT NULL CHECK (last_day BETWEEN first_day AND first_day + 365),
    zone       text NOT NULL CHECK (length(zone) BETWEEN 2 AND 64),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    key_hash   bytea,
    created_at timestamptz NOT NULL,
    told       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, key_hash)
);
CREATE UNIQUE INDEX challenge_id ON challenge (id);
CREATE INDEX challenge_listed ON challenge (group_id, ends_at, id);
CREATE INDEX challenge_untold ON challenge (ends_at) WHERE NOT told;
COMMENT ON TABLE challenge IS 'class: internal. Goals that groups set themselves';
COMMENT ON COLUMN challenge.group_id IS 'class: internal';
COMMENT ON COLUMN challenge.id IS 'class: internal';
COMMENT ON COLUMN challenge.title IS 'class: internal. Shown to those in the group';
COMMENT ON COLUMN challenge.metric IS 'class: internal';
COMMENT ON COLUMN challenge.target IS 'class: internal. In metres, seconds, kilojoules or days';
COMMENT ON COLUMN challenge.first_day IS 'class: internal';
COMMENT ON COLUMN challenge.last_day IS 'class: internal';
COMMENT ON COLUMN challenge.zone IS 'class: internal. The time zone that its days begin in, by its IANA name';
COMMENT ON COLUMN challenge.starts_at IS 'class: internal. When the first day begins';
COMMENT ON COLUMN challenge.ends_at IS 'class: internal. When the last day ends';
COMMENT ON COLUMN challenge.key_hash IS 'class: internal. SHA-256 of the membership that made it and its Idempotency-Key';
COMMENT ON COLUMN challenge.created_at IS 'class: internal';
COMMENT ON COLUMN challenge.told IS 'class: internal. Whether those who took part were told that it is over';

-- Who takes part. It ends with the membership by the foreign key, and is nobody's to read but the member's: others see it by
-- what shows them how far the member comes.
CREATE TABLE challenge_participation (
    member_id    uuid NOT NULL,
    challenge_id uuid NOT NULL,
    group_id     uuid NOT NULL,
    joined_at    timestamptz NOT NULL,
    PRIMARY KEY (member_id, challenge_id),
    FOREIGN KEY (member_id, group_id) REFERENCES group_member ON DELETE CASCADE
);
CREATE INDEX challenge_participation_challenge ON challenge_participation (challenge_id);
CREATE INDEX challenge_participation_group ON challenge_participation (member_id, group_id);
COMMENT ON TABLE challenge_participation IS 'class: guarded. Who takes part in which challenge';
COMMENT ON COLUMN challenge_participation.member_id IS 'class: guarded';
COMMENT ON COLUMN challenge_participation.challenge_id IS 'class: guarded';
COMMENT ON COLUMN challenge_participation.group_id IS 'class: guarded';
COMMENT ON COLUMN challenge_participation.joined_at IS 'class: guarded';

ALTER TABLE challenge ENABLE ROW LEVEL SECURITY;
ALTER TABLE challenge_participation ENABLE ROW LEVEL SECURITY;
GRANT SELECT (group_id, id, title, metric, target, first_day, last_day, zone, starts_at, ends_at, created_at) ON challenge TO paceline_app;
GRANT SELECT ON challenge_participation TO paceline_app;
CREATE POLICY inside ON challenge FOR SELECT TO paceline_app USING (
    EXISTS (SELECT FROM group_standing s WHERE s.group_id = challenge.group_id AND s.inside));
CREATE POLICY own ON challenge_participation FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));

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
-- device recorded, and no distance that was typed over. narrowest is the narrowest audience among them. Of those among alone, where it is
-- not NULL.
CREATE FUNCTION group_scores(wanted uuid, metric text, days timestamptz[], among uuid[])
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
    WHERE g.group_id = wanted AND (among IS NULL OR g.member_id = ANY (among)) AND g.role NOT IN ('asking', 'banned') AND w.source IN ('file', 'console') AND v.value > 0
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
-- behind them (own). Of those who take part in a challenge alone, where one is given.
CREATE FUNCTION read_group_board(wanted uuid, metric text, days timestamptz[], challenge uuid,
    after_score bigint, after_id uuid, most integer) RETURNS SETOF group_place
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    among uuid[] := CASE WHEN challenge IS NOT NULL THEN
        ARRAY(SELECT p.member_id FROM challenge_participation p WHERE p.challenge_id = challenge AND p.group_id = wanted) END;
BEGIN
    RETURN QUERY
    WITH ranked AS MATERIALIZED (
        SELECT s.*, rank() OVER (ORDER BY s.score DESC) AS place FROM group_scores(wanted, metric, days, among) s
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

-- How far the viewer comes by themself, and nobody else, in thousandths.
CREATE FUNCTION own_score(wanted uuid, metric text, days timestamptz[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(sum(s.score), 0)::bigint FROM group_scores(wanted, metric, days, ARRAY[viewer_id()]) s
$$;

-- A challenge of a group that the viewer is in, with the group locked; and what the viewer is there.
CREATE FUNCTION lock_challenge(wanted uuid, OUT c challenge, OUT s group_standing)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    SELECT x.* INTO c FROM challenge x WHERE x.id = wanted;
    s := lock_group(c.group_id);
    SELECT x.* INTO c FROM challenge x WHERE x.id = wanted AND s.inside;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such challenge' USING ERRCODE = 'P0002';
    END IF;
END $$;

-- Who sets goals: all that are more than a member.
CREATE FUNCTION sets_goals(s group_standing) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (s).role IN ('coach', 'admin', 'owner');

CREATE FUNCTION make_challenge(wanted uuid, made uuid, called text, counts text, aim integer, first date, last date, in_zone text,
    starts timestamptz, ends timestamptz, key bytea, at timestamptz, OUT id uuid, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
    hash bytea := sha256(convert_to(s.membership::text, 'UTF8') || key);
BEGIN
    IF NOT s.inside THEN
        RAISE EXCEPTION 'no such group' USING ERRCODE = 'P0002';
    END IF;
    outcome := 'role_needed';
    IF NOT sets_goals(s) THEN
        RETURN;
    END IF;
    outcome := 'done';
    SELECT c.id INTO make_challenge.id FROM challenge c WHERE c.group_id = wanted AND c.key_hash = hash;
    IF FOUND THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM challenge c WHERE c.group_id = wanted AND c.ends_at > at) >= 20
        OR (SELECT count(*) FROM challenge c WHERE c.group_id = wanted) >= 1000 THEN
        outcome := 'too_many_challenges';
        RETURN;
    END IF;
    INSERT INTO challenge (group_id, id, title, metric, target, first_day, last_day, zone, starts_at, ends_at, key_hash, created_at)
        VALUES (wanted, made, called, counts, aim, first, last, in_zone, starts, ends, hash, at);
    make_challenge.id := made;
END $$;

-- Changes a challenge that hasn't begun: nobody is given another goal than the one they set out for.
CREATE FUNCTION edit_challenge(wanted uuid, called text, counts text, aim integer, first date, last date, in_zone text,
    starts timestamptz, ends timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_challenge(wanted);
    c challenge := l.c;
BEGIN
    IF NOT sets_goals(l.s) THEN
        RETURN 'role_needed';
    END IF;
    IF c.starts_at <= at THEN
        RETURN 'challenge_begun';
    END IF;
    UPDATE challenge x SET title = called, metric = counts, target = aim, first_day = first, last_day = last, zone = in_zone,
        starts_at = starts, ends_at = ends WHERE x.group_id = c.group_id AND x.id = wanted;
    RETURN 'done';
END $$;

CREATE FUNCTION end_challenge(wanted uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_challenge(wanted);
    c challenge := l.c;
BEGIN
    IF NOT sets_goals(l.s) THEN
        RETURN 'role_needed';
    END IF;
    DELETE FROM challenge_participation p WHERE p.challenge_id = wanted;
    DELETE FROM challenge x WHERE x.group_id = c.group_id AND x.id = wanted;
    RETURN 'done';
END $$;

CREATE FUNCTION join_challenge(wanted uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_challenge(wanted);
    c challenge := l.c;
BEGIN
    IF c.ends_at <= at THEN
        RETURN 'challenge_over';
    END IF;
    INSERT INTO challenge_participation (member_id, challenge_id, group_id, joined_at) VALUES (viewer_id(), wanted, c.group_id, at)
        ON CONFLICT DO NOTHING;
    RETURN 'done';
END $$;

CREATE FUNCTION leave_challenge(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_challenge(wanted);
BEGIN
    DELETE FROM challenge_participation p WHERE p.member_id = viewer_id() AND p.challenge_id = wanted;
END $$;

-- Tells those who take part in a challenge that it is over, once, the longest over first; how many challenges there were.
CREATE FUNCTION tell_of_challenges(at timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    c challenge;
    over integer := 0;
BEGIN
    FOR c IN SELECT * FROM challenge x WHERE x.ends_at <= at AND NOT x.told ORDER BY x.ends_at LIMIT most FOR UPDATE SKIP LOCKED LOOP
        PERFORM add_notice(p.member_id, 'challenge_ended', false, c.id, c.group_id, at, false, false, false)
            FROM challenge_participation p WHERE p.challenge_id = c.id;
        UPDATE challenge x SET told = true WHERE x.group_id = c.group_id AND x.id = c.id;
        over := over + 1;
    END LOOP;
    RETURN over;
END $$;
GRANT EXECUTE ON FUNCTION tell_of_challenges(timestamptz, integer) TO paceline_worker;

-- As in step 26; and its challenges.
CREATE OR REPLACE FUNCTION drop_group(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM group_invite i WHERE i.group_id = wanted;
    DELETE FROM challenge c WHERE c.group_id = wanted;
    DELETE FROM group_member m WHERE m.group_id = wanted;
    DELETE FROM groups g WHERE g.id = wanted;
END $$;

-- Who owns a group that the viewer may know of: whom a report of it is against. No answer tells them.
CREATE FUNCTION group_owner(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT g.member_id FROM groups g JOIN group_standing s ON s.group_id = g.id WHERE g.id = wanted
$$;
GRANT EXECUTE ON FUNCTION group_owner(uuid), group_feed(uuid, timestamptz, uuid, integer),
    read_group_board(uuid, text, timestamptz[], uuid, bigint, uuid, integer), own_score(uuid, text, timestamptz[]),
    lock_challenge(uuid), make_challenge(uuid, uuid, text, text, integer, date, date, text, timestamptz, timestamptz, bytea, timestamptz),
    edit_challenge(uuid, text, text, integer, date, date, text, timestamptz, timestamptz, timestamptz), end_challenge(uuid),
    join_challenge(uuid, timestamptz), leave_challenge(uuid) TO paceline_app;

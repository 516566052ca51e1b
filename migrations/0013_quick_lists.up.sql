-- Lists for fewer look-ups. A search reads names where it finds them, in the
-- directory, and of whom only an edge makes found in a table of their own.

-- The names that an entry's owner had in the transaction that enlisted them: what of
-- them shows is decided by the settings, as they are when they are read.
ALTER TABLE directory ADD COLUMN display_name text, ADD COLUMN search_name text COLLATE "C";
COMMENT ON COLUMN directory.display_name IS 'class: guarded. A copy of the profile''s';
COMMENT ON COLUMN directory.search_name IS 'class: guarded. A copy of the profile''s';

-- What the directory has no entry for: names by which only an edge makes the member
-- found. Read by member alone, so a search passes nobody by whom the viewer has no
-- edge with.
CREATE TABLE unlisted (
    member_id    uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    kind         smallint NOT NULL CHECK (kind IN (1, 2)),
    name         text COLLATE "C" NOT NULL,
    username     text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    search_name  text COLLATE "C" NOT NULL,
    PRIMARY KEY (member_id, kind)
);
COMMENT ON TABLE unlisted IS 'class: guarded. A copy of names, for search among one''s own edges. Decides nothing';
COMMENT ON COLUMN unlisted.member_id IS 'class: guarded';
COMMENT ON COLUMN unlisted.kind IS 'class: internal. 1 username, 2 display name';
COMMENT ON COLUMN unlisted.name IS 'class: guarded. As searched for';
COMMENT ON COLUMN unlisted.username IS 'class: guarded';
COMMENT ON COLUMN unlisted.display_name IS 'class: guarded. A copy of the profile''s';
COMMENT ON COLUMN unlisted.search_name IS 'class: guarded. A copy of the profile''s';
ALTER TABLE unlisted ENABLE ROW LEVEL SECURITY;

CREATE OR REPLACE VIEW directory_entry AS
SELECT m.id AS member_id, 1::smallint AS kind, p.username AS name, p.username, m.discoverability AS reach, p.display_name, p.search_name
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2
UNION ALL
SELECT m.id, 2::smallint, p.search_name, p.username, least(m.discoverability, chosen_audience(m.audiences, 0)), p.display_name, p.search_name
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2 AND chosen_audience(m.audiences, 0) >= 2 AND NOT m.private;

-- What unlisted should hold of a member: the rest.
CREATE VIEW unlisted_entry AS
SELECT m.id AS member_id, 1::smallint AS kind, p.username AS name, p.username, p.display_name, p.search_name
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability < 2
UNION ALL
SELECT m.id, 2::smallint, p.search_name, p.username, p.display_name, p.search_name
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability < 2 OR chosen_audience(m.audiences, 0) < 2 OR m.private;
COMMENT ON VIEW unlisted_entry IS 'class: internal. The columns are of the classes they come from';

UPDATE directory d SET display_name = p.display_name, search_name = p.search_name FROM profile p WHERE p.member_id = d.member_id;
INSERT INTO unlisted SELECT member_id, kind, name, username, display_name, search_name FROM unlisted_entry;

DROP INDEX directory_members, directory_everyone;
CREATE INDEX directory_members ON directory (name, username, kind, member_id) INCLUDE (display_name, search_name);
CREATE INDEX directory_everyone ON directory (name, username, kind, member_id) INCLUDE (display_name, search_name) WHERE reach = 3;
CREATE INDEX unlisted_names ON unlisted (member_id, name) INCLUDE (kind, username, display_name, search_name);
-- The settings of many owners come from their index alone.
CREATE INDEX member_settings ON member (id) INCLUDE (private, minor, discoverability, audiences);
-- Blocks are few: to see that there is none takes an index that fits into any cache.
CREATE INDEX edge_blocks ON edge (member_id, other_id) WHERE bits & 12 <> 0;

-- As in step 8, with names, and what is not in the directory where that is kept.
CREATE OR REPLACE FUNCTION enlist(member uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = enlist.member FOR NO KEY UPDATE;
    DELETE FROM directory d WHERE d.member_id = enlist.member
        AND NOT EXISTS (SELECT FROM directory_entry e WHERE e.member_id = enlist.member AND e.kind = d.kind);
    DELETE FROM unlisted u WHERE u.member_id = enlist.member
        AND NOT EXISTS (SELECT FROM unlisted_entry e WHERE e.member_id = enlist.member AND e.kind = u.kind);
    INSERT INTO directory AS d (member_id, kind, name, username, reach, display_name, search_name)
    SELECT e.member_id, e.kind, e.name, e.username, e.reach, e.display_name, e.search_name FROM directory_entry e WHERE e.member_id = enlist.member
    ON CONFLICT (member_id, kind) DO UPDATE SET name = excluded.name, username = excluded.username, reach = excluded.reach,
        display_name = excluded.display_name, search_name = excluded.search_name
    WHERE (d.name, d.username, d.reach, d.display_name, d.search_name)
        IS DISTINCT FROM (excluded.name, excluded.username, excluded.reach, excluded.display_name, excluded.search_name);
    INSERT INTO unlisted AS u (member_id, kind, name, username, display_name, search_name)
    SELECT e.member_id, e.kind, e.name, e.username, e.display_name, e.search_name FROM unlisted_entry e WHERE e.member_id = enlist.member
    ON CONFLICT (member_id, kind) DO UPDATE SET name = excluded.name, username = excluded.username,
        display_name = excluded.display_name, search_name = excluded.search_name
    WHERE (u.name, u.username, u.display_name, u.search_name)
        IS DISTINCT FROM (excluded.name, excluded.username, excluded.display_name, excluded.search_name);
END $$;

-- As in step 8, for both tables.
CREATE OR REPLACE FUNCTION enlist_next(after uuid, most integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    batch uuid[] := ARRAY(SELECT m.id FROM member m WHERE m.id > after ORDER BY m.id LIMIT most);
BEGIN
    PERFORM enlist(wrong.member_id) FROM (
        SELECT coalesce(d.member_id, e.member_id) AS member_id
        FROM (SELECT * FROM directory o WHERE o.member_id = ANY (batch)) d
        FULL JOIN (SELECT * FROM directory_entry o WHERE o.member_id = ANY (batch)) e USING (member_id, kind)
        WHERE (d.name, d.username, d.reach, d.display_name, d.search_name) IS DISTINCT FROM (e.name, e.username, e.reach, e.display_name, e.search_name)
        UNION
        SELECT coalesce(u.member_id, e.member_id)
        FROM (SELECT * FROM unlisted o WHERE o.member_id = ANY (batch)) u
        FULL JOIN (SELECT * FROM unlisted_entry o WHERE o.member_id = ANY (batch)) e USING (member_id, kind)
        WHERE (u.name, u.username, u.display_name, u.search_name) IS DISTINCT FROM (e.name, e.username, e.display_name, e.search_name)
        ORDER BY 1) AS wrong;
    RETURN batch[array_upper(batch, 1)];
END $$;

-- As in step 10, for fewer look-ups. A name comes with the entry that proposes it; the
-- settings are read anew, and with them the rules are asked. A block is looked up where
-- the owner keeps it, for everybody; the rest of an owner's edge only where the viewer's
-- own side says that there is one, which without it would show them less.
CREATE OR REPLACE FUNCTION search_page(low text, high text, after_name text, after_username text, most integer) RETURNS SETOF member_seen
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
    seen_by uuid := coalesce(viewer, '00000000-0000-0000-0000-000000000000');
    own uuid[];
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
        SELECT d.member_id, d.username, CASE WHEN NOT m.private AND chosen_audience(m.audiences, 0) = 3 THEN d.display_name END,
            CASE WHEN NOT m.private AND chosen_audience(m.audiences, 0) = 3 THEN d.search_name END,
            CASE WHEN NOT m.private AND chosen_audience(m.audiences, 1) = 3 THEN EXISTS (SELECT FROM avatar a WHERE a.member_id = d.member_id) ELSE false END,
            m.private, m.minor, m.discoverability, m.audiences, 0::smallint, seen_by
        FROM directory d JOIN member m ON m.id = d.member_id
        WHERE d.reach = 3 AND d.name >= after_name AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 WHEN m.private THEN 1 ELSE chosen_audience(m.audiences, 0) END) = 3
        ORDER BY d.name, d.username LIMIT most;
        RETURN;
    END IF;
    own := ARRAY(SELECT v.other_id FROM edge v WHERE v.member_id = viewer);
    RETURN QUERY
    SELECT f.member_id, f.username, CASE WHEN f.named THEN f.display_name END, CASE WHEN f.named THEN f.search_name END,
        CASE WHEN least(chosen_audience(f.audiences, 1), f.widest) >= f.lowest
            THEN EXISTS (SELECT FROM avatar a WHERE a.member_id = f.member_id) ELSE false END,
        f.private, f.minor, f.discoverability, f.audiences, f.bits, seen_by
    FROM (
        (SELECT d.name, d.member_id, d.username, d.display_name, d.search_name, m.private, m.minor, m.discoverability, m.audiences,
            coalesce(e.bits, 0)::smallint AS bits, r.lowest, r.widest, least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest AS named
        FROM directory d JOIN member m ON m.id = d.member_id
        CROSS JOIN LATERAL (SELECT CASE WHEN d.member_id IN (SELECT unnest(own))
            THEN (SELECT x.bits FROM edge x WHERE x.member_id = d.member_id AND x.other_id = viewer)
            ELSE (SELECT x.bits FROM edge x WHERE x.member_id = d.member_id AND x.other_id = viewer AND x.bits & 12 <> 0) END AS bits OFFSET 0) AS e
        CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END AS widest OFFSET 0) AS r
        WHERE d.name >= after_name AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 ELSE least(chosen_audience(m.audiences, 0), r.widest) END) >= 2
            AND r.lowest < 4
        ORDER BY d.name, d.username LIMIT most)
        UNION ALL
        (SELECT u.name, u.member_id, u.username, u.display_name, u.search_name, m.private, m.minor, m.discoverability, m.audiences,
            coalesce(e.bits, 0)::smallint AS bits, r.lowest, r.widest, least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest
        FROM unnest(own || viewer) AS o (id)
        JOIN unlisted u ON u.member_id = o.id AND u.name >= after_name AND u.name < high
        JOIN member m ON m.id = u.member_id
        LEFT JOIN edge e ON e.member_id = u.member_id AND e.other_id = viewer
        CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, CASE WHEN m.private THEN 1 ELSE 3 END AS widest) AS r
        WHERE (u.name, u.username) > (after_name, after_username)
            AND (u.kind = 1 OR u.username < low OR u.username >= high)
            AND found_by(viewer, m.id, m.discoverability, e.bits)
            AND (u.kind = 1 OR least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest)
        ORDER BY u.name, u.username LIMIT most)) AS f
    ORDER BY f.name, f.username LIMIT most;
END $$;

-- How many pointers a reader's feed keeps: three pages.
CREATE FUNCTION feed_kept() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 60;
GRANT EXECUTE ON FUNCTION feed_kept() TO paceline_worker;

-- As in step 8, and writes nothing where there is nothing to cut.
CREATE OR REPLACE FUNCTION trim_feeds(after uuid, most integer, keep integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    reader uuid := after;
    cut timestamptz;
BEGIN
    FOR i IN 1 .. most LOOP
        SELECT p.member_id INTO reader FROM feed_pointer p WHERE p.member_id > reader ORDER BY p.member_id LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF NOT EXISTS (SELECT FROM member m WHERE m.id = reader) THEN
            DELETE FROM feed_pointer p WHERE p.member_id = reader;
            CONTINUE;
        END IF;
        SELECT p.started_at INTO cut FROM feed_pointer p WHERE p.member_id = reader
        ORDER BY p.started_at DESC, p.workout_id DESC OFFSET keep LIMIT 1;
        IF FOUND AND EXISTS (SELECT FROM feed_pointer p WHERE p.member_id = reader AND p.started_at < cut) THEN
            INSERT INTO feed AS f VALUES (reader, cut)
            ON CONFLICT (member_id) DO UPDATE SET complete_from = greatest(f.complete_from, cut);
            DELETE FROM feed_pointer p WHERE p.member_id = reader AND p.started_at < cut;
        END IF;
    END LOOP;
    RETURN reader;
END $$;

-- As in step 8, and keeps as many.
CREATE OR REPLACE FUNCTION set_edge(one uuid, two uuid, add_one integer, drop_one integer, add_two integer, drop_two integer, at timestamptz)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    side record;
BEGIN
    IF add_one & 1 <> 0 THEN
        PERFORM pg_advisory_xact_lock(feed_lock(one));
    END IF;
    FOR side IN
        SELECT * FROM (VALUES (one, two, add_one, drop_one), (two, one, add_two, drop_two)) AS s (member, other, add, remove)
        ORDER BY member
    LOOP
        IF side.add <> 0 THEN
            INSERT INTO edge AS e (member_id, other_id, bits, changed_at)
            VALUES (side.member, side.other, side.add, at)
            ON CONFLICT (member_id, other_id) DO UPDATE SET bits = (e.bits & ~side.remove) | side.add, changed_at = at;
        ELSE
            DELETE FROM edge e WHERE e.member_id = side.member AND e.other_id = side.other AND e.bits & ~side.remove = 0;
            UPDATE edge e SET bits = e.bits & ~side.remove, changed_at = at
                WHERE e.member_id = side.member AND e.other_id = side.other AND e.bits & side.remove <> 0;
        END IF;
        IF side.remove & 16 <> 0 THEN
            DELETE FROM feed_pointer p WHERE p.member_id = side.member AND p.owner_id = side.other;
        END IF;
    END LOOP;
    IF add_one & 1 <> 0 THEN
        PERFORM feed_gained(two, one, feed_kept());
    END IF;
    RETURN coalesce((SELECT e.bits FROM edge e WHERE e.member_id = one AND e.other_id = two), 0);
END $$;

-- A page of the viewer's feed, as reading its workouts one by one gives them. What the
-- pointers name is read at once and the rules asked of it, once an owner; where they
-- leave fewer than a page it goes on behind the last that was looked at, so that pages
-- are full. To a follower, so of the parts two at most are asked for and the device's
-- never is.
CREATE FUNCTION read_feed(before_start timestamptz, before_id uuid, most integer) RETURNS SETOF workout_seen
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan
SET join_collapse_limit = 1 SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    viewer uuid := viewer_id();
    batch integer := most;
    complete timestamptz := CASE
        WHEN (SELECT w.id FROM workout w WHERE NOT w.pointed AND w.audience > 0 ORDER BY w.member_id, w.id LIMIT 1) IS NOT NULL THEN 'infinity'
        ELSE coalesce((SELECT f.complete_from FROM feed f WHERE f.member_id = viewer), '-infinity') END;
    pointed boolean := complete <= before_start;
    pulled boolean := EXISTS (SELECT FROM feed_pulled);
    wanted uuid[];
    starts timestamptz[];
    rows integer;
BEGIN
    IF NOT is_asked() OR viewer IS NULL THEN
        RETURN;
    END IF;
    LOOP
        IF pointed THEN
            SELECT array_agg(c.workout_id), array_agg(c.started_at) INTO wanted, starts FROM (
                SELECT p.workout_id, p.started_at FROM feed_pointer p
                WHERE p.member_id = viewer AND p.started_at >= complete AND (p.started_at, p.workout_id) < (before_start, before_id)
                ORDER BY p.started_at DESC, p.workout_id DESC LIMIT batch) AS c;
            IF pulled THEN
                SELECT array_agg(c.workout_id), array_agg(c.started_at) INTO wanted, starts FROM (
                    (SELECT * FROM unnest(wanted, starts) AS p (workout_id, started_at)
                    UNION
                    SELECT recent.id, recent.started_at
                    FROM feed_pulled o JOIN edge e ON e.member_id = o.member_id AND e.other_id = viewer
                    CROSS JOIN LATERAL (
                        SELECT w.started_at, w.id FROM workout w
                        WHERE w.member_id = o.member_id AND w.audience > 0 AND w.started_at >= complete
                            AND (w.started_at, w.id) < (before_start, before_id)
                        ORDER BY w.started_at DESC, w.id DESC LIMIT batch) AS recent
                    WHERE lowest_by(viewer, o.member_id, e.bits) = 1)
                    ORDER BY 2 DESC, 1 DESC LIMIT batch) AS c;
            END IF;
            pointed := cardinality(wanted) = batch;
            before_start := CASE WHEN pointed THEN starts[batch] ELSE complete END;
            before_id := CASE WHEN pointed THEN wanted[batch] ELSE '00000000-0000-0000-0000-000000000000' END;
        ELSE
            -- Whoever's newest workout is not among the newest n of all that are followed
            -- has none among the newest n at all. So one row a followed member tells whose
            -- are worth reading.
            WITH head AS MATERIALIZED (
                SELECT f.other_id
                FROM edge f JOIN edge e ON e.member_id = f.other_id AND e.other_id = viewer
                CROSS JOIN LATERAL (
                    SELECT w.started_at, w.id FROM workout w
                    WHERE w.member_id = f.other_id AND w.audience > 0 AND (w.started_at, w.id) < (before_start, before_id)
                    ORDER BY w.started_at DESC, w.id DESC LIMIT 1) AS newest
                WHERE f.member_id = viewer AND f.bits & 16 <> 0 AND lowest_by(viewer, f.other_id, e.bits) = 1
                ORDER BY newest.started_at DESC, newest.id DESC LIMIT most)
            SELECT array_agg(c.id) INTO wanted FROM (
                SELECT recent.id
                FROM head CROSS JOIN LATERAL (
                    SELECT w.started_at, w.id FROM workout w
                    WHERE w.member_id = head.other_id AND w.audience > 0 AND (w.started_at, w.id) < (before_start, before_id)
                    ORDER BY w.started_at DESC, w.id DESC LIMIT most) AS recent
                ORDER BY recent.started_at DESC, recent.id DESC LIMIT most) AS c;
            before_start := '-infinity';
        END IF;

        RETURN QUERY
        WITH found AS MATERIALIZED (
            SELECT w.*, asked.place FROM unnest(wanted) WITH ORDINALITY AS asked (id, place) JOIN workout w ON w.id = asked.id
            WHERE w.audience > 0
        ), owner AS MATERIALIZED (
            SELECT m.*, e.bits, k.wrapped, CASE WHEN r.found THEN p.username END AS username,
                CASE WHEN r.found AND chosen_audience(m.audiences, 0) > 0 THEN p.display_name END AS display_name,
                r.found AND chosen_audience(m.audiences, 1) > 0 AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id) AS has_avatar
            FROM (SELECT DISTINCT w.member_id FROM found w) AS o
            JOIN edge e ON e.member_id = o.member_id AND e.other_id = viewer
            JOIN member m ON m.id = o.member_id
            JOIN member_key k ON k.member_id = o.member_id
            LEFT JOIN profile p ON p.member_id = o.member_id
            CROSS JOIN LATERAL (SELECT found_by(viewer, m.id, m.discoverability, e.bits) AS found OFFSET 0) AS r
            WHERE lowest_by(viewer, o.member_id, e.bits) = 1
        )
        SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
            w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
            o.username, o.display_name, o.has_avatar,
            effort.summary_sealed, heart.summary_sealed, route.summary_sealed, NULL::bytea, route.distance_m,
            o.private, o.minor, o.discoverability, o.audiences, o.bits, o.wrapped, viewer
        FROM found w
        JOIN owner o ON o.id = w.member_id
        LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
        LEFT JOIN LATERAL (SELECT x.summary_sealed FROM workout_part x
            WHERE x.member_id = w.member_id AND x.workout_id = w.id AND x.family = 'heart_rate'
                AND chosen_audience(o.audiences, 16) > 0 OFFSET 0) AS heart ON true
        LEFT JOIN LATERAL (SELECT x.summary_sealed, x.distance_m FROM workout_part x
            WHERE x.member_id = w.member_id AND x.workout_id = w.id AND x.family = 'route'
                AND chosen_audience(o.audiences, 17) > 0 OFFSET 0) AS route ON true
        ORDER BY w.place LIMIT most;
        GET DIAGNOSTICS rows = ROW_COUNT;
        most := most - rows;
        EXIT WHEN most <= 0 OR before_start = '-infinity';
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION read_feed(timestamptz, uuid, integer) TO paceline_app;

-- As in step 6; whoever was paid for is free without a lock, and nothing is written.
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
            FROM token t JOIN public.member m ON m.id = t.member_id WHERE t.hash = token_hash;
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

-- What makes lists quick: pointers to what a reader's feed shows, a directory of
-- who can be found, and previews of samples. None of them decides anything: what
-- they name is read under row-level security and asked of the policy.

-- The rules once more, for whole plans instead of row by row: an owner's settings
-- and edge to the viewer, where the owner did not block them. With its owner's
-- rights, so that policies ask it without asking themselves; it shows what
-- the policies on member and edge show.
GRANT EXECUTE ON FUNCTION is_asked(), lowest_by(uuid, uuid, smallint), found_by(uuid, uuid, smallint, smallint) TO paceline_app;
CREATE VIEW standing AS
SELECT m.id AS member_id, m.discoverability, m.audiences, e.bits,
       (CASE WHEN m.private THEN 1 ELSE 3 END)::smallint AS widest,
       lowest_by(viewer_id(), m.id, e.bits) AS lowest
FROM member m
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
WHERE is_asked() AND lowest_by(viewer_id(), m.id, e.bits) < 4;
COMMENT ON VIEW standing IS 'class: internal. The columns are of the classes they come from';
GRANT SELECT ON standing TO paceline_app;

CREATE OR REPLACE VIEW subject WITH (security_invoker = false) AS
SELECT m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences,
       coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM member m
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id()
WHERE is_asked() AND lowest_by(viewer_id(), m.id, e.bits) < 4;
COMMENT ON VIEW subject IS 'class: internal. The columns are of the classes they come from';

ALTER POLICY found ON profile USING (coalesce((
    SELECT found_by(viewer_id(), s.member_id, s.discoverability, s.bits) FROM standing s WHERE s.member_id = profile.member_id), false));
ALTER POLICY shown ON avatar USING (coalesce((
    SELECT found_by(viewer_id(), s.member_id, s.discoverability, s.bits) AND least(chosen_audience(s.audiences, 1), s.widest) >= s.lowest
    FROM standing s WHERE s.member_id = avatar.member_id), false));
ALTER POLICY shown ON workout USING (coalesce((
    SELECT least(workout.audience, s.widest) >= s.lowest FROM standing s WHERE s.member_id = workout.member_id), false));

-- A workout that shows, for the policy on its parts.
CREATE VIEW workout_standing AS
SELECT w.member_id, w.id, s.audiences, s.widest, s.lowest
FROM workout w
JOIN standing s ON s.member_id = w.member_id
WHERE least(w.audience, s.widest) >= s.lowest;
COMMENT ON VIEW workout_standing IS 'class: internal. The columns are of the classes they come from';
GRANT SELECT ON workout_standing TO paceline_app;
ALTER POLICY shown ON workout_part USING (coalesce((
    SELECT CASE workout_part.family
        WHEN 'effort' THEN true
        WHEN 'heart_rate' THEN least(chosen_audience(w.audiences, 16), w.widest) >= w.lowest
        WHEN 'route' THEN least(chosen_audience(w.audiences, 17), w.widest) >= w.lowest
        ELSE w.lowest = 0
    END
    FROM workout_standing w WHERE w.member_id = workout_part.member_id AND w.id = workout_part.workout_id), false));

-- Samples thinned for a chart, where there are many.
ALTER TABLE workout_part ADD COLUMN preview_sealed bytea;
ALTER TABLE workout_part ALTER COLUMN preview_sealed SET STORAGE EXTERNAL;
COMMENT ON COLUMN workout_part.preview_sealed IS 'class: sealed. Packed samples, thinned to 500 points a channel';

-- FEED. A pointer names a workout of somebody that its reader follows. Pointers
-- are complete from a moment on, which each reader's row says; what began before
-- is looked up with the owners. No foreign key to the reader: it would lock other
-- members' rows when a workout is written.
CREATE TABLE feed_pointer (
    member_id  uuid NOT NULL,
    started_at timestamptz NOT NULL,
    workout_id uuid NOT NULL,
    owner_id   uuid NOT NULL,
    PRIMARY KEY (member_id, started_at, workout_id)
);
COMMENT ON TABLE feed_pointer IS 'class: internal. Recent workouts that may be in a reader''s feed. Carries no authority';
COMMENT ON COLUMN feed_pointer.member_id IS 'class: internal. The reader';
COMMENT ON COLUMN feed_pointer.started_at IS 'class: guarded. As the workout''s';
COMMENT ON COLUMN feed_pointer.workout_id IS 'class: guarded';
COMMENT ON COLUMN feed_pointer.owner_id IS 'class: guarded';

CREATE TABLE feed (
    member_id     uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    complete_from timestamptz NOT NULL
);
CREATE INDEX feed_empty ON feed (member_id) WHERE complete_from = 'infinity';
COMMENT ON TABLE feed IS 'class: internal. From when on a reader''s pointers are complete; without a row, always';
COMMENT ON COLUMN feed.member_id IS 'class: internal. The reader';
COMMENT ON COLUMN feed.complete_from IS 'class: internal. infinity until they were first filled';
INSERT INTO feed SELECT id, 'infinity' FROM member;

CREATE TABLE feed_pulled (member_id uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE);
COMMENT ON TABLE feed_pulled IS 'class: internal. Owners with too many followers for pointers: their readers ask at each read';
COMMENT ON COLUMN feed_pulled.member_id IS 'class: internal';

ALTER TABLE feed_pointer ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed_pulled ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON feed_pointer TO paceline_app;
CREATE POLICY own ON feed_pointer FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));

-- The programs before this one write no pointers: what they add is not pointed,
-- and while there is such a workout nobody's pointers count.
ALTER TABLE workout ADD COLUMN pointed boolean NOT NULL DEFAULT true;
ALTER TABLE workout ALTER COLUMN pointed SET DEFAULT false;
CREATE INDEX workout_waiting ON workout (member_id, id) WHERE NOT pointed AND audience > 0;
COMMENT ON COLUMN workout.pointed IS 'class: internal. The followers'' feeds have pointers to it';

-- Writing a workout shares the owner's lock, approving a follower takes it alone:
-- either the one sees the edge or the other the workout.
CREATE FUNCTION feed_lock(owner uuid) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN hashtextextended(owner::text, 8);

-- Points the followers' feeds to one workout of the owner.
CREATE FUNCTION fan_out(owner uuid, made uuid, started timestamptz, most integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(feed_lock(owner));
    IF EXISTS (SELECT FROM feed_pulled p WHERE p.member_id = owner) THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM (SELECT FROM edge e WHERE e.member_id = owner AND e.bits & 1 <> 0 LIMIT most + 1) f) > most THEN
        INSERT INTO feed_pulled VALUES (owner) ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    INSERT INTO feed_pointer (member_id, started_at, workout_id, owner_id)
    SELECT e.other_id, started, made, owner
    FROM edge e LEFT JOIN feed f ON f.member_id = e.other_id
    WHERE e.member_id = owner AND e.bits & 1 <> 0
        AND (f.complete_from IS NULL OR f.complete_from <= started OR f.complete_from = 'infinity')
    ON CONFLICT DO NOTHING;
END $$;

-- After the viewer wrote a workout or changed its audience, in that transaction.
CREATE FUNCTION point_workout(made uuid, started timestamptz, reach smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    owner uuid := viewer_id();
BEGIN
    IF reach > 0 THEN
        PERFORM fan_out(owner, made, started, 10000);
    ELSE
        DELETE FROM feed_pointer p USING edge e
        WHERE e.member_id = owner AND e.bits & 1 <> 0
            AND p.member_id = e.other_id AND p.started_at = started AND p.workout_id = made AND p.owner_id = owner;
    END IF;
    UPDATE workout w SET pointed = reach > 0 WHERE w.member_id = owner AND w.id = made AND w.pointed <> (reach > 0);
END $$;

-- The newest of an owner's go to a reader whom they approved. Whoever fills the
-- reader's feed at this moment is waited for.
CREATE FUNCTION feed_gained(reader uuid, owner uuid, keep integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    complete timestamptz;
    cut timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(reader::text, 9));
    complete := coalesce((SELECT f.complete_from FROM feed f WHERE f.member_id = reader), '-infinity');
    IF complete = 'infinity' OR EXISTS (SELECT FROM feed_pulled p WHERE p.member_id = owner) THEN
        RETURN;
    END IF;
    SELECT w.started_at INTO cut FROM workout w
    WHERE w.member_id = owner AND w.audience > 0 AND w.started_at >= complete
    ORDER BY w.started_at DESC OFFSET keep LIMIT 1;
    IF FOUND THEN
        INSERT INTO feed AS f VALUES (reader, cut)
        ON CONFLICT (member_id) DO UPDATE SET complete_from = greatest(f.complete_from, cut);
        complete := cut;
    END IF;
    INSERT INTO feed_pointer (member_id, started_at, workout_id, owner_id)
    SELECT reader, w.started_at, w.id, owner FROM workout w
    WHERE w.member_id = owner AND (w.audience > 0 OR w.pointed) AND w.started_at >= complete
    ON CONFLICT DO NOTHING;
END $$;

-- As in step 2, and the feeds with it.
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
        PERFORM feed_gained(two, one, 200);
    END IF;
    RETURN coalesce((SELECT e.bits FROM edge e WHERE e.member_id = one AND e.other_id = two), 0);
END $$;

-- As in step 7, and the feeds with it.
CREATE OR REPLACE FUNCTION forget_edges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = viewer_id() FOR UPDATE;
    DELETE FROM feed_pointer p WHERE p.member_id = viewer_id();
    DELETE FROM feed_pointer p USING edge mine
    WHERE mine.member_id = viewer_id() AND mine.bits & 1 <> 0 AND p.member_id = mine.other_id AND p.owner_id = viewer_id();
    UPDATE edge theirs SET bits = 4 FROM edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND theirs.bits & 4 <> 0 AND NOT theirs.named;
    DELETE FROM edge theirs USING edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND (theirs.bits & 4 = 0 OR theirs.named);
END $$;

-- The next workouts of the viewer's feed. By the rules themselves, for all at once;
-- what it names is read under row-level security. Checks come before the
-- limit, so that pages are full. Planned once: a plan for each call would cost more
-- than it finds.
CREATE FUNCTION feed_found(before_start timestamptz, before_id uuid, most integer)
RETURNS TABLE (owner_id uuid, workout_id uuid, started_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
    complete timestamptz := CASE
        WHEN (SELECT w.id FROM workout w WHERE NOT w.pointed AND w.audience > 0 ORDER BY w.member_id, w.id LIMIT 1) IS NOT NULL THEN 'infinity'
        ELSE coalesce((SELECT f.complete_from FROM feed f WHERE f.member_id = viewer), '-infinity') END;
    got integer := 0;
BEGIN
    IF complete <= before_start THEN
        RETURN QUERY
        SELECT * FROM (
            (SELECT p.owner_id, p.workout_id, p.started_at
            FROM feed_pointer p CROSS JOIN LATERAL (
                SELECT FROM workout w JOIN edge e ON e.member_id = w.member_id AND e.other_id = viewer
                WHERE w.member_id = p.owner_id AND w.id = p.workout_id AND w.audience > 0
                    AND lowest_by(viewer, w.member_id, e.bits) = 1
                OFFSET 0) AS shows -- as it comes, not all at once
            WHERE p.member_id = viewer AND p.started_at >= complete
                AND (p.started_at, p.workout_id) < (before_start, before_id)
            ORDER BY p.started_at DESC, p.workout_id DESC LIMIT most)
            UNION
            (SELECT o.member_id, recent.id, recent.started_at
            FROM feed_pulled o JOIN edge e ON e.member_id = o.member_id AND e.other_id = viewer
            CROSS JOIN LATERAL (
                SELECT w.started_at, w.id FROM workout w
                WHERE w.member_id = o.member_id AND w.audience > 0 AND w.started_at >= complete
                    AND (w.started_at, w.id) < (before_start, before_id)
                ORDER BY w.started_at DESC, w.id DESC LIMIT most) AS recent
            WHERE lowest_by(viewer, o.member_id, e.bits) = 1
            ORDER BY recent.started_at DESC, recent.id DESC LIMIT most)) AS found (owner_id, workout_id, started_at)
        ORDER BY found.started_at DESC, found.workout_id DESC LIMIT most;
        GET DIAGNOSTICS got = ROW_COUNT;
        before_start := complete;
        before_id := '00000000-0000-0000-0000-000000000000';
    END IF;
    IF got = most OR before_start = '-infinity' THEN
        RETURN;
    END IF;
    -- Whoever's newest workout is not among the newest n of all that are followed has
    -- none among the newest n at all. So one row a followed member tells whose are
    -- worth reading.
    RETURN QUERY
    WITH head AS MATERIALIZED (
        SELECT f.other_id
        FROM edge f JOIN edge e ON e.member_id = f.other_id AND e.other_id = viewer
        CROSS JOIN LATERAL (
            SELECT w.started_at, w.id FROM workout w
            WHERE w.member_id = f.other_id AND w.audience > 0 AND (w.started_at, w.id) < (before_start, before_id)
            ORDER BY w.started_at DESC, w.id DESC LIMIT 1) AS newest
        WHERE f.member_id = viewer AND f.bits & 16 <> 0 AND lowest_by(viewer, f.other_id, e.bits) = 1
        ORDER BY newest.started_at DESC, newest.id DESC LIMIT most - got)
    SELECT head.other_id, recent.id, recent.started_at
    FROM head CROSS JOIN LATERAL (
        SELECT w.started_at, w.id FROM workout w
        WHERE w.member_id = head.other_id AND w.audience > 0 AND (w.started_at, w.id) < (before_start, before_id)
        ORDER BY w.started_at DESC, w.id DESC LIMIT most - got) AS recent
    ORDER BY recent.started_at DESC, recent.id DESC LIMIT most - got;
END $$;
GRANT EXECUTE ON FUNCTION point_workout(uuid, timestamptz, smallint), feed_found(timestamptz, uuid, integer) TO paceline_app;

-- The worker's part, a batch at a time; each says how many it did.

-- Workouts without pointers get them.
CREATE FUNCTION point_waiting(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    w record;
    done integer := 0;
BEGIN
    FOR w IN SELECT o.member_id, o.id, o.started_at FROM workout o WHERE NOT o.pointed AND o.audience > 0
        ORDER BY o.member_id LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM fan_out(w.member_id, w.id, w.started_at, 10000);
        UPDATE workout o SET pointed = true WHERE o.member_id = w.member_id AND o.id = w.id;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

-- Readers' feeds that never were are filled with the newest of whom they follow.
CREATE FUNCTION fill_feeds(most integer, keep integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    reader uuid;
    cut timestamptz;
    done integer := 0;
BEGIN
    FOR reader IN SELECT f.member_id FROM feed f WHERE f.complete_from = 'infinity' LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(reader::text, 9));
        cut := coalesce((
            SELECT recent.started_at FROM edge f CROSS JOIN LATERAL (
                SELECT w.started_at FROM workout w WHERE w.member_id = f.other_id AND w.audience > 0
                ORDER BY w.started_at DESC LIMIT keep + 1) AS recent
            WHERE f.member_id = reader AND f.bits & 16 <> 0
            ORDER BY recent.started_at DESC OFFSET keep LIMIT 1), '-infinity');
        INSERT INTO feed_pointer (member_id, started_at, workout_id, owner_id)
        SELECT reader, w.started_at, w.id, w.member_id
        FROM edge f JOIN workout w ON w.member_id = f.other_id AND w.started_at >= cut AND w.audience > 0
        WHERE f.member_id = reader AND f.bits & 16 <> 0
        ON CONFLICT DO NOTHING;
        UPDATE feed f SET complete_from = cut WHERE f.member_id = reader;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

-- Of the next readers by id, pointers beyond the newest so many go, and all of
-- those whose account has ended. Says the last reader it came to; NULL at the end.
CREATE FUNCTION trim_feeds(after uuid, most integer, keep integer) RETURNS uuid
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
        IF FOUND THEN
            INSERT INTO feed AS f VALUES (reader, cut)
            ON CONFLICT (member_id) DO UPDATE SET complete_from = greatest(f.complete_from, cut);
            DELETE FROM feed_pointer p WHERE p.member_id = reader AND p.started_at < cut;
        END IF;
    END LOOP;
    RETURN reader;
END $$;
GRANT EXECUTE ON FUNCTION point_waiting(integer), fill_feeds(integer, integer), trim_feeds(uuid, integer, integer) TO paceline_worker;

-- DIRECTORY. The names by which members find others whom they know nothing of:
-- usernames and display names of those whom all members, or everyone, can find.
-- Whoever hides is not in it, so a search passes no hidden row by.
CREATE TABLE directory (
    member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    kind      smallint NOT NULL CHECK (kind IN (1, 2)),
    name      text COLLATE "C" NOT NULL,
    username  text COLLATE "C" NOT NULL,
    reach     smallint NOT NULL CHECK (reach IN (2, 3)),
    PRIMARY KEY (member_id, kind)
);
CREATE INDEX directory_members ON directory (name, username, kind, member_id);
CREATE INDEX directory_everyone ON directory (name, username, kind, member_id) WHERE reach = 3;
COMMENT ON TABLE directory IS 'class: guarded. A copy of names, for search alone. Decides nothing';
COMMENT ON COLUMN directory.member_id IS 'class: guarded';
COMMENT ON COLUMN directory.kind IS 'class: internal. 1 username, 2 display name';
COMMENT ON COLUMN directory.name IS 'class: guarded. As searched for';
COMMENT ON COLUMN directory.username IS 'class: guarded';
COMMENT ON COLUMN directory.reach IS 'class: internal. The audience that finds the owner by this name: 2 members, 3 everyone';
ALTER TABLE directory ENABLE ROW LEVEL SECURITY;

-- What the directory should hold of a member.
CREATE VIEW directory_entry AS
SELECT m.id AS member_id, 1::smallint AS kind, p.username AS name, p.username, m.discoverability AS reach
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2
UNION ALL
SELECT m.id, 2::smallint, p.search_name, p.username, least(m.discoverability, chosen_audience(m.audiences, 0))
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2 AND chosen_audience(m.audiences, 0) >= 2 AND NOT m.private;
COMMENT ON VIEW directory_entry IS 'class: internal. The columns are of the classes they come from';

-- Brings a member's entries up to date, in the transaction that changed names or
-- settings. Whoever changes those holds the member's row.
CREATE FUNCTION enlist(member uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = enlist.member FOR NO KEY UPDATE;
    DELETE FROM directory d WHERE d.member_id = enlist.member
        AND NOT EXISTS (SELECT FROM directory_entry e WHERE e.member_id = enlist.member AND e.kind = d.kind);
    INSERT INTO directory AS d (member_id, kind, name, username, reach)
    SELECT e.member_id, e.kind, e.name, e.username, e.reach FROM directory_entry e WHERE e.member_id = enlist.member
    ON CONFLICT (member_id, kind) DO UPDATE SET name = excluded.name, username = excluded.username, reach = excluded.reach
    WHERE (d.name, d.username, d.reach) IS DISTINCT FROM (excluded.name, excluded.username, excluded.reach);
END $$;
GRANT EXECUTE ON FUNCTION enlist(uuid) TO paceline_app, paceline_auth;
INSERT INTO directory (member_id, kind, name, username, reach) SELECT member_id, kind, name, username, reach FROM directory_entry;

-- The programs before this one enlist nobody: of the next members by id, those
-- whose entries are not as they should be. Says the last member it came to; NULL
-- at the end.
CREATE FUNCTION enlist_next(after uuid, most integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    batch uuid[] := ARRAY(SELECT m.id FROM member m WHERE m.id > after ORDER BY m.id LIMIT most);
BEGIN
    PERFORM enlist(wrong.member_id) FROM (
        SELECT coalesce(d.member_id, e.member_id) AS member_id
        FROM (SELECT * FROM directory o WHERE o.member_id = ANY (batch)) d
        FULL JOIN (SELECT * FROM directory_entry o WHERE o.member_id = ANY (batch)) e USING (member_id, kind)
        WHERE (d.name, d.username, d.reach) IS DISTINCT FROM (e.name, e.username, e.reach)
        GROUP BY 1 ORDER BY 1) AS wrong;
    RETURN batch[array_upper(batch, 1)];
END $$;
GRANT EXECUTE ON FUNCTION enlist_next(uuid, integer) TO paceline_worker;

-- The next of those whom the viewer can find and whose username, or else display
-- name where it is for the viewer, lies within the bounds; by that name. From the
-- directory, and from the viewer's own edges, by which they find whoever is not
-- in it. The directory proposes, the rules decide.
CREATE FUNCTION search_names(low text, high text, after_name text, after_username text, most integer)
RETURNS TABLE (member_id uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    IF viewer IS NULL THEN
        RETURN QUERY SELECT d.member_id, d.name FROM directory d JOIN member m ON m.id = d.member_id
        WHERE d.reach = 3 AND d.name >= low AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 WHEN m.private THEN 1 ELSE chosen_audience(m.audiences, 0) END) = 3
        ORDER BY d.name, d.username LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY SELECT found.member_id, found.name FROM (
        (SELECT d.member_id, d.name, d.username
        FROM directory d JOIN member m ON m.id = d.member_id
        LEFT JOIN edge e ON e.member_id = d.member_id AND e.other_id = viewer
        WHERE d.name >= low AND d.name < high AND (d.name, d.username) > (after_name, after_username)
            AND (d.kind = 1 OR d.username < low OR d.username >= high)
            AND least(m.discoverability, CASE WHEN d.kind = 1 THEN 3 WHEN m.private THEN 1 ELSE chosen_audience(m.audiences, 0) END) >= 2
            AND lowest_by(viewer, m.id, e.bits) < 4
        ORDER BY d.name, d.username LIMIT most)
        UNION
        (SELECT own.id, n.name, p.username
        FROM (SELECT viewer AS id UNION ALL SELECT v.other_id FROM edge v WHERE v.member_id = viewer AND v.bits & 19 <> 0) AS own
        JOIN profile p ON p.member_id = own.id
        CROSS JOIN LATERAL (SELECT CASE WHEN p.username >= low AND p.username < high THEN p.username ELSE p.search_name END AS name) AS n
        JOIN member m ON m.id = own.id
        LEFT JOIN edge e ON e.member_id = own.id AND e.other_id = viewer
        WHERE n.name >= low AND n.name < high AND (n.name, p.username) > (after_name, after_username)
            AND found_by(viewer, m.id, m.discoverability, e.bits)
            AND (p.username >= low AND p.username < high
                OR least(chosen_audience(m.audiences, 0), CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(viewer, m.id, e.bits))
        ORDER BY n.name, p.username LIMIT most)) AS found
    ORDER BY found.name, found.username LIMIT most;
END $$;
GRANT EXECUTE ON FUNCTION search_names(text, text, text, text, integer) TO paceline_app;

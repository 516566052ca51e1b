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

DROP FUNCTION read_feed(timestamptz, uuid, integer);

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
        IF FOUND THEN
            INSERT INTO feed AS f VALUES (reader, cut)
            ON CONFLICT (member_id) DO UPDATE SET complete_from = greatest(f.complete_from, cut);
            DELETE FROM feed_pointer p WHERE p.member_id = reader AND p.started_at < cut;
        END IF;
    END LOOP;
    RETURN reader;
END $$;

DROP FUNCTION feed_kept();

DROP INDEX edge_blocks, member_settings;
CREATE OR REPLACE FUNCTION search_page(low text, high text, after_name text, after_username text, most integer) RETURNS SETOF member_seen
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

CREATE OR REPLACE FUNCTION enlist(member uuid) RETURNS void
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

CREATE OR REPLACE FUNCTION enlist_next(after uuid, most integer) RETURNS uuid
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

DROP VIEW unlisted_entry, directory_entry;
DROP TABLE unlisted;
ALTER TABLE directory DROP COLUMN display_name, DROP COLUMN search_name; -- and the indexes that hold them
CREATE INDEX directory_members ON directory (name, username, kind, member_id);
CREATE INDEX directory_everyone ON directory (name, username, kind, member_id) WHERE reach = 3;

CREATE VIEW directory_entry AS
SELECT m.id AS member_id, 1::smallint AS kind, p.username AS name, p.username, m.discoverability AS reach
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2
UNION ALL
SELECT m.id, 2::smallint, p.search_name, p.username, least(m.discoverability, chosen_audience(m.audiences, 0))
FROM member m JOIN profile p ON p.member_id = m.id
WHERE m.discoverability >= 2 AND chosen_audience(m.audiences, 0) >= 2 AND NOT m.private;
COMMENT ON VIEW directory_entry IS 'class: internal. The columns are of the classes they come from';

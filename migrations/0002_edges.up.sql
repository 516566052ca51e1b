-- The only writers of edges. Each acts for the viewer, writes both sides of the
-- pair, the lower id first so that two can't wait for each other, and says the
-- bits of the viewer's own side afterwards. A step that doesn't apply changes
-- nothing. Whether the viewer may know the other at all is asked by the caller
-- in the same transaction, and once more here.

CREATE FUNCTION set_edge(one uuid, two uuid, add_one integer, drop_one integer, add_two integer, drop_two integer, at timestamptz)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    side record;
BEGIN
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
    END LOOP;
    RETURN coalesce((SELECT e.bits FROM edge e WHERE e.member_id = one AND e.other_id = two), 0);
END $$;

-- The bits of the pair, locked on both sides, as they lie with the viewer. An
-- account that is ending first ends, and leaves no edge behind.
CREATE FUNCTION lock_edge(other uuid) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    bits smallint;
BEGIN
    IF viewer IS NULL OR viewer = other THEN
        RAISE EXCEPTION 'no such pair' USING ERRCODE = 'P0002';
    END IF;
    PERFORM FROM member m WHERE m.id IN (viewer, other) ORDER BY m.id FOR KEY SHARE;
    PERFORM pg_advisory_xact_lock(hashtextextended(least(viewer, other)::text || greatest(viewer, other)::text, 0));
    SELECT e.bits INTO bits FROM edge e WHERE e.member_id = viewer AND e.other_id = other;
    RETURN coalesce(bits, 0);
END $$;

CREATE FUNCTION ask_to_follow(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    IF NOT finds(other) THEN
        RAISE EXCEPTION 'no such member' USING ERRCODE = 'P0002';
    END IF;
    IF bits & 48 <> 0 THEN
        RETURN bits;
    END IF;
    RETURN set_edge(viewer_id(), other, 32, 0, 2, 0, at);
END $$;

CREATE FUNCTION approve_follower(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    IF bits & 2 = 0 THEN
        RETURN bits;
    END IF;
    RETURN set_edge(viewer_id(), other, 1, 2, 16, 32, at);
END $$;

CREATE FUNCTION remove_follower(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    RETURN set_edge(viewer_id(), other, 0, 3, 0, 48, at);
END $$;

CREATE FUNCTION unfollow(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    RETURN set_edge(viewer_id(), other, 0, 48, 0, 3, at);
END $$;

-- A block ends every follow and request between the two, both ways.
CREATE FUNCTION block_member(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    IF bits & 4 <> 0 THEN
        RETURN bits;
    END IF;
    IF NOT finds(other) THEN
        RAISE EXCEPTION 'no such member' USING ERRCODE = 'P0002';
    END IF;
    RETURN set_edge(viewer_id(), other, 4, 51, 8, 51, at);
END $$;

CREATE FUNCTION unblock_member(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
BEGIN
    RETURN set_edge(viewer_id(), other, 0, 4, 0, 8, at);
END $$;

-- Whom the viewer blocked, by the name they had to know to block them: a block
-- hides both from each other, and must still be possible to take back.
CREATE FUNCTION blocked_by_viewer() RETURNS TABLE (other_id uuid, username text, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.other_id, p.username, e.changed_at
    FROM edge e JOIN profile p ON p.member_id = e.other_id
    WHERE e.member_id = viewer_id() AND e.bits & 4 <> 0
$$;

-- Before an account ends: others' sides of its edges, and no new one after that.
CREATE FUNCTION forget_edges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = viewer_id() FOR UPDATE;
    DELETE FROM edge theirs USING edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id;
END $$;

GRANT EXECUTE ON FUNCTION ask_to_follow(uuid, timestamptz), approve_follower(uuid, timestamptz),
    remove_follower(uuid, timestamptz), unfollow(uuid, timestamptz), block_member(uuid, timestamptz),
    unblock_member(uuid, timestamptz), blocked_by_viewer() TO paceline_app;
GRANT EXECUTE ON FUNCTION forget_edges() TO paceline_auth;

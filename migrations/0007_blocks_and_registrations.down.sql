ALTER TABLE auth.registration DROP COLUMN blind_attempts;

CREATE OR REPLACE FUNCTION forget_edges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = viewer_id() FOR UPDATE;
    DELETE FROM edge theirs USING edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id;
END $$;

DROP FUNCTION blocks_of_viewer();

CREATE OR REPLACE FUNCTION blocked_by_viewer() RETURNS TABLE (other_id uuid, username text, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.other_id, p.username, e.changed_at
    FROM edge e JOIN profile p ON p.member_id = e.other_id
    WHERE e.member_id = viewer_id() AND e.bits & 4 <> 0
$$;

CREATE OR REPLACE FUNCTION block_member(other uuid, at timestamptz) RETURNS smallint
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

-- What was blocked unseen can't be listed without its name any more; the blocks
-- of members stay, those of nobody go.
DELETE FROM edge e WHERE NOT e.named AND NOT EXISTS (SELECT FROM member m WHERE m.id = e.other_id);
ALTER TABLE edge DROP COLUMN named;

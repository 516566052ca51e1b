-- A block by id that answers alike for everybody: for who can be found, for who
-- hides, and for an id that was never issued.

-- Whether the owner could find the other when they blocked them. Who was blocked
-- unseen is listed by the id alone, and their row stays when their account ends:
-- otherwise the list would tell that there was somebody.
ALTER TABLE edge ADD COLUMN named boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN edge.named IS 'class: guarded. False: blocked by an id that the owner could not find';

-- The block holds for whoever has the id. The other side is written where there
-- is one; nobody reads it but its owner.
CREATE OR REPLACE FUNCTION block_member(other uuid, at timestamptz) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    bits smallint := lock_edge(other);
    viewer uuid := viewer_id();
    found boolean;
BEGIN
    IF bits & 4 <> 0 THEN
        RETURN bits;
    END IF;
    found := finds(other);
    IF EXISTS (SELECT FROM member m WHERE m.id = other) THEN
        bits := set_edge(viewer, other, 4, 51, 8, 51, at);
    ELSE
        INSERT INTO edge (member_id, other_id, bits, changed_at) VALUES (viewer, other, 4, at);
        bits := 4;
    END IF;
    UPDATE edge e SET named = found WHERE e.member_id = viewer AND e.other_id = other;
    RETURN bits;
END $$;

-- Who reads the list by the name that each had; the programs before this one.
CREATE OR REPLACE FUNCTION blocked_by_viewer() RETURNS TABLE (other_id uuid, username text, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.other_id, p.username, e.changed_at
    FROM edge e JOIN profile p ON p.member_id = e.other_id
    WHERE e.member_id = viewer_id() AND e.bits & 4 <> 0 AND e.named
$$;

-- Whom the viewer blocked, by the name they had to know to block them; NULL for
-- whom they blocked unseen.
CREATE FUNCTION blocks_of_viewer() RETURNS TABLE (other_id uuid, username text, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.other_id, p.username, e.changed_at
    FROM edge e LEFT JOIN profile p ON p.member_id = e.other_id AND e.named
    WHERE e.member_id = viewer_id() AND e.bits & 4 <> 0
$$;
GRANT EXECUTE ON FUNCTION blocks_of_viewer() TO paceline_app;

-- Before an account ends: others' sides of its edges, and no new one after that.
-- A block by somebody who never saw whom they blocked stays.
CREATE OR REPLACE FUNCTION forget_edges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = viewer_id() FOR UPDATE;
    UPDATE edge theirs SET bits = 4 FROM edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND theirs.bits & 4 <> 0 AND NOT theirs.named;
    DELETE FROM edge theirs USING edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND (theirs.bits & 4 = 0 OR theirs.named);
END $$;

-- A code counts for the registration that its id names. Who brings no id tries
-- those that wait at an address, and spends attempts of their own.
ALTER TABLE auth.registration ADD COLUMN blind_attempts smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN auth.registration.blind_attempts IS 'class: internal. Codes tried without the id of the registration';

-- Members, the edges between them, and what row-level security asks.
-- Roles are made by provisioning, once per server: paceline_migrator owns all,
-- paceline_app serves members, paceline_auth keeps credentials, paceline_worker
-- sends mail and clears away what is past its time.

GRANT USAGE ON SCHEMA public TO paceline_app, paceline_auth, paceline_worker;
DO $$ BEGIN -- the migration tool makes this table
    COMMENT ON TABLE schema_migrations IS 'class: internal. The step that the schema is at';
    COMMENT ON COLUMN schema_migrations.version IS 'class: internal';
    COMMENT ON COLUMN schema_migrations.dirty IS 'class: internal. A step failed half way';
    GRANT SELECT ON schema_migrations TO paceline_app;
END $$;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- One slim row an owner: all that a decision needs of them.
CREATE TABLE member (
    id              uuid PRIMARY KEY,
    private         boolean NOT NULL,
    minor           boolean NOT NULL,
    discoverability smallint NOT NULL CHECK (discoverability BETWEEN 0 AND 3),
    audiences       bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    CONSTRAINT minors_are_private CHECK (private OR NOT minor)
);
COMMENT ON TABLE member IS 'class: internal. An owner and their privacy settings';
COMMENT ON COLUMN member.id IS 'class: guarded. Random, says nothing';
COMMENT ON COLUMN member.private IS 'class: internal. Audiences above followers act as followers';
COMMENT ON COLUMN member.minor IS 'class: internal. 13 to 17; private can not be taken off';
COMMENT ON COLUMN member.discoverability IS 'class: internal. 0 nobody, 1 followers, 2 members, 3 everyone';
COMMENT ON COLUMN member.audiences IS 'class: internal. Two bits a slot of the privacy model: 0 only_me, 1 followers, 2 members, 3 everyone';
COMMENT ON COLUMN member.created_at IS 'class: guarded';

CREATE TABLE member_key (
    member_id uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    wrapped   bytea NOT NULL
);
COMMENT ON TABLE member_key IS 'class: secret. A key per member, wrapped by a key that the database never sees';
COMMENT ON COLUMN member_key.member_id IS 'class: internal';
COMMENT ON COLUMN member_key.wrapped IS 'class: secret. Names the key that wraps it';

CREATE TABLE profile (
    member_id         uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    username          text COLLATE "C" NOT NULL,
    display_name      text NOT NULL,
    search_name       text COLLATE "C" NOT NULL,
    bio               text,
    ftp_watts         integer CHECK (ftp_watts BETWEEN 1 AND 2500),
    location_sealed   bytea,
    gender_sealed     bytea,
    birth_date_sealed bytea NOT NULL,
    height_sealed     bytea,
    weight_sealed     bytea,
    resting_hr_sealed bytea,
    max_hr_sealed     bytea,
    updated_at        timestamptz NOT NULL
);
CREATE INDEX profile_username ON profile (username);
CREATE INDEX profile_search_name ON profile (search_name);
COMMENT ON TABLE profile IS 'class: guarded. Who a member is';
COMMENT ON COLUMN profile.member_id IS 'class: guarded';
COMMENT ON COLUMN profile.username IS 'class: guarded. By discoverability; unique by username_claim';
COMMENT ON COLUMN profile.display_name IS 'class: guarded';
COMMENT ON COLUMN profile.search_name IS 'class: guarded. display_name folded for prefix search';
COMMENT ON COLUMN profile.bio IS 'class: guarded';
COMMENT ON COLUMN profile.ftp_watts IS 'class: guarded. Watt';
COMMENT ON COLUMN profile.location_sealed IS 'class: sealed. City and country';
COMMENT ON COLUMN profile.gender_sealed IS 'class: sealed';
COMMENT ON COLUMN profile.birth_date_sealed IS 'class: sealed. Age is made from it, in whole years';
COMMENT ON COLUMN profile.height_sealed IS 'class: sealed. Centimetre';
COMMENT ON COLUMN profile.weight_sealed IS 'class: sealed. Kilogram';
COMMENT ON COLUMN profile.resting_hr_sealed IS 'class: sealed. Beats per minute';
COMMENT ON COLUMN profile.max_hr_sealed IS 'class: sealed. Beats per minute';
COMMENT ON COLUMN profile.updated_at IS 'class: internal';

CREATE TABLE avatar (
    member_id  uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    image      bytea NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE avatar IS 'class: guarded. A member''s picture';
COMMENT ON COLUMN avatar.member_id IS 'class: guarded';
COMMENT ON COLUMN avatar.image IS 'class: guarded. JPEG, made anew from what was sent';
COMMENT ON COLUMN avatar.updated_at IS 'class: internal';

-- The bits between an owner and one other, as they lie with the owner:
--   1 other follows owner, approved    2 other asks to follow owner
--   4 owner blocks other               8 other blocks owner
--  16 owner follows other, approved   32 owner asks to follow other
-- The two edges of a pair mirror one another. Only the functions below write.
CREATE TABLE edge (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    other_id   uuid NOT NULL,
    bits       smallint NOT NULL CHECK (bits BETWEEN 1 AND 63),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, other_id)
);
COMMENT ON TABLE edge IS 'class: guarded. Follows, requests and blocks, once with either side';
COMMENT ON COLUMN edge.member_id IS 'class: guarded. The owner of this side';
COMMENT ON COLUMN edge.other_id IS 'class: guarded';
COMMENT ON COLUMN edge.bits IS 'class: guarded';
COMMENT ON COLUMN edge.changed_at IS 'class: guarded';

-- Who is asking. Authentication sets it for one transaction; afterwards it is ''.
CREATE FUNCTION viewer_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('paceline.viewer', true), '')::uuid;

-- The viewer that a row was read for, as each row brings it back; nil is anonymous.
CREATE FUNCTION seen_by() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('paceline.viewer', true), '')::uuid, '00000000-0000-0000-0000-000000000000'::uuid);

CREATE FUNCTION chosen_audience(audiences bigint, slot integer) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((audiences >> (2 * slot)) & 3)::smallint;

-- The rule of relations: the lowest audience that includes a viewer, given the
-- owner's edge to them. 0 for the owner, 1 for a follower, 2 for a member, 3 for
-- anonymous; 4, which no audience reaches, for the blocked.
CREATE FUNCTION lowest_by(viewer uuid, owner uuid, bits smallint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN viewer IS NULL THEN 3 WHEN viewer = owner THEN 0
    WHEN bits & 12 <> 0 THEN 4 WHEN bits & 1 <> 0 THEN 1 ELSE 2 END;

-- The rule of discoverability: who reaches it finds the owner, and so does whom
-- the owner follows or asks to follow.
CREATE FUNCTION found_by(viewer uuid, owner uuid, discoverability smallint, bits smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN discoverability >= lowest_by(viewer, owner, bits)
    OR (lowest_by(viewer, owner, bits) IN (1, 2) AND coalesce(bits, 0) & 48 <> 0);

-- Whether this is a transaction for anybody at all.
CREATE FUNCTION is_asked() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('paceline.actor', true), '') NOT IN ('', 'nobody');

-- lowest_by for the viewer; 4 without one.
CREATE FUNCTION lowest_audience(owner uuid) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() THEN
        RETURN 4;
    END IF;
    RETURN lowest_by(viewer, owner, (SELECT e.bits FROM edge e WHERE e.member_id = owner AND e.other_id = viewer));
END $$;

-- Whether something of the owner with this audience is for the viewer.
CREATE FUNCTION shows(owner uuid, audience smallint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    RETURN is_asked() AND coalesce((
        SELECT least(audience, CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(viewer, owner, e.bits)
        FROM member m LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer WHERE m.id = owner), false);
END $$;

-- Whether a field of the owner's profile, by its slot, is for the viewer.
CREATE FUNCTION shows_slot(owner uuid, slot integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    RETURN is_asked() AND coalesce((
        SELECT least(chosen_audience(m.audiences, slot), CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(viewer, owner, e.bits)
        FROM member m LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer WHERE m.id = owner), false);
END $$;

-- Whether the viewer can find the owner at all. It asks the same questions of
-- whoever is hidden, blocked or was never there, so that its time tells nothing.
CREATE FUNCTION finds(owner uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    RETURN is_asked() AND coalesce((
        SELECT found_by(viewer, owner, m.discoverability, e.bits)
        FROM (VALUES (owner)) AS o (id) LEFT JOIN member m ON m.id = o.id
        LEFT JOIN edge e ON e.member_id = o.id AND e.other_id = viewer), false);
END $$;

-- Whom a request names, by id or else by username, if the viewer can find them.
CREATE FUNCTION find_member(id uuid, name text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    named uuid := coalesce(id, (SELECT p.member_id FROM profile p WHERE p.username = name),
        '00000000-0000-0000-0000-000000000000');
BEGIN
    RETURN CASE WHEN finds(named) THEN named END;
END $$;

-- How many of the members on the owner's edges that have a bit of the mask the viewer
-- can find, if the owner shows them that list; otherwise 0. By the rules themselves,
-- for all at once: row by row a thousand followers would take a tenth of a second.
CREATE FUNCTION count_found(owner uuid, slot integer, mask integer) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT (finds(owner) AND shows_slot(owner, slot)) THEN
        RETURN 0;
    END IF;
    RETURN (SELECT count(*) FROM edge e JOIN member m ON m.id = e.other_id
        LEFT JOIN edge v ON v.member_id = e.other_id AND v.other_id = viewer
        WHERE e.member_id = owner AND e.bits & mask <> 0
            AND found_by(viewer, e.other_id, m.discoverability, v.bits));
END $$;

-- The first of those, by username, whom the viewer can find and whose username,
-- or display name where it is for the viewer, lies within the bounds. For all at
-- once, as above; what it names is read under row-level security.
CREATE FUNCTION search_found(low text, high text, after text, most integer) RETURNS TABLE (member_id uuid, username text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    RETURN QUERY
    (SELECT p.member_id, p.username FROM profile p JOIN member m ON m.id = p.member_id
        LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
        WHERE p.username >= low AND p.username < high AND p.username > after
            AND found_by(viewer, m.id, m.discoverability, e.bits)
        ORDER BY p.username LIMIT most)
    UNION
    (SELECT p.member_id, p.username FROM profile p JOIN member m ON m.id = p.member_id
        LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
        WHERE p.search_name >= low AND p.search_name < high AND p.username > after
            AND found_by(viewer, m.id, m.discoverability, e.bits)
            AND least(chosen_audience(m.audiences, 0), CASE WHEN m.private THEN 1 ELSE 3 END) >= lowest_by(viewer, m.id, e.bits)
        ORDER BY p.username LIMIT most)
    ORDER BY 2 LIMIT most;
END $$;

GRANT EXECUTE ON FUNCTION viewer_id(), seen_by(), chosen_audience(bigint, integer), lowest_audience(uuid),
    shows(uuid, smallint), shows_slot(uuid, integer), finds(uuid) TO paceline_app, paceline_auth;
GRANT EXECUTE ON FUNCTION find_member(uuid, text), count_found(uuid, integer, integer),
    search_found(text, text, text, integer) TO paceline_app;

ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE avatar ENABLE ROW LEVEL SECURITY;
ALTER TABLE edge ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON member, member_key, profile, avatar, edge TO paceline_app;
GRANT UPDATE (private, minor, discoverability, audiences) ON member TO paceline_app;
GRANT UPDATE (display_name, search_name, bio, ftp_watts, location_sealed, gender_sealed, height_sealed,
    weight_sealed, resting_hr_sealed, max_hr_sealed, updated_at) ON profile TO paceline_app;
GRANT INSERT, UPDATE, DELETE ON avatar TO paceline_app;

-- Settings and key are part of every read of what an owner shows; whom the
-- owner blocked reads nothing, so needs none of them.
CREATE POLICY reached ON member FOR SELECT TO paceline_app USING (lowest_audience(id) < 4);
CREATE POLICY own ON member FOR UPDATE TO paceline_app
    USING (id = (SELECT viewer_id())) WITH CHECK (id = (SELECT viewer_id()));
CREATE POLICY reached ON member_key FOR SELECT TO paceline_app USING (lowest_audience(member_id) < 4);
CREATE POLICY found ON profile FOR SELECT TO paceline_app USING (finds(member_id));
CREATE POLICY own ON profile FOR UPDATE TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY shown ON avatar FOR SELECT TO paceline_app
    USING (finds(member_id) AND shows_slot(member_id, 1));
CREATE POLICY own_insert ON avatar FOR INSERT TO paceline_app WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_update ON avatar FOR UPDATE TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_delete ON avatar FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));
-- One's own edges, others' edges to oneself, and the lists that owners show.
CREATE POLICY shown ON edge FOR SELECT TO paceline_app USING (
    member_id = (SELECT viewer_id())
    OR other_id = (SELECT viewer_id())
    OR (bits & 1 <> 0 AND finds(member_id) AND shows_slot(member_id, 11))
    OR (bits & 16 <> 0 AND finds(member_id) AND shows_slot(member_id, 12)));

-- What every read of an owner's data joins, so that one statement brings the
-- data and all that the decision about it needs: the settings, the owner's edge
-- to the viewer, the key, and the viewer that the row was read for.
CREATE VIEW subject WITH (security_invoker = true) AS
SELECT m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences,
       coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM member m
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id();
COMMENT ON VIEW subject IS 'class: internal. The columns are of the classes they come from';
GRANT SELECT ON subject TO paceline_app;

-- Accounts are made and ended by the role that keeps credentials. It writes
-- these tables without reading them.
GRANT INSERT ON member, member_key, profile TO paceline_auth;
GRANT SELECT (id), DELETE ON member TO paceline_auth;
CREATE POLICY made ON member FOR INSERT TO paceline_auth WITH CHECK (true);
CREATE POLICY made ON member_key FOR INSERT TO paceline_auth WITH CHECK (true);
CREATE POLICY made ON profile FOR INSERT TO paceline_auth WITH CHECK (true);
CREATE POLICY own_account ON member FOR SELECT TO paceline_auth USING (id = (SELECT viewer_id()));
CREATE POLICY ended ON member FOR DELETE TO paceline_auth USING (id = (SELECT viewer_id()));

-- Rotation of the wrapping keys: the worker rewraps, it can't unwrap.
GRANT SELECT, UPDATE (wrapped) ON member_key TO paceline_worker;
CREATE POLICY rewrap ON member_key TO paceline_worker USING (true) WITH CHECK (true);

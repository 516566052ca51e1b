-- Groups. A group lies with its owner, so that it ends with their account. Who is what in a group is
-- written by the functions below only, under a lock of the group; who may know of it, and of whom
-- in it, is asked of the rows at each read. A group and its members belong to many, so nothing refers to
-- a group by a foreign key: what an ended group leaves behind shows to nobody, and end_group takes it away.

CREATE TABLE groups (
    member_id   uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id          uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('public', 'listed', 'unlisted', 'secret')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    search_name text COLLATE "C" NOT NULL,
    description text CHECK (length(description) BETWEEN 1 AND 1000),
    heir        uuid,
    key_hash    bytea,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, id),
    UNIQUE (member_id, key_hash)
);
CREATE INDEX groups_id ON groups (id);
CREATE INDEX groups_found ON groups (search_name, id) WHERE kind IN ('public', 'listed');
COMMENT ON TABLE groups IS 'class: internal. Groups, each with its owner';
COMMENT ON COLUMN groups.member_id IS 'class: guarded. The owner';
COMMENT ON COLUMN groups.id IS 'class: internal';
COMMENT ON COLUMN groups.kind IS 'class: internal. Who finds it, sees it and may join';
COMMENT ON COLUMN groups.name IS 'class: internal. Shown to whom the group shows';
COMMENT ON COLUMN groups.search_name IS 'class: internal. name folded for prefix search';
COMMENT ON COLUMN groups.description IS 'class: internal. Shown to whom the group shows';
COMMENT ON COLUMN groups.heir IS 'class: guarded. The membership that the owner offers the group to';
COMMENT ON COLUMN groups.key_hash IS 'class: internal. SHA-256 of the Idempotency-Key that made it';
COMMENT ON COLUMN groups.created_at IS 'class: internal';

CREATE TABLE group_member (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    group_id   uuid NOT NULL,
    id         uuid NOT NULL,
    role       text NOT NULL CHECK (role IN ('asking', 'member', 'coach', 'admin', 'owner', 'banned')),
    joined_at  timestamptz NOT NULL,
    role_since timestamptz NOT NULL,
    PRIMARY KEY (member_id, group_id)
);
CREATE INDEX group_member_group ON group_member (group_id, id);
CREATE INDEX group_member_id ON group_member (id);
COMMENT ON TABLE group_member IS 'class: guarded. What a member is to a group';
COMMENT ON COLUMN group_member.member_id IS 'class: guarded';
COMMENT ON COLUMN group_member.group_id IS 'class: guarded';
COMMENT ON COLUMN group_member.id IS 'class: guarded. Names the membership within the group, and nobody anywhere else';
COMMENT ON COLUMN group_member.role IS 'class: guarded. asking and banned are outside';
COMMENT ON COLUMN group_member.joined_at IS 'class: guarded';
COMMENT ON COLUMN group_member.role_since IS 'class: guarded';

CREATE TABLE group_invite (
    group_id   uuid NOT NULL,
    id         uuid NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    used       integer NOT NULL DEFAULT 0,
    most       integer NOT NULL CHECK (most BETWEEN 1 AND 1000),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (group_id, id)
);
COMMENT ON TABLE group_invite IS 'class: internal. Links by which one joins a group';
COMMENT ON COLUMN group_invite.group_id IS 'class: internal';
COMMENT ON COLUMN group_invite.id IS 'class: internal';
COMMENT ON COLUMN group_invite.hash IS 'class: secret. SHA-256 of 256 random bits';
COMMENT ON COLUMN group_invite.used IS 'class: internal';
COMMENT ON COLUMN group_invite.most IS 'class: internal';
COMMENT ON COLUMN group_invite.created_at IS 'class: internal';
COMMENT ON COLUMN group_invite.expires_at IS 'class: internal';
COMMENT ON COLUMN group_invite.revoked_at IS 'class: internal';

-- What a member grants a coach of a group that both are in. It ends with the member's membership by the foreign key, and
-- with the coach's, their role and a block between the two by the functions that write those; and a read asks
-- all of it of the rows once more.
CREATE TABLE coach_grant (
    member_id  uuid NOT NULL,
    group_id   uuid NOT NULL,
    coach_id   uuid NOT NULL,
    fields     text[] NOT NULL CHECK (cardinality(fields) BETWEEN 1 AND 11 AND fields <@ ARRAY['gender', 'age', 'height_cm', 'weight_kg',
        'resting_hr', 'max_hr', 'ftp_watts', 'workout', 'effort', 'heart_rate', 'route']),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, group_id, coach_id),
    FOREIGN KEY (member_id, group_id) REFERENCES group_member ON DELETE CASCADE
);
CREATE INDEX coach_grant_coach ON coach_grant (coach_id);
COMMENT ON TABLE coach_grant IS 'class: guarded. Which fields a member grants which coach';
COMMENT ON COLUMN coach_grant.member_id IS 'class: guarded. Whose fields';
COMMENT ON COLUMN coach_grant.group_id IS 'class: guarded';
COMMENT ON COLUMN coach_grant.coach_id IS 'class: guarded. The coach''s membership';
COMMENT ON COLUMN coach_grant.fields IS 'class: guarded. Fields of the privacy model, by name';
COMMENT ON COLUMN coach_grant.granted_at IS 'class: guarded';

-- What the viewer is to each group that they may know of: a secret one only from inside, none that banned
-- them, and none whose owner and they blocked one another. With its owner's rights, so that
-- policies ask it without asking themselves.
CREATE VIEW group_standing AS
SELECT g.id AS group_id, g.kind, m.id AS membership, m.role, m.role_since,
       coalesce(m.role NOT IN ('asking', 'banned'), false)::boolean AS inside,
       coalesce(m.role IN ('admin', 'owner'), false)::boolean AS leads
FROM groups g
LEFT JOIN group_member m ON m.group_id = g.id AND m.member_id = viewer_id()
LEFT JOIN edge e ON e.member_id = g.member_id AND e.other_id = viewer_id()
WHERE is_asked() AND viewer_id() IS NOT NULL AND lowest_by(viewer_id(), g.member_id, e.bits) < 4
    AND m.role IS DISTINCT FROM 'banned'
    AND (g.kind <> 'secret' OR coalesce(m.role <> 'asking', false));
COMMENT ON VIEW group_standing IS 'class: internal. The columns are of the classes they come from';
GRANT SELECT ON group_standing TO paceline_app;

-- Whom the viewer coaches, each with the fields that they grant this viewer: both are in the group, the viewer as a
-- coach, and neither blocked the other. Of a minor nothing of health or place, whatever the row says.
CREATE VIEW coached AS
SELECT c.member_id, c.group_id, a.id AS membership,
       ARRAY(SELECT f FROM unnest(c.fields) AS f WHERE NOT m.minor OR f IN ('gender', 'age', 'workout', 'effort'))::text[] AS fields
FROM coach_grant c
JOIN member m ON m.id = c.member_id
JOIN group_member a ON a.member_id = c.member_id AND a.group_id = c.group_id AND a.role NOT IN ('asking', 'banned')
JOIN group_standing s ON s.group_id = c.group_id AND s.membership = c.coach_id AND s.role = 'coach'
JOIN standing o ON o.member_id = c.member_id;
COMMENT ON VIEW coached IS 'class: guarded. The columns are of the classes they come from';
-- And the viewer to themself, with all that there is to grant.
CREATE VIEW athlete AS
SELECT c.member_id, c.group_id, c.membership, c.fields FROM coached c
UNION ALL
SELECT viewer_id(), s.group_id, s.membership, ARRAY['gender', 'age', 'height_cm', 'weight_kg', 'resting_hr', 'max_hr', 'ftp_watts',
    'workout', 'effort', 'heart_rate', 'route']
FROM group_standing s WHERE s.inside;
COMMENT ON VIEW athlete IS 'class: guarded. The columns are of the classes they come from';
GRANT SELECT ON athlete TO paceline_app;

ALTER TABLE groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_invite ENABLE ROW LEVEL SECURITY;
ALTER TABLE coach_grant ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, kind, name, search_name, description, heir, created_at),
    UPDATE (kind, name, search_name, description) ON groups TO paceline_app;
GRANT SELECT ON group_member, coach_grant TO paceline_app;
CREATE POLICY own ON coach_grant FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
GRANT SELECT (group_id, id, used, most, created_at, expires_at, revoked_at) ON group_invite TO paceline_app;

CREATE POLICY seen ON groups FOR SELECT TO paceline_app USING (
    EXISTS (SELECT FROM group_standing s WHERE s.group_id = groups.id));
CREATE POLICY led ON groups FOR UPDATE TO paceline_app
    USING (EXISTS (SELECT FROM group_standing s WHERE s.group_id = groups.id AND s.leads))
    WITH CHECK (EXISTS (SELECT FROM group_standing s WHERE s.group_id = groups.id AND s.leads));
-- Who is inside sees who else is; who leads, who asks and who is banned, too; and on a profile shows
-- what its owner shows there, of groups that anybody finds or that the viewer is in. Nobody sees
-- whom they blocked or who blocked them.
CREATE POLICY seen ON group_member FOR SELECT TO paceline_app USING (
    EXISTS (SELECT FROM group_standing s WHERE s.group_id = group_member.group_id AND (
        group_member.member_id = (SELECT viewer_id())
        OR s.inside AND (s.leads OR group_member.role NOT IN ('asking', 'banned'))
            AND EXISTS (SELECT FROM standing o WHERE o.member_id = group_member.member_id)
        OR group_member.role NOT IN ('asking', 'banned') AND (s.inside OR s.kind IN ('public', 'listed'))
            AND finds(group_member.member_id) AND shows_slot(group_member.member_id, 13))));
CREATE POLICY led ON group_invite FOR SELECT TO paceline_app USING (
    EXISTS (SELECT FROM group_standing s WHERE s.group_id = group_invite.group_id AND s.leads));

-- What the viewer is to a group, which is locked; no such group for who may not know of it.
CREATE FUNCTION lock_group(wanted uuid) RETURNS group_standing
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing;
BEGIN
    PERFORM FROM groups g WHERE g.id = wanted FOR UPDATE;
    SELECT x.* INTO s FROM group_standing x WHERE x.group_id = wanted;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such group' USING ERRCODE = 'P0002';
    END IF;
    RETURN s;
END $$;

CREATE FUNCTION make_group(made uuid, membership uuid, of_kind text, called text, search text, about text, key bytea, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    before uuid;
BEGIN
    PERFORM FROM member m WHERE m.id = viewer FOR NO KEY UPDATE;
    IF NOT is_asked() OR NOT FOUND THEN
        RAISE EXCEPTION 'no such member' USING ERRCODE = 'P0002';
    END IF;
    SELECT g.id INTO before FROM groups g WHERE g.member_id = viewer AND g.key_hash = key;
    IF FOUND THEN
        RETURN before;
    END IF;
    IF (SELECT count(*) FROM groups g WHERE g.member_id = viewer) >= 20 THEN
        RETURN '00000000-0000-0000-0000-000000000000';
    END IF;
    INSERT INTO groups (member_id, id, kind, name, search_name, description, key_hash, created_at)
        VALUES (viewer, made, of_kind, called, search, about, key, at);
    INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since) VALUES (viewer, made, membership, 'owner', at, at);
    RETURN made;
END $$;

-- Lets the viewer in, or notes that they ask; says what they are then, or which bound it met.
CREATE FUNCTION enter_group(wanted uuid, membership uuid, as_role text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF (SELECT count(*) FROM group_member m WHERE m.member_id = viewer AND m.role <> 'banned') >= 100 THEN
        RETURN 'too_many_groups';
    END IF;
    IF (SELECT count(*) FROM group_member m WHERE m.group_id = wanted) >= 5000 THEN
        RETURN 'group_full';
    END IF;
    INSERT INTO group_member AS m (member_id, group_id, id, role, joined_at, role_since) VALUES (viewer, wanted, membership, as_role, at, at)
        ON CONFLICT (member_id, group_id) DO UPDATE SET role = as_role, joined_at = at, role_since = at WHERE m.role = 'asking';
    RETURN as_role;
END $$;

CREATE FUNCTION join_group(wanted uuid, membership uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
BEGIN
    IF s.inside THEN
        RETURN s.role;
    END IF;
    IF s.kind = 'listed' AND s.role IS NULL THEN
        s.role := enter_group(wanted, membership, 'asking', at);
        IF s.role = 'asking' THEN
            PERFORM add_notice(m.member_id, 'group_requested', true, wanted, NULL, at, true, false, false)
                FROM group_member m WHERE m.group_id = wanted AND m.role IN ('admin', 'owner');
        END IF;
    END IF;
    RETURN CASE s.kind WHEN 'public' THEN enter_group(wanted, membership, 'member', at)
        WHEN 'listed' THEN s.role ELSE 'invite_needed' END;
END $$;

-- The group that an invite lets the viewer into, and what became of it. An invite that is over, or of a group that
-- banned them, is one that never was.
CREATE FUNCTION accept_invite(secret bytea, membership uuid, at timestamptz, OUT entered uuid, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    was text;
BEGIN
    SELECT i.group_id INTO entered FROM group_invite i WHERE i.hash = secret;
    PERFORM FROM groups g WHERE g.id = entered FOR UPDATE;
    SELECT m.role INTO was FROM group_member m WHERE m.group_id = entered AND m.member_id = viewer;
    IF NOT is_asked() OR viewer IS NULL OR was = 'banned' OR NOT EXISTS (
        SELECT FROM group_invite i JOIN groups g ON g.id = i.group_id
            LEFT JOIN edge e ON e.member_id = g.member_id AND e.other_id = viewer
        WHERE i.hash = secret AND i.revoked_at IS NULL AND i.expires_at > at AND i.used < i.most
            AND lowest_by(viewer, g.member_id, e.bits) < 4) THEN
        RAISE EXCEPTION 'no such invite' USING ERRCODE = 'P0002';
    END IF;
    IF was IS NOT NULL AND was <> 'asking' THEN
        outcome := was;
        RETURN;
    END IF;
    outcome := enter_group(entered, membership, 'member', at);
    IF outcome = 'member' THEN
        UPDATE group_invite i SET used = i.used + 1 WHERE i.hash = secret;
    END IF;
END $$;

-- Takes what was granted to whoever coaches by a membership.
CREATE FUNCTION drop_coach(membership uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM coach_grant c WHERE c.coach_id = membership
$$;

-- Takes a membership away, with all that hangs on it.
CREATE FUNCTION drop_membership(wanted uuid, who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE groups g SET heir = NULL FROM group_member m
        WHERE g.id = wanted AND m.group_id = wanted AND m.member_id = who AND g.heir = m.id;
    PERFORM drop_coach(m.id) FROM group_member m WHERE m.group_id = wanted AND m.member_id = who;
    DELETE FROM group_member m WHERE m.group_id = wanted AND m.member_id = who;
END $$;

CREATE FUNCTION leave_group(wanted uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
BEGIN
    IF s.role = 'owner' THEN
        RETURN 'owner_stays';
    END IF;
    PERFORM drop_membership(wanted, viewer_id());
    RETURN 'left';
END $$;

-- A membership that the viewer sees, with its group locked; and what the viewer is there.
CREATE FUNCTION lock_membership(wanted uuid, OUT them group_member, OUT s group_standing)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    SELECT m.* INTO them FROM group_member m WHERE m.id = wanted;
    s := lock_group(them.group_id);
    SELECT m.* INTO them FROM group_member m WHERE m.id = wanted AND m.group_id = s.group_id
        AND (s.leads OR m.role NOT IN ('asking', 'banned'))
        AND EXISTS (SELECT FROM standing o WHERE o.member_id = m.member_id);
    IF NOT FOUND OR NOT s.inside THEN
        RAISE EXCEPTION 'no such membership' USING ERRCODE = 'P0002';
    END IF;
END $$;

-- Whether the viewer may decide over a membership: the owner over all but their own, an admin over those who don't lead.
CREATE FUNCTION decides_over(s group_standing, role text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (s).leads AND role <> 'owner' AND ((s).role = 'owner' OR role <> 'admin');

CREATE FUNCTION set_group_role(wanted uuid, to_role text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_membership(wanted);
    them group_member := l.them;
    s group_standing := l.s;
BEGIN
    IF NOT decides_over(s, them.role) OR to_role = 'admin' AND s.role <> 'owner' THEN
        RETURN 'role_needed';
    END IF;
    IF them.role = 'banned' AND to_role <> 'banned' THEN
        RETURN 'banned';
    END IF;
    IF them.role = to_role THEN
        RETURN 'done';
    END IF;
    IF to_role = 'banned' THEN
        PERFORM drop_membership(them.group_id, them.member_id);
        INSERT INTO group_member (member_id, group_id, id, role, joined_at, role_since)
            VALUES (them.member_id, them.group_id, them.id, 'banned', at, at);
    ELSE
        PERFORM drop_coach(wanted);
        UPDATE group_member m SET role = to_role, role_since = at,
            joined_at = CASE WHEN m.role = 'asking' THEN at ELSE m.joined_at END WHERE m.id = wanted AND m.member_id = them.member_id;
        IF them.role = 'asking' THEN
            PERFORM add_notice(them.member_id, 'group_approved', false, them.group_id, NULL, at, true, false, false);
        END IF;
    END IF;
    RETURN 'done';
END $$;

-- Declines who asks, removes who is inside, forgives who is banned.
CREATE FUNCTION remove_membership(wanted uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    l record := lock_membership(wanted);
    them group_member := l.them;
    s group_standing := l.s;
BEGIN
    IF NOT decides_over(s, them.role) THEN
        RETURN 'role_needed';
    END IF;
    PERFORM drop_membership(them.group_id, them.member_id);
    RETURN 'done';
END $$;

-- The owner offers the group to one who is inside; NULL takes the offer back.
CREATE FUNCTION offer_group(wanted uuid, membership uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
BEGIN
    IF s.role IS DISTINCT FROM 'owner' THEN
        RETURN 'role_needed';
    END IF;
    IF membership IS NOT NULL AND NOT EXISTS (SELECT FROM group_member m WHERE m.group_id = wanted AND m.id = membership
        AND m.role NOT IN ('asking', 'banned', 'owner') AND EXISTS (SELECT FROM standing o WHERE o.member_id = m.member_id)) THEN
        RETURN 'no_such_membership';
    END IF;
    UPDATE groups g SET heir = membership WHERE g.id = wanted;
    RETURN 'done';
END $$;

-- Whom the group is offered to takes it; who had it stays as an admin. Who and the new owner have blocked one another is out.
CREATE FUNCTION take_group(wanted uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
    viewer uuid := viewer_id();
BEGIN
    IF NOT s.inside OR NOT EXISTS (SELECT FROM groups g WHERE g.id = wanted AND g.heir = s.membership) THEN
        RETURN 'not_offered';
    END IF;
    PERFORM FROM member m WHERE m.id = viewer FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM groups g WHERE g.member_id = viewer) >= 20 THEN
        RETURN 'too_many_groups';
    END IF;
    PERFORM drop_coach(s.membership);
    UPDATE group_member m SET role = 'admin', role_since = at WHERE m.group_id = wanted AND m.role = 'owner';
    UPDATE group_member m SET role = 'owner', role_since = at WHERE m.group_id = wanted AND m.member_id = viewer;
    UPDATE groups g SET member_id = viewer, heir = NULL, key_hash = NULL WHERE g.id = wanted;
    PERFORM drop_membership(wanted, m.member_id) FROM group_member m JOIN edge e ON e.member_id = viewer AND e.other_id = m.member_id
        WHERE m.group_id = wanted AND m.role <> 'banned' AND e.bits & 12 <> 0;
    RETURN 'done';
END $$;

CREATE FUNCTION invite_to_group(wanted uuid, made uuid, secret bytea, uses integer, until timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
BEGIN
    IF NOT s.leads THEN
        RETURN 'role_needed';
    END IF;
    DELETE FROM group_invite i WHERE i.group_id = wanted AND i.expires_at < at - interval '30 days';
    IF (SELECT count(*) FROM group_invite i WHERE i.group_id = wanted AND i.revoked_at IS NULL AND i.expires_at > at) >= 20
        OR (SELECT count(*) FROM group_invite i WHERE i.group_id = wanted) >= 1000 THEN
        RETURN 'too_many_invites';
    END IF;
    INSERT INTO group_invite (group_id, id, hash, most, created_at, expires_at) VALUES (wanted, made, secret, uses, at, until);
    RETURN 'done';
END $$;

CREATE FUNCTION revoke_invite(wanted uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE group_invite i SET revoked_at = coalesce(i.revoked_at, at)
        WHERE i.id = wanted AND EXISTS (SELECT FROM group_standing s WHERE s.group_id = i.group_id AND s.leads);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such invite' USING ERRCODE = 'P0002';
    END IF;
END $$;

-- Grants a coach fields, in the place of what they were granted before; NULL takes it all back, whether or not the coach
-- still shows. With the lock of the pair, so that no grant comes beside a block.
CREATE FUNCTION grant_coach(wanted uuid, granted text[], at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    l record;
    them group_member;
    s group_standing;
BEGIN
    IF granted IS NULL AND is_asked() THEN
        DELETE FROM coach_grant c WHERE c.member_id = viewer AND c.coach_id = wanted;
        IF FOUND THEN
            RETURN 'done';
        END IF;
    END IF;
    PERFORM lock_edge(m.member_id) FROM group_member m WHERE m.id = wanted AND m.member_id <> viewer;
    l := lock_membership(wanted);
    them := l.them;
    s := l.s;
    IF granted IS NULL THEN
        RETURN 'done';
    END IF;
    IF them.role <> 'coach' OR them.member_id = viewer THEN
        RETURN 'not_a_coach';
    END IF;
    IF (SELECT count(*) FROM coach_grant c WHERE c.member_id = viewer AND c.coach_id <> wanted) >= 100 THEN
        RETURN 'too_many_grants';
    END IF;
    INSERT INTO coach_grant (member_id, group_id, coach_id, fields, granted_at) VALUES (viewer, s.group_id, wanted, granted, at)
        ON CONFLICT (member_id, group_id, coach_id) DO UPDATE SET fields = excluded.fields, granted_at = excluded.granted_at;
    RETURN 'done';
END $$;

-- As in step 7; and it ends what either granted the other as a coach, and that one is in a group of the other's: nobody
-- is left in one that they can't find any more.
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
    DELETE FROM coach_grant c USING group_member a
        WHERE a.id = c.coach_id AND (c.member_id, a.member_id) IN ((viewer, other), (other, viewer));
    -- The groups are locked, so that who is about to enter one is in it by now, or finds it no more.
    PERFORM FROM groups g WHERE g.member_id IN (viewer, other) ORDER BY g.id FOR UPDATE;
    PERFORM drop_membership(g.id, m.member_id) FROM groups g JOIN group_member m ON m.group_id = g.id
        WHERE (g.member_id, m.member_id) IN ((viewer, other), (other, viewer)) AND m.role <> 'banned';
    RETURN bits;
END $$;

-- A row of an athlete: what is granted of the profile, as it is sealed, and its owner as a subject of the policy. The view is a
-- row's form; who coaches, and who it is, gets it by the functions below, which ask athlete.
CREATE VIEW athlete_row AS
SELECT a.membership, a.fields::text[] AS fields, r.username, r.display_name, false AS has_avatar,
       r.gender_sealed, r.birth_date_sealed, r.height_sealed, r.weight_sealed, r.resting_hr_sealed, r.max_hr_sealed, r.ftp_watts,
       m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM athlete a
JOIN member m ON m.id = a.member_id
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id
LEFT JOIN profile r ON r.member_id = m.id;
COMMENT ON VIEW athlete_row IS 'class: guarded. The columns are of the classes they come from';
CREATE FUNCTION read_athlete(wanted uuid) RETURNS SETOF athlete_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    RETURN QUERY
    SELECT a.membership, a.fields, CASE WHEN s.found THEN r.username END,
        CASE WHEN s.found AND least(chosen_audience(m.audiences, 0), s.widest) >= s.lowest THEN r.display_name END,
        s.found AND least(chosen_audience(m.audiences, 1), s.widest) >= s.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        CASE WHEN 'gender' = ANY (a.fields) THEN r.gender_sealed END,
        CASE WHEN 'age' = ANY (a.fields) THEN r.birth_date_sealed END,
        CASE WHEN 'height_cm' = ANY (a.fields) THEN r.height_sealed END,
        CASE WHEN 'weight_kg' = ANY (a.fields) THEN r.weight_sealed END,
        CASE WHEN 'resting_hr' = ANY (a.fields) THEN r.resting_hr_sealed END,
        CASE WHEN 'max_hr' = ANY (a.fields) THEN r.max_hr_sealed END,
        CASE WHEN 'ftp_watts' = ANY (a.fields) THEN r.ftp_watts END,
        m.id, m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped, viewer
    FROM athlete a
    JOIN member m ON m.id = a.member_id
    JOIN member_key k ON k.member_id = m.id
    JOIN profile r ON r.member_id = m.id
    LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, found_by(viewer, m.id, m.discoverability, e.bits) AS found,
        CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest OFFSET 0) AS s
    WHERE a.membership = wanted;
END $$;

-- An athlete's workouts, the newest first: to their coach those that aren't for the owner alone, if workouts are granted, each
-- with the parts that are; to the athlete as they read them anywhere.
CREATE VIEW athlete_workout AS SELECT w.*, a.fields::text[] AS fields FROM workout_seen w JOIN athlete a ON a.member_id = w.member_id;
COMMENT ON VIEW athlete_workout IS 'class: guarded. The columns are of the classes they come from';
CREATE FUNCTION read_athlete_workouts(wanted uuid, before_start timestamptz, before_id uuid, most integer) RETURNS SETOF athlete_workout
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    of athlete;
    picked uuid[];
BEGIN
    SELECT a.* INTO of FROM athlete a WHERE a.membership = wanted AND 'workout' = ANY (a.fields);
    picked := ARRAY(SELECT w.id FROM workout w
        WHERE w.member_id = of.member_id AND w.audience >= CASE WHEN of.member_id = viewer THEN 0 ELSE 1 END
            AND (w.started_at, w.id) < (before_start, before_id)
        ORDER BY w.started_at DESC, w.id DESC LIMIT most);
    IF of.member_id = viewer THEN
        RETURN QUERY SELECT w.*, of.fields FROM read_workouts(picked) w;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
        w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
        CASE WHEN s.found THEN r.username END,
        CASE WHEN s.found AND least(chosen_audience(m.audiences, 0), s.widest) >= s.lowest THEN r.display_name END,
        s.found AND least(chosen_audience(m.audiences, 1), s.widest) >= s.lowest AND EXISTS (SELECT FROM avatar x WHERE x.member_id = m.id),
        effort.summary_sealed, heart.summary_sealed, route.summary_sealed, NULL::bytea, route.distance_m,
        m.private, m.minor, m.discoverability, m.audiences, coalesce(e.bits, 0)::smallint, k.wrapped, viewer, of.fields
    FROM workout w
    JOIN member m ON m.id = w.member_id
    JOIN member_key k ON k.member_id = m.id
    JOIN profile r ON r.member_id = m.id
    LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer
    CROSS JOIN LATERAL (SELECT lowest_by(viewer, m.id, e.bits) AS lowest, found_by(viewer, m.id, m.discoverability, e.bits) AS found,
        CASE WHEN m.private THEN 1 ELSE 3 END::smallint AS widest OFFSET 0) AS s
    LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
        AND 'effort' = ANY (of.fields)
    LEFT JOIN workout_part heart ON heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = 'heart_rate'
        AND 'heart_rate' = ANY (of.fields)
    LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route'
        AND 'route' = ANY (of.fields)
    WHERE w.member_id = of.member_id AND w.id = ANY (picked)
    ORDER BY w.started_at DESC, w.id DESC;
END $$;
GRANT EXECUTE ON FUNCTION grant_coach(uuid, text[], timestamptz), read_athlete(uuid),
    read_athlete_workouts(uuid, timestamptz, uuid, integer) TO paceline_app;

-- Everything of a group.
CREATE FUNCTION drop_group(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM group_invite i WHERE i.group_id = wanted;
    DELETE FROM group_member m WHERE m.group_id = wanted;
    DELETE FROM groups g WHERE g.id = wanted;
END $$;

CREATE FUNCTION end_group(wanted uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    s group_standing := lock_group(wanted);
BEGIN
    IF s.role IS DISTINCT FROM 'owner' THEN
        RETURN 'role_needed';
    END IF;
    PERFORM drop_group(wanted);
    RETURN 'done';
END $$;

-- Before an account ends: the groups that it owns end, and no offer to it stays.
CREATE FUNCTION forget_groups() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine uuid;
BEGIN
    FOR mine IN SELECT g.id FROM groups g WHERE g.member_id = viewer_id() ORDER BY g.id FOR UPDATE LOOP
        PERFORM drop_group(mine);
    END LOOP;
    FOR mine IN SELECT m.group_id FROM group_member m WHERE m.member_id = viewer_id() ORDER BY m.group_id LOOP
        PERFORM FROM groups g WHERE g.id = mine FOR UPDATE;
        PERFORM drop_membership(mine, viewer_id());
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION lock_group(uuid), make_group(uuid, uuid, text, text, text, text, bytea, timestamptz),
    join_group(uuid, uuid, timestamptz), accept_invite(bytea, uuid, timestamptz), leave_group(uuid), set_group_role(uuid, text, timestamptz),
    remove_membership(uuid), offer_group(uuid, uuid), take_group(uuid, timestamptz),
    invite_to_group(uuid, uuid, bytea, integer, timestamptz, timestamptz), revoke_invite(uuid, timestamptz), end_group(uuid) TO paceline_app;
GRANT EXECUTE ON FUNCTION forget_groups() TO paceline_auth;

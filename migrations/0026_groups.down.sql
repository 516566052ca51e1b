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
DROP FUNCTION read_athlete_workouts(uuid, timestamptz, uuid, integer), read_athlete(uuid), grant_coach(uuid, text[], timestamptz);
DROP VIEW athlete_workout, athlete_row;
DROP FUNCTION forget_groups(), end_group(uuid), drop_group(uuid), revoke_invite(uuid, timestamptz),
    invite_to_group(uuid, uuid, bytea, integer, timestamptz, timestamptz), take_group(uuid, timestamptz), offer_group(uuid, uuid),
    remove_membership(uuid), set_group_role(uuid, text, timestamptz), decides_over(group_standing, text), lock_membership(uuid),
    leave_group(uuid), drop_membership(uuid, uuid), drop_coach(uuid), accept_invite(bytea, uuid, timestamptz), join_group(uuid, uuid, timestamptz),
    enter_group(uuid, uuid, text, timestamptz), make_group(uuid, uuid, text, text, text, text, bytea, timestamptz), lock_group(uuid);
DROP VIEW athlete, coached;
DROP POLICY led ON group_invite;
DROP POLICY seen ON group_member;
DROP POLICY led ON groups;
DROP POLICY seen ON groups;
DROP VIEW group_standing;
DROP TABLE coach_grant, group_invite, group_member, groups;

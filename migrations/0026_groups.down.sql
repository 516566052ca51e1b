DROP FUNCTION forget_groups(), end_group(uuid), drop_group(uuid), revoke_invite(uuid, timestamptz),
    invite_to_group(uuid, uuid, bytea, integer, timestamptz, timestamptz), take_group(uuid, timestamptz), offer_group(uuid, uuid),
    remove_membership(uuid), set_group_role(uuid, text, timestamptz), decides_over(group_standing, text), lock_membership(uuid),
    leave_group(uuid), drop_membership(uuid, uuid), accept_invite(bytea, uuid, timestamptz), join_group(uuid, uuid, timestamptz),
    enter_group(uuid, uuid, text, timestamptz), make_group(uuid, uuid, text, text, text, text, bytea, timestamptz), lock_group(uuid);
DROP POLICY led ON group_invite;
DROP POLICY seen ON group_member;
DROP POLICY led ON groups;
DROP POLICY seen ON groups;
DROP VIEW group_standing;
DROP TABLE group_invite, group_member, groups;

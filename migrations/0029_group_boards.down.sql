CREATE OR REPLACE FUNCTION drop_group(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM group_invite i WHERE i.group_id = wanted;
    DELETE FROM group_member m WHERE m.group_id = wanted;
    DELETE FROM groups g WHERE g.id = wanted;
END $$;
DROP FUNCTION tell_of_challenges(timestamptz, integer), leave_challenge(uuid), join_challenge(uuid, timestamptz), end_challenge(uuid),
    edit_challenge(uuid, text, text, integer, date, date, text, timestamptz, timestamptz, timestamptz),
    make_challenge(uuid, uuid, text, text, integer, date, date, text, timestamptz, timestamptz, bytea, timestamptz),
    sets_goals(group_standing), lock_challenge(uuid), own_score(uuid, text, timestamptz[]),
    read_group_board(uuid, text, timestamptz[], uuid, bigint, uuid, integer);
DROP VIEW group_place;
DROP FUNCTION group_scores(uuid, text, timestamptz[], uuid[]), group_feed(uuid, timestamptz, uuid, integer), group_owner(uuid);
DROP POLICY own ON challenge_participation;
DROP POLICY inside ON challenge;
DROP TABLE challenge_participation, challenge;

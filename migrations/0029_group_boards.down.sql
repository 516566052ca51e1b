DROP FUNCTION read_group_board(uuid, text, timestamptz[], bigint, uuid, integer);
DROP VIEW group_place;
DROP FUNCTION group_scores(uuid, text, timestamptz[]), group_feed(uuid, timestamptz, uuid, integer), group_owner(uuid);

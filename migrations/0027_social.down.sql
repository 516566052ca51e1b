DROP FUNCTION auth.post_notices(bytea, uuid, bytea, timestamptz), auth.authenticate_notice(bytea, timestamptz),
    auth.claim_notices(bytea, timestamptz, timestamptz);
DROP TABLE auth.notice_claim;
DROP FUNCTION notice_thing(text, uuid, uuid, uuid);
DROP TABLE workout_like, workout_comment, comment_hidden;
DROP FUNCTION reaches_workout(uuid, uuid), is_hidden_comment(uuid, uuid), count_likes(uuid), remove_comment(uuid),
    who_reach(uuid[], uuid), owner_finds_viewer(uuid), clear_social(integer);
DROP FUNCTION add_notice(uuid, text, boolean, uuid, uuid, timestamptz, boolean, boolean, boolean);
DROP TABLE notice_setting, notice;

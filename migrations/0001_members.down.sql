DROP VIEW subject;
DROP TABLE edge, avatar, profile, member_key, member;
DROP FUNCTION find_member(uuid, text), finds(uuid), shows_slot(uuid, integer), shows(uuid, smallint), lowest_audience(uuid),
    chosen_audience(bigint, integer), seen_by(), viewer_id();
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
REVOKE USAGE ON SCHEMA public FROM paceline_app, paceline_auth, paceline_worker;

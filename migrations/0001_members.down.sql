DROP VIEW subject;
DROP TABLE edge, avatar, profile, member_key, member;
DROP FUNCTION search_found(text, text, text, integer), count_found(uuid, integer, integer), find_member(uuid, text), finds(uuid), shows_slot(uuid, integer),
    shows(uuid, smallint), lowest_audience(uuid), is_asked(), found_by(uuid, uuid, smallint, smallint),
    lowest_by(uuid, uuid, smallint),
    chosen_audience(bigint, integer), seen_by(), viewer_id();
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
REVOKE USAGE ON SCHEMA public FROM paceline_app, paceline_auth, paceline_worker;

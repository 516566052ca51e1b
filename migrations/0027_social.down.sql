DROP FUNCTION notice_thing(text, uuid, uuid, uuid);
DROP FUNCTION add_notice(uuid, text, boolean, uuid, uuid, timestamptz, boolean, boolean, boolean);
DROP TABLE notice_setting, notice;

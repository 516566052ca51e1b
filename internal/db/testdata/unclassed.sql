-- What a migration may not bring: TestEveryColumnHasAClass has to name each of these.
ALTER TABLE member ADD COLUMN shoe_size integer;
ALTER TABLE profile ADD COLUMN mood text;
COMMENT ON COLUMN profile.mood IS 'class: private, a class that there isn''t';
CREATE TABLE diary (member_id uuid, entry text, PRIMARY KEY (member_id));
COMMENT ON COLUMN diary.member_id IS 'class: internal';
COMMENT ON COLUMN diary.entry IS 'class: guarded';
CREATE VIEW diaries AS SELECT entry FROM diary;

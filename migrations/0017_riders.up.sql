-- What riders want of their workouts, and their files as they sent them.

-- What records, curves and load are made of, so that no read of years opens their samples. It is made
-- of the samples, by nothing but the sport besides, and so stands under their family. It counts while
-- digest_of is how they begin, which is another text whenever they are sealed: whoever writes other
-- samples, a program before this one too, needs not know of it. What has none, the owner's next look
-- makes.
ALTER TABLE workout_part ADD COLUMN digest_sealed bytea, ADD COLUMN digest_of bytea;
ALTER TABLE workout_part ALTER COLUMN digest_sealed SET STORAGE EXTERNAL;
COMMENT ON COLUMN workout_part.digest_sealed IS 'class: sealed. Bests, times at each heart rate, fastest times, made of the samples';
COMMENT ON COLUMN workout_part.digest_of IS 'class: internal. The first 32 bytes of the sealed samples that it was made of';
GRANT UPDATE (digest_sealed, digest_of) ON workout_part TO paceline_app;
CREATE INDEX workout_part_undigested ON workout_part (member_id, workout_id)
    WHERE samples_sealed IS NOT NULL AND digest_of IS DISTINCT FROM substr(samples_sealed, 1, 32);

-- A file as it was sent. Several workouts may come from one.
CREATE TABLE original (
    member_id      uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id             uuid NOT NULL,
    content_sealed bytea NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (member_id, id)
);
ALTER TABLE original ALTER COLUMN content_sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE original IS 'class: guarded. A recording as its owner sent it; only they read it';
COMMENT ON COLUMN original.member_id IS 'class: guarded';
COMMENT ON COLUMN original.id IS 'class: internal';
COMMENT ON COLUMN original.content_sealed IS 'class: sealed. The file, compressed';
COMMENT ON COLUMN original.created_at IS 'class: guarded';

CREATE TABLE original_workout (
    member_id   uuid NOT NULL,
    workout_id  uuid NOT NULL,
    original_id uuid NOT NULL,
    PRIMARY KEY (member_id, workout_id),
    FOREIGN KEY (member_id, workout_id) REFERENCES workout ON DELETE CASCADE,
    FOREIGN KEY (member_id, original_id) REFERENCES original ON DELETE CASCADE
);
CREATE INDEX original_workout_original ON original_workout (member_id, original_id);
COMMENT ON TABLE original_workout IS 'class: guarded. The workouts that a file holds';
COMMENT ON COLUMN original_workout.member_id IS 'class: guarded';
COMMENT ON COLUMN original_workout.workout_id IS 'class: guarded';
COMMENT ON COLUMN original_workout.original_id IS 'class: internal';

ALTER TABLE original ENABLE ROW LEVEL SECURITY;
ALTER TABLE original_workout ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON original TO paceline_app;
-- A lock on the row asks for the right to change something of it.
GRANT UPDATE (created_at) ON original TO paceline_app;
GRANT SELECT, INSERT ON original_workout TO paceline_app;
CREATE POLICY own ON original TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own ON original_workout TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

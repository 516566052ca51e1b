-- Consoles send workouts, whole or part by part, and ask what has changed since.

-- Signed by a paired console's key is a source of its own.
ALTER TABLE workout DROP CONSTRAINT workout_source_check;
ALTER TABLE workout ADD CONSTRAINT workout_source_check CHECK (source IN ('typed', 'file', 'console'));
COMMENT ON COLUMN workout.source IS 'class: guarded. typed, file or console';

-- The order in which a member's workouts change, for whoever asks what did since. A number
-- is taken before its transaction commits, and another one may take a higher number and
-- commit first: a reader that went by the numbers alone would pass the first one
-- and never hear of it. So who takes a number holds a lock of the member's, shared, until
-- the transaction ends; a reader asks for the same lock alone (settle_changes), and gets it when
-- every number that was taken is committed or undone. Whoever writes waits for no other
-- writer. The program before this one takes numbers too when it adds workouts, by
-- the default; what it edits or deletes while both run is told by the next change.
CREATE SEQUENCE workout_change;
CREATE FUNCTION change_number() RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('workout changes ' || coalesce(viewer_id()::text, ''), 0));
    RETURN nextval('workout_change');
END $$;
CREATE FUNCTION settle_changes() RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workout changes ' || coalesce(viewer_id()::text, ''), 0));
    RETURN (SELECT last_value FROM workout_change);
END $$;
GRANT USAGE, SELECT ON SEQUENCE workout_change TO paceline_app;
GRANT EXECUTE ON FUNCTION change_number(), settle_changes() TO paceline_app;

ALTER TABLE workout ADD COLUMN changed bigint NOT NULL DEFAULT 0;
ALTER TABLE workout ALTER COLUMN changed SET DEFAULT change_number();
COMMENT ON COLUMN workout.changed IS 'class: internal. The number of its last change that its owner sees';
CREATE INDEX workout_changed ON workout (member_id, changed, id);
GRANT UPDATE (changed, source, started_at, duration_s, moving_s, output_kj, fingerprint) ON workout TO paceline_app;

-- A part sent again with a higher version takes the place of what was there.
GRANT UPDATE (samples_sealed, preview_sealed), DELETE ON workout_part TO paceline_app;
CREATE POLICY own_delete ON workout_part FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));

-- That a workout was, for those who hold a copy of it.
CREATE TABLE workout_gone (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    workout_id uuid NOT NULL,
    changed    bigint NOT NULL DEFAULT change_number(),
    gone_at    timestamptz NOT NULL,
    PRIMARY KEY (member_id, workout_id)
);
CREATE INDEX workout_gone_changed ON workout_gone (member_id, changed, workout_id);
CREATE INDEX workout_gone_at ON workout_gone (gone_at);
COMMENT ON TABLE workout_gone IS 'class: guarded. A workout that its owner deleted';
COMMENT ON COLUMN workout_gone.member_id IS 'class: guarded';
COMMENT ON COLUMN workout_gone.workout_id IS 'class: guarded';
COMMENT ON COLUMN workout_gone.changed IS 'class: internal. The number of its deletion';
COMMENT ON COLUMN workout_gone.gone_at IS 'class: guarded';
ALTER TABLE workout_gone ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON workout_gone TO paceline_app;
CREATE POLICY own ON workout_gone TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
GRANT SELECT (gone_at), DELETE ON workout_gone TO paceline_worker;
CREATE POLICY past ON workout_gone TO paceline_worker USING (true);

-- What a console calls a workout, and how far it has come. The console's id is the
-- member's: another member's console may use the same one and meets nothing.
CREATE TABLE sync_workout (
    member_id       uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    client_id       uuid NOT NULL,
    version         integer NOT NULL,
    last_part       integer,
    applied_version integer NOT NULL,
    applied_parts   integer NOT NULL,
    complete        boolean NOT NULL,
    duplicate       boolean NOT NULL,
    workout_id      uuid,
    applied_sealed  bytea,
    touched_at      timestamptz NOT NULL,
    PRIMARY KEY (member_id, client_id)
);
CREATE INDEX sync_workout_made ON sync_workout (member_id, workout_id);
CREATE INDEX sync_workout_touched ON sync_workout (touched_at);
COMMENT ON TABLE sync_workout IS 'class: internal. Workouts by the ids that consoles give them';
COMMENT ON COLUMN sync_workout.member_id IS 'class: internal';
COMMENT ON COLUMN sync_workout.client_id IS 'class: internal. Made by the console; never the id of the workout';
COMMENT ON COLUMN sync_workout.version IS 'class: internal. The highest that came';
COMMENT ON COLUMN sync_workout.last_part IS 'class: internal. Of that version, once it came';
COMMENT ON COLUMN sync_workout.applied_version IS 'class: internal. The one that the workout shows; 0 for none';
COMMENT ON COLUMN sync_workout.applied_parts IS 'class: internal. How many parts of it, from the first on';
COMMENT ON COLUMN sync_workout.complete IS 'class: internal. All parts of the applied version came';
COMMENT ON COLUMN sync_workout.duplicate IS 'class: internal. The workout was there before, by the same recording';
COMMENT ON COLUMN sync_workout.workout_id IS 'class: internal. What it became; it may be deleted since';
COMMENT ON COLUMN sync_workout.applied_sealed IS 'class: sealed. The figures that the console gave and an owner can edit';
COMMENT ON COLUMN sync_workout.touched_at IS 'class: internal. When the console last sent of it';

CREATE TABLE sync_part (
    member_id      uuid NOT NULL,
    client_id      uuid NOT NULL,
    part           integer NOT NULL,
    samples        integer NOT NULL,
    signed         boolean NOT NULL,
    digest_sealed  bytea NOT NULL,
    payload_sealed bytea,
    stored_at      timestamptz NOT NULL,
    PRIMARY KEY (member_id, client_id, part),
    FOREIGN KEY (member_id, client_id) REFERENCES sync_workout ON DELETE CASCADE
);
ALTER TABLE sync_part ALTER COLUMN payload_sealed SET STORAGE EXTERNAL;
CREATE INDEX sync_part_stored ON sync_part (stored_at);
COMMENT ON TABLE sync_part IS 'class: guarded. Parts of the highest version of a workout';
COMMENT ON COLUMN sync_part.member_id IS 'class: guarded';
COMMENT ON COLUMN sync_part.client_id IS 'class: internal';
COMMENT ON COLUMN sync_part.part IS 'class: internal. From 0';
COMMENT ON COLUMN sync_part.samples IS 'class: internal. How many moments it has, to bound them all';
COMMENT ON COLUMN sync_part.signed IS 'class: internal. It came with a proof by a paired console''s key';
COMMENT ON COLUMN sync_part.digest_sealed IS 'class: sealed. SHA-256 of it: a bare hash would confirm a guess';
COMMENT ON COLUMN sync_part.payload_sealed IS 'class: sealed. Figures and samples, until the workout is complete';
COMMENT ON COLUMN sync_part.stored_at IS 'class: internal';

ALTER TABLE sync_workout ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_part ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON sync_workout, sync_part TO paceline_app;
GRANT UPDATE (version, last_part, applied_version, applied_parts, complete, duplicate, workout_id, applied_sealed, touched_at)
    ON sync_workout TO paceline_app;
GRANT UPDATE (payload_sealed), DELETE ON sync_part TO paceline_app;
CREATE POLICY own ON sync_workout TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own ON sync_part TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
GRANT SELECT (touched_at), DELETE ON sync_workout TO paceline_worker;
GRANT SELECT (stored_at), DELETE ON sync_part TO paceline_worker;
CREATE POLICY past ON sync_workout TO paceline_worker USING (true);
CREATE POLICY past ON sync_part TO paceline_worker USING (true);

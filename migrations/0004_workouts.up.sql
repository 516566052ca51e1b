-- Workouts, in a row for what follows the workout's own audience and a part for
-- each family of figures and samples.

CREATE TABLE workout (
    member_id     uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id            uuid NOT NULL,
    audience      smallint NOT NULL CHECK (audience BETWEEN 0 AND 3),
    sport         text NOT NULL,
    indoor        boolean NOT NULL,
    title         text,
    started_at    timestamptz NOT NULL,
    duration_s    double precision NOT NULL CHECK (duration_s >= 0),
    moving_s      double precision,
    distance_m    double precision,
    calories_kcal double precision,
    output_kj     double precision,
    source        text NOT NULL CHECK (source IN ('typed', 'file')),
    fingerprint   bytea,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (member_id, id),
    UNIQUE (member_id, fingerprint)
);
CREATE INDEX workout_id ON workout (id);
CREATE INDEX workout_started ON workout (member_id, started_at DESC, id DESC);
COMMENT ON TABLE workout IS 'class: guarded. One workout of one member';
COMMENT ON COLUMN workout.member_id IS 'class: guarded';
COMMENT ON COLUMN workout.id IS 'class: guarded';
COMMENT ON COLUMN workout.audience IS 'class: guarded. Only its owner reads it';
COMMENT ON COLUMN workout.sport IS 'class: guarded';
COMMENT ON COLUMN workout.indoor IS 'class: guarded';
COMMENT ON COLUMN workout.title IS 'class: guarded';
COMMENT ON COLUMN workout.started_at IS 'class: guarded';
COMMENT ON COLUMN workout.duration_s IS 'class: guarded. Second, start to end';
COMMENT ON COLUMN workout.moving_s IS 'class: guarded. Second, without pauses';
COMMENT ON COLUMN workout.distance_m IS 'class: guarded. Metre; not where it was computed from a track';
COMMENT ON COLUMN workout.calories_kcal IS 'class: guarded. Kilocalorie';
COMMENT ON COLUMN workout.output_kj IS 'class: guarded. Kilojoule of work';
COMMENT ON COLUMN workout.source IS 'class: guarded. typed or file';
COMMENT ON COLUMN workout.fingerprint IS 'class: internal. SHA-256 of a recording: the same one is one workout';
COMMENT ON COLUMN workout.created_at IS 'class: guarded';
COMMENT ON COLUMN workout.updated_at IS 'class: guarded';

-- The families follow the privacy model's fields, each with a wall of its own:
--   effort      power, cadence, speed, resistance, incline, distance over time
--   heart_rate  heart rate
--   route       places and elevation
--   device      device, serial, notes to self (a summary only)
CREATE TABLE workout_part (
    member_id       uuid NOT NULL,
    workout_id      uuid NOT NULL,
    family          text NOT NULL CHECK (family IN ('effort', 'heart_rate', 'route', 'device')),
    distance_m      double precision,
    summary_sealed  bytea NOT NULL,
    samples_sealed  bytea,
    CONSTRAINT tracks_have_distance CHECK (distance_m IS NULL OR family = 'route'),
    PRIMARY KEY (member_id, workout_id, family),
    FOREIGN KEY (member_id, workout_id) REFERENCES workout ON DELETE CASCADE
);
ALTER TABLE workout_part ALTER COLUMN samples_sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE workout_part IS 'class: guarded. One family of a workout';
COMMENT ON COLUMN workout_part.member_id IS 'class: guarded';
COMMENT ON COLUMN workout_part.workout_id IS 'class: guarded';
COMMENT ON COLUMN workout_part.family IS 'class: guarded. The field of the privacy model it is guarded as';
COMMENT ON COLUMN workout_part.distance_m IS 'class: guarded. Metre, computed from the track: it says as much as the track does';
COMMENT ON COLUMN workout_part.summary_sealed IS 'class: sealed. Averages, maxima, ends, laps, the names of the channels';
COMMENT ON COLUMN workout_part.samples_sealed IS 'class: sealed. Packed samples';

ALTER TABLE workout ENABLE ROW LEVEL SECURITY;
ALTER TABLE workout_part ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON workout TO paceline_app;
GRANT SELECT, INSERT ON workout_part TO paceline_app;
GRANT UPDATE (audience, sport, indoor, title, distance_m, calories_kcal, updated_at) ON workout TO paceline_app;
GRANT UPDATE (distance_m, summary_sealed) ON workout_part TO paceline_app;

CREATE POLICY shown ON workout FOR SELECT TO paceline_app USING (shows(member_id, audience));
CREATE POLICY own_insert ON workout FOR INSERT TO paceline_app WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_update ON workout FOR UPDATE TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_delete ON workout FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));

-- A part shows where its workout shows and, beyond that, as its family says.
CREATE POLICY shown ON workout_part FOR SELECT TO paceline_app USING (
    EXISTS (SELECT FROM workout w WHERE w.member_id = workout_part.member_id AND w.id = workout_part.workout_id)
    AND CASE family
        WHEN 'effort' THEN true
        WHEN 'heart_rate' THEN shows_slot(member_id, 16)
        WHEN 'route' THEN shows_slot(member_id, 17)
        ELSE member_id = (SELECT viewer_id())
    END);
CREATE POLICY own_insert ON workout_part FOR INSERT TO paceline_app WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_update ON workout_part FOR UPDATE TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- A workout as every read of it wants it: with its owner's name, as far as the
-- owner can be found, and the parts, as far as each shows. It is of few tables:
-- with subject and one more it stays within join_collapse_limit, beyond which
-- the planner reads all members to find one.
CREATE VIEW workout_shown WITH (security_invoker = true) AS
SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
       w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
       p.username, p.display_name, (a.member_id IS NOT NULL)::boolean AS has_avatar,
       parts.effort_sealed, parts.heart_sealed, parts.route_sealed, parts.device_sealed, parts.route_distance_m
FROM workout w
LEFT JOIN profile p ON p.member_id = w.member_id
LEFT JOIN avatar a ON a.member_id = w.member_id
LEFT JOIN LATERAL (
    SELECT (array_agg(part.summary_sealed) FILTER (WHERE part.family = 'effort'))[1]::bytea AS effort_sealed,
           (array_agg(part.summary_sealed) FILTER (WHERE part.family = 'heart_rate'))[1]::bytea AS heart_sealed,
           (array_agg(part.summary_sealed) FILTER (WHERE part.family = 'route'))[1]::bytea AS route_sealed,
           (array_agg(part.summary_sealed) FILTER (WHERE part.family = 'device'))[1]::bytea AS device_sealed,
           max(part.distance_m)::double precision AS route_distance_m
    FROM workout_part part
    WHERE part.member_id = w.member_id AND part.workout_id = w.id
) parts ON true;
COMMENT ON VIEW workout_shown IS 'class: guarded. The columns are of the classes they come from';
GRANT SELECT ON workout_shown TO paceline_app;

-- What a create with an Idempotency-Key made, for at least a day. The answer
-- itself is not kept: a repeat reads what was made once more, as of now.
CREATE TABLE idempotency (
    member_id      uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    operation      text NOT NULL,
    key_hash       bytea NOT NULL,
    request_sealed bytea NOT NULL,
    made           uuid[] NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (member_id, operation, key_hash)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
COMMENT ON TABLE idempotency IS 'class: internal. Repeated creates';
COMMENT ON COLUMN idempotency.member_id IS 'class: internal';
COMMENT ON COLUMN idempotency.operation IS 'class: internal';
COMMENT ON COLUMN idempotency.key_hash IS 'class: internal. SHA-256 of the client''s key';
COMMENT ON COLUMN idempotency.request_sealed IS 'class: sealed. SHA-256 of the request: a bare hash would confirm a guess at what is sealed elsewhere';
COMMENT ON COLUMN idempotency.made IS 'class: internal. Ids of what was made';
COMMENT ON COLUMN idempotency.created_at IS 'class: internal';

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (made) ON idempotency TO paceline_app;
CREATE POLICY own ON idempotency TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
GRANT SELECT (created_at), DELETE ON idempotency TO paceline_worker;
CREATE POLICY past ON idempotency TO paceline_worker USING (true);

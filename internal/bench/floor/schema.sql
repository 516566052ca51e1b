-- The same members and workouts as Paceline's, in plain columns, with the indexes that its
-- statements want.

CREATE TABLE floor.owner (
    id                    uuid PRIMARY KEY,
    username              text COLLATE "C" NOT NULL UNIQUE,
    display_name          text NOT NULL,
    private               boolean NOT NULL,
    discoverability       smallint NOT NULL,
    display_name_audience smallint NOT NULL,
    heart_rate_audience   smallint NOT NULL,
    route_audience        smallint NOT NULL
);

CREATE TABLE floor.follow (
    follower_id uuid NOT NULL,
    owner_id    uuid NOT NULL,
    PRIMARY KEY (follower_id, owner_id)
);

CREATE TABLE floor.block (
    blocker_id uuid NOT NULL,
    blocked_id uuid NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
);

CREATE TABLE floor.workout (
    owner_id        uuid NOT NULL,
    id              uuid PRIMARY KEY,
    audience        smallint NOT NULL,
    sport           text NOT NULL,
    indoor          boolean NOT NULL,
    title           text,
    started_at      timestamptz NOT NULL,
    duration_s      double precision NOT NULL,
    moving_s        double precision,
    distance_m      double precision,
    calories_kcal   double precision,
    output_kj       double precision,
    source          text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    track_m         double precision,
    power_avg_w     double precision,
    power_max_w     double precision,
    cadence_avg_rpm double precision,
    cadence_max_rpm double precision,
    speed_avg_mps   double precision,
    speed_max_mps   double precision,
    resistance_avg  double precision,
    incline_avg_pct double precision,
    effort_channels text[],
    heart_avg_bpm   double precision,
    heart_max_bpm   double precision,
    heart_channels  text[],
    start_lat       double precision,
    start_lon       double precision,
    end_lat         double precision,
    end_lon         double precision,
    ascent_m        double precision,
    descent_m       double precision,
    route_channels  text[],
    device_name     text,
    device_serial   text,
    notes           text
);
CREATE INDEX ON floor.workout (owner_id, started_at DESC);

-- Samples in a row each, in whole steps of a channel's resolution.
CREATE TABLE floor.sample (
    workout_id  uuid NOT NULL,
    t_ms        integer NOT NULL,
    power_w     integer,
    cadence_rpm integer,
    speed       integer, -- millimetres a second
    resistance  integer, -- tenths
    distance    integer, -- centimetres
    heart_bpm   integer,
    PRIMARY KEY (workout_id, t_ms)
);

-- What a commit of one row costs.
CREATE TABLE floor.one (
    id    uuid PRIMARY KEY,
    at    timestamptz NOT NULL,
    watts double precision NOT NULL
);

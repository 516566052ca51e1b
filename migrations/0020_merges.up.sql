-- Two recordings of one ride, a watch's and a console's, shown as one workout. The merged one is a
-- workout of its own, made of both. The two it was made of stay as they are, in rows that no audience
-- reaches: theirs is negative, which is below the owner's own reach too, so every rule that there is
-- hides them, and every list, sum and feed leaves them out and needs to know nothing of merges. Undone,
-- they show again as they were. While the program before this one still runs, it takes what a
-- console sends again of a merged workout for one that is gone.

ALTER TABLE workout ADD COLUMN merged_into uuid;
COMMENT ON COLUMN workout.merged_into IS 'class: guarded. The workout that is shown in its place';
COMMENT ON COLUMN workout.audience IS 'class: guarded. Only its owner reads it; -1 less the owner''s choice while another is shown in its place';
ALTER TABLE workout DROP CONSTRAINT workout_audience_check;
ALTER TABLE workout ADD CONSTRAINT workout_audience_check CHECK (audience BETWEEN -4 AND 3),
    ADD CONSTRAINT merged_are_hidden CHECK ((audience < 0) = (merged_into IS NOT NULL)),
    -- Who deletes the workout that is shown deletes what it was made of.
    ADD CONSTRAINT workout_merged_into_fkey FOREIGN KEY (member_id, merged_into) REFERENCES workout ON DELETE CASCADE;
CREATE INDEX workout_merged ON workout (member_id, merged_into) WHERE merged_into IS NOT NULL;

-- Each of these is about the viewer's own workouts and no others.

-- Hides two that another one is shown in place of, and says how many it hid.
CREATE FUNCTION merge_workouts(merged uuid, one uuid, other uuid, at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    owner uuid := viewer_id();
    hidden integer := 0;
    w record;
BEGIN
    FOR w IN
        UPDATE workout x SET audience = -1 - x.audience, merged_into = merged
        WHERE x.member_id = owner AND x.id IN (one, other) AND x.id <> merged AND x.audience >= 0
        RETURNING x.id, x.started_at
    LOOP
        PERFORM point_workout(w.id, w.started_at, 0::smallint);
        INSERT INTO workout_gone (member_id, workout_id, gone_at) VALUES (owner, w.id, at);
        hidden := hidden + 1;
    END LOOP;
    RETURN hidden;
END $$;

-- Shows again what a workout was made of.
CREATE FUNCTION unmerge_workout(merged uuid) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    owner uuid := viewer_id();
    w record;
BEGIN
    FOR w IN
        UPDATE workout x SET audience = -1 - x.audience, merged_into = NULL, changed = change_number()
        WHERE x.member_id = owner AND x.merged_into = merged
        RETURNING x.id, x.started_at, x.audience
    LOOP
        PERFORM point_workout(w.id, w.started_at, w.audience);
        DELETE FROM workout_gone g WHERE g.member_id = owner AND g.workout_id = w.id;
        RETURN NEXT w.id;
    END LOOP;
END $$;

-- What a workout was made of: of most, nothing.
CREATE FUNCTION merged_of(merged uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(w.id ORDER BY w.started_at, w.id), '{}') FROM workout w
    WHERE w.member_id = viewer_id() AND w.merged_into = merged
$$;

-- As what each of them is shown, in their order: as itself, where it isn't merged.
CREATE FUNCTION shown_as(wanted uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(coalesce(w.merged_into, asked.id) ORDER BY asked.place), '{}')
    FROM unnest(wanted) WITH ORDINALITY AS asked (id, place)
    LEFT JOIN workout w ON w.member_id = viewer_id() AND w.id = asked.id
$$;

-- The workout that a recording became, merged or not: it is there already, and isn't made again.
CREATE FUNCTION find_recording(wanted bytea) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT w.id FROM workout w WHERE w.member_id = viewer_id() AND w.fingerprint = wanted
$$;
GRANT EXECUTE ON FUNCTION merge_workouts(uuid, uuid, uuid, timestamptz), unmerge_workout(uuid), merged_of(uuid),
    shown_as(uuid[]), find_recording(bytea) TO paceline_app;

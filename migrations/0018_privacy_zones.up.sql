-- Privacy zones. What others see of a track that goes through one is computed from the
-- part that shows and stands where it always stood, in the workout's row and its parts: so
-- every read of others, and every order, sum and pointer, is of it and of nothing
-- else. The whole of such a workout stands beside it, for its owner alone: its figures in the
-- part of the device, its samples in parts of their own. While the program before this one
-- still runs, it shows owners what others see, and what it adds is cut by the next
-- change of a zone.

CREATE TABLE privacy_zone (
    member_id   uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id          uuid NOT NULL,
    zone_sealed bytea NOT NULL,
    removed     boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, id)
);
COMMENT ON TABLE privacy_zone IS 'class: guarded. Places of a member that their tracks keep out of sight';
COMMENT ON COLUMN privacy_zone.member_id IS 'class: guarded';
COMMENT ON COLUMN privacy_zone.id IS 'class: guarded';
COMMENT ON COLUMN privacy_zone.zone_sealed IS 'class: sealed. Point, radius, name and the secret of its shift';
COMMENT ON COLUMN privacy_zone.removed IS 'class: guarded. Cuts nothing; kept so that a zone made there again has the same shift';
COMMENT ON COLUMN privacy_zone.created_at IS 'class: guarded';
ALTER TABLE privacy_zone ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE, UPDATE (zone_sealed, removed) ON privacy_zone TO paceline_app;
CREATE POLICY own ON privacy_zone TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- The whole of what is cut. The policy shows families that it doesn't name to their owner only.
ALTER TABLE workout_part DROP CONSTRAINT workout_part_family_check;
ALTER TABLE workout_part ADD CONSTRAINT workout_part_family_check CHECK (family IN
    ('effort', 'heart_rate', 'route', 'device', 'effort_whole', 'heart_rate_whole', 'route_whole'));
COMMENT ON COLUMN workout_part.family IS 'class: guarded. The field of the privacy model it is guarded as; what ends in _whole is uncut and its owner''s alone';
COMMENT ON COLUMN workout.started_at IS 'class: guarded. Where zones cut it, when the part that shows begins; so are the figures';

-- Cutting, and putting back, changes what only a new workout had; step 16 has granted it.

-- As in step 14; and its owner gets the whole of what is cut.
CREATE OR REPLACE VIEW samples_seen WITH (security_invoker = true) AS
SELECT w.id, w.audience,
       (CASE WHEN track.member_id IS NULL THEN effort.samples_sealed ELSE effort_whole.samples_sealed END)::bytea AS effort_sealed,
       (CASE WHEN track.member_id IS NULL THEN heart.samples_sealed ELSE heart_whole.samples_sealed END)::bytea AS heart_sealed,
       (CASE WHEN track.member_id IS NULL THEN route.samples_sealed ELSE track.samples_sealed END)::bytea AS route_sealed,
       (CASE WHEN track.member_id IS NULL THEN effort.preview_sealed ELSE effort_whole.preview_sealed END)::bytea AS effort_preview,
       (CASE WHEN track.member_id IS NULL THEN heart.preview_sealed ELSE heart_whole.preview_sealed END)::bytea AS heart_preview,
       (CASE WHEN track.member_id IS NULL THEN route.preview_sealed ELSE track.preview_sealed END)::bytea AS route_preview,
       s.member_id, s.private, s.minor, s.discoverability, s.audiences, s.edge, s.wrapped, s.seen_by,
       (track.member_id IS NOT NULL)::boolean AS whole
FROM workout w
JOIN subject s ON s.member_id = w.member_id
LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
LEFT JOIN workout_part heart ON heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = 'heart_rate'
LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route'
LEFT JOIN workout_part effort_whole ON effort_whole.member_id = w.member_id AND effort_whole.workout_id = w.id AND effort_whole.family = 'effort_whole'
LEFT JOIN workout_part heart_whole ON heart_whole.member_id = w.member_id AND heart_whole.workout_id = w.id AND heart_whole.family = 'heart_rate_whole'
LEFT JOIN workout_part track ON track.member_id = w.member_id AND track.workout_id = w.id AND track.family = 'route_whole';

-- As in step 14; and what is cut has a part route_whole, for which its owner is asked one look-up.
CREATE OR REPLACE FUNCTION read_samples(wanted uuid, families text[], previews boolean) RETURNS SETOF samples_seen
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    w record;
    m member;
    owner uuid;
    bits smallint;
    lowest smallint;
    wrapped bytea;
    suffix text := '';
    seen samples_seen;
BEGIN
    IF NOT is_asked() THEN
        RETURN;
    END IF;
    SELECT x.member_id, x.audience INTO w FROM workout x WHERE x.id = wanted;
    owner := coalesce(w.member_id, '00000000-0000-0000-0000-000000000000');
    SELECT x.* INTO m FROM member x WHERE x.id = owner;
    SELECT x.bits INTO bits FROM edge x WHERE x.member_id = owner AND x.other_id = viewer;
    lowest := lowest_by(viewer, owner, bits);
    IF m.id IS NULL OR w.audience < lowest OR m.private AND lowest > 1 THEN
        RETURN;
    END IF;
    SELECT k.wrapped INTO wrapped FROM member_key k WHERE k.member_id = owner;
    IF wrapped IS NULL THEN
        RETURN;
    END IF;
    seen.id := wanted;
    seen.audience := w.audience;
    seen.member_id := owner;
    seen.private := m.private;
    seen.minor := m.minor;
    seen.discoverability := m.discoverability;
    seen.audiences := m.audiences;
    seen.edge := coalesce(bits, 0);
    seen.wrapped := wrapped;
    seen.seen_by := coalesce(viewer, '00000000-0000-0000-0000-000000000000');
    seen.whole := lowest = 0 AND EXISTS (
        SELECT FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'route_whole');
    IF seen.whole THEN
        suffix := '_whole';
    END IF;
    IF 'effort' = ANY (families) THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.effort_sealed, seen.effort_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'effort' || suffix;
    END IF;
    IF 'heart_rate' = ANY (families) AND chosen_audience(m.audiences, 16) >= lowest THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.heart_sealed, seen.heart_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'heart_rate' || suffix;
    END IF;
    IF 'route' = ANY (families) AND chosen_audience(m.audiences, 17) >= lowest THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.route_sealed, seen.route_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'route' || suffix;
    END IF;
    RETURN NEXT seen;
END $$;

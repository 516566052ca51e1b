-- What is cut stays cut, and its whole goes: remove all zones before.
DROP FUNCTION read_samples(uuid, text[], boolean);
DROP VIEW samples_seen;
CREATE VIEW samples_seen WITH (security_invoker = true) AS
SELECT w.id, w.audience,
       effort.samples_sealed AS effort_sealed, heart.samples_sealed AS heart_sealed, route.samples_sealed AS route_sealed,
       effort.preview_sealed AS effort_preview, heart.preview_sealed AS heart_preview, route.preview_sealed AS route_preview,
       s.member_id, s.private, s.minor, s.discoverability, s.audiences, s.edge, s.wrapped, s.seen_by
FROM workout w
JOIN subject s ON s.member_id = w.member_id
LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
LEFT JOIN workout_part heart ON heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = 'heart_rate'
LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route';
COMMENT ON VIEW samples_seen IS 'class: guarded. The columns are of the classes they come from';
GRANT SELECT ON samples_seen TO paceline_app;

CREATE FUNCTION read_samples(wanted uuid, families text[], previews boolean) RETURNS SETOF samples_seen
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
    w record;
    m member;
    owner uuid;
    bits smallint;
    lowest smallint;
    wrapped bytea;
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
    IF 'effort' = ANY (families) THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.effort_sealed, seen.effort_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'effort';
    END IF;
    IF 'heart_rate' = ANY (families) AND chosen_audience(m.audiences, 16) >= lowest THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.heart_sealed, seen.heart_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'heart_rate';
    END IF;
    IF 'route' = ANY (families) AND chosen_audience(m.audiences, 17) >= lowest THEN
        SELECT CASE WHEN NOT previews OR x.preview_sealed IS NULL THEN x.samples_sealed END, CASE WHEN previews THEN x.preview_sealed END
            INTO seen.route_sealed, seen.route_preview
            FROM workout_part x WHERE x.member_id = owner AND x.workout_id = wanted AND x.family = 'route';
    END IF;
    RETURN NEXT seen;
END $$;
GRANT EXECUTE ON FUNCTION read_samples(uuid, text[], boolean) TO paceline_app;

DELETE FROM workout_part WHERE family IN ('effort_whole', 'heart_rate_whole', 'route_whole');
ALTER TABLE workout_part DROP CONSTRAINT workout_part_family_check;
ALTER TABLE workout_part ADD CONSTRAINT workout_part_family_check CHECK (family IN ('effort', 'heart_rate', 'route', 'device'));
DROP TABLE privacy_zone;

DROP FUNCTION search_names(text, text, text, text, integer), enlist_next(uuid, integer), enlist(uuid);
DROP VIEW directory_entry;
DROP TABLE directory;
DROP FUNCTION trim_feeds(uuid, integer, integer), fill_feeds(integer, integer), point_waiting(integer),
    feed_found(timestamptz, uuid, integer), point_workout(uuid, timestamptz, smallint);

CREATE OR REPLACE FUNCTION forget_edges() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM member m WHERE m.id = viewer_id() FOR UPDATE;
    UPDATE edge theirs SET bits = 4 FROM edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND theirs.bits & 4 <> 0 AND NOT theirs.named;
    DELETE FROM edge theirs USING edge mine
    WHERE mine.member_id = viewer_id() AND theirs.member_id = mine.other_id AND theirs.other_id = mine.member_id
        AND (theirs.bits & 4 = 0 OR theirs.named);
END $$;

CREATE OR REPLACE FUNCTION set_edge(one uuid, two uuid, add_one integer, drop_one integer, add_two integer, drop_two integer, at timestamptz)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    side record;
BEGIN
    FOR side IN
        SELECT * FROM (VALUES (one, two, add_one, drop_one), (two, one, add_two, drop_two)) AS s (member, other, add, remove)
        ORDER BY member
    LOOP
        IF side.add <> 0 THEN
            INSERT INTO edge AS e (member_id, other_id, bits, changed_at)
            VALUES (side.member, side.other, side.add, at)
            ON CONFLICT (member_id, other_id) DO UPDATE SET bits = (e.bits & ~side.remove) | side.add, changed_at = at;
        ELSE
            DELETE FROM edge e WHERE e.member_id = side.member AND e.other_id = side.other AND e.bits & ~side.remove = 0;
            UPDATE edge e SET bits = e.bits & ~side.remove, changed_at = at
                WHERE e.member_id = side.member AND e.other_id = side.other AND e.bits & side.remove <> 0;
        END IF;
    END LOOP;
    RETURN coalesce((SELECT e.bits FROM edge e WHERE e.member_id = one AND e.other_id = two), 0);
END $$;

DROP FUNCTION feed_gained(uuid, uuid, integer), fan_out(uuid, uuid, timestamptz, integer), feed_lock(uuid);
DROP INDEX workout_waiting;
ALTER TABLE workout DROP COLUMN pointed;
DROP TABLE feed_pulled, feed, feed_pointer;

ALTER POLICY shown ON workout_part USING (
    EXISTS (SELECT FROM workout w WHERE w.member_id = workout_part.member_id AND w.id = workout_part.workout_id)
    AND CASE family
        WHEN 'effort' THEN true
        WHEN 'heart_rate' THEN shows_slot(member_id, 16)
        WHEN 'route' THEN shows_slot(member_id, 17)
        ELSE member_id = (SELECT viewer_id())
    END);
ALTER TABLE workout_part DROP COLUMN preview_sealed;
DROP VIEW workout_standing;
ALTER POLICY shown ON workout USING (shows(member_id, audience));
ALTER POLICY shown ON avatar USING (finds(member_id) AND shows_slot(member_id, 1));
ALTER POLICY found ON profile USING (finds(member_id));
CREATE OR REPLACE VIEW subject WITH (security_invoker = true) AS
SELECT m.id AS member_id, m.private, m.minor, m.discoverability, m.audiences,
       coalesce(e.bits, 0)::smallint AS edge, k.wrapped, seen_by() AS seen_by
FROM member m
JOIN member_key k ON k.member_id = m.id
LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = viewer_id();
DROP VIEW standing;
REVOKE EXECUTE ON FUNCTION is_asked(), lowest_by(uuid, uuid, smallint), found_by(uuid, uuid, smallint, smallint) FROM paceline_app;

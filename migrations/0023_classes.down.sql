-- Classes, studios, the schedule and who followed whom go.
DROP FUNCTION drop_draft(uuid), link_instructor(uuid, text, timestamptz), unlink_instructor(uuid, timestamptz), own_instructor_pages();
DROP VIEW instructor_seen;
DROP TABLE scheduled_class, series, class, studio_place, studio, instructor_follow, auth.instructor_member, instructor_picture, instructor;

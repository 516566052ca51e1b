-- Classes, studios, the schedule and who followed whom go.
DROP FUNCTION link_instructor(uuid, text, timestamptz), unlink_instructor(uuid), own_instructor_pages();
DROP VIEW instructor_seen;
DROP TABLE scheduled_class, series, class, studio_place, studio, instructor_follow, auth.instructor_member, instructor_picture, instructor;

-- name: ReadAthlete :one
-- Whether there is such an athlete for the viewer: somebody who grants them something as their coach, or themself.
SELECT a.membership, a.member_id, seen_by()::uuid AS seen_by FROM athlete a WHERE a.membership = $1;

-- name: ListAthleteWorkouts :many
-- In order, each with what its owner grants the viewer.
SELECT w.* FROM read_athlete_workouts(@membership, @before_start, @before_id, @row_limit) w;

-- name: InsideGroup :one
SELECT s.group_id, seen_by()::uuid AS seen_by FROM group_standing s WHERE s.group_id = $1 AND s.inside;

-- name: ListGroupFeed :many
-- In order, each workout as reading it alone gives it.
SELECT w.* FROM read_workouts(group_feed(@group_id, @before_start, @before_id, @row_limit)) w;

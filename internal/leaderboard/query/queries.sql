-- The functions ask the rules (migrations/0025_leaderboards.up.sql); the subject in each row is what the Go
-- policy is asked about once more.

-- name: KnowsClass :one
SELECT EXISTS (SELECT FROM class c WHERE c.id = @id) AS known;

-- name: KnowsScheduled :one
SELECT EXISTS (SELECT FROM scheduled_class s WHERE s.id = @id) AS known;

-- name: ReadBoard :many
SELECT b.* FROM read_board(@board, @metric, @followed, @gendered, @aged, @after_value, @after_id, @most) b;

-- name: ReadFigures :many
SELECT f.* FROM read_figures(@board, @metric) f;

-- name: GiveHighFive :many
-- The workout that it is for; none where it was given before.
SELECT g::uuid AS workout_id FROM give_high_five(@class, @rider, @now) AS g;

-- name: TakeHighFiveBack :exec
SELECT take_high_five_back(@class, @rider);

-- name: ReadHighFives :many
SELECT h.* FROM read_high_fives(@class, @after, @most) h;

-- name: PostProgress :one
SELECT post_progress(@class, @output, @distance, @elapsed, @now) AS outcome;

-- name: ReadLive :many
SELECT l.* FROM read_live(@class, @metric, @followed, @gendered, @aged, @most) l;

-- name: AddTicket :one
SELECT auth.add_live_ticket(@hash, @session, @class, @now, @until) AS added;

-- name: OpenLive :one
SELECT auth.open_live(@hash, @class, @now, @a_member, @in_total) AS opened;

-- name: CloseLive :exec
SELECT auth.close_live(@hash);

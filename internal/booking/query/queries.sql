-- name: LockClass :one
-- False: there is no such class, for anybody.
SELECT lock_class(sqlc.arg(id))::boolean AS there;

-- name: ReadStanding :one
-- A class as the viewer may see it, and what the viewer has to do with it: read behind LockClass.
SELECT c.state, c.starts_at, c.ends_at, c.booking_opens_at, c.cancel_until, c.promote_until, c.capacity, c.studio_id,
       r.booked, r.waiting, sqlc.embed(rule), sqlc.embed(s),
       t.state AS seat, t.spot, t.promoted_at, t.attendance
FROM scheduled_class c
JOIN subject s ON s.member_id = viewer_id()
JOIN class_room r ON r.scheduled_id = c.id
JOIN booking_rule rule ON rule.studio_id = coalesce((SELECT own.studio_id FROM booking_rule own WHERE own.studio_id = c.studio_id),
    '00000000-0000-0000-0000-000000000000')
LEFT JOIN class_seat t ON t.scheduled_id = c.id AND t.member_id = viewer_id()
WHERE c.id = sqlc.arg(id);

-- name: ReadOthers :one
-- What else the viewer has booked or still waits for, in the day and the week of a class on that class's wall
-- clock, and whether any of it is at the same time; under a studio's own rules the studio's classes alone count.
SELECT count(*) FILTER (WHERE counts AND (o.starts_at AT TIME ZONE c.time_zone)::date = (c.starts_at AT TIME ZONE c.time_zone)::date) AS day,
       count(*) FILTER (WHERE counts AND date_trunc('week', o.starts_at AT TIME ZONE c.time_zone) = date_trunc('week', c.starts_at AT TIME ZONE c.time_zone)) AS week,
       coalesce(bool_or(o.starts_at < c.ends_at AND o.ends_at > c.starts_at), false)::boolean AS overlapping
FROM scheduled_class c
JOIN booked o ON o.seat IS NOT NULL AND o.state = 'scheduled' AND o.scheduled_id <> c.id
    AND (o.seat = 'booked' OR o.starts_at > sqlc.arg(now)::timestamptz)
    AND o.starts_at BETWEEN c.starts_at - interval '8 days' AND c.starts_at + interval '8 days'
CROSS JOIN LATERAL (SELECT sqlc.arg(everywhere)::boolean OR o.studio_id = c.studio_id AS counts) AS scope
WHERE c.id = sqlc.arg(id);

-- name: ReadStrikes :many
-- When the viewer cancelled late or stayed away, since then.
SELECT strike.at::timestamptz AS at FROM (
    SELECT b.late_at AS at, b.studio_id FROM booked b
    UNION ALL
    SELECT b.ends_at, b.studio_id FROM booked b WHERE b.attendance = 'no_show') AS strike
WHERE strike.at > sqlc.arg(since)::timestamptz AND (sqlc.arg(everywhere)::boolean OR strike.studio_id = sqlc.narg(of_studio)::uuid)
ORDER BY strike.at DESC LIMIT 100;

-- name: ReadSpot :one
-- Whether a class has such a spot, and whether somebody has it.
SELECT EXISTS (SELECT FROM studio_place p WHERE p.studio_id = sqlc.arg(studio_id) AND p.label = sqlc.arg(spot)) AS known,
       (sqlc.arg(spot)::text = ANY (taken_spots(sqlc.arg(id))))::boolean AS taken;

-- name: TakeSeat :exec
SELECT take_seat(sqlc.arg(id), sqlc.narg(spot), sqlc.arg(now));

-- name: QueueForSeat :exec
SELECT queue_for_seat(sqlc.arg(id), sqlc.arg(now));

-- name: ChangeSpot :exec
SELECT change_spot(sqlc.arg(id), sqlc.arg(spot));

-- name: LeaveClass :exec
SELECT leave_class(sqlc.arg(id), sqlc.arg(late), sqlc.arg(now));

-- name: AttendClass :exec
SELECT attend_class(sqlc.arg(id), sqlc.arg(now));

-- name: PromoteWaiting :exec
SELECT promote_waiting(sqlc.arg(id), sqlc.arg(now));

-- name: SettleClass :exec
-- For the worker.
SELECT settle_class(sqlc.arg(id), sqlc.arg(now));

-- name: DueClasses :many
SELECT due::uuid AS id FROM due_classes(sqlc.arg(now), sqlc.arg(most)) AS due;

-- name: ClearBookings :one
SELECT clear_bookings(sqlc.arg(before), sqlc.arg(most))::integer AS cleared;

-- name: ReadBooking :one
SELECT sqlc.embed(b), sqlc.embed(s), coalesce(place_in_queue(b.scheduled_id), 0)::integer AS place_in_queue
FROM booked b JOIN subject s ON s.member_id = b.member_id
WHERE b.scheduled_id = sqlc.arg(id);

-- name: ListUpcoming :many
SELECT sqlc.embed(b), sqlc.embed(s), coalesce(place_in_queue(b.scheduled_id), 0)::integer AS place_in_queue
FROM booked b JOIN subject s ON s.member_id = b.member_id
WHERE b.ends_at > sqlc.arg(now)::timestamptz AND b.cancelled_at IS NULL
  AND (b.starts_at, b.scheduled_id) > (sqlc.arg(after_at)::timestamptz, sqlc.arg(after_id)::uuid)
ORDER BY b.starts_at, b.scheduled_id LIMIT sqlc.arg(row_limit);

-- name: ListPast :many
SELECT sqlc.embed(b), sqlc.embed(s), 0::integer AS place_in_queue
FROM booked b JOIN subject s ON s.member_id = b.member_id
WHERE (b.ends_at <= sqlc.arg(now)::timestamptz OR b.cancelled_at IS NOT NULL)
  AND (b.starts_at, b.scheduled_id) < (sqlc.arg(before_at)::timestamptz, sqlc.arg(before_id)::uuid)
ORDER BY b.starts_at DESC, b.scheduled_id DESC LIMIT sqlc.arg(row_limit);

-- name: ListForCalendar :many
-- What stands, a month back and all that comes.
SELECT sqlc.embed(b), sqlc.embed(s)
FROM booked b JOIN subject s ON s.member_id = b.member_id
WHERE b.cancelled_at IS NULL AND b.starts_at > sqlc.arg(since)::timestamptz
ORDER BY b.starts_at, b.scheduled_id LIMIT 500;

-- name: ReadSelf :one
SELECT sqlc.embed(s) FROM subject s WHERE s.member_id = viewer_id();

-- name: ReadPlaces :many
-- The spots of a class, as many as there are, and whether each is taken: one row without a label where it has none.
-- Of what isn't published nobody hears here, class managers neither.
SELECT c.capacity, coalesce(r.booked, 0)::integer AS booked, p.label, coalesce(p.label = ANY (taken_spots(c.id)), false)::boolean AS taken,
       seen_by() AS seen_by
FROM scheduled_class c
LEFT JOIN class_room r ON r.scheduled_id = c.id
LEFT JOIN studio_place p ON p.studio_id = c.studio_id
WHERE c.id = sqlc.arg(id) AND c.state <> 'draft' AND EXISTS (SELECT FROM class k WHERE k.id = c.class_id AND k.state = 'published')
    AND (c.studio_id IS NULL OR EXISTS (SELECT FROM studio s WHERE s.id = c.studio_id AND s.state = 'published'))
ORDER BY p.position, p.label;

-- name: ReadRoster :many
-- Reading is written down for each member on it.
SELECT r.turn, r.username, r.state, r.spot, r.attendance, r.checked_in_at FROM read_roster(sqlc.arg(id), sqlc.arg(now)) r;

-- name: IsScheduled :one
SELECT EXISTS (SELECT FROM scheduled_class c WHERE c.id = sqlc.arg(id));

-- name: MarkAttendance :one
SELECT mark_attendance(sqlc.arg(id), sqlc.arg(turn), sqlc.narg(seen), sqlc.arg(now))::boolean AS marked;

-- name: RemoveFromClass :one
SELECT remove_from_class(sqlc.arg(id), sqlc.arg(turn), sqlc.arg(now))::boolean AS removed;

-- name: ReadRules :one
SELECT sqlc.embed(rule), seen_by() AS seen_by FROM booking_rule rule WHERE rule.studio_id = sqlc.arg(studio_id);

-- name: SetRules :exec
INSERT INTO booking_rule (studio_id, per_day, per_week, queue, strikes, within_days, closed_days, check_in_from_s, check_in_until_s)
VALUES (sqlc.arg(studio_id), sqlc.arg(per_day), sqlc.arg(per_week), sqlc.arg(queue), sqlc.arg(strikes), sqlc.arg(within_days), sqlc.arg(closed_days),
        sqlc.arg(check_in_from_s), sqlc.arg(check_in_until_s))
ON CONFLICT (studio_id) DO UPDATE SET per_day = excluded.per_day, per_week = excluded.per_week, queue = excluded.queue,
    strikes = excluded.strikes, within_days = excluded.within_days, closed_days = excluded.closed_days,
    check_in_from_s = excluded.check_in_from_s, check_in_until_s = excluded.check_in_until_s;

-- name: EndCalendar :exec
SELECT auth.end_calendar();

-- name: MakeCalendar :exec
SELECT auth.make_calendar(sqlc.arg(hash), sqlc.arg(now));

-- name: ReadCalendar :one
SELECT c.member_id, c.made_at, sqlc.embed(s) FROM auth.calendar c JOIN subject s ON s.member_id = c.member_id WHERE c.member_id = viewer_id();

-- name: HasStudio :one
SELECT EXISTS (SELECT FROM studio s WHERE s.id = sqlc.arg(id));

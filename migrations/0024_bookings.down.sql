-- Bookings and calendar addresses go.
DROP FUNCTION auth.authenticate_calendar(bytea, timestamptz), auth.make_calendar(bytea, timestamptz), auth.end_calendar();
DROP TABLE auth.calendar;
DROP FUNCTION read_roster(uuid, timestamptz);
DROP VIEW booked, roster;
DROP FUNCTION clear_bookings(timestamptz, integer), due_classes(timestamptz, integer), forget_bookings(timestamptz),
    remove_from_class(uuid, bigint, timestamptz), mark_attendance(uuid, bigint, text, timestamptz), attend_class(uuid, timestamptz),
    settle_class(uuid, timestamptz), promote_waiting(uuid, timestamptz), leave_class(uuid, boolean, timestamptz),
    vacate(uuid, bigint, text, timestamptz), change_spot(uuid, text), queue_for_seat(uuid, timestamptz),
    take_seat(uuid, text, timestamptz), place_in_queue(uuid), taken_spots(uuid), free_spot(uuid),
    note_step(uuid, bigint, text, integer, integer, timestamptz), lock_class(uuid), concerns_viewer(uuid), hold_class(uuid);
DROP TABLE class_step, class_seat, class_room, booking, booking_rule;

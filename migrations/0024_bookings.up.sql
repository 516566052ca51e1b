-- Booking of scheduled classes. Three places hold what a booking is. What a member asked for is theirs
-- (booking). Who has which seat, and who waits in which order, must be unique for all, so it lies with the
-- class (class_seat), beside a row that counts (class_room). And what was done is written down in the
-- order in which it was done (class_step), without saying whom, so that anybody can check that no seat
-- was given twice and nobody was passed by.
--
-- Whoever changes any of it holds the row of the scheduled class (lock_class). So what is decided was
-- read under the lock, and staff who change or cancel a class wait for those who book it, and the other way round.
-- A member's own lock is taken before it, for caps and overlaps are about several classes. Nobody ever
-- waits for another member's rows: who is promoted is found in class_seat alone.

CREATE TABLE booking_rule (
    studio_id        uuid PRIMARY KEY,
    per_day          smallint NOT NULL CHECK (per_day BETWEEN 0 AND 100),
    per_week         smallint NOT NULL CHECK (per_week BETWEEN 0 AND 500),
    queue            integer NOT NULL CHECK (queue BETWEEN 0 AND 10000),
    strikes          smallint NOT NULL CHECK (strikes BETWEEN 0 AND 20),
    within_days      smallint NOT NULL CHECK (within_days BETWEEN 1 AND 365),
    closed_days      smallint NOT NULL CHECK (closed_days BETWEEN 0 AND 90),
    check_in_from_s  integer NOT NULL CHECK (check_in_from_s BETWEEN 0 AND 86400),
    check_in_until_s integer NOT NULL CHECK (check_in_until_s BETWEEN 0 AND 86400)
);
COMMENT ON TABLE booking_rule IS 'class: public. How classes are booked: of a studio, or, under all zeros, of every studio without rules of its own';
COMMENT ON COLUMN booking_rule.studio_id IS 'class: public. All zeros: the service''s';
COMMENT ON COLUMN booking_rule.per_day IS 'class: public. Bookings of one member in a day; 0 is no cap. A studio''s own count its own classes';
COMMENT ON COLUMN booking_rule.per_week IS 'class: public. The same of a week that begins on Monday';
COMMENT ON COLUMN booking_rule.queue IS 'class: public. How many may wait for a class';
COMMENT ON COLUMN booking_rule.strikes IS 'class: public. So many late cancellations and absences close booking; 0 is never';
COMMENT ON COLUMN booking_rule.within_days IS 'class: public. Within so many days';
COMMENT ON COLUMN booking_rule.closed_days IS 'class: public. For so many days after the last of them';
COMMENT ON COLUMN booking_rule.check_in_from_s IS 'class: public. Seconds before the start at which check-in opens';
COMMENT ON COLUMN booking_rule.check_in_until_s IS 'class: public. Seconds after the start at which it closes';
INSERT INTO booking_rule VALUES ('00000000-0000-0000-0000-000000000000', 4, 14, 100, 3, 30, 7, 2700, 900);

CREATE TABLE booking (
    member_id    uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    scheduled_id uuid NOT NULL,
    asked_at     timestamptz NOT NULL,
    cancelled_at timestamptz,
    late_at      timestamptz,
    PRIMARY KEY (member_id, scheduled_id)
);
CREATE INDEX booking_scheduled ON booking (scheduled_id);
COMMENT ON TABLE booking IS 'class: guarded. That a member asked for a seat in a scheduled class';
COMMENT ON COLUMN booking.member_id IS 'class: guarded';
COMMENT ON COLUMN booking.scheduled_id IS 'class: guarded';
COMMENT ON COLUMN booking.asked_at IS 'class: guarded. The last time';
COMMENT ON COLUMN booking.cancelled_at IS 'class: guarded. Taken back by the member; NULL while it stands';
COMMENT ON COLUMN booking.late_at IS 'class: guarded. Taken back too late; it stays when the member books again';

CREATE TABLE class_room (
    scheduled_id uuid PRIMARY KEY,
    seats        integer NOT NULL,
    booked       integer NOT NULL DEFAULT 0,
    waiting      integer NOT NULL DEFAULT 0,
    turns        bigint NOT NULL DEFAULT 0,
    steps        bigint NOT NULL DEFAULT 0,
    told_start   timestamptz NOT NULL,
    CONSTRAINT never_one_too_many CHECK (booked BETWEEN 0 AND seats),
    CONSTRAINT nobody_waits_twice CHECK (waiting >= 0)
);
COMMENT ON TABLE class_room IS 'class: public. How many seats of a scheduled class are taken; not by whom';
COMMENT ON COLUMN class_room.scheduled_id IS 'class: public';
COMMENT ON COLUMN class_room.seats IS 'class: public. The capacity; those booked, where it shrank below them';
COMMENT ON COLUMN class_room.booked IS 'class: public';
COMMENT ON COLUMN class_room.waiting IS 'class: internal';
COMMENT ON COLUMN class_room.turns IS 'class: internal. The last number that somebody got in the order of asking';
COMMENT ON COLUMN class_room.steps IS 'class: internal. The last number of class_step';
COMMENT ON COLUMN class_room.told_start IS 'class: internal. The start that all with a seat know: another one than the class''s while some have to be told';

CREATE TABLE class_seat (
    scheduled_id  uuid NOT NULL,
    turn          bigint NOT NULL,
    member_id     uuid NOT NULL,
    state         text NOT NULL CHECK (state IN ('booked', 'waiting')),
    spot          text,
    promoted_at   timestamptz,
    attendance    text CHECK (attendance IN ('present', 'no_show')),
    checked_in_at timestamptz,
    told_start    timestamptz NOT NULL,
    PRIMARY KEY (scheduled_id, turn),
    CONSTRAINT one_seat_each UNIQUE (scheduled_id, member_id),
    CONSTRAINT one_member_a_spot UNIQUE (scheduled_id, spot),
    CHECK (state = 'booked' OR (spot IS NULL AND attendance IS NULL))
);
CREATE INDEX class_seat_member ON class_seat (member_id, scheduled_id);
CREATE INDEX class_seat_waiting ON class_seat (scheduled_id, turn) WHERE state = 'waiting';
COMMENT ON TABLE class_seat IS 'class: guarded. Who has a seat in a scheduled class, and who waits for one. Shown to that member, and on the roster';
COMMENT ON COLUMN class_seat.scheduled_id IS 'class: guarded';
COMMENT ON COLUMN class_seat.turn IS 'class: guarded. In the order of asking; who asks again is last';
COMMENT ON COLUMN class_seat.member_id IS 'class: guarded';
COMMENT ON COLUMN class_seat.state IS 'class: guarded';
COMMENT ON COLUMN class_seat.spot IS 'class: guarded. Of studio_place; that it is taken is public';
COMMENT ON COLUMN class_seat.promoted_at IS 'class: guarded. When somebody who waited got it';
COMMENT ON COLUMN class_seat.attendance IS 'class: guarded';
COMMENT ON COLUMN class_seat.checked_in_at IS 'class: guarded';
COMMENT ON COLUMN class_seat.told_start IS 'class: guarded. The start of the class as its member knows it';

CREATE TABLE class_step (
    scheduled_id uuid NOT NULL,
    step         bigint NOT NULL,
    turn         bigint NOT NULL,
    what         text NOT NULL CHECK (what IN ('taken', 'queued', 'promoted', 'left', 'removed', 'ended')),
    seats        integer NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (scheduled_id, step)
);
COMMENT ON TABLE class_step IS 'class: internal. What was done about the seats of a class, in the order in which it was done; by numbers, without members';
COMMENT ON COLUMN class_step.scheduled_id IS 'class: internal';
COMMENT ON COLUMN class_step.step IS 'class: internal';
COMMENT ON COLUMN class_step.turn IS 'class: internal. Of class_seat';
COMMENT ON COLUMN class_step.what IS 'class: internal';
COMMENT ON COLUMN class_step.seats IS 'class: internal. How many there were then';
COMMENT ON COLUMN class_step.at IS 'class: internal';

ALTER TABLE booking_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE booking ENABLE ROW LEVEL SECURITY;
ALTER TABLE class_room ENABLE ROW LEVEL SECURITY;
ALTER TABLE class_seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE class_step ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON booking_rule, booking, class_seat TO paceline_app;
GRANT SELECT (scheduled_id, seats, booked, waiting) ON class_room TO paceline_app;
GRANT INSERT, UPDATE, DELETE ON booking_rule TO paceline_app;
CREATE POLICY shown ON booking_rule FOR SELECT TO paceline_app USING ((SELECT is_asked()));
CREATE POLICY made ON booking_rule FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY changed ON booking_rule FOR UPDATE TO paceline_app
    USING ((SELECT staff_holds('class_manager'))) WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY ended ON booking_rule FOR DELETE TO paceline_app
    USING ((SELECT staff_holds('class_manager')) AND studio_id <> '00000000-0000-0000-0000-000000000000');
CREATE POLICY own ON booking FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
CREATE POLICY own ON class_seat FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
CREATE POLICY shown ON class_room FOR SELECT TO paceline_app
    USING (EXISTS (SELECT FROM scheduled_class s WHERE s.id = scheduled_id));

-- Takes the locks, the viewer's own first, and has the number of seats be the capacity. False: there is
-- no such class, or it is a draft. Whatever changes something below begins with it.
CREATE FUNCTION hold_class(wanted uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    room integer;
    starts timestamptz;
BEGIN
    IF viewer_id() IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('bookings ' || viewer_id(), 0));
    END IF;
    SELECT s.capacity, s.starts_at INTO room, starts FROM scheduled_class s WHERE s.id = wanted AND s.state <> 'draft' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO class_room AS r (scheduled_id, seats, told_start) VALUES (wanted, room, starts)
        ON CONFLICT (scheduled_id) DO UPDATE SET seats = greatest(room, r.booked) WHERE r.seats <> greatest(room, r.booked);
    RETURN true;
END $$;

-- Whether the viewer has to do with a class: it shows to them, or they asked for a seat in it when it did.
CREATE FUNCTION concerns_viewer(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT FROM booking b WHERE b.member_id = viewer_id() AND b.scheduled_id = wanted)
        OR EXISTS (SELECT FROM scheduled_class s JOIN class c ON c.id = s.class_id LEFT JOIN studio u ON u.id = s.studio_id
            WHERE s.id = wanted AND s.state <> 'draft' AND is_asked() AND (staff_holds('class_manager')
                OR c.state = 'published' AND (s.studio_id IS NULL OR u.state = 'published')))
$$;

-- hold_class for a viewer, of what concerns them. False of all else.
CREATE FUNCTION lock_class(wanted uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN viewer_id() IS NOT NULL AND concerns_viewer(wanted) AND hold_class(wanted);
END $$;

-- Counts, and writes down what was done. The counts are the wall behind what was decided.
CREATE FUNCTION note_step(wanted uuid, whose bigint, done text, seated integer, queued integer, happened timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE class_room r SET booked = r.booked + seated, waiting = r.waiting + queued, steps = r.steps + 1 WHERE r.scheduled_id = wanted;
    INSERT INTO class_step (scheduled_id, step, turn, what, seats, at)
        SELECT wanted, r.steps, whose, done, r.seats, happened FROM class_room r WHERE r.scheduled_id = wanted;
END $$;

-- The first spot that nobody has; none where the studio has no places, or too few.
CREATE FUNCTION free_spot(wanted uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT p.label FROM scheduled_class s JOIN studio_place p ON p.studio_id = s.studio_id
    WHERE s.id = wanted AND NOT EXISTS (SELECT FROM class_seat t WHERE t.scheduled_id = wanted AND t.spot = p.label)
    ORDER BY p.position, p.label LIMIT 1
$$;

-- Which spots are taken, not by whom: of a class that concerns the viewer.
CREATE FUNCTION taken_spots(wanted uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(t.spot), '{}') FROM class_seat t JOIN scheduled_class s ON s.id = t.scheduled_id
    WHERE t.scheduled_id = wanted AND t.spot IS NOT NULL AND s.state <> 'draft' AND concerns_viewer(wanted)
$$;

-- Where the viewer is among those who wait, 1 for the first; NULL for who doesn't.
CREATE FUNCTION place_in_queue(wanted uuid) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT (SELECT count(*) FROM class_seat o WHERE o.scheduled_id = wanted AND o.state = 'waiting' AND o.turn <= t.turn)::integer
    FROM class_seat t WHERE t.scheduled_id = wanted AND t.member_id = viewer_id() AND t.state = 'waiting'
$$;

-- Gives the viewer a seat: the one asked for, or the first one free. Who waited keeps their turn.
CREATE FUNCTION take_seat(wanted uuid, wanted_spot text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    me uuid := viewer_id();
    mine bigint;
BEGIN
    IF me IS NULL OR NOT lock_class(wanted) THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'P0002';
    END IF;
    UPDATE class_seat t SET state = 'booked', spot = coalesce(wanted_spot, free_spot(wanted))
        WHERE t.scheduled_id = wanted AND t.member_id = me AND t.state = 'waiting' RETURNING t.turn INTO mine;
    IF FOUND THEN
        PERFORM note_step(wanted, mine, 'taken', 1, -1, at);
    ELSE
        UPDATE class_room r SET turns = r.turns + 1 WHERE r.scheduled_id = wanted RETURNING r.turns INTO mine;
        INSERT INTO class_seat (scheduled_id, turn, member_id, state, spot, told_start)
            SELECT s.id, mine, me, 'booked', coalesce(wanted_spot, free_spot(wanted)), s.starts_at FROM scheduled_class s WHERE s.id = wanted;
        PERFORM note_step(wanted, mine, 'taken', 1, 0, at);
    END IF;
    INSERT INTO booking (member_id, scheduled_id, asked_at) VALUES (me, wanted, at)
        ON CONFLICT (member_id, scheduled_id) DO UPDATE SET asked_at = at, cancelled_at = NULL;
END $$;

-- Puts the viewer behind all who wait.
CREATE FUNCTION queue_for_seat(wanted uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    me uuid := viewer_id();
    mine bigint;
BEGIN
    IF me IS NULL OR NOT lock_class(wanted) THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'P0002';
    END IF;
    UPDATE class_room r SET turns = r.turns + 1 WHERE r.scheduled_id = wanted RETURNING r.turns INTO mine;
    INSERT INTO class_seat (scheduled_id, turn, member_id, state, told_start)
        SELECT s.id, mine, me, 'waiting', s.starts_at FROM scheduled_class s WHERE s.id = wanted;
    PERFORM note_step(wanted, mine, 'queued', 0, 1, at);
    INSERT INTO booking (member_id, scheduled_id, asked_at) VALUES (me, wanted, at)
        ON CONFLICT (member_id, scheduled_id) DO UPDATE SET asked_at = at, cancelled_at = NULL;
END $$;

-- Moves the viewer to another spot.
CREATE FUNCTION change_spot(wanted uuid, wanted_spot text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF viewer_id() IS NULL OR NOT lock_class(wanted) THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'P0002';
    END IF;
    UPDATE class_seat t SET spot = wanted_spot WHERE t.scheduled_id = wanted AND t.member_id = viewer_id() AND t.state = 'booked';
END $$;

-- Takes a seat or a place in the queue away, whosever it is. For the functions below.
CREATE FUNCTION vacate(wanted uuid, whose bigint, why text, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    was class_seat;
BEGIN
    DELETE FROM class_seat t WHERE t.scheduled_id = wanted AND t.turn = whose RETURNING t.* INTO was;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF was.state = 'booked' THEN
        PERFORM note_step(wanted, whose, why, -1, 0, at);
    ELSE
        PERFORM note_step(wanted, whose, why, 0, -1, at);
    END IF;
    RETURN was.member_id;
END $$;

-- The viewer gives up what they have.
CREATE FUNCTION leave_class(wanted uuid, late boolean, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    me uuid := viewer_id();
    mine bigint;
BEGIN
    IF me IS NULL OR NOT lock_class(wanted) THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'P0002';
    END IF;
    SELECT t.turn INTO mine FROM class_seat t WHERE t.scheduled_id = wanted AND t.member_id = me;
    PERFORM vacate(wanted, mine, 'left', at);
    UPDATE booking b SET cancelled_at = at, late_at = CASE WHEN late THEN at ELSE b.late_at END
        WHERE b.member_id = me AND b.scheduled_id = wanted;
END $$;

-- Gives the seats that are free to the first who wait, and tells them; a part of many, the rest by the job.
-- As internal/seat counts: what is promised by Class.Due is given here. The answer is how many there were.
CREATE FUNCTION promote_waiting(wanted uuid, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    most integer;
    promoted integer := 0;
    w record;
BEGIN
    IF NOT hold_class(wanted) THEN
        RETURN 0;
    END IF;
    SELECT least(s.capacity - r.booked, 500) INTO most FROM scheduled_class s JOIN class_room r ON r.scheduled_id = s.id
    WHERE s.id = wanted AND s.state = 'scheduled' AND s.promote_until >= at AND s.starts_at > at;
    most := greatest(coalesce(most, 0), 0);
    FOR w IN SELECT t.turn, t.member_id FROM class_seat t WHERE t.scheduled_id = wanted AND t.state = 'waiting' ORDER BY t.turn LIMIT most LOOP
        UPDATE class_seat t SET state = 'booked', spot = free_spot(wanted), promoted_at = at
            WHERE t.scheduled_id = wanted AND t.turn = w.turn;
        PERFORM note_step(wanted, w.turn, 'promoted', 1, -1, at);
        PERFORM add_notice(w.member_id, 'booking_promoted', false, wanted, NULL, at, true, false, false);
        promoted := promoted + 1;
    END LOOP;
    RETURN promoted;
END $$;

-- What is due of a class: of a cancelled one, the end of every seat; of one that was moved, that everybody
-- with a seat knows; and seats for who waits. Whom it concerns is told. Of many it does a part: the class
-- stays due.
CREATE FUNCTION settle_class(wanted uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    now_starts timestamptz;
    off boolean;
    many CONSTANT integer := 500;
    told integer := 0;
    w record;
BEGIN
    IF NOT hold_class(wanted) THEN
        RETURN;
    END IF;
    SELECT s.starts_at, s.state = 'cancelled' INTO now_starts, off FROM scheduled_class s WHERE s.id = wanted;
    IF off THEN
        FOR w IN SELECT t.turn, t.member_id FROM class_seat t WHERE t.scheduled_id = wanted ORDER BY t.turn LIMIT many LOOP
            PERFORM vacate(wanted, w.turn, 'ended', at);
            PERFORM add_notice(w.member_id, 'class_cancelled', false, wanted, NULL, at, true, false, false);
        END LOOP;
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM class_room r WHERE r.scheduled_id = wanted AND r.told_start <> now_starts) THEN
        FOR w IN UPDATE class_seat t SET told_start = now_starts WHERE t.scheduled_id = wanted AND t.turn IN (
                SELECT o.turn FROM class_seat o WHERE o.scheduled_id = wanted AND o.told_start <> now_starts ORDER BY o.turn LIMIT many)
            RETURNING t.member_id LOOP
            PERFORM add_notice(w.member_id, 'class_moved', false, wanted, NULL, at, true, false, false);
            told := told + 1;
        END LOOP;
        IF told < many THEN
            UPDATE class_room r SET told_start = now_starts WHERE r.scheduled_id = wanted;
        END IF;
    END IF;
    PERFORM promote_waiting(wanted, at);
END $$;

-- The viewer is there.
CREATE FUNCTION attend_class(wanted uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF viewer_id() IS NULL OR NOT lock_class(wanted) THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'P0002';
    END IF;
    UPDATE class_seat t SET attendance = 'present', checked_in_at = at
        WHERE t.scheduled_id = wanted AND t.member_id = viewer_id() AND t.state = 'booked';
END $$;

-- A class manager says who was there: 'present', 'no_show', or NULL for nothing yet. False: nobody has that turn.
CREATE FUNCTION mark_attendance(wanted uuid, whose bigint, seen text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    person uuid;
BEGIN
    IF NOT staff_holds('class_manager') OR NOT lock_class(wanted) THEN
        RETURN false;
    END IF;
    UPDATE class_seat t SET attendance = seen,
            checked_in_at = CASE WHEN seen = 'present' THEN coalesce(t.checked_in_at, at) END
        WHERE t.scheduled_id = wanted AND t.turn = whose AND t.state = 'booked' RETURNING t.member_id INTO person;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM audit_act('booking.marked', person, wanted::text, 'attendance', at);
    RETURN true;
END $$;

-- A class manager takes somebody off the roster, who is told; who waits gets the seat. False: nobody has that turn.
CREATE FUNCTION remove_from_class(wanted uuid, whose bigint, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    person uuid;
BEGIN
    IF NOT staff_holds('class_manager') OR NOT lock_class(wanted) THEN
        RETURN false;
    END IF;
    person := vacate(wanted, whose, 'removed', at);
    IF person IS NULL THEN
        RETURN false;
    END IF;
    PERFORM add_notice(person, 'booking_removed', false, wanted, NULL, at, true, false, false);
    PERFORM promote_waiting(wanted, at);
    PERFORM audit_act('booking.removed', person, wanted::text, '', at);
    RETURN true;
END $$;

-- What a class manager sees of who comes: the username and whether they were there. Names show here
-- whatever their owner's discoverability is, for who books a seat says who comes.
CREATE VIEW roster WITH (security_invoker = false) AS
SELECT t.scheduled_id, t.turn, p.username, t.state, t.spot, t.attendance, t.checked_in_at, seen_by() AS seen_by
FROM class_seat t JOIN profile p ON p.member_id = t.member_id
WHERE staff_holds('class_manager');
COMMENT ON VIEW roster IS 'class: internal. The columns are of the classes they come from';

-- The viewer's bookings, with what they need to know of a class though it left the catalogue since. The
-- name of who gives it goes when that instructor doesn't show.
CREATE VIEW booked WITH (security_invoker = false) AS
SELECT b.member_id, b.scheduled_id, b.asked_at, b.cancelled_at, b.late_at,
       t.state AS seat, t.spot, t.promoted_at, t.attendance, t.checked_in_at,
       s.state, s.studio_id, s.starts_at, s.ends_at, s.time_zone, s.cancel_until, s.promote_until, s.updated_at,
       c.title, c.discipline, i.name AS instructor, u.name AS studio, u.city
FROM booking b
JOIN scheduled_class s ON s.id = b.scheduled_id
JOIN class c ON c.id = s.class_id
LEFT JOIN instructor i ON i.id = coalesce(s.instructor_id, c.instructor_id) AND i.state = 'published'
LEFT JOIN studio u ON u.id = s.studio_id
LEFT JOIN class_seat t ON t.scheduled_id = b.scheduled_id AND t.member_id = b.member_id
WHERE b.member_id = viewer_id();
COMMENT ON VIEW booked IS 'class: internal. The columns are of the classes they come from';
GRANT SELECT ON booked TO paceline_app;

-- The one read of a roster, for a class manager: that it was read is noted for every member on it, in the
-- order of their ids, so that two who read can't wait for each other.
CREATE FUNCTION read_roster(wanted uuid, at timestamptz) RETURNS SETOF roster
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT staff_holds('class_manager') THEN
        RETURN;
    END IF;
    PERFORM note_access(x.member_id, 'class_manager', wanted, 'roster', 'booking', at)
    FROM (SELECT t.member_id FROM class_seat t WHERE t.scheduled_id = wanted ORDER BY t.member_id) x;
    RETURN QUERY SELECT r.* FROM roster r WHERE r.scheduled_id = wanted ORDER BY r.state, r.turn;
END $$;
GRANT EXECUTE ON FUNCTION read_roster(uuid, timestamptz) TO paceline_app;

-- An account that ends gives its seats back, behind its own lock: none is taken meanwhile, to outlive it. Who
-- waits for one gets it by the job.
CREATE FUNCTION forget_bookings(at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    t record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('bookings ' || viewer_id(), 0));
    FOR t IN SELECT x.scheduled_id, x.turn FROM class_seat x WHERE x.member_id = viewer_id() ORDER BY x.scheduled_id LOOP
        IF hold_class(t.scheduled_id) THEN
            PERFORM vacate(t.scheduled_id, t.turn, 'left', at);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION forget_bookings(timestamptz) TO paceline_auth;

-- Classes of which something is due: a seat for who waits, the end of a cancelled one, or that one was moved.
-- What began a day ago is let be.
CREATE FUNCTION due_classes(at timestamptz, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.id FROM class_room r JOIN scheduled_class s ON s.id = r.scheduled_id
    WHERE s.starts_at > at - interval '1 day'
      AND ((r.waiting > 0 AND r.booked < s.capacity AND s.state = 'scheduled' AND s.promote_until >= at AND s.starts_at > at)
        OR (r.booked + r.waiting > 0 AND s.state = 'cancelled')
        OR (r.booked + r.waiting > 0 AND s.state = 'scheduled' AND r.told_start <> s.starts_at))
    ORDER BY s.starts_at LIMIT most
$$;
CREATE INDEX class_room_due ON class_room (scheduled_id) WHERE waiting > 0;

-- What is past its time goes: bookings, and with the last of them what the class knew.
CREATE FUNCTION clear_bookings(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    gone uuid[];
BEGIN
    SELECT coalesce(array_agg(x.id), '{}') INTO gone FROM (
        SELECT s.id FROM class_room r JOIN scheduled_class s ON s.id = r.scheduled_id WHERE s.ends_at <= before LIMIT most) x;
    IF cardinality(gone) = 0 THEN
        RETURN 0;
    END IF;
    DELETE FROM booking b WHERE b.scheduled_id = ANY (gone);
    DELETE FROM class_seat t WHERE t.scheduled_id = ANY (gone);
    DELETE FROM class_step t WHERE t.scheduled_id = ANY (gone);
    DELETE FROM class_room r WHERE r.scheduled_id = ANY (gone);
    RETURN cardinality(gone);
END $$;

GRANT EXECUTE ON FUNCTION lock_class(uuid), taken_spots(uuid), place_in_queue(uuid), take_seat(uuid, text, timestamptz),
    queue_for_seat(uuid, timestamptz), change_spot(uuid, text), leave_class(uuid, boolean, timestamptz),
    promote_waiting(uuid, timestamptz), attend_class(uuid, timestamptz),
    mark_attendance(uuid, bigint, text, timestamptz), remove_from_class(uuid, bigint, timestamptz) TO paceline_app;
GRANT EXECUTE ON FUNCTION settle_class(uuid, timestamptz), due_classes(timestamptz, integer), clear_bookings(timestamptz, integer)
    TO paceline_worker;

-- A member's bookings by a secret address, for calendar programs, which can't sign in. The address is
-- a token of one use: it makes its member the viewer of reads of these bookings, and of nothing else.
CREATE TABLE auth.calendar (
    secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32),
    member_id   uuid NOT NULL UNIQUE REFERENCES public.member ON DELETE CASCADE,
    made_at     timestamptz NOT NULL
);
COMMENT ON TABLE auth.calendar IS 'class: secret. Addresses of calendar feeds, one of a member at most';
COMMENT ON COLUMN auth.calendar.secret_hash IS 'class: secret. SHA-256';
COMMENT ON COLUMN auth.calendar.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.calendar.made_at IS 'class: guarded';
ALTER TABLE auth.calendar ENABLE ROW LEVEL SECURITY;
GRANT SELECT (member_id, made_at) ON auth.calendar TO paceline_app;
CREATE POLICY own ON auth.calendar FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
GRANT SELECT (member_id), DELETE ON auth.calendar TO paceline_auth;
CREATE POLICY ended ON auth.calendar TO paceline_auth USING (true);

-- Ends the address of the viewer, signed in, if there is one.
CREATE FUNCTION auth.end_calendar() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
    DELETE FROM auth.calendar c WHERE c.member_id = public.viewer_id() AND current_setting('paceline.actor', true) = 'session'
$$;

-- Makes another one instead.
CREATE FUNCTION auth.make_calendar(hash bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    PERFORM auth.end_calendar();
    INSERT INTO auth.calendar (secret_hash, member_id, made_at) VALUES (hash, public.viewer_id(), at);
END $$;
GRANT EXECUTE ON FUNCTION auth.end_calendar(), auth.make_calendar(bytea, timestamptz) TO paceline_app;

-- Who comes with the address acts as a console does: it sees its member's own rows, and nobody else's.
CREATE FUNCTION auth.authenticate_calendar(secret_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    actor := 'nobody';
    SELECT c.member_id INTO member FROM calendar c WHERE c.secret_hash = authenticate_calendar.secret_hash AND c.made_at <= at;
    IF FOUND THEN
        actor := 'calendar';
    END IF;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', CASE WHEN FOUND THEN 'console' ELSE 'nobody' END, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.authenticate_calendar(bytea, timestamptz) TO paceline_app;

-- Instructors, studios, classes and their schedule. These are nobody's: what is published shows to
-- whoever asks, signed in or not, and what is a draft or was retired to class managers alone, by
-- row-level security. The member behind an instructor stands apart, where nothing that serves
-- members reads it; and whom a member follows is theirs alone.

CREATE TABLE instructor (
    id          uuid PRIMARY KEY,
    state       text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    bio         text NOT NULL DEFAULT '' CHECK (length(bio) <= 2000),
    disciplines text[] NOT NULL CHECK (cardinality(disciplines) <= 12),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
COMMENT ON TABLE instructor IS 'class: public. Who gives classes, as they are shown; drafts and the retired to class managers only';
COMMENT ON COLUMN instructor.id IS 'class: public. Not the id of the member behind';
COMMENT ON COLUMN instructor.state IS 'class: public';
COMMENT ON COLUMN instructor.name IS 'class: public';
COMMENT ON COLUMN instructor.bio IS 'class: public';
COMMENT ON COLUMN instructor.disciplines IS 'class: public';
COMMENT ON COLUMN instructor.created_at IS 'class: internal';
COMMENT ON COLUMN instructor.updated_at IS 'class: internal';

CREATE TABLE instructor_picture (
    instructor_id uuid PRIMARY KEY REFERENCES instructor ON DELETE CASCADE,
    image         bytea NOT NULL,
    changed_at    timestamptz NOT NULL
);
COMMENT ON TABLE instructor_picture IS 'class: public. Pictures of instructors, drawn anew from what was sent';
COMMENT ON COLUMN instructor_picture.instructor_id IS 'class: public';
COMMENT ON COLUMN instructor_picture.image IS 'class: public';
COMMENT ON COLUMN instructor_picture.changed_at IS 'class: internal';

-- Who stands behind. No role that serves requests reads it: the two functions below write it,
-- and one answers members about themselves.
CREATE TABLE auth.instructor_member (
    instructor_id uuid PRIMARY KEY REFERENCES public.instructor ON DELETE CASCADE,
    member_id     uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    linked_at     timestamptz NOT NULL
);
CREATE INDEX instructor_member_member ON auth.instructor_member (member_id);
COMMENT ON TABLE auth.instructor_member IS 'class: guarded. Which member an instructor is';
COMMENT ON COLUMN auth.instructor_member.instructor_id IS 'class: guarded';
COMMENT ON COLUMN auth.instructor_member.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.instructor_member.linked_at IS 'class: guarded';

CREATE TABLE instructor_follow (
    member_id     uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    instructor_id uuid NOT NULL,
    followed_at   timestamptz NOT NULL,
    PRIMARY KEY (member_id, instructor_id)
);
COMMENT ON TABLE instructor_follow IS 'class: guarded. Which instructors a member follows; nobody else learns it, not even as a number';
COMMENT ON COLUMN instructor_follow.member_id IS 'class: guarded';
COMMENT ON COLUMN instructor_follow.instructor_id IS 'class: guarded';
COMMENT ON COLUMN instructor_follow.followed_at IS 'class: guarded';

CREATE TABLE studio (
    id         uuid PRIMARY KEY,
    state      text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    city       text NOT NULL CHECK (length(city) BETWEEN 1 AND 64),
    country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    time_zone  text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE studio IS 'class: public. Where classes are given; drafts and the retired to class managers only';
COMMENT ON COLUMN studio.id IS 'class: public';
COMMENT ON COLUMN studio.state IS 'class: public';
COMMENT ON COLUMN studio.name IS 'class: public';
COMMENT ON COLUMN studio.city IS 'class: public. No nearer than that';
COMMENT ON COLUMN studio.country IS 'class: public. ISO 3166-1 alpha-2';
COMMENT ON COLUMN studio.time_zone IS 'class: public. Of the IANA database';
COMMENT ON COLUMN studio.created_at IS 'class: internal';
COMMENT ON COLUMN studio.updated_at IS 'class: internal';

CREATE TABLE studio_place (
    studio_id uuid NOT NULL REFERENCES studio ON DELETE CASCADE,
    label     text NOT NULL CHECK (length(label) BETWEEN 1 AND 32),
    position  smallint NOT NULL,
    PRIMARY KEY (studio_id, label)
);
COMMENT ON TABLE studio_place IS 'class: public. Places of a studio: bike 12';
COMMENT ON COLUMN studio_place.studio_id IS 'class: public';
COMMENT ON COLUMN studio_place.label IS 'class: public';
COMMENT ON COLUMN studio_place.position IS 'class: public. In which order they are listed';

CREATE TABLE class (
    id            uuid PRIMARY KEY,
    state         text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    description   text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    discipline    text NOT NULL,
    duration_s    integer NOT NULL CHECK (duration_s BETWEEN 60 AND 14400),
    difficulty    smallint NOT NULL CHECK (difficulty BETWEEN 1 AND 5),
    instructor_id uuid NOT NULL REFERENCES instructor,
    language      text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    equipment     text[] NOT NULL CHECK (cardinality(equipment) <= 12),
    tags          text[] NOT NULL CHECK (cardinality(tags) <= 12),
    plan          jsonb NOT NULL,
    music         jsonb NOT NULL,
    live          boolean NOT NULL,
    words         tsvector NOT NULL,
    published_at  timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CHECK (state <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX class_words ON class USING gin (words);
CREATE INDEX class_published ON class (published_at DESC, id) WHERE state = 'published';
CREATE INDEX class_instructor ON class (instructor_id);
COMMENT ON TABLE class IS 'class: public. The catalogue; drafts and the retired to class managers only';
COMMENT ON COLUMN class.id IS 'class: public';
COMMENT ON COLUMN class.state IS 'class: public';
COMMENT ON COLUMN class.title IS 'class: public';
COMMENT ON COLUMN class.description IS 'class: public';
COMMENT ON COLUMN class.discipline IS 'class: public';
COMMENT ON COLUMN class.duration_s IS 'class: public';
COMMENT ON COLUMN class.difficulty IS 'class: public. 1 easy to 5 hard';
COMMENT ON COLUMN class.instructor_id IS 'class: public';
COMMENT ON COLUMN class.language IS 'class: public. ISO 639';
COMMENT ON COLUMN class.equipment IS 'class: public';
COMMENT ON COLUMN class.tags IS 'class: public';
COMMENT ON COLUMN class.plan IS 'class: public. Segments in their order';
COMMENT ON COLUMN class.music IS 'class: public. Songs in their order';
COMMENT ON COLUMN class.live IS 'class: public. Given at a time; otherwise on demand';
COMMENT ON COLUMN class.words IS 'class: public. Of title and tags, folded, for search';
COMMENT ON COLUMN class.published_at IS 'class: public. When it first was';
COMMENT ON COLUMN class.created_at IS 'class: internal';
COMMENT ON COLUMN class.updated_at IS 'class: internal';

-- A class that is given again and again. The wall clock of the time zone counts, not the distance in
-- seconds. An occurrence is known by the date that the rule gives it, at most one a day.
CREATE TABLE series (
    id               uuid PRIMARY KEY,
    state            text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    class_id         uuid NOT NULL REFERENCES class,
    studio_id        uuid REFERENCES studio,
    rrule            text NOT NULL CHECK (length(rrule) BETWEEN 1 AND 256),
    starts_local     timestamp NOT NULL,
    time_zone        text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    capacity         integer NOT NULL CHECK (capacity BETWEEN 1 AND 100000),
    opens_before_s   integer NOT NULL CHECK (opens_before_s BETWEEN 0 AND 7776000),
    cancel_before_s  integer NOT NULL CHECK (cancel_before_s BETWEEN 0 AND 604800),
    promote_before_s integer NOT NULL CHECK (promote_before_s BETWEEN 0 AND 604800),
    laid_out_until   timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
CREATE INDEX series_laid_out ON series (laid_out_until) WHERE state = 'published';
CREATE INDEX series_class ON series (class_id);
CREATE INDEX series_studio ON series (studio_id);
COMMENT ON TABLE series IS 'class: internal. How the schedule is made; class managers read it';
COMMENT ON COLUMN series.id IS 'class: internal';
COMMENT ON COLUMN series.state IS 'class: internal';
COMMENT ON COLUMN series.class_id IS 'class: internal';
COMMENT ON COLUMN series.studio_id IS 'class: internal. None: it is given online';
COMMENT ON COLUMN series.rrule IS 'class: internal. RFC 5545, without DTSTART';
COMMENT ON COLUMN series.starts_local IS 'class: internal. DTSTART, on the wall clock of the time zone';
COMMENT ON COLUMN series.time_zone IS 'class: internal. The studio''s, or of what is given online its own';
COMMENT ON COLUMN series.capacity IS 'class: internal';
COMMENT ON COLUMN series.opens_before_s IS 'class: internal. How long before its start an occurrence can be booked';
COMMENT ON COLUMN series.cancel_before_s IS 'class: internal. How long before its start a booking can be cancelled in time';
COMMENT ON COLUMN series.promote_before_s IS 'class: internal. How long before its start the waiting list ends';
COMMENT ON COLUMN series.laid_out_until IS 'class: internal. Up to when its occurrences are in scheduled_class';
COMMENT ON COLUMN series.created_at IS 'class: internal';
COMMENT ON COLUMN series.updated_at IS 'class: internal';

-- One class at one time. Its row stays when it is cancelled: whoever booked it is told so.
CREATE TABLE scheduled_class (
    id               uuid PRIMARY KEY,
    class_id         uuid NOT NULL REFERENCES class,
    series_id        uuid REFERENCES series,
    occurrence       date,
    own_change       boolean NOT NULL DEFAULT false,
    studio_id        uuid REFERENCES studio,
    instructor_id    uuid REFERENCES instructor,
    state            text NOT NULL CHECK (state IN ('draft', 'scheduled', 'cancelled')),
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    time_zone        text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    capacity         integer NOT NULL CHECK (capacity BETWEEN 1 AND 100000),
    booking_opens_at timestamptz NOT NULL,
    cancel_until     timestamptz NOT NULL,
    promote_until    timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CHECK ((series_id IS NULL) = (occurrence IS NULL)),
    CHECK (ends_at > starts_at AND booking_opens_at <= starts_at AND cancel_until <= starts_at AND promote_until <= starts_at)
);
CREATE UNIQUE INDEX scheduled_class_occurrence ON scheduled_class (series_id, occurrence);
CREATE INDEX scheduled_class_starts ON scheduled_class (starts_at, id);
CREATE INDEX scheduled_class_class ON scheduled_class (class_id, starts_at);
CREATE INDEX scheduled_class_studio ON scheduled_class (studio_id, starts_at);
CREATE INDEX scheduled_class_instructor ON scheduled_class (instructor_id);
COMMENT ON TABLE scheduled_class IS 'class: public. The schedule; drafts, and what is of a draft or of something retired, to class managers only';
COMMENT ON COLUMN scheduled_class.id IS 'class: public. Of an occurrence: made of its series and its date, so that it is made once';
COMMENT ON COLUMN scheduled_class.class_id IS 'class: public';
COMMENT ON COLUMN scheduled_class.series_id IS 'class: internal';
COMMENT ON COLUMN scheduled_class.occurrence IS 'class: internal. The date that the rule gives it, wherever it was moved';
COMMENT ON COLUMN scheduled_class.own_change IS 'class: internal. Changed by itself: what becomes of its series no longer changes it';
COMMENT ON COLUMN scheduled_class.studio_id IS 'class: public. None: it is given online';
COMMENT ON COLUMN scheduled_class.instructor_id IS 'class: public. Who gives it instead of the class''s instructor';
COMMENT ON COLUMN scheduled_class.state IS 'class: public';
COMMENT ON COLUMN scheduled_class.starts_at IS 'class: public';
COMMENT ON COLUMN scheduled_class.ends_at IS 'class: public';
COMMENT ON COLUMN scheduled_class.time_zone IS 'class: public. On whose wall clock it is given';
COMMENT ON COLUMN scheduled_class.capacity IS 'class: public. How many places there are; not how many are taken';
COMMENT ON COLUMN scheduled_class.booking_opens_at IS 'class: public';
COMMENT ON COLUMN scheduled_class.cancel_until IS 'class: public';
COMMENT ON COLUMN scheduled_class.promote_until IS 'class: public';
COMMENT ON COLUMN scheduled_class.created_at IS 'class: internal';
COMMENT ON COLUMN scheduled_class.updated_at IS 'class: internal';

-- Who reads what. A part shows where its whole does, by the whole's own policy.
ALTER TABLE instructor ENABLE ROW LEVEL SECURITY;
ALTER TABLE instructor_picture ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.instructor_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE instructor_follow ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE class ENABLE ROW LEVEL SECURITY;
ALTER TABLE series ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduled_class ENABLE ROW LEVEL SECURITY;

CREATE POLICY shown ON instructor FOR SELECT TO paceline_app
    USING ((SELECT is_asked()) AND (state = 'published' OR (SELECT staff_holds('class_manager'))));
CREATE POLICY shown ON instructor_picture FOR SELECT TO paceline_app
    USING (EXISTS (SELECT FROM instructor i WHERE i.id = instructor_id));
CREATE POLICY shown ON studio FOR SELECT TO paceline_app
    USING ((SELECT is_asked()) AND (state = 'published' OR (SELECT staff_holds('class_manager'))));
CREATE POLICY shown ON studio_place FOR SELECT TO paceline_app
    USING (EXISTS (SELECT FROM studio s WHERE s.id = studio_id));
CREATE POLICY shown ON class FOR SELECT TO paceline_app
    USING ((SELECT is_asked()) AND (state = 'published' OR (SELECT staff_holds('class_manager'))));
CREATE POLICY shown ON series FOR SELECT TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY shown ON scheduled_class FOR SELECT TO paceline_app
    USING ((SELECT staff_holds('class_manager')) OR state <> 'draft'
        AND EXISTS (SELECT FROM class c WHERE c.id = class_id)
        AND (studio_id IS NULL OR EXISTS (SELECT FROM studio s WHERE s.id = studio_id)));
CREATE POLICY own ON instructor_follow TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- Class managers write; nothing but a picture, a place and a draft of the schedule is ever deleted.
CREATE POLICY made ON instructor FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON instructor FOR UPDATE TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON instructor_picture TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY made ON studio FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON studio FOR UPDATE TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON studio_place TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY made ON class FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON class FOR UPDATE TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY made ON series FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON series FOR UPDATE TO paceline_app USING ((SELECT staff_holds('class_manager')));
CREATE POLICY made ON scheduled_class FOR INSERT TO paceline_app WITH CHECK ((SELECT staff_holds('class_manager')));
CREATE POLICY kept ON scheduled_class FOR UPDATE TO paceline_app USING ((SELECT staff_holds('class_manager')));

GRANT SELECT, INSERT, UPDATE ON instructor, studio, class, series, scheduled_class TO paceline_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON instructor_picture, studio_place TO paceline_app;
GRANT SELECT, INSERT, DELETE ON instructor_follow TO paceline_app;

-- The worker lays out the schedule.
GRANT SELECT (id, state, class_id, studio_id, rrule, starts_local, time_zone, capacity, opens_before_s, cancel_before_s,
    promote_before_s, laid_out_until), UPDATE (laid_out_until) ON series TO paceline_worker;
GRANT SELECT (id, duration_s) ON class TO paceline_worker;
GRANT SELECT, INSERT, UPDATE ON scheduled_class TO paceline_worker;
CREATE POLICY laid_out ON series TO paceline_worker USING (true);
CREATE POLICY laid_out ON class FOR SELECT TO paceline_worker USING (true);
CREATE POLICY laid_out ON scheduled_class TO paceline_worker USING (series_id IS NOT NULL);

-- Says which member an instructor is, by exactly their username, instead of who it was. False: there is
-- no such member, or no such instructor. Whom it was before, and who else is an instructor, it never says;
-- nor does the audit say whom, for what stands there is never erased.
CREATE FUNCTION link_instructor(wanted uuid, name text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    person uuid;
BEGIN
    IF NOT staff_holds('class_manager') THEN
        RETURN false;
    END IF;
    SELECT c.member_id INTO person FROM auth.username_claim c WHERE c.username = name;
    IF person IS NULL OR NOT EXISTS (SELECT FROM instructor i WHERE i.id = wanted) THEN
        RETURN false;
    END IF;
    INSERT INTO auth.instructor_member AS l (instructor_id, member_id, linked_at) VALUES (wanted, person, at)
        ON CONFLICT (instructor_id) DO UPDATE SET member_id = person, linked_at = at WHERE l.member_id <> person;
    PERFORM audit_act('instructor.linked', NULL, wanted::text, '', at);
    RETURN true;
END $$;

-- Takes it back, whoever it was, and whether it was anybody.
CREATE FUNCTION unlink_instructor(wanted uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT staff_holds('class_manager') OR NOT EXISTS (SELECT FROM instructor i WHERE i.id = wanted) THEN
        RETURN false;
    END IF;
    DELETE FROM auth.instructor_member l WHERE l.instructor_id = wanted;
    PERFORM audit_act('instructor.unlinked', NULL, wanted::text, '', at);
    RETURN true;
END $$;

-- An instructor as whoever looks is told of them.
CREATE VIEW instructor_seen WITH (security_invoker = true) AS
SELECT i.id, i.state, i.name, i.bio, i.disciplines, (p.instructor_id IS NOT NULL)::boolean AS pictured, seen_by() AS seen_by
FROM instructor i LEFT JOIN instructor_picture p ON p.instructor_id = i.id;
COMMENT ON VIEW instructor_seen IS 'class: public. Instructors, by the policies of their tables';
GRANT SELECT ON instructor_seen TO paceline_app;

-- The instructors that the viewer is, published or not, by name.
CREATE FUNCTION own_instructor_pages() RETURNS SETOF instructor_seen
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT i.* FROM auth.instructor_member l JOIN instructor_seen i ON i.id = l.instructor_id
    WHERE l.member_id = viewer_id() ORDER BY i.name COLLATE "C", i.id
$$;

-- A draft of the schedule that a class manager cancels goes: nobody else saw it, and nothing hangs on it.
CREATE FUNCTION drop_draft(wanted uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM scheduled_class s WHERE s.id = wanted AND s.state = 'draft' AND staff_holds('class_manager')
$$;
GRANT EXECUTE ON FUNCTION drop_draft(uuid) TO paceline_app;
GRANT EXECUTE ON FUNCTION link_instructor(uuid, text, timestamptz), unlink_instructor(uuid, timestamptz), own_instructor_pages() TO paceline_app;

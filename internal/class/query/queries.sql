-- name: ReadSelf :one
SELECT sqlc.embed(s) FROM subject s WHERE s.member_id = viewer_id();

-- name: ClaimKey :execrows
INSERT INTO idempotency (member_id, operation, key_hash, request_sealed, made, created_at)
VALUES ($1, $2, $3, $4, '{}', $5)
ON CONFLICT DO NOTHING;

-- name: ReadKey :one
SELECT request_sealed, made FROM idempotency WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

-- name: KeepMade :exec
UPDATE idempotency SET made = $4 WHERE member_id = $1 AND operation = $2 AND key_hash = $3;

-- name: ListInstructors :many
SELECT i.* FROM instructor_seen i
WHERE i.state = ANY (sqlc.arg(states)::text[])
  AND (sqlc.narg(discipline)::text IS NULL OR sqlc.narg(discipline)::text = ANY (i.disciplines))
  AND (i.name COLLATE "C", i.id) > (sqlc.arg(after_name)::text, sqlc.arg(after_id)::uuid)
ORDER BY i.name COLLATE "C", i.id
LIMIT sqlc.arg(most);

-- name: ListFollowed :many
SELECT i.* FROM instructor_follow f JOIN instructor_seen i ON i.id = f.instructor_id
WHERE f.member_id = viewer_id() AND i.state = 'published' AND (i.name COLLATE "C", i.id) > (sqlc.arg(after_name)::text, sqlc.arg(after_id)::uuid)
ORDER BY i.name COLLATE "C", i.id
LIMIT sqlc.arg(most);

-- name: ListOwnPages :many
-- The pages of the viewer, published or not: what is a draft they learn of by its owner's function alone.
SELECT i.* FROM own_instructor_pages() i;

-- name: ReadInstructor :one
SELECT i.* FROM instructor_seen i
WHERE i.id = sqlc.arg(id) AND i.state = ANY (sqlc.arg(states)::text[]);

-- name: ReadInstructorPicture :one
SELECT p.image, seen_by() AS seen_by
FROM instructor_picture p JOIN instructor i ON i.id = p.instructor_id
WHERE i.id = sqlc.arg(id) AND i.state = 'published';

-- name: LockInstructor :one
SELECT id FROM instructor WHERE id = $1 FOR UPDATE;

-- name: AddInstructor :exec
INSERT INTO instructor (id, state, name, bio, disciplines, created_at, updated_at)
VALUES (sqlc.arg(id), 'draft', sqlc.arg(name), sqlc.arg(bio), sqlc.arg(disciplines), sqlc.arg(now), sqlc.arg(now));

-- name: ChangeInstructor :exec
UPDATE instructor SET state = sqlc.arg(state), name = sqlc.arg(name), bio = sqlc.arg(bio), disciplines = sqlc.arg(disciplines), updated_at = sqlc.arg(now) WHERE id = sqlc.arg(id);

-- name: PutInstructorPicture :exec
INSERT INTO instructor_picture (instructor_id, image, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (instructor_id) DO UPDATE SET image = excluded.image, changed_at = excluded.changed_at;

-- name: DeleteInstructorPicture :exec
DELETE FROM instructor_picture WHERE instructor_id = $1;

-- name: LinkInstructor :one
SELECT link_instructor(sqlc.arg(id), sqlc.arg(username), sqlc.arg(now))::boolean AS linked;

-- name: UnlinkInstructor :one
SELECT unlink_instructor(sqlc.arg(id), sqlc.arg(now))::boolean AS unlinked;

-- name: LockFollows :exec
SELECT pg_advisory_xact_lock(hashtextextended(viewer_id()::text, 23));

-- name: CountFollows :one
SELECT count(*) FILTER (WHERE instructor_id <> sqlc.arg(id)) FROM instructor_follow WHERE member_id = viewer_id();

-- name: FollowInstructor :exec
INSERT INTO instructor_follow (member_id, instructor_id, followed_at) VALUES (viewer_id(), sqlc.arg(id), sqlc.arg(now)) ON CONFLICT DO NOTHING;

-- name: UnfollowInstructor :execrows
DELETE FROM instructor_follow WHERE member_id = viewer_id() AND instructor_id = sqlc.arg(id);

-- name: ListStudios :many
SELECT s.id, s.state, s.name, s.city, s.country, s.time_zone, seen_by() AS seen_by
FROM studio s
WHERE s.state = ANY (sqlc.arg(states)::text[]) AND (sqlc.narg(country)::text IS NULL OR s.country = sqlc.narg(country)::text)
  AND (s.name COLLATE "C", s.id) > (sqlc.arg(after_name)::text, sqlc.arg(after_id)::uuid)
ORDER BY s.name COLLATE "C", s.id
LIMIT sqlc.arg(most);

-- name: ReadStudio :one
SELECT s.id, s.state, s.name, s.city, s.country, s.time_zone,
       ARRAY(SELECT p.label FROM studio_place p WHERE p.studio_id = s.id ORDER BY p.position)::text[] AS places, seen_by() AS seen_by
FROM studio s
WHERE s.id = sqlc.arg(id) AND s.state = ANY (sqlc.arg(states)::text[]);

-- name: LockStudio :one
SELECT id FROM studio WHERE id = $1 FOR UPDATE;

-- name: AddStudio :exec
INSERT INTO studio (id, state, name, city, country, time_zone, created_at, updated_at)
VALUES (sqlc.arg(id), 'draft', sqlc.arg(name), sqlc.arg(city), sqlc.arg(country), sqlc.arg(time_zone), sqlc.arg(now), sqlc.arg(now));

-- name: ChangeStudio :exec
UPDATE studio SET state = sqlc.arg(state), name = sqlc.arg(name), city = sqlc.arg(city), country = sqlc.arg(country), updated_at = sqlc.arg(now) WHERE id = sqlc.arg(id);

-- name: DropPlaces :exec
DELETE FROM studio_place WHERE studio_id = sqlc.arg(studio_id) AND label <> ALL (sqlc.arg(labels)::text[]);

-- name: PutPlaces :exec
INSERT INTO studio_place (studio_id, label, position)
SELECT sqlc.arg(studio_id), (sqlc.arg(labels)::text[])[n], n FROM generate_subscripts(sqlc.arg(labels)::text[], 1) n
ON CONFLICT (studio_id, label) DO UPDATE SET position = excluded.position;

-- name: ListClasses :many
-- Of instructors the public learns who is published; who asks for one who isn't finds nothing.
SELECT c.id, c.state, c.title, c.description, c.discipline, c.duration_s, c.difficulty, c.language, c.equipment, c.tags, c.live,
       c.published_at, i.id AS instructor_id, i.name AS instructor_name, k.key::bigint AS sort_key, seen_by() AS seen_by
FROM class c
LEFT JOIN instructor i ON i.id = c.instructor_id AND (i.state = 'published' OR sqlc.arg(managed)::boolean)
CROSS JOIN LATERAL (SELECT CASE sqlc.arg(sort)::text
    WHEN 'shortest' THEN c.duration_s WHEN 'longest' THEN -c.duration_s
    WHEN 'easiest' THEN c.difficulty WHEN 'hardest' THEN -c.difficulty
    ELSE -(extract(epoch FROM coalesce(c.published_at, c.created_at)) * 1000000)::bigint END AS key) k
WHERE c.state = ANY (sqlc.arg(states)::text[])
  AND (sqlc.arg(words)::text = '' OR c.words @@ sqlc.arg(words)::text::tsquery)
  AND (sqlc.narg(discipline)::text IS NULL OR c.discipline = sqlc.narg(discipline)::text)
  AND (sqlc.narg(instructor)::uuid IS NULL OR i.id = sqlc.narg(instructor)::uuid)
  AND (sqlc.narg(language)::text IS NULL OR c.language = sqlc.narg(language)::text)
  AND (sqlc.narg(equipment)::text IS NULL OR sqlc.narg(equipment)::text = ANY (c.equipment))
  AND (sqlc.narg(tag)::text IS NULL OR sqlc.narg(tag)::text = ANY (c.tags))
  AND (sqlc.narg(difficulty)::integer IS NULL OR c.difficulty = sqlc.narg(difficulty)::integer)
  AND c.duration_s BETWEEN sqlc.arg(duration_min_s)::integer AND sqlc.arg(duration_max_s)::integer
  AND (sqlc.narg(live)::boolean IS NULL OR c.live = sqlc.narg(live)::boolean)
  AND (k.key, c.id) > (sqlc.arg(after_key)::bigint, sqlc.arg(after_id)::uuid)
ORDER BY k.key, c.id
LIMIT sqlc.arg(most);

-- name: ReadClass :one
SELECT c.id, c.state, c.title, c.description, c.discipline, c.duration_s, c.difficulty, c.language, c.equipment, c.tags, c.live,
       c.published_at, c.plan, c.music, i.id AS instructor_id, i.name AS instructor_name, c.instructor_id AS given_by, seen_by() AS seen_by
FROM class c
LEFT JOIN instructor i ON i.id = c.instructor_id AND (i.state = 'published' OR sqlc.arg(managed)::boolean)
WHERE c.id = sqlc.arg(id) AND c.state = ANY (sqlc.arg(states)::text[]);

-- name: LockClasses :many
-- In one order, so that two can't wait for each other.
SELECT id FROM class WHERE id = ANY (sqlc.arg(ids)::uuid[]) ORDER BY id FOR UPDATE;

-- name: AddClass :exec
INSERT INTO class (id, state, title, description, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live,
    words, created_at, updated_at)
VALUES (sqlc.arg(id), 'draft', sqlc.arg(title), sqlc.arg(description), sqlc.arg(discipline), sqlc.arg(duration_s), sqlc.arg(difficulty), sqlc.arg(instructor_id), sqlc.arg(language), sqlc.arg(equipment), sqlc.arg(tags), sqlc.arg(plan), sqlc.arg(music), sqlc.arg(live),
    array_to_tsvector(sqlc.arg(words)::text[]), sqlc.arg(now), sqlc.arg(now));

-- name: ChangeClass :exec
UPDATE class SET state = sqlc.arg(state), title = sqlc.arg(title), description = sqlc.arg(description), discipline = sqlc.arg(discipline), duration_s = sqlc.arg(duration_s),
    difficulty = sqlc.arg(difficulty), instructor_id = sqlc.arg(instructor_id), language = sqlc.arg(language), equipment = sqlc.arg(equipment), tags = sqlc.arg(tags), plan = sqlc.arg(plan), music = sqlc.arg(music),
    live = sqlc.arg(live), words = array_to_tsvector(sqlc.arg(words)::text[]), updated_at = sqlc.arg(now),
    published_at = CASE WHEN sqlc.arg(state) = 'published' THEN coalesce(published_at, sqlc.arg(now)) ELSE published_at END
WHERE id = sqlc.arg(id);

-- name: MoveEnds :exec
UPDATE scheduled_class SET ends_at = starts_at + make_interval(secs => sqlc.arg(duration_s)::integer), updated_at = sqlc.arg(now)::timestamptz
WHERE class_id = sqlc.arg(class_id) AND starts_at > sqlc.arg(now)::timestamptz;

-- name: StillScheduled :one
SELECT EXISTS (SELECT FROM scheduled_class WHERE starts_at > sqlc.arg(now) AND state <> 'cancelled'
    AND (class_id = sqlc.arg(thing)::uuid OR studio_id = sqlc.arg(thing)::uuid))::boolean AS still;

-- name: ListSchedule :many
SELECT x.id, x.state, x.starts_at, x.ends_at, x.time_zone, x.capacity, x.booking_opens_at, x.cancel_until, x.promote_until, x.series_id,
       c.id AS class_id, c.title, c.discipline, c.duration_s, c.difficulty, c.language, c.live,
       i.id AS instructor_id, i.name AS instructor_name,
       st.id AS studio_id, st.name AS studio_name, st.city, st.country, seen_by() AS seen_by
FROM scheduled_class x
JOIN class c ON c.id = x.class_id
LEFT JOIN studio st ON st.id = x.studio_id
LEFT JOIN instructor i ON i.id = coalesce(x.instructor_id, c.instructor_id) AND (i.state = 'published' OR sqlc.arg(managed)::boolean)
WHERE x.starts_at >= sqlc.arg(from_at) AND x.starts_at < sqlc.arg(to_at)
  AND (sqlc.arg(managed)::boolean OR x.state <> 'draft' AND c.state = 'published' AND (x.studio_id IS NULL OR st.state = 'published'))
  AND (sqlc.narg(studio)::uuid IS NULL OR x.studio_id = sqlc.narg(studio)::uuid)
  AND (sqlc.narg(instructor)::uuid IS NULL OR i.id = sqlc.narg(instructor)::uuid)
  AND (sqlc.narg(discipline)::text IS NULL OR c.discipline = sqlc.narg(discipline)::text)
  AND (sqlc.narg(class)::uuid IS NULL OR c.id = sqlc.narg(class)::uuid)
  AND (sqlc.narg(series)::uuid IS NULL OR x.series_id = sqlc.narg(series)::uuid)
  AND (x.starts_at, x.id) > (sqlc.arg(after_at), sqlc.arg(after_id)::uuid)
ORDER BY x.starts_at, x.id
LIMIT sqlc.arg(most);

-- name: ReadScheduled :many
SELECT x.id, x.state, x.starts_at, x.ends_at, x.time_zone, x.capacity, x.booking_opens_at, x.cancel_until, x.promote_until, x.series_id,
       c.id AS class_id, c.title, c.discipline, c.duration_s, c.difficulty, c.language, c.live,
       i.id AS instructor_id, i.name AS instructor_name,
       st.id AS studio_id, st.name AS studio_name, st.city, st.country, seen_by() AS seen_by
FROM scheduled_class x
JOIN class c ON c.id = x.class_id
LEFT JOIN studio st ON st.id = x.studio_id
LEFT JOIN instructor i ON i.id = coalesce(x.instructor_id, c.instructor_id) AND (i.state = 'published' OR sqlc.arg(managed)::boolean)
WHERE x.id = ANY (sqlc.arg(ids)::uuid[])
  AND (sqlc.arg(managed)::boolean OR x.state <> 'draft' AND c.state = 'published' AND (x.studio_id IS NULL OR st.state = 'published'));

-- name: LockScheduled :many
SELECT id, starts_at, ends_at, state, capacity, instructor_id, booking_opens_at, cancel_until, promote_until
FROM scheduled_class WHERE id = ANY (sqlc.arg(ids)::uuid[]) ORDER BY id FOR UPDATE;

-- name: AddScheduled :exec
INSERT INTO scheduled_class (id, class_id, studio_id, instructor_id, state, starts_at, ends_at, time_zone, capacity, booking_opens_at, cancel_until,
    promote_until, own_change, created_at, updated_at)
VALUES (sqlc.arg(id), sqlc.arg(class_id), sqlc.arg(studio_id), sqlc.arg(instructor_id), sqlc.arg(state), sqlc.arg(starts_at), sqlc.arg(ends_at), sqlc.arg(time_zone), sqlc.arg(capacity), sqlc.arg(booking_opens_at), sqlc.arg(cancel_until),
    sqlc.arg(promote_until), true, sqlc.arg(now), sqlc.arg(now));

-- name: ChangeScheduled :exec
UPDATE scheduled_class SET state = sqlc.arg(state), starts_at = sqlc.arg(starts_at), ends_at = sqlc.arg(ends_at), capacity = sqlc.arg(capacity), instructor_id = sqlc.arg(instructor_id),
    booking_opens_at = sqlc.arg(booking_opens_at), cancel_until = sqlc.arg(cancel_until), promote_until = sqlc.arg(promote_until), own_change = true, updated_at = sqlc.arg(now)
WHERE id = sqlc.arg(id);

-- name: DropDraft :exec
SELECT drop_draft(sqlc.arg(id));

-- name: ListSeries :many
SELECT x.id, x.state, x.class_id, x.studio_id, x.rrule, x.starts_local, x.time_zone, x.capacity, x.opens_before_s, x.cancel_before_s, x.promote_before_s,
       x.created_at, seen_by() AS seen_by
FROM series x
WHERE x.state = ANY (sqlc.arg(states)::text[]) AND (x.created_at, x.id) < (sqlc.arg(before_at), sqlc.arg(before_id)::uuid)
ORDER BY x.created_at DESC, x.id DESC
LIMIT sqlc.arg(most);

-- name: ReadSeries :one
SELECT x.id, x.state, x.class_id, x.studio_id, x.rrule, x.starts_local, x.time_zone, x.capacity, x.opens_before_s, x.cancel_before_s, x.promote_before_s,
       x.created_at, seen_by() AS seen_by
FROM series x WHERE x.id = sqlc.arg(id);

-- name: LockSeries :one
SELECT x.id, x.state, x.class_id, x.studio_id, x.rrule, x.starts_local, x.time_zone, x.capacity, x.opens_before_s, x.cancel_before_s, x.promote_before_s,
       c.duration_s
FROM series x JOIN class c ON c.id = x.class_id
WHERE x.id = sqlc.arg(id)
FOR UPDATE OF x;

-- name: AddSeries :exec
INSERT INTO series (id, state, class_id, studio_id, rrule, starts_local, time_zone, capacity, opens_before_s, cancel_before_s, promote_before_s,
    laid_out_until, created_at, updated_at)
VALUES (sqlc.arg(id), 'draft', sqlc.arg(class_id), sqlc.arg(studio_id), sqlc.arg(rrule), sqlc.arg(starts_local), sqlc.arg(time_zone), sqlc.arg(capacity), sqlc.arg(opens_before_s), sqlc.arg(cancel_before_s), sqlc.arg(promote_before_s),
    '-infinity', sqlc.arg(now), sqlc.arg(now));

-- name: ChangeSeries :exec
UPDATE series SET state = sqlc.arg(state), rrule = sqlc.arg(rrule), starts_local = sqlc.arg(starts_local), capacity = sqlc.arg(capacity), opens_before_s = sqlc.arg(opens_before_s),
    cancel_before_s = sqlc.arg(cancel_before_s), promote_before_s = sqlc.arg(promote_before_s), updated_at = sqlc.arg(now)
WHERE id = sqlc.arg(id);

-- name: NextToLayOut :one
-- A series whose occurrences are not there up to a moment. Who else is at it is left to it.
SELECT x.id, x.state, x.class_id, x.studio_id, x.rrule, x.starts_local, x.time_zone, x.capacity, x.opens_before_s, x.cancel_before_s, x.promote_before_s,
       c.duration_s
FROM series x JOIN class c ON c.id = x.class_id
WHERE x.state = 'published' AND x.laid_out_until < sqlc.arg(up_to)
ORDER BY x.laid_out_until
LIMIT 1
FOR UPDATE OF x SKIP LOCKED;

-- name: LayOut :execrows
-- Occurrences of a series, each made once: its id is made of the series and its date. One that is there follows
-- the series, unless it was changed by itself or has begun.
INSERT INTO scheduled_class AS s (id, class_id, series_id, occurrence, studio_id, state, starts_at, ends_at, time_zone, capacity,
    booking_opens_at, cancel_until, promote_until, created_at, updated_at)
SELECT (sqlc.arg(ids)::uuid[])[n], sqlc.arg(class_id)::uuid, sqlc.arg(series_id)::uuid, (sqlc.arg(dates)::date[])[n], sqlc.narg(studio_id)::uuid, 'scheduled', o.at, o.at + make_interval(secs => sqlc.arg(duration_s)::integer),
    sqlc.arg(time_zone)::text, sqlc.arg(capacity)::integer, o.at - make_interval(secs => sqlc.arg(opens_before_s)::integer), o.at - make_interval(secs => sqlc.arg(cancel_before_s)::integer),
    o.at - make_interval(secs => sqlc.arg(promote_before_s)::integer), sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz
FROM generate_subscripts(sqlc.arg(ids)::uuid[], 1) n CROSS JOIN LATERAL (SELECT (sqlc.arg(starts)::timestamptz[])[n] AS at) o
ON CONFLICT (id) DO UPDATE SET state = excluded.state, starts_at = excluded.starts_at, ends_at = excluded.ends_at, capacity = excluded.capacity,
    booking_opens_at = excluded.booking_opens_at, cancel_until = excluded.cancel_until, promote_until = excluded.promote_until, updated_at = excluded.updated_at
WHERE NOT s.own_change AND s.starts_at > sqlc.arg(now)::timestamptz
  AND (s.state, s.starts_at, s.ends_at, s.capacity, s.booking_opens_at, s.cancel_until, s.promote_until)
   <> (excluded.state, excluded.starts_at, excluded.ends_at, excluded.capacity, excluded.booking_opens_at, excluded.cancel_until, excluded.promote_until);

-- name: CallOff :execrows
-- What a series no longer has, of what is to come and was not changed by itself.
UPDATE scheduled_class SET state = 'cancelled', updated_at = sqlc.arg(now)
WHERE series_id = sqlc.arg(series_id) AND NOT own_change AND state <> 'cancelled' AND starts_at > sqlc.arg(now) AND id <> ALL (sqlc.arg(kept)::uuid[]);

-- name: LaidOut :exec
UPDATE series SET laid_out_until = sqlc.arg(up_to) WHERE id = sqlc.arg(id);

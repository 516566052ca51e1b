-- Notices: that something happened which a member may want to know. A notice holds
-- ids and a kind, never a text: what it says is read from the thing itself, by the
-- rules that hold for whoever reads it, at the moment they read it.

CREATE TABLE notice (
    member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id        uuid NOT NULL,
    kind      text COLLATE "C" NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    actor_id  uuid,
    object_id uuid,
    part_id   uuid,
    at        timestamptz NOT NULL,
    read_at   timestamptz,
    kept      boolean NOT NULL,
    mail_due  timestamptz,
    mailed_at timestamptz,
    PRIMARY KEY (member_id, id),
    CONSTRAINT notice_once UNIQUE NULLS NOT DISTINCT (member_id, kind, actor_id, object_id, part_id)
);
CREATE INDEX notice_at ON notice (member_id, at DESC, id DESC);
CREATE INDEX notice_mail_due ON notice (mail_due) WHERE mail_due IS NOT NULL;
CREATE INDEX notice_past ON notice (at);
COMMENT ON TABLE notice IS 'class: guarded. What happened that a member may want to know. Decides nothing about what it names';
COMMENT ON COLUMN notice.member_id IS 'class: guarded. Who is told';
COMMENT ON COLUMN notice.id IS 'class: guarded. Random';
COMMENT ON COLUMN notice.kind IS 'class: guarded. Of the table in internal/notice';
COMMENT ON COLUMN notice.actor_id IS 'class: guarded. Whose doing it is; NULL where the service tells';
COMMENT ON COLUMN notice.object_id IS 'class: guarded. What it is about, by its kind';
COMMENT ON COLUMN notice.part_id IS 'class: guarded. The part of that, by its kind';
COMMENT ON COLUMN notice.at IS 'class: guarded';
COMMENT ON COLUMN notice.read_at IS 'class: guarded';
COMMENT ON COLUMN notice.kept IS 'class: internal. About the account''s safety: others do not push it out';
COMMENT ON COLUMN notice.mail_due IS 'class: internal. When to look whether to mail it; NULL for never, or no more';
COMMENT ON COLUMN notice.mailed_at IS 'class: internal. When a mail about it went to the outbox';

-- What a member said about a kind. Without a row the kind's own defaults hold, as
-- internal/notice has them.
CREATE TABLE notice_setting (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    kind       text COLLATE "C" NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    told       boolean NOT NULL,
    mailed     boolean NOT NULL,
    PRIMARY KEY (member_id, kind)
);
COMMENT ON TABLE notice_setting IS 'class: guarded. Which kinds of notices a member wants, and how';
COMMENT ON COLUMN notice_setting.member_id IS 'class: guarded';
COMMENT ON COLUMN notice_setting.kind IS 'class: guarded';
COMMENT ON COLUMN notice_setting.told IS 'class: guarded. Whether there are any';
COMMENT ON COLUMN notice_setting.mailed IS 'class: guarded. Whether by mail as well';

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_setting ENABLE ROW LEVEL SECURITY;
-- Nobody adds one by hand: add_notice does.
GRANT SELECT, DELETE, UPDATE (read_at, mail_due, mailed_at) ON notice TO paceline_app;
GRANT SELECT, INSERT, UPDATE (told, mailed) ON notice_setting TO paceline_app;
CREATE POLICY own ON notice TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own ON notice_setting TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- Tells a member of something that the viewer did, or, not named, of something that
-- happened. It says nothing back: whether somebody is told is not for others to know.
-- Not told are the viewer themself, who is blocked either way, and whoever switched the
-- kind off, unless it is about safety. A member has at most 500 others, of which the
-- oldest go, and gets at most 50 a day of one actor.
CREATE FUNCTION add_notice(recipient uuid, of_kind text, named boolean, object uuid, part uuid, happened timestamptz,
    renews boolean, safety boolean, mails boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    actor uuid := CASE WHEN named THEN viewer_id() END;
    chosen notice_setting;
    due timestamptz;
BEGIN
    IF named AND actor IS NULL THEN
        RAISE EXCEPTION 'a named notice of nobody' USING ERRCODE = '42501';
    END IF;
    IF actor = recipient
        OR NOT EXISTS (SELECT FROM member m WHERE m.id = recipient)
        OR EXISTS (SELECT FROM edge e WHERE e.member_id = recipient AND e.other_id = actor AND e.bits & 12 <> 0)
        OR (SELECT count(*) FROM notice n WHERE n.member_id = recipient AND n.at > happened - interval '1 day'
            AND n.actor_id = actor AND NOT safety) >= 50
    THEN
        RETURN;
    END IF;
    SELECT s.* INTO chosen FROM notice_setting s WHERE s.member_id = recipient AND s.kind = of_kind;
    IF NOT safety AND NOT coalesce(chosen.told, true) THEN
        RETURN;
    END IF;
    IF coalesce(chosen.mailed, mails) THEN
        due := happened + CASE WHEN safety THEN interval '0' ELSE interval '5 minutes' END;
    END IF;
    INSERT INTO notice AS n (member_id, id, kind, actor_id, object_id, part_id, at, kept, mail_due)
    VALUES (recipient, gen_random_uuid(), of_kind, actor, object, part, happened, safety, due)
    ON CONFLICT ON CONSTRAINT notice_once DO UPDATE SET at = excluded.at, read_at = NULL, mail_due = excluded.mail_due
        WHERE renews;
    DELETE FROM notice n WHERE n.member_id = recipient AND n.id IN (
        SELECT o.id FROM notice o WHERE o.member_id = recipient AND NOT o.kept
        ORDER BY o.at DESC, o.id DESC OFFSET 500 FOR UPDATE SKIP LOCKED);
END $$;
GRANT EXECUTE ON FUNCTION add_notice(uuid, text, boolean, uuid, uuid, timestamptz, boolean, boolean, boolean)
    TO paceline_app, paceline_auth, paceline_worker;

-- What members say about workouts. A like and a comment belong to whoever made them,
-- and show below the workout, by its rules and by theirs. The workout is another
-- member's, so no key leads to it: what lies below one that is gone shows to nobody,
-- and the worker takes it away.
CREATE TABLE workout_like (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    workout_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (member_id, workout_id)
);
CREATE INDEX workout_like_workout ON workout_like (workout_id, at DESC, member_id DESC);
CREATE INDEX workout_like_at ON workout_like (member_id, at);
COMMENT ON TABLE workout_like IS 'class: guarded. That a member likes a workout';
COMMENT ON COLUMN workout_like.member_id IS 'class: guarded. Who likes it';
COMMENT ON COLUMN workout_like.workout_id IS 'class: guarded';
COMMENT ON COLUMN workout_like.at IS 'class: guarded';

CREATE TABLE workout_comment (
    member_id    uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id           uuid NOT NULL,
    workout_id   uuid NOT NULL,
    body         text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    mentioned    uuid[] NOT NULL,
    created_at   timestamptz NOT NULL,
    edited_at    timestamptz,
    key_hash     bytea,
    request_hash bytea,
    PRIMARY KEY (member_id, id),
    UNIQUE (member_id, key_hash)
);
CREATE INDEX workout_comment_id ON workout_comment (id);
CREATE INDEX workout_comment_workout ON workout_comment (workout_id, created_at, id);
CREATE INDEX workout_comment_created ON workout_comment (member_id, created_at);
COMMENT ON TABLE workout_comment IS 'class: guarded. What a member wrote below a workout';
COMMENT ON COLUMN workout_comment.member_id IS 'class: guarded. Who wrote it';
COMMENT ON COLUMN workout_comment.id IS 'class: guarded';
COMMENT ON COLUMN workout_comment.workout_id IS 'class: guarded';
COMMENT ON COLUMN workout_comment.body IS 'class: guarded. As it was written, with a mark before each name that stands for a member';
COMMENT ON COLUMN workout_comment.mentioned IS 'class: guarded. Whom the marks stand for, in their order';
COMMENT ON COLUMN workout_comment.created_at IS 'class: guarded';
COMMENT ON COLUMN workout_comment.edited_at IS 'class: guarded';
COMMENT ON COLUMN workout_comment.key_hash IS 'class: internal. SHA-256 of the client''s key for making it once';
COMMENT ON COLUMN workout_comment.request_hash IS 'class: internal. SHA-256 of the request that made it: of no more than lies beside it';

-- Comments that the owner of the workout keeps from others. It is the owner's row: a
-- row of somebody who doesn't own the workout hides nothing.
CREATE TABLE comment_hidden (
    member_id  uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    comment_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (member_id, comment_id)
);
COMMENT ON TABLE comment_hidden IS 'class: guarded. Comments that the owner of a workout hides';
COMMENT ON COLUMN comment_hidden.member_id IS 'class: guarded. The owner of the workout';
COMMENT ON COLUMN comment_hidden.comment_id IS 'class: guarded';
COMMENT ON COLUMN comment_hidden.at IS 'class: guarded';

-- Whether a member other than the viewer may see a workout now, for a viewer who may:
-- nobody is told of others what they can't look at themselves. What somebody said
-- about it counts for as long: whoever was removed, blocked or left out by a narrower
-- audience is not heard below it any more.
CREATE FUNCTION reaches_workout(who uuid, wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN is_asked() AND coalesce((
        SELECT least(w.audience, CASE WHEN m.private THEN 1 ELSE 3 END)
            >= greatest(lowest_by(who, w.member_id, e.bits), lowest_by(viewer_id(), w.member_id, mine.bits))
        FROM workout w JOIN member m ON m.id = w.member_id
        LEFT JOIN edge e ON e.member_id = w.member_id AND e.other_id = who
        LEFT JOIN edge mine ON mine.member_id = w.member_id AND mine.other_id = viewer_id()
        WHERE w.id = wanted), false);
END $$;

-- Whether a comment is kept from the viewer by the owner of a workout that they may see.
CREATE FUNCTION is_hidden_comment(comment uuid, on_workout uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN EXISTS (SELECT FROM workout w JOIN comment_hidden h ON h.member_id = w.member_id AND h.comment_id = comment
        WHERE w.id = on_workout AND w.member_id IS DISTINCT FROM viewer_id() AND reaches_workout(viewer_id(), w.id));
END $$;

-- How many like a workout, of those whom the viewer can find, up to a thousand; by the
-- rules themselves, for all at once. None for who may not see it.
CREATE FUNCTION count_likes(wanted uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    IF NOT reaches_workout(viewer, wanted) THEN
        RETURN 0;
    END IF;
    RETURN (SELECT count(*) FROM (
        SELECT FROM workout w JOIN member o ON o.id = w.member_id
        JOIN workout_like l ON l.workout_id = w.id
        JOIN member m ON m.id = l.member_id
        LEFT JOIN edge theirs ON theirs.member_id = w.member_id AND theirs.other_id = l.member_id
        LEFT JOIN edge mine ON mine.member_id = l.member_id AND mine.other_id = viewer
        WHERE w.id = wanted AND found_by(viewer, l.member_id, m.discoverability, mine.bits)
            AND least(w.audience, CASE WHEN o.private THEN 1 ELSE 3 END) >= lowest_by(l.member_id, w.member_id, theirs.bits)
        LIMIT 1000) AS visible);
END $$;

-- The owner of a workout takes a comment of somebody else's away.
CREATE FUNCTION remove_comment(comment uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM workout_comment c USING workout w
    WHERE c.id = comment AND w.id = c.workout_id AND w.member_id = viewer_id();
END $$;

-- Of those members, who may see the workout, so that nobody is told of what they can't open.
CREATE FUNCTION who_reach(members uuid[], wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT m FROM unnest(members) AS m WHERE reaches_workout(m, wanted)
$$;

-- Whether somebody can find the viewer: who writes below their workout lets them know who it is.
CREATE FUNCTION owner_finds_viewer(owner uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN is_asked() AND coalesce((
        SELECT found_by(owner, m.id, m.discoverability, e.bits)
        FROM member m LEFT JOIN edge e ON e.member_id = m.id AND e.other_id = owner WHERE m.id = viewer_id()), false);
END $$;

-- What lies below workouts that are gone, and hides comments that are: so many, and how many.
CREATE FUNCTION clear_social(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    likes integer;
    comments integer;
    hides integer;
BEGIN
    DELETE FROM workout_like WHERE (member_id, workout_id) IN (
        SELECT l.member_id, l.workout_id FROM workout_like l
        WHERE NOT EXISTS (SELECT FROM workout w WHERE w.id = l.workout_id) LIMIT most);
    GET DIAGNOSTICS likes = ROW_COUNT;
    DELETE FROM workout_comment WHERE (member_id, id) IN (
        SELECT c.member_id, c.id FROM workout_comment c
        WHERE NOT EXISTS (SELECT FROM workout w WHERE w.id = c.workout_id) LIMIT most);
    GET DIAGNOSTICS comments = ROW_COUNT;
    DELETE FROM comment_hidden WHERE (member_id, comment_id) IN (
        SELECT h.member_id, h.comment_id FROM comment_hidden h
        WHERE NOT EXISTS (SELECT FROM workout_comment c WHERE c.id = h.comment_id) LIMIT most);
    GET DIAGNOSTICS hides = ROW_COUNT;
    RETURN likes + comments + hides;
END $$;
GRANT EXECUTE ON FUNCTION reaches_workout(uuid, uuid), is_hidden_comment(uuid, uuid), count_likes(uuid),
    remove_comment(uuid), who_reach(uuid[], uuid), owner_finds_viewer(uuid) TO paceline_app;
GRANT EXECUTE ON FUNCTION clear_social(integer) TO paceline_worker;

ALTER TABLE workout_like ENABLE ROW LEVEL SECURITY;
ALTER TABLE workout_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment_hidden ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON workout_like, comment_hidden TO paceline_app;
GRANT SELECT, INSERT, DELETE, UPDATE (body, mentioned, edited_at) ON workout_comment TO paceline_app;

-- Whoever sees the workout sees who likes it, if they can find them and those may see it too.
CREATE POLICY shown ON workout_like FOR SELECT TO paceline_app USING (
    member_id = (SELECT viewer_id())
    OR (EXISTS (SELECT FROM workout w WHERE w.id = workout_id) AND finds(member_id) AND reaches_workout(member_id, workout_id)));
CREATE POLICY own_insert ON workout_like FOR INSERT TO paceline_app WITH CHECK (
    member_id = (SELECT viewer_id()) AND EXISTS (SELECT FROM workout w WHERE w.id = workout_id));
CREATE POLICY own_delete ON workout_like FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));

-- A comment is read where the workout is, unless its author and the reader have blocked one
-- another, its author may not see the workout any more, or the workout's owner hides it.
CREATE POLICY shown ON workout_comment FOR SELECT TO paceline_app USING (
    member_id = (SELECT viewer_id())
    OR (EXISTS (SELECT FROM workout w WHERE w.id = workout_id) AND lowest_audience(member_id) < 4
        AND reaches_workout(member_id, workout_id) AND NOT is_hidden_comment(id, workout_id)));
CREATE POLICY own_insert ON workout_comment FOR INSERT TO paceline_app WITH CHECK (
    member_id = (SELECT viewer_id()) AND EXISTS (SELECT FROM workout w WHERE w.id = workout_id));
CREATE POLICY own_update ON workout_comment FOR UPDATE TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own_delete ON workout_comment FOR DELETE TO paceline_app USING (member_id = (SELECT viewer_id()));
CREATE POLICY own ON comment_hidden TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- What a notice is about, if the viewer can open it now: its owner, and the audience
-- that it has within the owner's, for the policy to confirm. No row: the notice doesn't
-- show. It runs with the caller's rights, so a table's own row-level security decides,
-- and it can't be wider than a read of the thing itself; who said something, and may not any more, and what is
-- hidden it asks besides, for the program couldn't tell. What belongs to nobody, or to
-- the viewer, has the viewer for an owner. A kind that isn't named here never shows.
CREATE FUNCTION notice_thing(kind text, actor uuid, object uuid, part uuid)
RETURNS TABLE (owner_id uuid, audience smallint)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    CASE kind
    WHEN 'liked' THEN
        RETURN QUERY SELECT w.member_id, w.audience FROM workout w
            JOIN workout_like l ON l.member_id = actor AND l.workout_id = w.id
            WHERE w.id = object AND reaches_workout(actor, object);
    WHEN 'commented' THEN
        RETURN QUERY SELECT w.member_id, w.audience FROM workout w
            JOIN workout_comment c ON c.member_id = actor AND c.id = part AND c.workout_id = w.id
            WHERE w.id = object AND reaches_workout(actor, object) AND NOT is_hidden_comment(part, object);
    WHEN 'mentioned' THEN
        RETURN QUERY SELECT w.member_id, w.audience FROM workout w
            JOIN workout_comment c ON c.member_id = actor AND c.id = part AND c.workout_id = w.id
            WHERE w.id = object AND viewer = ANY (c.mentioned) AND reaches_workout(actor, object) AND NOT is_hidden_comment(part, object);
    WHEN 'follow_requested' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM edge e WHERE e.member_id = viewer AND e.other_id = actor AND e.bits & 2 <> 0;
    WHEN 'follow_approved' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM edge e WHERE e.member_id = viewer AND e.other_id = actor AND e.bits & 16 <> 0;
    WHEN 'booking_promoted', 'class_moved' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM class_seat t WHERE t.member_id = viewer AND t.scheduled_id = object;
    WHEN 'booking_removed', 'class_cancelled' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM booking b WHERE b.member_id = viewer AND b.scheduled_id = object;
    WHEN 'high_five' THEN
        RETURN QUERY SELECT w.member_id, w.audience FROM workout w WHERE w.id = object AND w.member_id = viewer AND is_greeted(part, actor);
    WHEN 'group_requested' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM group_standing s JOIN group_member m ON m.group_id = s.group_id
            WHERE s.group_id = object AND s.leads AND m.member_id = actor AND m.role = 'asking';
    WHEN 'group_approved' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM group_standing s WHERE s.group_id = object AND s.inside;
    WHEN 'challenge_ended' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM challenge c JOIN challenge_participation p ON p.challenge_id = c.id
            WHERE c.id = object AND p.member_id = viewer;
    WHEN 'access_granted' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM access_grant g WHERE g.member_id = viewer AND g.id = object;
    WHEN 'moderation_decided' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM sanction x WHERE x.member_id = viewer AND x.id = object;
    ELSE
        RETURN;
    END CASE;
END $$;
GRANT EXECUTE ON FUNCTION notice_thing(text, uuid, uuid, uuid) TO paceline_app;

-- Mail about notices. The worker only hands out whose turn it is; what there is to say
-- is decided as that member, behind a claim that makes them the viewer.
CREATE TABLE auth.notice_claim (
    member_id uuid PRIMARY KEY REFERENCES public.member ON DELETE CASCADE,
    hash      bytea NOT NULL,
    until     timestamptz NOT NULL
);
CREATE INDEX notice_claim_hash ON auth.notice_claim (hash);
COMMENT ON TABLE auth.notice_claim IS 'class: secret. Whose notices are being looked through for a mail';
COMMENT ON COLUMN auth.notice_claim.member_id IS 'class: internal';
COMMENT ON COLUMN auth.notice_claim.hash IS 'class: secret. SHA-256 of the claim';
COMMENT ON COLUMN auth.notice_claim.until IS 'class: internal';

-- Takes a member who may be due a mail, and says whether there is one. What isn't about
-- safety waits until an hour after the mail before.
CREATE FUNCTION auth.claim_notices(claim_hash bytea, now_at timestamptz, hold timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    next_one uuid;
    last_mail timestamptz;
BEGIN
    LOOP
        SELECT n.member_id INTO next_one FROM public.notice n
        WHERE n.mail_due <= now_at AND NOT EXISTS (SELECT FROM notice_claim c WHERE c.member_id = n.member_id AND c.until > now_at)
        ORDER BY n.mail_due LIMIT 1;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        SELECT max(n.mailed_at) INTO last_mail FROM public.notice n WHERE n.member_id = next_one;
        IF last_mail > now_at - interval '1 hour'
            AND NOT EXISTS (SELECT FROM public.notice n WHERE n.member_id = next_one AND n.kept AND n.mail_due <= now_at)
        THEN
            UPDATE public.notice n SET mail_due = last_mail + interval '1 hour' WHERE n.member_id = next_one AND n.mail_due <= now_at;
            CONTINUE;
        END IF;
        INSERT INTO notice_claim AS c (member_id, hash, until) VALUES (next_one, claim_hash, hold)
        ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, until = excluded.until WHERE c.until <= now_at;
        RETURN FOUND; -- another replica was quicker: the next turn looks again
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION auth.claim_notices(bytea, timestamptz, timestamptz) TO paceline_worker;

-- Who holds the claim reads as its member, for as long as it holds, and with less than
-- a session: the program gives this actor the scopes of reading and no others.
CREATE FUNCTION auth.authenticate_notice(claim_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    actor := 'nobody';
    SELECT c.member_id INTO member FROM notice_claim c WHERE c.hash = claim_hash AND c.until > at;
    IF FOUND THEN
        actor := 'mail';
    END IF;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', actor, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.authenticate_notice(bytea, timestamptz) TO paceline_app;

-- Ends the claim, once, and puts the mail into the outbox if there is one.
CREATE FUNCTION auth.post_notices(claim_hash bytea, mail_id uuid, sealed bytea, now_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    DELETE FROM notice_claim c WHERE c.hash = claim_hash AND c.member_id = public.viewer_id() AND c.until > now_at;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF sealed IS NOT NULL THEN
        INSERT INTO mail (id, message, created_at, next_attempt) VALUES (mail_id, sealed, now_at, now_at);
    END IF;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION auth.post_notices(bytea, uuid, bytea, timestamptz) TO paceline_app;

-- What is past its time goes; the worker sees the times and nothing else.
GRANT SELECT (at), DELETE ON notice TO paceline_worker;
CREATE POLICY past ON notice TO paceline_worker USING (true);

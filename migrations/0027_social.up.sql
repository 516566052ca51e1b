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

-- What a notice is about, if the viewer can open it now: its owner, and the audience
-- that it has within the owner's, for the policy to confirm. No row: the notice doesn't
-- show. It runs with the caller's rights, so a table's own row-level security decides,
-- and it can't be wider than a read of the thing itself. What belongs to nobody, or to
-- the viewer, has the viewer for an owner. A kind that isn't named here never shows.
CREATE FUNCTION notice_thing(kind text, actor uuid, object uuid, part uuid)
RETURNS TABLE (owner_id uuid, audience smallint)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public AS $$
DECLARE
    viewer uuid := viewer_id();
BEGIN
    CASE kind
    WHEN 'follow_requested' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM edge e WHERE e.member_id = viewer AND e.other_id = actor AND e.bits & 2 <> 0;
    WHEN 'follow_approved' THEN
        RETURN QUERY SELECT viewer, 3::smallint FROM edge e WHERE e.member_id = viewer AND e.other_id = actor AND e.bits & 16 <> 0;
    ELSE
        RETURN;
    END CASE;
END $$;
GRANT EXECUTE ON FUNCTION notice_thing(text, uuid, uuid, uuid) TO paceline_app;

-- Moderation: what members report, what moderators make of it, and what they are answerable for.
-- Who reports stands with the report, which is theirs; what is decided stands with the case, and
-- leads to no reporter. What was reported is kept sealed, as its reporter saw it, for as long as a
-- decision can be questioned.

CREATE TABLE report (
    member_id    uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id           uuid NOT NULL,
    case_id      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('member', 'workout', 'comment', 'class', 'group')),
    object_id    uuid NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('harassment', 'hate', 'spam', 'impersonation', 'sexual', 'violence', 'self_harm', 'cheating', 'other')),
    words_sealed bytea,
    state        text NOT NULL CHECK (state IN ('received', 'in_review', 'closed')),
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (member_id, id),
    UNIQUE (member_id, case_id)
);
CREATE INDEX report_case ON report (case_id);
COMMENT ON TABLE report IS 'class: guarded. What a member reported; nobody but them learns that it was them';
COMMENT ON COLUMN report.member_id IS 'class: guarded. Who reports';
COMMENT ON COLUMN report.id IS 'class: guarded';
COMMENT ON COLUMN report.case_id IS 'class: internal. Which its reporter is not told';
COMMENT ON COLUMN report.kind IS 'class: guarded';
COMMENT ON COLUMN report.object_id IS 'class: guarded. What is reported';
COMMENT ON COLUMN report.reason IS 'class: guarded';
COMMENT ON COLUMN report.words_sealed IS 'class: sealed. What its reporter adds, with the system''s key: a moderator reads it';
COMMENT ON COLUMN report.state IS 'class: guarded';
COMMENT ON COLUMN report.created_at IS 'class: guarded';

CREATE TABLE moderation_case (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    object_id       uuid NOT NULL,
    subject_id      uuid,
    evidence_sealed bytea,
    state           text NOT NULL CHECK (state IN ('received', 'in_review', 'closed')),
    opened_at       timestamptz NOT NULL,
    claimed_by      uuid,
    claimed_at      timestamptz,
    action          text CHECK (action IN ('dismiss', 'warn', 'hide', 'mute', 'suspend')),
    decided_at      timestamptz,
    CHECK ((state = 'closed') = (decided_at IS NOT NULL)),
    CHECK ((state = 'in_review') <= (claimed_by IS NOT NULL))
);
CREATE UNIQUE INDEX moderation_case_open ON moderation_case (kind, object_id, subject_id) NULLS NOT DISTINCT WHERE state <> 'closed';
CREATE INDEX moderation_case_queue ON moderation_case (opened_at, id) WHERE state <> 'closed';
CREATE INDEX moderation_case_subject ON moderation_case (subject_id);
COMMENT ON TABLE moderation_case IS 'class: internal. Reports of one thing, for moderators';
COMMENT ON COLUMN moderation_case.id IS 'class: internal';
COMMENT ON COLUMN moderation_case.kind IS 'class: internal';
COMMENT ON COLUMN moderation_case.object_id IS 'class: internal';
COMMENT ON COLUMN moderation_case.subject_id IS 'class: internal. Whose it is, or was; NULL for what is nobody''s';
COMMENT ON COLUMN moderation_case.evidence_sealed IS 'class: sealed. What was reported, as its reporter saw it; NULL once it is too old';
COMMENT ON COLUMN moderation_case.state IS 'class: internal';
COMMENT ON COLUMN moderation_case.opened_at IS 'class: internal';
COMMENT ON COLUMN moderation_case.claimed_by IS 'class: internal. The moderator who looks into it';
COMMENT ON COLUMN moderation_case.claimed_at IS 'class: internal';
COMMENT ON COLUMN moderation_case.action IS 'class: internal';
COMMENT ON COLUMN moderation_case.decided_at IS 'class: internal';

CREATE TABLE sanction (
    member_id     uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id            uuid NOT NULL,
    case_id       uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('warn', 'hide', 'mute', 'suspend')),
    words         text NOT NULL CHECK (length(words) BETWEEN 1 AND 500),
    made_at       timestamptz NOT NULL,
    ends_at       timestamptz,
    made_by       uuid NOT NULL,
    lifted_at     timestamptz,
    appeal        text NOT NULL DEFAULT 'none' CHECK (appeal IN ('none', 'open', 'rejected', 'accepted')),
    appeal_sealed bytea,
    appealed_at   timestamptz,
    appeal_by     uuid,
    PRIMARY KEY (member_id, id),
    CHECK ((kind IN ('mute', 'suspend')) = (ends_at IS NOT NULL)),
    CHECK (appeal_by IS NULL OR appeal_by <> made_by)
);
CREATE INDEX sanction_appeals ON sanction (appealed_at, id) WHERE appeal = 'open';
COMMENT ON TABLE sanction IS 'class: guarded. What moderators decided against a member';
COMMENT ON COLUMN sanction.member_id IS 'class: guarded';
COMMENT ON COLUMN sanction.id IS 'class: guarded';
COMMENT ON COLUMN sanction.case_id IS 'class: internal';
COMMENT ON COLUMN sanction.kind IS 'class: guarded';
COMMENT ON COLUMN sanction.words IS 'class: guarded. Why, as the moderator tells the member';
COMMENT ON COLUMN sanction.made_at IS 'class: guarded';
COMMENT ON COLUMN sanction.ends_at IS 'class: guarded. Of what lasts';
COMMENT ON COLUMN sanction.made_by IS 'class: internal. The moderator; the member is not told';
COMMENT ON COLUMN sanction.lifted_at IS 'class: guarded. By an appeal';
COMMENT ON COLUMN sanction.appeal IS 'class: guarded';
COMMENT ON COLUMN sanction.appeal_sealed IS 'class: sealed. What the member says against it, with the system''s key: a moderator reads it';
COMMENT ON COLUMN sanction.appealed_at IS 'class: guarded';
COMMENT ON COLUMN sanction.appeal_by IS 'class: internal. Another moderator than the one who made it';

ALTER TABLE report ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE sanction ENABLE ROW LEVEL SECURITY;
-- A moderator reads what reporters said and when, and never who they are.
GRANT SELECT (member_id, id, kind, object_id, reason, state, created_at) ON report TO paceline_app;
GRANT SELECT ON moderation_case TO paceline_app;
GRANT SELECT (member_id, id, kind, words, made_at, ends_at, lifted_at, appeal, appealed_at) ON sanction TO paceline_app;
CREATE POLICY own ON report FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));
-- Nobody is the judge of what is about them.
CREATE POLICY moderators ON moderation_case FOR SELECT TO paceline_app
    USING ((SELECT staff_holds('moderator')) AND subject_id IS DISTINCT FROM (SELECT viewer_id()));
CREATE POLICY own ON sanction FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));

-- Puts a report of the viewer's to the open case of the thing, or opens one: another where the thing is somebody else's by
-- now, and where a decision came first. That the viewer sees
-- the thing is the caller's to have asked. The same report again is the one that is there.
CREATE FUNCTION file_report(new_id uuid, new_case uuid, of_kind text, object uuid, subject uuid, why text, words bytea,
    evidence bytea, at timestamptz, most integer) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    reporter uuid := viewer_id();
    found_case moderation_case;
    made uuid;
BEGIN
    IF reporter IS NULL OR current_setting('paceline.actor', true) <> 'session' OR subject = reporter THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(of_kind || object, 28));
    SELECT * INTO found_case FROM moderation_case c
    WHERE c.kind = of_kind AND c.object_id = object AND c.subject_id IS NOT DISTINCT FROM subject AND c.state <> 'closed' FOR UPDATE;
    IF found_case.id IS NULL THEN
        INSERT INTO moderation_case (id, kind, object_id, subject_id, evidence_sealed, state, opened_at)
        VALUES (new_case, of_kind, object, subject, evidence, 'received', at) RETURNING * INTO found_case;
    END IF;
    SELECT r.id INTO made FROM report r WHERE r.member_id = reporter AND r.case_id = found_case.id;
    IF made IS NOT NULL THEN
        RETURN made;
    END IF;
    IF (SELECT count(*) FROM report r WHERE r.member_id = reporter AND r.created_at > at - interval '1 day') >= most THEN
        RETURN NULL;
    END IF;
    INSERT INTO report (member_id, id, case_id, kind, object_id, reason, words_sealed, state, created_at)
    VALUES (reporter, new_id, found_case.id, of_kind, object, why, words, found_case.state, at);
    RETURN new_id;
END $$;

-- What reporters say of a case: how many for each reason, to each moderator.
CREATE FUNCTION case_reasons(wanted uuid[]) RETURNS TABLE (case_id uuid, reason text, reports bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.case_id, r.reason, count(*) FROM report r
    WHERE r.case_id = ANY (wanted) AND staff_holds('moderator') GROUP BY 1, 2 ORDER BY 2
$$;

-- What they added, to whoever claimed the case.
CREATE FUNCTION case_words(wanted uuid) RETURNS TABLE (id uuid, words_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.id, r.words_sealed FROM report r JOIN moderation_case c ON c.id = r.case_id
    WHERE c.id = wanted AND c.claimed_by = viewer_id() AND staff_holds('moderator') AND r.words_sealed IS NOT NULL
    ORDER BY r.created_at, r.id LIMIT 50
$$;

-- The viewer takes a case on. One that somebody else has for less than a day stays theirs. No row:
-- there is no such case, or it is about the viewer, or somebody else's, or over.
CREATE FUNCTION claim_case(wanted uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    subject uuid;
BEGIN
    IF NOT staff_holds('moderator') THEN
        RETURN false;
    END IF;
    UPDATE moderation_case c SET state = 'in_review', claimed_by = viewer_id(), claimed_at = at
    WHERE c.id = wanted AND c.state <> 'closed' AND c.subject_id IS DISTINCT FROM viewer_id()
      AND (c.claimed_by IS NULL OR c.claimed_by = viewer_id() OR c.claimed_at < at - interval '1 day')
      AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.member_id = viewer_id())
    RETURNING c.subject_id INTO subject;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE report r SET state = 'in_review' WHERE r.case_id = wanted AND r.state = 'received';
    PERFORM audit_act('case.claimed', subject, wanted::text, '', at);
    PERFORM note_staff(subject, 'moderator', 'report', 'reported words', at);
    RETURN true;
END $$;

-- Takes the words of a thing away. Whoever wrote them may write others.
CREATE FUNCTION take_words_away(of_kind text, object uuid, subject uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    CASE of_kind
    WHEN 'member' THEN
        UPDATE profile p SET bio = NULL, display_name = p.username, search_name = p.username, updated_at = at WHERE p.member_id = subject;
        DELETE FROM avatar a WHERE a.member_id = subject;
        PERFORM enlist(subject);
    WHEN 'workout' THEN
        -- A change of its owner's: change_number() would hold the moderator's lock.
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('workout changes ' || subject, 0));
        UPDATE workout w SET title = NULL, updated_at = at, changed = nextval('workout_change') WHERE w.member_id = subject AND w.id = object;
    WHEN 'comment' THEN
        DELETE FROM workout_comment c WHERE c.member_id = subject AND c.id = object;
    WHEN 'class' THEN
        UPDATE class c SET state = 'retired', updated_at = at WHERE c.id = object;
    WHEN 'group' THEN
        UPDATE groups g SET name = 'Group', search_name = 'group', description = NULL WHERE g.id = object; -- whoever owns it by now
    END CASE;
END $$;

-- Decides a case that the viewer claimed. Says whose it was, so that they can be told; nothing where
-- there is no such case. What is decided binds from here on.
CREATE FUNCTION decide_case(wanted uuid, new_sanction uuid, act text, said text, until timestamptz, at timestamptz)
RETURNS TABLE (subject uuid, sanctioned boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    decided moderation_case;
BEGIN
    IF NOT staff_holds('moderator') THEN
        RETURN;
    END IF;
    UPDATE moderation_case c SET state = 'closed', action = act, decided_at = at
    WHERE c.id = wanted AND c.state = 'in_review' AND c.claimed_by = viewer_id() AND c.subject_id IS DISTINCT FROM viewer_id()
      AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = wanted AND r.member_id = viewer_id())
    RETURNING * INTO decided;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE report r SET state = 'closed' WHERE r.case_id = wanted;
    IF act = 'hide' THEN
        PERFORM take_words_away(decided.kind, decided.object_id, decided.subject_id, at);
    END IF;
    subject := decided.subject_id;
    PERFORM FROM member m WHERE m.id = subject FOR KEY SHARE;
    sanctioned := act <> 'dismiss' AND FOUND;
    PERFORM FROM auth.credential c WHERE act = 'suspend' AND c.member_id = subject FOR UPDATE;
    IF sanctioned THEN
        INSERT INTO sanction (member_id, id, case_id, kind, words, made_at, ends_at, made_by)
        VALUES (subject, new_sanction, wanted, act, said, at, until, viewer_id());
    END IF;
    IF sanctioned AND act = 'suspend' THEN
        UPDATE auth.session s SET revoked_at = at WHERE s.revoked_at IS NULL AND (s.member_id = subject OR s.console_owner = subject);
    END IF;
    PERFORM audit_act('case.decided', subject, wanted::text, act, at);
    RETURN NEXT;
END $$;

-- The viewer's own words against a sanction of theirs: once.
CREATE FUNCTION appeal_sanction(wanted uuid, said bytea, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_setting('paceline.actor', true) <> 'session' THEN
        RETURN false;
    END IF;
    UPDATE sanction s SET appeal = 'open', appeal_sealed = said, appealed_at = at
    WHERE s.member_id = viewer_id() AND s.id = wanted AND s.appeal = 'none';
    RETURN FOUND;
END $$;

-- The same for somebody who can't sign in, once they proved who they are: against what keeps them out.
CREATE FUNCTION auth.appeal_suspension(who uuid, said bytea, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE sanction s SET appeal = 'open', appeal_sealed = said, appealed_at = at
    WHERE s.member_id = who AND s.kind = 'suspend' AND s.appeal = 'none' AND s.lifted_at IS NULL AND s.ends_at > at;
    RETURN FOUND;
END $$;

-- Open appeals for the viewer: not of what they decided themself or reported, nor about them. With what was
-- reported, as long as it is kept: each look is noted. The last of so many only says that there are more.
CREATE FUNCTION open_appeals(after_at timestamptz, after_id uuid, most integer, at timestamptz)
RETURNS TABLE (id uuid, case_id uuid, kind text, words text, made_at timestamptz, ends_at timestamptz, appealed_at timestamptz,
    appeal_sealed bytea, of_kind text, evidence_sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    subject uuid;
    listed integer := 0;
BEGIN
    IF NOT staff_holds('moderator') THEN
        RETURN;
    END IF;
    FOR subject, id, case_id, kind, words, made_at, ends_at, appealed_at, appeal_sealed, of_kind, evidence_sealed IN
        SELECT s.member_id, s.id, s.case_id, s.kind, s.words, s.made_at, s.ends_at, s.appealed_at, s.appeal_sealed, c.kind, c.evidence_sealed
        FROM sanction s JOIN moderation_case c ON c.id = s.case_id
        WHERE s.appeal = 'open' AND s.made_by <> viewer_id() AND s.member_id <> viewer_id()
          AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.member_id = viewer_id())
          AND (s.appealed_at, s.id) > (after_at, after_id)
        ORDER BY s.appealed_at, s.id LIMIT most
    LOOP
        listed := listed + 1;
        IF listed < most THEN
            PERFORM audit_act('appeal.read', subject, id::text, '', at);
            PERFORM note_staff(subject, 'moderator', 'appeal', 'reported words', at);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- Decides an appeal; accepted, the sanction ends. Says whose it is.
CREATE FUNCTION decide_appeal(wanted uuid, accepted boolean, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    subject uuid;
BEGIN
    IF NOT staff_holds('moderator') THEN
        RETURN;
    END IF;
    UPDATE sanction s SET appeal = CASE WHEN accepted THEN 'accepted' ELSE 'rejected' END, appeal_by = viewer_id(),
        lifted_at = CASE WHEN accepted THEN at END
    WHERE s.id = wanted AND s.appeal = 'open' AND s.made_by <> viewer_id() AND s.member_id <> viewer_id()
      AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = s.case_id AND r.member_id = viewer_id())
    RETURNING s.member_id INTO subject;
    IF FOUND THEN
        PERFORM audit_act(CASE WHEN accepted THEN 'appeal.accepted' ELSE 'appeal.rejected' END, subject, wanted::text, '', at);
        RETURN NEXT subject;
    END IF;
END $$;

-- Whether a member may not comment, or not sign in.
CREATE FUNCTION is_under(who uuid, what text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT FROM sanction s WHERE s.member_id = who AND s.kind = what AND s.lifted_at IS NULL AND s.ends_at > at)
$$;
CREATE FUNCTION auth.suspension_of(who uuid, at timestamptz) RETURNS TABLE (words text, ends_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    -- Who signs in and who suspends wait for each other, so that no session is made beside the decision.
    PERFORM FROM auth.credential c WHERE c.member_id = who FOR SHARE;
    RETURN QUERY SELECT s.words, s.ends_at FROM sanction s
    WHERE s.member_id = who AND s.kind = 'suspend' AND s.lifted_at IS NULL AND s.ends_at > at
    ORDER BY s.ends_at DESC LIMIT 1;
END $$;
-- Whoever is suspended gets no session, by whatever way: a login, a console that was paired, a ride.
CREATE POLICY not_suspended ON auth.session AS RESTRICTIVE FOR INSERT TO paceline_auth
    WITH CHECK (NOT public.is_under(member_id, 'suspend', created_at) AND NOT public.is_under(console_owner, 'suspend', created_at));

-- Whoever is muted writes no comment and changes none.
CREATE FUNCTION is_muted(at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ SELECT is_under(viewer_id(), 'mute', at) $$;
GRANT EXECUTE ON FUNCTION is_muted(timestamptz) TO paceline_app;
CREATE POLICY not_muted ON workout_comment AS RESTRICTIVE FOR INSERT TO paceline_app WITH CHECK (NOT is_muted(created_at));
CREATE POLICY not_muted_edit ON workout_comment AS RESTRICTIVE FOR UPDATE TO paceline_app USING (true) WITH CHECK (NOT is_muted(edited_at));

-- What is past its time: evidence and reports a while after the decision, unless an appeal is open; and cases that nobody
-- decided, so that the next report of the thing opens one that has evidence.
CREATE FUNCTION clear_moderation(decided_before timestamptz, opened_before timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    cleared bigint;
    more bigint;
    undecided uuid[];
BEGIN
    UPDATE moderation_case c SET evidence_sealed = NULL
    WHERE c.evidence_sealed IS NOT NULL AND (c.decided_at < decided_before OR c.subject_id IS NOT NULL AND NOT EXISTS (SELECT FROM member m WHERE m.id = c.subject_id))
      AND NOT EXISTS (SELECT FROM sanction s WHERE s.case_id = c.id AND s.appeal = 'open');
    GET DIAGNOSTICS cleared = ROW_COUNT;
    -- The cases go first: a report that is being filed holds its case until it is there to be seen.
    WITH gone AS (DELETE FROM moderation_case c WHERE c.state <> 'closed' AND c.opened_at < opened_before RETURNING c.id)
    SELECT array_agg(g.id) INTO undecided FROM gone g;
    DELETE FROM report r WHERE r.case_id = ANY (undecided)
        OR EXISTS (SELECT FROM moderation_case c WHERE c.id = r.case_id AND c.decided_at < decided_before)
       AND NOT EXISTS (SELECT FROM sanction s WHERE s.case_id = r.case_id AND s.appeal = 'open');
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN cleared + more;
END $$;

REVOKE ALL ON FUNCTION take_words_away(text, uuid, uuid, timestamptz), auth.appeal_suspension(uuid, bytea, timestamptz),
    auth.suspension_of(uuid, timestamptz), clear_moderation(timestamptz, timestamptz), is_under(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION file_report(uuid, uuid, text, uuid, uuid, text, bytea, bytea, timestamptz, integer), case_reasons(uuid[]),
    case_words(uuid), claim_case(uuid, timestamptz), decide_case(uuid, uuid, text, text, timestamptz, timestamptz),
    appeal_sanction(uuid, bytea, timestamptz), open_appeals(timestamptz, uuid, integer, timestamptz), decide_appeal(uuid, boolean, timestamptz)
    TO paceline_app;
GRANT EXECUTE ON FUNCTION auth.appeal_suspension(uuid, bytea, timestamptz), auth.suspension_of(uuid, timestamptz),
    is_under(uuid, text, timestamptz) TO paceline_auth;
GRANT EXECUTE ON FUNCTION clear_moderation(timestamptz, timestamptz) TO paceline_worker;

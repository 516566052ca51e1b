-- Imports that go on after their request: large files and archives. The bytes lie
-- here, sealed, until they have been read; each file of an archive is a row, whose
-- outcome is written together with its workouts.

CREATE TABLE import (
    member_id     uuid NOT NULL REFERENCES member ON DELETE CASCADE,
    id            uuid NOT NULL,
    session_id    uuid NOT NULL,
    state         text NOT NULL CHECK (state IN ('receiving', 'queued', 'parsing', 'ready', 'partly', 'failed', 'cancelled')),
    kind          text NOT NULL CHECK (kind IN ('archive', 'table', 'file')),
    audience      smallint CHECK (audience BETWEEN 0 AND 3),
    code          text,
    bytes         bigint NOT NULL DEFAULT 0,
    listed        boolean NOT NULL DEFAULT false,
    files         integer NOT NULL DEFAULT 0,
    created       integer NOT NULL DEFAULT 0,
    duplicate     integer NOT NULL DEFAULT 0,
    rejected      integer NOT NULL DEFAULT 0,
    ignored       integer NOT NULL DEFAULT 0,
    claim         bytea,
    claimed_until timestamptz,
    attempts      smallint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (member_id, id)
);
CREATE INDEX import_open ON import (coalesce(claimed_until, created_at)) WHERE state IN ('queued', 'parsing');
CREATE INDEX import_claim ON import (claim) WHERE claim IS NOT NULL;
CREATE INDEX import_updated ON import (updated_at);
COMMENT ON TABLE import IS 'class: guarded. One upload that is read after its request';
COMMENT ON COLUMN import.member_id IS 'class: guarded';
COMMENT ON COLUMN import.id IS 'class: guarded';
COMMENT ON COLUMN import.session_id IS 'class: internal. The session that asked, as which it is read';
COMMENT ON COLUMN import.state IS 'class: guarded';
COMMENT ON COLUMN import.kind IS 'class: internal. What the bytes are';
COMMENT ON COLUMN import.audience IS 'class: guarded. Asked for; NULL is the owner''s default when a workout is made';
COMMENT ON COLUMN import.code IS 'class: guarded. Why it failed as a whole';
COMMENT ON COLUMN import.bytes IS 'class: guarded. Size as sent; 0 once they are gone';
COMMENT ON COLUMN import.listed IS 'class: internal. Its files are rows of import_file';
COMMENT ON COLUMN import.files IS 'class: guarded. Number of them';
COMMENT ON COLUMN import.created IS 'class: guarded. Files that made a workout';
COMMENT ON COLUMN import.duplicate IS 'class: guarded. Files whose workouts were all there';
COMMENT ON COLUMN import.rejected IS 'class: guarded. Files that were refused';
COMMENT ON COLUMN import.ignored IS 'class: guarded. Files that hold no workouts by their name';
COMMENT ON COLUMN import.claim IS 'class: secret. SHA-256 of what lets one program read it as its member';
COMMENT ON COLUMN import.claimed_until IS 'class: internal. When another may; once let go, when that was';
COMMENT ON COLUMN import.attempts IS 'class: internal. Claims since a file was done';
COMMENT ON COLUMN import.created_at IS 'class: guarded';
COMMENT ON COLUMN import.updated_at IS 'class: guarded';

CREATE TABLE import_chunk (
    member_id    uuid NOT NULL,
    import_id    uuid NOT NULL,
    place        integer NOT NULL CHECK (place >= 0),
    bytes_sealed bytea NOT NULL,
    PRIMARY KEY (member_id, import_id, place),
    FOREIGN KEY (member_id, import_id) REFERENCES import ON DELETE CASCADE
);
ALTER TABLE import_chunk ALTER COLUMN bytes_sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE import_chunk IS 'class: guarded. The bytes of an upload';
COMMENT ON COLUMN import_chunk.member_id IS 'class: guarded';
COMMENT ON COLUMN import_chunk.import_id IS 'class: guarded';
COMMENT ON COLUMN import_chunk.place IS 'class: internal. Which one; all but the last are of one size';
COMMENT ON COLUMN import_chunk.bytes_sealed IS 'class: sealed. As sent';

CREATE TABLE import_file (
    member_id    uuid NOT NULL,
    import_id    uuid NOT NULL,
    place        integer NOT NULL CHECK (place >= 0),
    outcome      text NOT NULL CHECK (outcome IN ('waiting', 'created', 'duplicate', 'rejected')),
    code         text,
    workouts     uuid[] NOT NULL DEFAULT '{}',
    duplicates   uuid[] NOT NULL DEFAULT '{}',
    about_sealed bytea NOT NULL,
    PRIMARY KEY (member_id, import_id, place),
    FOREIGN KEY (member_id, import_id) REFERENCES import ON DELETE CASCADE
);
CREATE INDEX import_file_waiting ON import_file (member_id, import_id, place) WHERE outcome = 'waiting';
COMMENT ON TABLE import_file IS 'class: guarded. A file of an import, and what became of it';
COMMENT ON COLUMN import_file.member_id IS 'class: guarded';
COMMENT ON COLUMN import_file.import_id IS 'class: guarded';
COMMENT ON COLUMN import_file.place IS 'class: guarded. Its place in the archive';
COMMENT ON COLUMN import_file.outcome IS 'class: guarded';
COMMENT ON COLUMN import_file.code IS 'class: guarded. Why it was refused';
COMMENT ON COLUMN import_file.workouts IS 'class: guarded. Workouts that it made';
COMMENT ON COLUMN import_file.duplicates IS 'class: guarded. Workouts that were there already';
COMMENT ON COLUMN import_file.about_sealed IS 'class: sealed. Its name, a title, or the row of a table: any may name a place or say how somebody is';

ALTER TABLE import ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_file ENABLE ROW LEVEL SECURITY;
GRANT SELECT (member_id, id, session_id, state, kind, audience, code, bytes, listed, files, created, duplicate, rejected, ignored,
              claimed_until, attempts, created_at, updated_at) ON import TO paceline_app;
GRANT INSERT (member_id, id, session_id, state, kind, created_at, updated_at), DELETE,
      UPDATE (session_id, state, audience, code, bytes, listed, files, created, duplicate, rejected, ignored,
              claimed_until, attempts, updated_at) ON import TO paceline_app;
GRANT SELECT, INSERT, DELETE ON import_chunk TO paceline_app;
GRANT SELECT, INSERT, DELETE, UPDATE (outcome, code, workouts, duplicates) ON import_file TO paceline_app;
CREATE POLICY own ON import TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own ON import_chunk TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));
CREATE POLICY own ON import_file TO paceline_app
    USING (member_id = (SELECT viewer_id())) WITH CHECK (member_id = (SELECT viewer_id()));

-- The worker hands imports out and clears away; it reads nothing of what is in them.
GRANT SELECT (member_id, id, state, claim, claimed_until, attempts, created_at, updated_at), DELETE,
      UPDATE (state, code, claim, claimed_until, attempts, updated_at) ON import TO paceline_worker;
CREATE POLICY handed_out ON import TO paceline_worker USING (true) WITH CHECK (true);

-- Who holds the claim on an import acts as the member and session that asked for it,
-- and as long as that session stands: a token of one job. Signed out, deleted or
-- cancelled, it is nobody's from the next transaction on.
CREATE FUNCTION auth.authenticate_import(claim_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    actor := 'nobody';
    SELECT i.member_id, i.session_id INTO member, session
    FROM public.import i JOIN auth.session s ON s.member_id = i.member_id AND s.id = i.session_id
    WHERE i.claim = claim_hash AND i.claimed_until > at AND i.state IN ('queued', 'parsing')
      AND s.kind IN ('bearer', 'cookie') AND s.expires_at > at AND s.revoked_at IS NULL;
    IF FOUND THEN
        actor := 'session';
    END IF;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', actor, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.authenticate_import(bytea, timestamptz) TO paceline_app;

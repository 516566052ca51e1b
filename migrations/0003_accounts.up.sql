-- Credentials live apart: only paceline_auth reads this schema, but for the
-- e-mail address and the sessions, which paceline_app reads for its own viewer
-- alone.

CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA auth TO paceline_auth, paceline_app, paceline_worker;

CREATE TABLE auth.account (
    member_id  uuid PRIMARY KEY REFERENCES public.member ON DELETE CASCADE,
    email      text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE auth.account IS 'class: guarded. How a member is reached';
COMMENT ON COLUMN auth.account.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.account.email IS 'class: guarded. As typed, unique by email_claim';
COMMENT ON COLUMN auth.account.created_at IS 'class: guarded';

CREATE TABLE auth.credential (
    member_id           uuid PRIMARY KEY REFERENCES public.member ON DELETE CASCADE,
    password_hash       text NOT NULL,
    password_changed_at timestamptz NOT NULL
);
COMMENT ON TABLE auth.credential IS 'class: secret. What proves who a member is';
COMMENT ON COLUMN auth.credential.member_id IS 'class: internal';
COMMENT ON COLUMN auth.credential.password_hash IS 'class: secret. Argon2id, PHC string';
COMMENT ON COLUMN auth.credential.password_changed_at IS 'class: internal';

-- What must be unique for all has a table of its own.
CREATE TABLE auth.email_claim (
    email     text COLLATE "C" PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES public.member ON DELETE CASCADE
);
COMMENT ON TABLE auth.email_claim IS 'class: guarded. One account an address';
COMMENT ON COLUMN auth.email_claim.email IS 'class: guarded. Folded to lower case';
COMMENT ON COLUMN auth.email_claim.member_id IS 'class: guarded';

CREATE TABLE auth.username_claim (
    username  text COLLATE "C" PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES public.member ON DELETE CASCADE
);
COMMENT ON TABLE auth.username_claim IS 'class: guarded. One account a name';
COMMENT ON COLUMN auth.username_claim.username IS 'class: guarded';
COMMENT ON COLUMN auth.username_claim.member_id IS 'class: guarded';

CREATE INDEX email_claim_member ON auth.email_claim (member_id);
CREATE INDEX username_claim_member ON auth.username_claim (member_id);

-- A registration is no account until its code comes back.
CREATE TABLE auth.registration (
    id             uuid PRIMARY KEY,
    email          text COLLATE "C" NOT NULL,
    details_sealed bytea NOT NULL,
    password_hash  text NOT NULL,
    attempts       smallint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX registration_email ON auth.registration (email, created_at DESC);
COMMENT ON TABLE auth.registration IS 'class: secret. Accounts to be, for a quarter of an hour';
COMMENT ON COLUMN auth.registration.id IS 'class: internal';
COMMENT ON COLUMN auth.registration.email IS 'class: guarded. Folded to lower case';
COMMENT ON COLUMN auth.registration.details_sealed IS 'class: sealed. Code, names and birth date, with the system''s key: there is no member yet';
COMMENT ON COLUMN auth.registration.password_hash IS 'class: secret';
COMMENT ON COLUMN auth.registration.attempts IS 'class: internal';
COMMENT ON COLUMN auth.registration.created_at IS 'class: internal';
COMMENT ON COLUMN auth.registration.expires_at IS 'class: internal';

-- Keyed by the address that was asked for, known or not: what is done must not
-- tell which. A code for an unknown address has no mail and so no reader.
CREATE TABLE auth.password_reset (
    id          uuid PRIMARY KEY,
    email       text COLLATE "C" NOT NULL,
    code_sealed bytea NOT NULL,
    attempts    smallint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX password_reset_email ON auth.password_reset (email, created_at DESC);
COMMENT ON TABLE auth.password_reset IS 'class: secret. Codes that let a forgotten password be set anew';
COMMENT ON COLUMN auth.password_reset.id IS 'class: internal';
COMMENT ON COLUMN auth.password_reset.email IS 'class: guarded. Folded to lower case';
COMMENT ON COLUMN auth.password_reset.code_sealed IS 'class: sealed. With the system''s key: a hash of so short a code would be no secret';
COMMENT ON COLUMN auth.password_reset.attempts IS 'class: internal';
COMMENT ON COLUMN auth.password_reset.created_at IS 'class: internal';
COMMENT ON COLUMN auth.password_reset.expires_at IS 'class: internal';

CREATE TABLE auth.session (
    member_id    uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    id           uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('bearer', 'cookie')),
    label        text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    PRIMARY KEY (member_id, id)
);
COMMENT ON TABLE auth.session IS 'class: guarded. Where a member is signed in';
COMMENT ON COLUMN auth.session.member_id IS 'class: guarded';
COMMENT ON COLUMN auth.session.id IS 'class: guarded';
COMMENT ON COLUMN auth.session.kind IS 'class: guarded';
COMMENT ON COLUMN auth.session.label IS 'class: guarded. Kind of program, coarse';
COMMENT ON COLUMN auth.session.created_at IS 'class: guarded';
COMMENT ON COLUMN auth.session.last_used_at IS 'class: guarded. At most five minutes old while in use';
COMMENT ON COLUMN auth.session.expires_at IS 'class: guarded. The absolute limit; the idle limit is with the tokens';
COMMENT ON COLUMN auth.session.revoked_at IS 'class: guarded';

-- Tokens are 256 random bits; only their SHA-256 is kept, and it alone finds
-- the session. A refresh token that is used stays until it would have expired,
-- so that its second use is noticed.
CREATE TABLE auth.token (
    hash       bytea PRIMARY KEY,
    member_id  uuid NOT NULL,
    session_id uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('access', 'refresh', 'cookie')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    FOREIGN KEY (member_id, session_id) REFERENCES auth.session ON DELETE CASCADE
);
CREATE INDEX token_session ON auth.token (member_id, session_id);
CREATE INDEX token_expires ON auth.token (expires_at);
COMMENT ON TABLE auth.token IS 'class: secret. Proofs of a session';
COMMENT ON COLUMN auth.token.hash IS 'class: secret. SHA-256';
COMMENT ON COLUMN auth.token.member_id IS 'class: internal';
COMMENT ON COLUMN auth.token.session_id IS 'class: internal';
COMMENT ON COLUMN auth.token.kind IS 'class: internal';
COMMENT ON COLUMN auth.token.created_at IS 'class: internal';
COMMENT ON COLUMN auth.token.expires_at IS 'class: internal';
COMMENT ON COLUMN auth.token.used_at IS 'class: internal. When a refresh token was turned in';

-- The one way to become a viewer. It sets the viewer for this transaction
-- whatever it finds, so that nothing is ever inherited, and says who that is.
-- No hash is anonymous; a hash that is no live token is nobody. A session notes
-- its use, and a cookie's lives on by it, at most once in five minutes; a
-- request that finds another one noting it does not wait.
CREATE FUNCTION auth.authenticate(token_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    found_kind text;
    last_used timestamptz;
BEGIN
    actor := 'nobody';
    IF token_hash IS NULL THEN
        actor := 'anonymous';
    ELSE
        SELECT t.member_id, t.session_id, t.kind, s.last_used_at INTO member, session, found_kind, last_used
        FROM auth.token t JOIN auth.session s ON s.member_id = t.member_id AND s.id = t.session_id
        WHERE t.hash = token_hash AND t.kind IN ('access', 'cookie')
          AND t.expires_at > at AND s.expires_at > at AND s.revoked_at IS NULL;
        IF FOUND THEN
            actor := 'session';
            IF last_used < at - interval '5 minutes' THEN
                PERFORM FROM auth.session s WHERE s.member_id = member AND s.id = session FOR NO KEY UPDATE SKIP LOCKED;
                IF FOUND THEN
                    UPDATE auth.session s SET last_used_at = at WHERE s.member_id = member AND s.id = session;
                    UPDATE auth.token t SET expires_at = least(at + interval '7 days', s.expires_at)
                        FROM auth.session s
                        WHERE found_kind = 'cookie' AND t.hash = token_hash AND s.member_id = member AND s.id = session;
                END IF;
            END IF;
        END IF;
    END IF;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', actor, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.authenticate(bytea, timestamptz) TO paceline_app, paceline_auth;

ALTER TABLE auth.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.session ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON auth.account, auth.session TO paceline_app;
CREATE POLICY own ON auth.account FOR SELECT TO paceline_app USING (member_id = (SELECT public.viewer_id()));
CREATE POLICY own ON auth.session FOR SELECT TO paceline_app USING (member_id = (SELECT public.viewer_id()));
CREATE POLICY kept ON auth.account TO paceline_auth USING (true) WITH CHECK (true);
CREATE POLICY kept ON auth.session TO paceline_auth USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON auth.account, auth.credential TO paceline_auth;
GRANT SELECT, INSERT ON auth.email_claim, auth.username_claim TO paceline_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.registration, auth.password_reset, auth.session, auth.token TO paceline_auth;

-- What is past its time goes; the worker sees the times and nothing else.
GRANT SELECT (expires_at), DELETE ON auth.registration, auth.password_reset, auth.token TO paceline_worker;
GRANT SELECT (expires_at, revoked_at, last_used_at), DELETE ON auth.session TO paceline_worker;
CREATE POLICY past ON auth.session TO paceline_worker USING (true);

-- Mail that waits to be sent, put there in the transaction that calls for it.
CREATE TABLE auth.mail (
    id           uuid PRIMARY KEY,
    message      bytea NOT NULL,
    attempts     smallint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    next_attempt timestamptz NOT NULL
);
CREATE INDEX mail_next_attempt ON auth.mail (next_attempt);
COMMENT ON TABLE auth.mail IS 'class: internal. Outbox';
COMMENT ON COLUMN auth.mail.id IS 'class: internal';
COMMENT ON COLUMN auth.mail.message IS 'class: sealed. Receiver and text, with the system''s key: it may hold a code';
COMMENT ON COLUMN auth.mail.attempts IS 'class: internal';
COMMENT ON COLUMN auth.mail.created_at IS 'class: internal';
COMMENT ON COLUMN auth.mail.next_attempt IS 'class: internal';
GRANT INSERT ON auth.mail TO paceline_auth;
GRANT SELECT, UPDATE, DELETE ON auth.mail TO paceline_worker;

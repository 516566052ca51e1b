-- Digests of samples that have none: of workouts from before there were digests, and of those that a
-- program before this one wrote since. Their owner's look made them; until then nobody else's records
-- or curve of that member held them. The worker has them made, a member's at a time.

CREATE TABLE digest_turn (
    member_id     uuid PRIMARY KEY REFERENCES member ON DELETE CASCADE,
    claim         bytea NOT NULL,
    claimed_until timestamptz NOT NULL,
    attempts      smallint NOT NULL
);
CREATE INDEX digest_turn_claim ON digest_turn (claim);
COMMENT ON TABLE digest_turn IS 'class: internal. Members whose digests are being made, or could not be made lately';
COMMENT ON COLUMN digest_turn.member_id IS 'class: internal';
COMMENT ON COLUMN digest_turn.claim IS 'class: secret. SHA-256 of what lets one program make them';
COMMENT ON COLUMN digest_turn.claimed_until IS 'class: internal. When another may';
COMMENT ON COLUMN digest_turn.attempts IS 'class: internal. Claims in a row that came to nothing';
ALTER TABLE digest_turn ENABLE ROW LEVEL SECURITY;

-- What waits, in the order it is taken: what never had a digest before what has an old one.
CREATE INDEX workout_part_waiting ON workout_part ((digest_of IS NOT NULL), workout_id, member_id)
    WHERE samples_sealed IS NOT NULL AND digest_of IS DISTINCT FROM substr(samples_sealed, 1, 32);

-- Hands out the member who is next, and doesn't say who. Of a claim that comes to nothing nobody hears
-- for twice as long as of the one before, so that samples which can't be read hold up no others. What
-- another workout is shown in place of waits until it shows again: its owner can't reach it either.
CREATE FUNCTION claim_digests(claim_hash bytea, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    owner uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(21);
    SELECT p.member_id INTO owner
    FROM workout_part p JOIN workout w ON w.member_id = p.member_id AND w.id = p.workout_id
    WHERE p.samples_sealed IS NOT NULL AND p.digest_of IS DISTINCT FROM substr(p.samples_sealed, 1, 32) AND w.audience >= 0
      AND NOT EXISTS (SELECT FROM digest_turn t WHERE t.member_id = p.member_id AND t.claimed_until > at)
    ORDER BY (p.digest_of IS NOT NULL), p.workout_id LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO digest_turn AS t (member_id, claim, claimed_until, attempts) VALUES (owner, claim_hash, at + interval '2 minutes', 1)
    ON CONFLICT (member_id) DO UPDATE SET claim = claim_hash, attempts = least(t.attempts + 1, 100),
        claimed_until = at + least(interval '2 minutes' * 2 ^ least(t.attempts, 10), interval '1 day');
    RETURN true;
END $$;

-- Gives a claim back that came to something.
CREATE FUNCTION end_digests(claim_hash bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM digest_turn t WHERE t.claim = claim_hash
$$;
GRANT EXECUTE ON FUNCTION claim_digests(bytea, timestamptz), end_digests(bytea) TO paceline_worker;

-- Who holds the claim reaches that member's own rows, as a console of theirs does, and nobody else's. No
-- session stands behind it, and the policy opens nothing for it.
CREATE FUNCTION auth.authenticate_upkeep(claim_hash bytea, at timestamptz, OUT actor text, OUT member uuid, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    SELECT t.member_id INTO member FROM public.digest_turn t WHERE t.claim = claim_hash AND t.claimed_until > at;
    actor := CASE WHEN FOUND THEN 'upkeep' ELSE 'nobody' END;
    PERFORM set_config('paceline.viewer', coalesce(member::text, ''), true),
            set_config('paceline.actor', CASE WHEN FOUND THEN 'console' ELSE 'nobody' END, true);
END $$;
GRANT EXECUTE ON FUNCTION auth.authenticate_upkeep(bytea, timestamptz) TO paceline_app;

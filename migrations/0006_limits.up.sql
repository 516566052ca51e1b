-- What bounds abuse: how often, by whom and from where, and how many different
-- members somebody reads. Every key is a keyed hash whose secret is in the key
-- ring, so that no row names a member, an address or a network. Only the
-- functions below touch the tables; the worker clears what is past its time.

-- Each bucket drains evenly. It is full when what is in it takes longer than its
-- window to drain. Minutes of state: a crash may lose it, a log of it is waste.
CREATE UNLOGGED TABLE auth.limit_bucket (
    key      bytea PRIMARY KEY,
    empty_at timestamptz NOT NULL
);
CREATE INDEX limit_bucket_empty_at ON auth.limit_bucket (empty_at);
COMMENT ON TABLE auth.limit_bucket IS 'class: internal. What was tried lately, where each try counts';
COMMENT ON COLUMN auth.limit_bucket.key IS 'class: internal. Keyed hash of what is limited';
COMMENT ON COLUMN auth.limit_bucket.empty_at IS 'class: internal. When it has drained';

CREATE UNLOGGED TABLE auth.limit_count (
    key  bytea NOT NULL,
    slot bigint NOT NULL,
    n    bigint NOT NULL,
    PRIMARY KEY (key, slot)
);
CREATE INDEX limit_count_slot ON auth.limit_count (slot);
COMMENT ON TABLE auth.limit_count IS 'class: internal. Requests of all replicas, told once a second';
COMMENT ON COLUMN auth.limit_count.key IS 'class: internal. Keyed hash of who or where, and what for';
COMMENT ON COLUMN auth.limit_count.slot IS 'class: internal. The minute, since 1970';
COMMENT ON COLUMN auth.limit_count.n IS 'class: internal';

CREATE TABLE auth.known_network (
    key     bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
CREATE INDEX known_network_seen_at ON auth.known_network (seen_at);
COMMENT ON TABLE auth.known_network IS 'class: internal. Networks that an account was signed in from, for 90 days';
COMMENT ON COLUMN auth.known_network.key IS 'class: internal. Keyed hash of address and network together';
COMMENT ON COLUMN auth.known_network.seen_at IS 'class: internal. The last time';

-- Budgets of two weeks must outlive a crash, so this one is logged.
CREATE TABLE auth.enumeration (
    principal bytea NOT NULL,
    subject   bytea NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (principal, subject)
);
CREATE INDEX enumeration_at ON auth.enumeration (at);
COMMENT ON TABLE auth.enumeration IS 'class: internal. Which different members were read without their consent, for two weeks';
COMMENT ON COLUMN auth.enumeration.principal IS 'class: internal. Keyed hash of the member or the network that read';
COMMENT ON COLUMN auth.enumeration.subject IS 'class: internal. Keyed hash of reader and member together: two readers of one member have nothing in common';
COMMENT ON COLUMN auth.enumeration.at IS 'class: internal. The first time in two weeks';

-- Puts one try into every bucket, or into none if one is full. The spared bucket
-- (its index, 0 for none) is passed by when the known key was seen in 90 days.
CREATE FUNCTION auth.limit_take(keys bytea[], quotas integer[], windows integer[], spared integer, known_key bytea, at timestamptz,
    OUT refused integer, OUT wait_s integer, OUT remaining integer[], OUT known boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    i integer;
    wait integer;
    empties timestamptz;
    step interval;
    span interval;
    put bytea[] := '{}';
    steps interval[] := '{}';
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    known := EXISTS (SELECT FROM known_network k WHERE k.key = known_key AND k.seen_at > at - interval '90 days');
    remaining := array_fill(0, ARRAY[cardinality(keys)]);
    -- A refusal writes nothing, so that a flood of them is cheap.
    SELECT u.n, ceil(extract(epoch FROM b.empty_at - at) + u.w::float8 / u.q - u.w)::integer INTO refused, wait_s
        FROM unnest(keys, quotas, windows) WITH ORDINALITY AS u (k, q, w, n) JOIN limit_bucket b ON b.key = u.k
        WHERE NOT (known AND u.n = spared)
            AND b.empty_at + make_interval(secs => u.w::float8 / u.q) > at + make_interval(secs => u.w)
        ORDER BY 2 DESC LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    refused := 0;
    wait_s := 0;
    -- In one order, so that no two requests wait for each other.
    FOR i IN SELECT s FROM generate_subscripts(keys, 1) s ORDER BY keys[s] LOOP
        step := make_interval(secs => windows[i]::float8 / quotas[i]);
        span := make_interval(secs => windows[i]);
        IF known AND i = spared THEN
            remaining[i] := quotas[i];
            CONTINUE;
        END IF;
        INSERT INTO limit_bucket AS b (key, empty_at) VALUES (keys[i], at)
            ON CONFLICT (key) DO UPDATE SET empty_at = greatest(b.empty_at, excluded.empty_at)
            RETURNING b.empty_at INTO empties;
        IF empties + step > at + span THEN
            wait := ceil(extract(epoch FROM empties + step - span - at));
            IF wait > wait_s THEN
                refused := i;
                wait_s := wait;
            END IF;
        ELSE
            remaining[i] := floor(extract(epoch FROM at + span - empties - step) / extract(epoch FROM step) + 0.001);
            put := put || keys[i];
            steps := steps || step;
        END IF;
    END LOOP;
    IF refused = 0 THEN
        UPDATE limit_bucket b SET empty_at = b.empty_at + p.step FROM unnest(put, steps) AS p (key, step) WHERE b.key = p.key;
    END IF;
END $$;

-- Takes a try back that turned out to be the owner's, and remembers from where.
CREATE FUNCTION auth.limit_give(keys bytea[], quotas integer[], windows integer[], known_key bytea, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE limit_bucket b SET empty_at = b.empty_at - make_interval(secs => p.span::float8 / p.quota)
        FROM (SELECT u.key, u.quota, u.span FROM unnest(keys, quotas, windows) AS u (key, quota, span) ORDER BY u.key) AS p
        WHERE b.key = p.key;
    IF known_key IS NOT NULL THEN
        INSERT INTO known_network AS k (key, seen_at) VALUES (known_key, at)
            ON CONFLICT (key) DO UPDATE SET seen_at = greatest(k.seen_at, excluded.seen_at);
    END IF;
END $$;

-- Adds what a replica counted to what all counted, and says how much that is, in
-- this minute and in the one before, in the order of the keys.
CREATE FUNCTION auth.limit_add(keys bytea[], slots bigint[], counts bigint[], OUT totals bigint[], OUT befores bigint[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO limit_count AS c (key, slot, n)
        SELECT u.k, u.s, u.d FROM unnest(keys, slots, counts) AS u (k, s, d) ORDER BY u.k, u.s
        ON CONFLICT (key, slot) DO UPDATE SET n = c.n + excluded.n;
    SELECT array_agg(coalesce(c.n, 0) ORDER BY u.i), array_agg(coalesce(p.n, 0) ORDER BY u.i) INTO totals, befores
        FROM unnest(keys, slots) WITH ORDINALITY AS u (k, s, i)
        LEFT JOIN limit_count c ON c.key = u.k AND c.slot = u.s
        LEFT JOIN limit_count p ON p.key = u.k AND p.slot = u.s - 1;
END $$;

-- Whose tokens these are, in their order; nil for a token that is none.
CREATE FUNCTION auth.limit_members(hashes bytea[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
BEGIN
    RETURN (SELECT array_agg(coalesce(t.member_id, '00000000-0000-0000-0000-000000000000') ORDER BY u.i)
        FROM unnest(hashes) WITH ORDINALITY AS u (hash, i) LEFT JOIN token t ON t.hash = u.hash);
END $$;

-- What of the budgets {hour, day, two weeks} is short for so many new subjects of
-- a principal: 0 nothing, else how many seconds until they fit.
CREATE FUNCTION auth.enumeration_wait(reader bytea, fresh integer, budgets integer[], now_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    spans CONSTANT interval[] := ARRAY[interval '1 hour', interval '1 day', interval '14 days'];
    i integer;
    used integer;
    frees timestamptz;
    wait integer := 0;
BEGIN
    FOR i IN 1..3 LOOP
        SELECT count(*) INTO used FROM enumeration e WHERE e.principal = reader AND e.at > now_at - spans[i];
        IF used + fresh > budgets[i] THEN
            SELECT e.at INTO frees FROM enumeration e WHERE e.principal = reader AND e.at > now_at - spans[i]
                ORDER BY e.at OFFSET greatest(least(used + fresh - budgets[i], used) - 1, 0) LIMIT 1;
            wait := greatest(wait, 1, ceil(extract(epoch FROM coalesce(frees, now_at) + spans[i] - now_at))::integer);
        END IF;
    END LOOP;
    RETURN wait;
END $$;

-- Charges a reader for the members that a body shows without their consent: the
-- member that the token is of, and, for nobody and for whoever is not established,
-- the network. Established is who is a week old and has approved somebody, or was
-- approved. All or nothing; a subject of the last two weeks costs nothing again.
-- Gives 0, or how many seconds until the body would fit.
CREATE FUNCTION auth.charge_subjects(salt bytea, token_hash bytea, network bytea, subjects uuid[],
    member_budgets integer[], network_budgets integer[], now_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    member uuid;
    established boolean := false;
    readers bytea[] := '{}';
    reader bytea;
    unseen bytea[];
    wait integer := 0;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF token_hash IS NOT NULL THEN
        SELECT t.member_id, m.created_at <= now_at - interval '7 days'
                AND EXISTS (SELECT FROM public.edge e WHERE e.member_id = m.id AND e.bits & 17 <> 0)
            INTO member, established
            FROM token t JOIN public.member m ON m.id = t.member_id WHERE t.hash = token_hash;
    END IF;
    IF member IS NULL OR NOT established THEN
        readers := readers || network;
    END IF;
    IF member IS NOT NULL THEN
        readers := readers || sha256(salt || uuid_send(member));
    END IF;
    FOREACH reader IN ARRAY readers LOOP -- the network first: one order for all
        PERFORM pg_advisory_xact_lock(hashtextextended(encode(reader, 'hex'), 6));
    END LOOP;
    FOREACH reader IN ARRAY readers LOOP
        SELECT array_agg(h.subject) INTO unseen FROM (
            SELECT DISTINCT sha256(salt || reader || uuid_send(s)) AS subject FROM unnest(subjects) AS s) AS h
            WHERE NOT EXISTS (SELECT FROM enumeration e WHERE e.principal = reader AND e.subject = h.subject
                AND e.at > now_at - interval '14 days');
        IF unseen IS NOT NULL THEN
            wait := greatest(wait, auth.enumeration_wait(reader, cardinality(unseen),
                CASE WHEN reader = network THEN network_budgets ELSE member_budgets END, now_at));
        END IF;
    END LOOP;
    IF wait > 0 THEN
        RETURN wait;
    END IF;
    FOREACH reader IN ARRAY readers LOOP
        INSERT INTO enumeration AS e (principal, subject, at)
            SELECT DISTINCT reader, sha256(salt || reader || uuid_send(s)), now_at FROM unnest(subjects) AS s
            ON CONFLICT (principal, subject) DO UPDATE SET at = excluded.at WHERE e.at <= now_at - interval '14 days';
    END LOOP;
    RETURN 0;
END $$;

-- What an operator takes back of somebody.
CREATE FUNCTION auth.enumeration_forget(salt bytea, name text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM enumeration e USING username_claim u
        WHERE u.username = name AND e.principal = sha256(salt || uuid_send(u.member_id));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

GRANT EXECUTE ON FUNCTION auth.limit_take(bytea[], integer[], integer[], integer, bytea, timestamptz),
    auth.limit_give(bytea[], integer[], integer[], bytea, timestamptz),
    auth.limit_add(bytea[], bigint[], bigint[]), auth.limit_members(bytea[]),
    auth.charge_subjects(bytea, bytea, bytea, uuid[], integer[], integer[], timestamptz),
    auth.enumeration_forget(bytea, text) TO paceline_auth;
GRANT SELECT (empty_at), DELETE ON auth.limit_bucket TO paceline_worker;
GRANT SELECT (slot), DELETE ON auth.limit_count TO paceline_worker;
GRANT SELECT (seen_at), DELETE ON auth.known_network TO paceline_worker;
GRANT SELECT (at), DELETE ON auth.enumeration TO paceline_worker;

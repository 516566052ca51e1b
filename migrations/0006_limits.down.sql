DROP FUNCTION auth.enumeration_forget(bytea, text),
    auth.charge_subjects(bytea, bytea, bytea, uuid[], integer[], integer[], timestamptz),
    auth.enumeration_wait(bytea, integer, integer[], timestamptz), auth.limit_members(bytea[]),
    auth.limit_add(bytea[], bigint[], bigint[]),
    auth.limit_give(bytea[], integer[], integer[], bytea, timestamptz),
    auth.limit_take(bytea[], integer[], integer[], integer, bytea, timestamptz);
DROP TABLE auth.enumeration, auth.known_network, auth.limit_count, auth.limit_bucket;

-- What a reporter sees of a thing at this moment is what stands as evidence of it; row-level security
-- and the policy decide that, as in any read.

-- name: SeeMember :one
SELECT p.username, p.display_name, p.bio, sqlc.embed(s)
FROM profile p JOIN subject s ON s.member_id = p.member_id
WHERE p.member_id = find_member(@id::uuid, NULL);

-- name: SeeWorkout :one
SELECT w.title, w.audience, sqlc.embed(s)
FROM workout w JOIN subject s ON s.member_id = w.member_id
WHERE w.id = @id;

-- name: SeeClass :one
SELECT c.title, c.description, seen_by()::uuid AS seen_by FROM class c WHERE c.id = @id AND c.state = 'published';

-- name: SeeGroup :one
SELECT g.name, g.description, group_owner(g.id)::uuid AS owner, seen_by()::uuid AS seen_by FROM groups g WHERE g.id = @id;

-- name: SeeComment :one
-- With the workout that it stands below: who sees that sees it, as row-level security has it.
SELECT c.body, c.member_id AS author, w.audience, sqlc.embed(s)
FROM workout_comment c
JOIN workout w ON w.id = c.workout_id
JOIN subject s ON s.member_id = w.member_id
WHERE c.id = @id;

-- name: FileReport :one
SELECT coalesce(file_report(@id, @new_case, @kind, @object, sqlc.narg(subject)::uuid, @reason, sqlc.narg(words)::bytea, @evidence, @at, @most),
                '00000000-0000-0000-0000-000000000000')::uuid AS id;

-- name: ListReports :many
SELECT r.id, r.kind, r.object_id, r.reason, r.state, r.created_at, sqlc.embed(s)
FROM report r JOIN subject s ON s.member_id = r.member_id
WHERE r.member_id = viewer_id() AND (r.created_at, r.id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY r.created_at DESC, r.id DESC LIMIT @row_limit;

-- name: ReadReport :one
SELECT r.id, r.kind, r.object_id, r.reason, r.state, r.created_at, sqlc.embed(s)
FROM report r JOIN subject s ON s.member_id = r.member_id
WHERE r.member_id = viewer_id() AND r.id = @id;

-- name: ListSanctions :many
SELECT x.id, x.kind, x.words, x.made_at, x.ends_at, x.lifted_at, x.appeal, x.appealed_at, sqlc.embed(s)
FROM sanction x JOIN subject s ON s.member_id = x.member_id
WHERE x.member_id = viewer_id() AND (x.made_at, x.id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY x.made_at DESC, x.id DESC LIMIT @row_limit;

-- name: ReadSanction :one
SELECT x.id, x.kind, x.words, x.made_at, x.ends_at, x.lifted_at, x.appeal, x.appealed_at, sqlc.embed(s)
FROM sanction x JOIN subject s ON s.member_id = x.member_id
WHERE x.member_id = viewer_id() AND x.id = @id;

-- name: AppealSanction :one
SELECT appeal_sanction(@id, @said, @at)::boolean AS appealed;

-- name: ListCases :many
SELECT c.id, c.kind, c.state, c.opened_at, (c.claimed_by IS NOT DISTINCT FROM viewer_id())::boolean AS mine, seen_by()::uuid AS seen_by
FROM moderation_case c
WHERE c.state <> 'closed' AND (c.opened_at, c.id) > (@after_at::timestamptz, @after_id::uuid)
ORDER BY c.opened_at, c.id LIMIT @row_limit;

-- name: ReadCase :one
SELECT c.id, c.kind, c.state, c.opened_at, c.action, c.evidence_sealed, (c.claimed_by IS NOT DISTINCT FROM viewer_id())::boolean AS mine,
       seen_by()::uuid AS seen_by
FROM moderation_case c WHERE c.id = @id;

-- name: CaseReasons :many
SELECT r.case_id::uuid AS case_id, r.reason::text AS reason, r.reports::bigint AS reports FROM case_reasons(@cases::uuid[]) r;

-- name: CaseWords :many
SELECT w.id::uuid AS id, w.words_sealed::bytea AS words_sealed FROM case_words(@id) w;

-- name: ClaimCase :one
SELECT claim_case(@id, @at)::boolean AS claimed;

-- name: DecideCase :many
SELECT coalesce(d.subject, '00000000-0000-0000-0000-000000000000')::uuid AS subject, d.sanctioned::boolean AS sanctioned
FROM decide_case(@id, @sanction, @act, @said, sqlc.narg(until)::timestamptz, @at) d;

-- name: OpenAppeals :many
SELECT a.id::uuid AS id, a.case_id::uuid AS case_id, a.kind::text AS kind, a.words::text AS words, a.made_at::timestamptz AS made_at,
       a.appealed_at::timestamptz AS appealed_at, a.appeal_sealed::bytea AS appeal_sealed, a.of_kind::text AS of_kind,
       coalesce(a.evidence_sealed, ''::bytea)::bytea AS evidence_sealed
FROM open_appeals(@after_at, @after_id, @row_limit, @at) a;

-- name: DecideAppeal :many
SELECT d::uuid FROM decide_appeal(@id, @accepted, @at) d;

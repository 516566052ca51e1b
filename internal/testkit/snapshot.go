package testkit

import (
	"strings"

	"github.com/google/uuid"
)

// The rows of a world can be kept and put back, which takes milliseconds: so that
// each write is tried on the same world, and none has to be tried last.

// keep copies every table into the schema kept, whose triggers note what is written from then on;
// back puts the rows back that have changed since.
const keep = `
DROP SCHEMA IF EXISTS kept CASCADE;
CREATE SCHEMA kept;
CREATE UNLOGGED TABLE kept.written (name text NOT NULL);
CREATE FUNCTION kept.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	INSERT INTO kept.written VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME);
	RETURN NULL;
END $$;
DO $$ DECLARE t record; BEGIN
	FOR t IN SELECT n.nspname || '.' || c.relname AS copy, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'kept') AND n.nspname !~ '^pg_' LOOP
		EXECUTE format('CREATE TABLE kept.%I AS TABLE %s', t.copy, t.name);
		EXECUTE format('CREATE TRIGGER kept AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION kept.note()', t.name);
	END LOOP;
END $$;
CREATE FUNCTION kept.back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE copy text;
BEGIN
	SET LOCAL session_replication_role = replica; -- what is put back is not noted
	FOR copy IN WITH gone AS (DELETE FROM kept.written RETURNING name) SELECT DISTINCT name FROM gone LOOP
		EXECUTE format('DELETE FROM %s x WHERE hashtextextended(x::text, 0) NOT IN (SELECT hashtextextended(k::text, 0) FROM kept.%I k)', copy::regclass, copy);
		EXECUTE format('INSERT INTO %s SELECT * FROM kept.%I k WHERE hashtextextended(k::text, 0) NOT IN (SELECT hashtextextended(x::text, 0) FROM %s x)',
			copy::regclass, copy, copy::regclass);
	END LOOP;
END $$;`

// Keep notes all rows as they are, for Restore. A twin keeps what was kept.
func (w *World) Keep() {
	w.T.Helper()
	if _, err := w.Root.Exec(w.T.Context(), keep); err != nil {
		w.T.Fatal(err)
	}
}

// Written says whether any statement has written to a table since Keep or the last Restore.
func (w *World) Written() bool {
	w.T.Helper()
	return w.Query(`SELECT EXISTS (SELECT FROM kept.written)::text`) == "true"
}

// Restore puts all rows back as Keep found them.
func (w *World) Restore() {
	w.T.Helper()
	w.Exec(`SELECT kept.back()`)
}

// owned are the tables with rows of a member, by their owner's column. Some are left
// out, as others write them: edges and high-fives, of which edgesOf says what others can't do, the
// pointers of a feed, which decide nothing, what a member is told, groups and who
// is in them, which are their leaders' too, what coaches are granted and who takes part in a challenge, which end with
// either of the two and by who leads the group (internal/group.TestWhatIsNotGranted says who makes a grant), and who an instructor is,
// which class managers say.
const owned = `
SELECT coalesce(string_agg(format('SELECT %L, md5(coalesce(string_agg(x::text, ''|'' ORDER BY x::text), '''')) FROM %I.%I x WHERE %I = ANY($1::uuid[])',
	n.nspname || '.' || c.relname, n.nspname, c.relname, a.attname), ' UNION ALL '), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'auth') AND c.relname NOT IN ('edge', 'feed_pointer', 'groups', 'group_member', 'coach_grant', 'challenge_participation', 'high_five', 'instructor_member', 'notice')
	AND (a.attname = 'member_id' OR (c.relname = 'member' AND a.attname = 'id'))`

// edgesOf are the edges that nobody but an owner makes or ends: whom they block. The
// rest is between two: a follow ends by either, and a request by its answer.
const edgesOf = `SELECT coalesce(string_agg(x, '|' ORDER BY x), '') FROM (
	SELECT member_id || ' blocks ' || other_id AS x FROM edge WHERE member_id = ANY($1::uuid[]) AND other_id <> $2 AND bits & 4 <> 0
	UNION ALL SELECT member_id || ' greeted by ' || from_id FROM high_five WHERE member_id = ANY($1::uuid[]) AND from_id <> $2) AS rows`

// Rest is the state of all that is somebody's, but what is between them and the
// actor: a line for each table.
func (w *World) Rest(of []*Person, actor Actor) string {
	w.T.Helper()
	var ids []string
	for _, p := range of {
		if p != actor.Person {
			ids = append(ids, p.ID)
		}
	}
	other := uuid.Nil.String()
	if actor.Person != nil {
		other = actor.Person.ID
	}
	if w.restQuery == "" {
		w.restQuery = `SELECT string_agg(t || ' ' || h, E'\n' ORDER BY t) FROM (` + w.Query(owned) + `) AS all_of (t, h)`
	}
	return w.Query(w.restQuery, ids) + "\nedges " + w.Query(edgesOf, ids, other)
}

// Differ names the tables that differ between two states of Rest.
func (*World) Differ(before, after string) string {
	var names []string
	old := map[string]bool{}
	for line := range strings.SplitSeq(before, "\n") {
		old[line] = true
	}
	for line := range strings.SplitSeq(after, "\n") {
		if !old[line] {
			names = append(names, strings.Fields(line)[0])
		}
	}
	return strings.Join(names, ", ")
}

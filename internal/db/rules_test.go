package db_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// shared are the tables that belong to no member, or that make something unique
// for all; every other table is a member's.
var shared = []string{
	"schema_migrations", "auth.email_claim", "auth.username_claim", "auth.token", "auth.registration", "auth.password_reset", "auth.mail",
	"auth.audit", "auth.audit_head", "auth.console_model", "auth.console_firmware", "auth.pairing", "auth.proof", "auth.limit_bucket", "auth.limit_count", "auth.known_network", "auth.enumeration",
	"moderation_case",
	"class_bucket", "auth.live_ticket", "instructor", "instructor_picture", "auth.instructor_member", "studio", "studio_place", "class", "series", "scheduled_class",
	"booking_rule", "class_room", "class_seat", "class_step", "auth.calendar",
	"group_invite", "challenge",
}

// The rules that keep the way to many machines open: the owner leads every key,
// foreign keys stay with one owner, and nothing in the schema acts by itself.
func TestTheOwnerLeadsEveryKey(t *testing.T) {
	t.Parallel()
	f := open(t)
	look := func(sql string, check func(table, name, columns string)) {
		t.Helper()
		rows, err := f.root.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		var table, name, columns string
		seen := 0
		if _, err := pgx.ForEachRow(rows, []any{&table, &name, &columns}, func() error {
			seen++
			check(table, name, columns)
			return nil
		}); err != nil || seen == 0 {
			t.Fatal(seen, err)
		}
	}
	isShared := func(table string) bool {
		for _, s := range shared {
			if s == table {
				return true
			}
		}
		return false
	}
	look(`SELECT indrelid::regclass::text, indexrelid::regclass::text, (SELECT string_agg(attname, ',' ORDER BY k.n)
			FROM unnest(indkey::smallint[]) WITH ORDINALITY k (attnum, n) JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.attnum)
		FROM pg_index JOIN pg_class c ON c.oid = indrelid
		WHERE indisunique AND c.relnamespace::regnamespace::text IN ('public', 'auth')`,
		func(table, name, columns string) {
			if isShared(table) || table == "member" && columns == "id" {
				return
			}
			if first, _, _ := strings.Cut(columns, ","); first != "member_id" {
				t.Errorf("%s on %s (%s) doesn't start with the owner", name, table, columns)
			}
		})
	look(`SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND connamespace::regnamespace::text IN ('public', 'auth')`,
		func(table, name, definition string) {
			_, to, _ := strings.Cut(definition, " REFERENCES ")
			to, _, _ = strings.Cut(to, "(")
			if isShared(table) && isShared(to) { // between what belongs to no member
				return
			}
			if !strings.HasPrefix(definition, "FOREIGN KEY (member_id") || !strings.Contains(definition, "ON DELETE CASCADE") {
				t.Errorf("%s of %s leaves its owner, or outlives them: %s", name, table, definition)
			}
		})
	var acting string
	err := f.root.QueryRow(t.Context(), `SELECT coalesce(string_agg(what, ', '), '') FROM (
		SELECT 'trigger ' || tgname AS what FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'exclusion ' || conname FROM pg_constraint WHERE contype = 'x'
		UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname IN ('public', 'auth')) AS acts`).Scan(&acting)
	if err != nil || acting != "" {
		t.Errorf("the schema acts by itself: %s, %v", acting, err)
	}
}

// Every function that runs with its owner's rights has a fixed search path, and
// the public may run none.
func TestDefinersAreSafe(t *testing.T) {
	t.Parallel()
	f := open(t)
	var loose, public string
	err := f.root.QueryRow(t.Context(), `
		SELECT coalesce(string_agg(p.oid::regprocedure::text, ', ') FILTER (
			WHERE prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=pg_catalog,%')), ''),
		       coalesce(string_agg(p.oid::regprocedure::text, ', ') FILTER (WHERE proacl IS NULL OR proacl::text ~ '[{,]='), '')
		FROM pg_proc p WHERE pronamespace::regnamespace::text IN ('public', 'auth')`).Scan(&loose, &public)
	if err != nil || loose != "" || public != "" {
		t.Errorf("without a search path: %q; for everybody: %q; %v", loose, public, err)
	}
}

package audit_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/testkit"
)

// Whatever is done to a row, the chain tells; and no role of the program can do any of it.
func TestVerifyFindsWhatWasDone(t *testing.T) {
	t.Parallel()
	w := testkit.Start(t)
	chief, ben := w.Staff("chief", "admin"), w.Join("ben")
	for range 6 {
		chief.Do(http.MethodPost, "/v1/admin/role-requests", map[string]any{"member_id": ben.ID, "role": "support", "reason": "joins"}).
			Want(t, http.StatusCreated)
	}
	verify := func(known audit.Head) (audit.Head, error) {
		return audit.Verify(context.Background(), w.Service.DB, w.Clock.Now(), known)
	}
	head, err := verify(audit.Head{})
	if err != nil || head.Seq != 6 {
		t.Fatal(head, err)
	}
	if again, err := audit.ParseHead(head.String()); err != nil || again.String() != head.String() {
		t.Fatal(again, err)
	}
	w.Keep()
	for why, sql := range map[string]string{
		"changed":              `UPDATE auth.audit SET details = 'admin' WHERE seq = 3`,
		"another actor":        `UPDATE auth.audit SET actor = NULL WHERE seq = 3`,
		"another time":         `UPDATE auth.audit SET at = at + interval '1 second' WHERE seq = 3`,
		"missing":              `DELETE FROM auth.audit WHERE seq = 3`,
		"the last missing":     `DELETE FROM auth.audit WHERE seq = 6`,
		"all missing":          `DELETE FROM auth.audit`,
		"reordered":            `UPDATE auth.audit SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4); UPDATE auth.audit SET seq = -seq WHERE seq < 0`,
		"a text moved over":    `UPDATE auth.audit SET object = object || details, details = '' WHERE seq = 2`,
		"a hash of its own":    `UPDATE auth.audit SET details = 'x', hash = sha256('x') WHERE seq = 6`,
		"one more at the end":  `INSERT INTO auth.audit SELECT 7, at, actor, duties, act, subject, object, details, hash, hash FROM auth.audit WHERE seq = 6`,
		"the end and its head": `DELETE FROM auth.audit WHERE seq = 6; UPDATE auth.audit_head SET seq = 5, hash = (SELECT hash FROM auth.audit WHERE seq = 5)`,
	} {
		w.Exec(sql)
		known := audit.Head{}
		if why == "the end and its head" {
			known = head // which only who kept it elsewhere notices
		}
		var broken audit.Broken
		if got, err := verify(known); !errors.As(err, &broken) {
			t.Errorf("%s: %v, %v", why, got, err)
		}
		w.Restore()
	}
	if _, err := verify(head); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"paceline_app", "paceline_auth", "paceline_worker"} {
		for _, right := range []string{"INSERT", "UPDATE", "DELETE", "TRUNCATE"} {
			for _, table := range []string{"auth.audit", "auth.audit_head"} {
				if w.Query(`SELECT has_table_privilege($1, $2, $3)::text`, role, table, right) != "false" {
					t.Errorf("%s may %s %s", role, right, table)
				}
			}
		}
		if w.Query(`SELECT has_function_privilege($1, 'auth.append_audit(uuid, text, text, uuid, text, text, timestamptz)', 'EXECUTE')::text`, role) != "false" {
			t.Errorf("%s may write what it likes", role)
		}
	}
}

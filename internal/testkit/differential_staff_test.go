package testkit_test

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// guarded gives everybody what their access log and their second factors are made of, and lets everybody be
// looked at by the next one: who has no duty sees nothing of that.
func (w *randomWorld) guarded() {
	w.T.Helper()
	now := w.Clock.Now()
	for i, p := range w.people {
		grant, staff := uuid.New(), w.people[(i+1)%len(w.people)]
		w.Exec(`INSERT INTO access_grant (member_id, id, staff_id, reason, fields, opened_at, expires_at)
			VALUES ($1, $2, $3, 'they asked us to', '{email}', $4, $4::timestamptz + interval '1 hour')`, p.ID, grant, staff.ID, now)
		w.Exec(`INSERT INTO access_log VALUES ($1, date_trunc('hour', $2::timestamptz), 'support', $3, 'access grant', 'email', $4)`, p.ID, now, grant, i+1)
		w.Exec(`INSERT INTO auth.factor (member_id, id, name, secret_sealed, created_at) VALUES ($1, gen_random_uuid(), 'a factor', '\x00', $2)`, p.ID, now)
		w.Exec(`INSERT INTO auth.role_request (member_id, id, role, reason, asked_by, asked_at) VALUES ($1, gen_random_uuid(), 'support', 'r', $2, $3)`, p.ID, staff.ID, now)
	}
}

// staffAsked is what is asked about what staff do: of a member's own data what was done with it, and of the rest nothing.
func (w *randomWorld) staffAsked(v viewer, signedIn func(answer) answer) []asking {
	var all []asking
	items := func(operation, path string, want answer, label func(map[string]any) string) {
		all = append(all, asking{operation: operation, path: path, want: signedIn(want), ask: func() answer {
			return w.get(v, path, func(a *answer, m map[string]any) {
				items, _ := m["items"].([]any)
				for _, item := range items {
					one, _ := item.(map[string]any)
					a.facts[label(one)] = true
				}
			})
		}})
	}
	items("listAccessLog", "/v1/me/access-log", said(http.StatusOK, w.own(v,
		`SELECT string_agg(through::text || kind || times, ' ') FROM access_log WHERE member_id = $1`)...),
		func(m map[string]any) string { return fmt.Sprint(m["through"], m["kind"], m["times"]) })
	items("listSecondFactors", "/v1/me/second-factors", said(http.StatusOK, w.own(v,
		`SELECT string_agg(id::text, ' ') FROM auth.factor WHERE member_id = $1`)...),
		func(m map[string]any) string { return fmt.Sprint(m["id"]) })
	grant := w.Query(`SELECT max(id::text) FROM access_grant WHERE staff_id = $1`, w.id[w.people[0].Name])
	for operation, path := range map[string]string{
		"listRoles": "roles", "listRoleRequests": "role-requests", "listAudit": "audit", "listAccessGrants": "access-grants",
		"findMemberForStaff": "members/" + w.people[0].Name, "readUnderAccessGrant": "access-grants/" + grant + "/member",
	} {
		items(operation, "/v1/admin/"+path, said(http.StatusForbidden), func(map[string]any) string { return "something" })
	}
	return all
}

package hole

// staff: duties, second factors, grants, the audit.
func staff() []Hole {
	const step = "migrations/0022_staff.up.sql"
	return []Hole{
		at("staff-duty-undemanded", "Whoever is signed in may do what the staff may.",
			"internal/db/tx.go", "if err == nil && c.duty != (Duty{}) {", "if err != nil && c.duty != (Duty{}) {",
			"internal/db", "^TestADutyIsDecidedAnew$"),
		at("staff-any-duty", "Each duty is as good as any other.",
			"internal/privacy/duty.go", "return d != 0 && v.duties&(d|Admin) != 0", "return d != 0 && v.duties != 0",
			"internal/db", "^TestADutyIsDecidedAnew$"),
		at("staff-one-factor", "A password alone is enough for a duty.",
			"internal/db/duty.go", "if v.Factor() < need {", "if v.Factor() < need && d.Fresh {",
			"internal/db", "^TestADutyIsDecidedAnew$"),
		at("staff-walls-one-factor", "Row-level security lets staff through who came with a password alone.",
			step, "CASE WHEN actor = 'session' AND proved > at - interval '12 hours' THEN", "CASE WHEN actor = 'session' THEN",
			"internal/db", "^TestADutyIsDecidedAnew$"),
		at("staff-codes-last", "A code of the second factor is good as long as its half minute.",
			"internal/account/factor.go", "if step <= f.LastStep || subtle", "if step < 0 || subtle",
			"internal/httpapi", "^TestASecondFactor$"),
		at("staff-factor-by-the-way", "The second factor is asked for by nobody.",
			"internal/account/login.go", "if proved {\n", "if proved && l.OTP != \"\" {\n",
			"internal/httpapi", "^TestASecondFactor$"),
		at("staff-approves-themself", "One admin makes another.",
			step, "IF yes AND (r.asked_by = viewer_id() OR r.member_id = viewer_id()) THEN", "IF yes AND r.member_id = viewer_id() THEN",
			"internal/httpapi", "^TestADutyTakesTwoAdmins$"),
		{
			"staff-support-reads-health", "Support reads what is of health and place.",
			[]Edit{
				{step, "    IF NOT staff_holds('admin') AND EXISTS (SELECT FROM unnest(wanted) f WHERE staff_sensitive(f)) THEN", "    IF false THEN"},
				{step, "WHERE reader = 'admin' OR NOT staff_sensitive(f);", ";"},
				{"internal/privacy/access.go", "if !v.Holds(Admin) {", "if v.Holds(Admin) {"},
			},
			Test{"internal/httpapi", "^TestStaffReadByAccessGrantsOnly$"},
		},
		{
			"staff-grant-for-ever", "An access grant goes on past its hour.",
			[]Edit{{step, "AND a.staff_id = viewer_id() AND a.ended_at IS NULL AND a.expires_at > at FOR SHARE", "AND a.staff_id = viewer_id() AND a.ended_at IS NULL FOR SHARE"}},
			Test{"internal/httpapi", "^TestStaffReadByAccessGrantsOnly$"},
		},
		at("staff-duty-opens", "A duty opens what a member guards.",
			"internal/privacy/grant.go", "return Grant{owner: s.Owner, relation: relate(v, s), edge: s.Edge, scopes: v.scopes, settings: s.Settings, among: s.Among}, nil",
			"return Grant{owner: s.Owner, relation: relate(v, s), edge: s.Edge, scopes: v.scopes, settings: s.Settings, among: s.Among, access: AccessFields(v)}, nil",
			"internal/privacy", "^TestADutyOpensNothing$"),
		at("staff-duty-is-ownership", "Whoever holds a duty is everybody's owner.",
			"internal/privacy/relation.go", "case v.member == s.Owner:", "case v.member == s.Owner || v.duties != 0:",
			"internal/testkit", "^TestNoDutyOpensAGuardedField$"),
		at("staff-grant-opens-all", "An access grant opens what it doesn't name.",
			step, "FROM unnest(g.fields) f WHERE reader", "FROM unnest(ARRAY['username', 'email', 'bio'] || g.fields) f WHERE reader",
			"internal/httpapi", "^TestStaffReadByAccessGrantsOnly$"),
		at("staff-grant-of-another", "An access grant is good for any of the staff.",
			step, "WHERE a.id = wanted AND a.staff_id = viewer_id() AND a.ended_at IS NULL AND a.expires_at > at FOR SHARE", "WHERE a.id = wanted AND a.ended_at IS NULL AND a.expires_at > at FOR SHARE",
			"internal/httpapi", "^TestStaffReadByAccessGrantsOnly$"),
		at("staff-audit-unhashed", "A changed row of the audit is not noticed.",
			"internal/audit/verify.go", "if !bytes.Equal(sum[:], row.Hash) {", "if len(sum) != len(row.Hash) {",
			"internal/audit", "^TestVerifyFindsWhatWasDone$"),
	}
}

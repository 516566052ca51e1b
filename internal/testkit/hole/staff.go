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
	}
}

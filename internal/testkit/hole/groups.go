package hole

// groups: who may know of a group, who is in it, and what ends with that.
func groups() []Hole {
	const (
		step  = "migrations/0026_groups.up.sql"
		lists = "internal/group/"
		tests = "internal/group"
	)
	return []Hole{
		{
			"group-secret-by-id", "A secret group is there for whoever has its id.",
			[]Edit{
				{step, "AND (g.kind <> 'secret' OR coalesce(m.role <> 'asking', false))", "AND (g.kind <> 'secret' OR true)"},
				{lists + "find.go", "if g.Role == Banned || g.Kind == Secret && (g.Role == \"\" || g.Role == Asking) {", "if g.Role == Banned {"},
			},
			Test{tests, "^TestKindsSayWhoFindsSeesAndJoins$"},
		},
		{
			"group-who-left-reads-on", "Who is outside a group reads who is in it.",
			[]Edit{
				{lists + "find.go", "if err == nil && !g.inside {", "if err == nil && g.Role == Banned {"},
				{lists + "query/queries.sql.gen.go", "WHERE st.group_id = $1::uuid AND st.inside AND m.role", "WHERE st.group_id = $1::uuid AND m.role"},
			},
			Test{tests, "^TestRolesInAGroup$"},
		},
		at("group-ban-is-forgotten", "Who was banned sees the group, and gets in by an invite.",
			step, "AND m.role IS DISTINCT FROM 'banned'\n", "AND true\n",
			tests, "^TestRolesInAGroup$"),
		at("group-invite-after-revoke", "A revoked invite lets in.",
			step, "WHERE i.hash = secret AND i.revoked_at IS NULL AND i.expires_at > at", "WHERE i.hash = secret AND i.expires_at > at",
			tests, "^TestInvites$"),
		at("group-invite-uncounted", "An invite is counted without the lock of its group: many at once get in by one.",
			step, "PERFORM FROM groups g WHERE g.id = entered FOR UPDATE;\n    SELECT m.role INTO was", "PERFORM pg_sleep(0.05);\n    SELECT m.role INTO was",
			tests, "^TestInvites$"),
		{
			"group-blocked-mate-listed", "A group lists those whom the viewer blocked.",
			[]Edit{
				{lists + "query/queries.sql.gen.go", "JOIN subject s ON s.member_id = m.member_id\nLEFT JOIN profile p ON p.member_id = m.member_id\nLEFT JOIN avatar a ON a.member_id = m.member_id\nWHERE st.group_id",
					"CROSS JOIN LATERAL (SELECT x.member_id, y.private, y.minor, y.discoverability, y.audiences, y.edge, y.wrapped, y.seen_by FROM subject y, (SELECT m.member_id) x WHERE y.member_id = viewer_id()) s\nLEFT JOIN profile p ON p.member_id = m.member_id\nLEFT JOIN avatar a ON a.member_id = m.member_id\nWHERE st.group_id"},
				{step, "AND EXISTS (SELECT FROM standing o WHERE o.member_id = group_member.member_id)\n        OR group_member.role", "AND true\n        OR group_member.role"},
			},
			Test{tests, "^TestABlockInAGroup$"},
		},
		at("group-admin-over-owner", "An admin removes other admins.",
			step, "AND role <> 'owner' AND ((s).role = 'owner' OR role <> 'admin')", "AND role <> 'owner'",
			tests, "^TestRolesInAGroup$"),
		at("coach-of-a-minor", "A coach reads a minor's heart rates.",
			"internal/privacy/grant.go", "if g.settings.Minor && f.rule().Scope&(ScopeHealthRead|ScopeLocationRead) != 0 {", "if g.settings.Minor && f.rule().Scope&ScopeLocationRead != 0 {",
			"internal/privacy", "^TestACoachSeesWhatWasGranted$"),
		at("coach-of-a-hidden-workout", "What was granted of a workout shows of one that doesn't.",
			"internal/privacy/grant.go", "return f == Workout || f.rule().Subject != Workout.rule().Subject || g.ShowsWithin(Workout, ceiling)", "return f != Workout || g.among.Coached.Has(f)",
			"internal/privacy", "^TestACoachSeesWhatWasGranted$"),
	}
}

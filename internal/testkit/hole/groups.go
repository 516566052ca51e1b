package hole

// groups: who may know of a group, who is in it, and what ends with that.
func groups() []Hole {
	const (
		step   = "migrations/0026_groups.up.sql"
		boards = "migrations/0029_group_boards.up.sql"
		lists  = "internal/group/"
		tests  = "internal/group"
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
				{lists + "query/queries.sql.gen.go", "JOIN subject s ON s.member_id = m.member_id\nLEFT JOIN profile p ON p.member_id = m.member_id\nLEFT JOIN avatar a ON a.member_id = m.member_id\nWHERE st.group_id = $1::uuid AND st.inside AND m.role",
					"CROSS JOIN LATERAL (SELECT x.member_id, y.private, y.minor, y.discoverability, y.audiences, y.edge, y.wrapped, y.seen_by FROM subject y, (SELECT m.member_id) x WHERE y.member_id = viewer_id()) s\nLEFT JOIN profile p ON p.member_id = m.member_id\nLEFT JOIN avatar a ON a.member_id = m.member_id\nWHERE st.group_id = $1::uuid AND st.inside AND m.role"},
				{step, "AND EXISTS (SELECT FROM standing o WHERE o.member_id = group_member.member_id)\n        OR group_member.role", "AND true\n        OR group_member.role"},
			},
			Test{tests, "^TestABlockInAGroup$"},
		},
		at("group-keeps-the-blocked", "Who is blocked by a group's owner stays in it, shows in it to all others, and can't leave.",
			step, "((viewer, other), (other, viewer)) AND m.role <> 'banned';", "((viewer, other), (other, viewer)) AND false;",
			tests, "^TestABlockInAGroup$"),
		at("group-admin-over-owner", "An admin removes other admins.",
			step, "AND role <> 'owner' AND ((s).role = 'owner' OR role <> 'admin')", "AND role <> 'owner'",
			tests, "^TestRolesInAGroup$"),
		at("coach-by-anothers-grant", "What is granted one coach of a group shows to the other.",
			step, "AND s.membership = c.coach_id AND s.role = 'coach'", "AND s.role = 'coach'",
			tests, "^TestACoachGetsWhatIsGranted$"),
		at("coach-again", "Who becomes a coach again has what they were granted before.",
			step, "        PERFORM drop_coach(wanted);\n", "",
			tests, "^TestAGrantEnds$"),
		at("coach-blocked-for-a-while", "A block that was lifted leaves what was granted in place.",
			step, "DELETE FROM coach_grant c USING group_member a\n        WHERE a.id", "DELETE FROM coach_grant c USING group_member a\n        WHERE false AND a.id",
			tests, "^TestAGrantEnds$"),
		{
			"coach-reads-private-workouts", "A coach gets workouts that are for the athlete alone.",
			[]Edit{
				{step, "THEN 0 ELSE 1 END\n            AND (w.started_at", "THEN 0 ELSE 0 END\n            AND (w.started_at"},
				{"internal/privacy/grant.go", "|| !g.meets() || ceiling < Followers {", "|| !g.meets() {"},
			},
			Test{tests, "^TestACoachGetsWhatIsGranted$"},
		},
		{
			"coach-reads-all-parts", "Of a workout that is granted a coach gets every part.",
			[]Edit{
				{step, "AND effort.family = 'effort'\n        AND 'effort' = ANY (of.fields)", "AND effort.family = 'effort'"},
				{"internal/privacy/grant.go", "if !g.among.Coached.Has(f) || !f.Grantable()", "if g.among.Coached == 0 || !f.Grantable()"},
			},
			Test{tests, "^TestACoachGetsWhatIsGranted$"},
		},
		{
			"group-feed-for-outsiders", "Who is outside a group reads its feed.",
			[]Edit{
				{"migrations/0029_group_boards.up.sql", "WHERE s.group_id = wanted AND s.inside) THEN\n        RETURN '{}';", "WHERE s.group_id = wanted) THEN\n        RETURN '{}';"},
				{"internal/workout/query/athlete.sql.gen.go", "WHERE s.group_id = $1 AND s.inside", "WHERE s.group_id = $1"},
			},
			Test{tests, "^TestAGroupOpensNothing$"},
		},
		at("group-board-counts-the-hidden", "A board of a group counts workouts that its viewer doesn't see.",
			"migrations/0029_group_boards.up.sql", "AND w.audience >= 0 AND least(w.audience, chosen_audience(m.audiences, 18), r.widest) >= r.lowest", "AND w.audience >= 0 AND least(chosen_audience(m.audiences, 18), r.widest) >= r.lowest",
			tests, "^TestAGroupOpensNothing$"),
		{
			"challenge-for-outsiders", "Who is outside a group reads its challenges.",
			[]Edit{
				{boards, "WHERE s.group_id = challenge.group_id AND s.inside));", "WHERE s.group_id = challenge.group_id));"},
				{lists + "query/queries.sql.gen.go", "JOIN group_standing s ON s.group_id = c.group_id AND s.inside\nLEFT JOIN challenge_participation p ON p.challenge_id = c.id AND p.member_id = viewer_id()\nWHERE c.id = $1",
					"JOIN group_standing s ON s.group_id = c.group_id\nLEFT JOIN challenge_participation p ON p.challenge_id = c.id AND p.member_id = viewer_id()\nWHERE c.id = $1"},
			},
			Test{tests, "^TestWhoSetsGoals$"},
		},
		at("challenge-ranks-everybody", "The standings of a challenge hold those who don't take part.",
			boards, "WHERE g.group_id = wanted AND (among IS NULL OR g.member_id = ANY (among)) AND g.role", "WHERE g.group_id = wanted AND g.role",
			tests, "^TestAChallengeOpensNothing$"),
		at("challenge-survives-leaving", "Who leaves a group and comes back takes part in its challenges again.",
			boards, "    FOREIGN KEY (member_id, group_id) REFERENCES group_member ON DELETE CASCADE", "    FOREIGN KEY (member_id) REFERENCES member ON DELETE CASCADE",
			tests, "^TestAChallengeOpensNothing$"),
		at("challenge-moved-goal", "A goal is changed while its days run.",
			boards, "IF c.starts_at <= at THEN", "IF c.ends_at <= at THEN",
			tests, "^TestWhoSetsGoals$"),
		{
			"challenge-of-the-members", "Any member of a group sets it goals.",
			[]Edit{{boards, "RETURN (s).role IN ('coach', 'admin', 'owner');", "RETURN (s).inside;"}},
			Test{tests, "^TestWhoSetsGoals$"},
		},
		at("challenge-day-of-utc", "The days of a challenge begin in UTC, wherever it says they do.",
			lists+"goal.go", "t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)", "t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)",
			tests, "^TestAChallengeIsOfItsDays$"),
		at("minor-for-ever", "Who turned 18 is refused as a minor.",
			"internal/member/settings.go", "if err != nil || !grown {", "if err != nil || grown {",
			tests, "^TestMinorsGrantFromTheirBirthdayOn$"),
		at("coach-of-a-minor", "A coach reads a minor's heart rates.",
			"internal/privacy/grant.go", "if g.settings.Minor && f.OfHealthOrPlace() {", "if g.settings.Minor && f.rule().Scope&ScopeLocationRead != 0 {",
			"internal/privacy", "^TestACoachSeesWhatWasGranted$"),
		at("coach-of-a-hidden-workout", "What was granted of a workout shows of one that doesn't.",
			"internal/privacy/grant.go", "return f == Workout || f.rule().Subject != \"workout\" || g.ShowsWithin(Workout, ceiling)", "return f != Workout || g.among.Coached.Has(f)",
			"internal/privacy", "^TestACoachSeesWhatWasGranted$"),
	}
}

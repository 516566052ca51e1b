package hole

// riders: what is computed of workouts, and files of them.
func riders() []Hole {
	const dir = "internal/workout/"
	return []Hole{
		at("derived-guarded-by-first-input", "What is derived carries the lock of its first input alone.",
			"internal/training/derived.go", "m.locks = append(m.locks, l)\n\treturn value, true", "if len(m.locks) == 0 {\n\t\tm.locks = append(m.locks, l)\n\t}\n\treturn value, true",
			"internal/training", "^TestAResultIsGuardedByTheStrictestOfItsInputs$"),
		at("zones-without-the-settings-field", "Zones are shown to whom the power is, whatever the FTP's audience: it can be read off them.",
			dir+"training.go", "privacy.Guard(o.owner.MemberID, privacy.FTPWatts, int(*ftpWatts))", "privacy.Guard(o.owner.MemberID, privacy.Username, int(*ftpWatts))",
			"internal/workout", "^TestZonesNeedTheSettingsToo$"),
		{
			"records-of-hidden-workouts", "Records for others are made of all workouts, the hidden ones too.",
			[]Edit{
				{dir + "training.go", "err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {\n\t\trows", "err := s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {\n\t\topen := db.Audience(3)\n\t\trows"},
				{dir + "training.go", "o.owner, o.grant, o.workout, o.audience = db.Subject(row.Subject), grant, row.ID, db.Audience(row.Audience)", "o.owner, o.grant, o.workout, o.audience = db.Subject(row.Subject), grant, row.ID, open"},
				{"migrations/0018_privacy_zones.up.sql", "-- Privacy zones.", "ALTER POLICY shown ON workout USING (EXISTS (SELECT FROM standing s WHERE s.member_id = workout.member_id));\n" +
					"ALTER POLICY shown ON workout_part USING (workout_part.family = 'effort');\n-- Privacy zones."},
			},
			Test{"internal/workout", "^TestTrainingIsOfWhatTheViewerMaySee$"},
		},
		at("digests-made-as-a-session", "Who has digests made is shown what everybody shows, as its member would be.",
			"migrations/0021_digests.up.sql", "set_config('paceline.actor', CASE WHEN FOUND THEN 'console'", "set_config('paceline.actor', CASE WHEN FOUND THEN 'session'",
			"internal/jobs", "^TestAClaimOnDigestsIsNarrow$"),
		at("digests-made-with-a-grant", "The policy opens to who has digests made what it opens to their member.",
			"internal/db/tx.go", "privacy.NewViewer(privacy.ActorConsole, member, session, 0)", "privacy.NewViewer(privacy.ActorSession, member, session, 0)",
			"internal/jobs", "^TestAClaimOnDigestsIsNarrow$"),
		at("digest-claim-for-ever", "A claim on a member's digests reaches their rows for ever.",
			"migrations/0021_digests.up.sql", "WHERE t.claim = claim_hash AND t.claimed_until > at", "WHERE t.claim = claim_hash",
			"internal/jobs", "^TestAClaimOnDigestsIsNarrow$"),
		at("digests-behind-the-unreadable", "Samples that can't be read are tried again and again, before everybody else's.",
			"migrations/0021_digests.up.sql", "WHERE t.member_id = p.member_id AND t.claimed_until > at)", "WHERE t.member_id = p.member_id AND at IS NULL)",
			"internal/jobs", "^TestDigestsThatFail$"),
		at("digest-of-other-samples-counts", "A digest of samples that were cut since still counts: records are of what a zone hides.",
			"internal/workout/query/queries.sql.gen.go", "AND effort.digest_of = substr(effort.samples_sealed, 1, 32)", "AND effort.digest_of IS NOT NULL",
			"internal/workout", "^TestDigestsAreCaughtUp$"),
		{
			"export-ignores-heart-audience", "A file of a workout has the heart rate, whoever saves it.",
			[]Edit{
				{"migrations/0018_privacy_zones.up.sql", "IF 'heart_rate' = ANY (families) AND chosen_audience(m.audiences, 16) >= lowest THEN", "IF 'heart_rate' = ANY (families) THEN"},
				{dir + "streams.go", "return privacy.Convert(u.grant, u.closed(f, sealed),", "return privacy.Convert(u.grant, u.closed(privacy.Workout, sealed),"},
			},
			Test{"internal/testkit", "^TestExportsHoldWhatShows$"},
		},
		{
			"original-to-followers", "A follower gets the file as it was sent.",
			[]Edit{
				{"migrations/0017_riders.up.sql", "CREATE POLICY own ON original TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON original TO paceline_app\n    USING (true)"},
				{"migrations/0017_riders.up.sql", "CREATE POLICY own ON original_workout TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON original_workout TO paceline_app\n    USING (true)"},
			},
			Test{"internal/testkit", "^TestDifferential$"},
		},
	}
}

package hole

// workouts: reads, lists, samples, imports.
func workouts() []Hole {
	const (
		dir = "internal/workout/"
		sql = "internal/workout/query/queries.sql.gen.go"
	)
	return []Hole{
		at("workout-track-distance-open", "A distance that was computed from the track is shown with the workout.",
			dir+"read.go", "privacy.GuardOptional(row.MemberID, privacy.Route, audience, row.RouteDistanceM)", "privacy.GuardOptional(row.MemberID, privacy.Workout, audience, row.RouteDistanceM)",
			"internal/workout", "^TestPolicyAlone$"),
		at("workout-samples-under-workout", "Samples of the heart stand under the workout, not under the heart rate.",
			dir+"streams.go", "return privacy.Convert(u.grant, u.closed(f, sealed),", "return privacy.Convert(u.grant, u.closed(privacy.Workout, sealed),",
			"internal/workout", "^TestPolicyAlone$"),
		at("workout-samples-wrong-family", "Heart rate is packed into the effort.",
			dir+"recording/series/channel.go", `{"heart_rate_bpm", Heart, 1}`, `{"heart_rate_bpm", Effort, 1}`,
			"internal/workout", "^TestImportedRideIsReadByWhomItIsFor$"),
		at("workout-keeping-to-all", "The audience that the owner chose is shown to who sees the workout.",
			dir+"read.go", "privacy.GuardWithin(row.MemberID, privacy.Device, audience,\n\t\t\tKeeping", "privacy.GuardWithin(row.MemberID, privacy.Workout, audience,\n\t\t\tKeeping",
			"internal/testkit", "^TestMatrix$/^everyone$"),
		{
			"workout-totals-not-refused", "Hidden totals are not found, and yet answered.",
			[]Edit{
				{dir + "stats.go", "if !grant.Shows(privacy.Stats) {\n\t\t\treturn fault.NotFound()\n\t\t}", ""},
				{dir + "stats.go", "privacy.Guard(grant.Owner(), privacy.Stats,", "privacy.Guard(grant.Owner(), privacy.Username,"},
			},
			Test{"internal/testkit", "^TestMatrix$/^only_me$"},
		},
		at("workout-delete-without-owner", "A workout is deleted by its id alone.",
			sql, "DELETE FROM workout w WHERE w.member_id = $1 AND w.id = $2", "DELETE FROM workout w WHERE $1::uuid IS NOT NULL AND w.id = $2",
			"internal/testkit", "^TestApplicationAlone$"),
		at("workout-list-shows-what-policy-hides", "A list answers with a row that the policy keeps closed.",
			dir+"list.go", "if err == nil && !visible {\n\t\t\terr = db.ErrDisagree\n\t\t}", "if err == nil && !visible {\n\t\t\tcontinue\n\t\t}",
			"internal/workout", "^TestPolicyAlone$"),
		at("workout-cursor-of-any-list", "A cursor of one member's workouts goes on in another's.",
			dir+"list.go", `r.Operation, r.Filter = "member workouts", grant.Owner().String()`, `r.Operation, r.Filter = "member workouts", ""`,
			"internal/workout", "^TestCursorsAreBound$"),
		at("workout-import-keeps-title", "An import takes the title that the device gave: it names a place.",
			dir+"pack.go", "Sport: r.Sport, Indoor: r.Indoor,", "Sport: r.Sport, Title: &r.Title, Indoor: r.Indoor,",
			"internal/workout", "^TestImportedRideIsReadByWhomItIsFor$"),
		at("workout-default-passes-private", "A private account's new workout would open when the switch goes off.",
			dir+"draft.go", "a = min(a, privacy.Followers)", "a = min(a, privacy.Everyone)",
			"internal/workout", "^TestNewWorkoutsHaveTheOwnersAudience$"),
		{
			"seal-nothing", "Sealed columns are written in the clear.",
			[]Edit{
				{"internal/seal/member.go", "return sealBehind([]byte{version}, k.aead, plain, ad), nil", "_ = ad\n\treturn append(append([]byte{version}, make([]byte, k.aead.Overhead())...), plain...), nil"},
				{"internal/seal/member.go", "plain, err := k.aead.Open(nil, nil, sealed[1:], ad)", "_ = ad\n\tplain := sealed[1+k.aead.Overhead():]"},
			},
			Test{"internal/workout", "^TestNothingTypedIsInTheDatabaseInTheClear$"},
		},
		at("seal-not-bound-to-row", "A sealed value can be moved to another row of its member.",
			"internal/seal/member.go", "where.Column, string(where.Row[:])), nil", "where.Column), nil",
			"internal/seal", "^TestSealedValueOpensInItsPlaceOnly$"),
		{
			"seal-not-bound-to-member", "A wrapped key opens for another member.",
			[]Edit{
				{"internal/seal/member.go", "return r.sealRecord(wrapPurpose, secret, member[:])", "return r.sealRecord(wrapPurpose, secret, nil)"},
				{
					"internal/seal/member.go", "(*Key, error) {\n\tsecret, err := r.openRecord(wrapPurpose, wrapped, member[:])",
					"(*Key, error) {\n\tsecret, err := r.openRecord(wrapPurpose, wrapped, nil)",
				},
			},
			Test{"internal/seal", "^TestWrappedKeyStaysWithItsMember$"},
		},
	}
}

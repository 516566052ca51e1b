package hole

// merges: two recordings of a ride that are shown as one workout.
func merges() []Hole {
	const (
		dir  = "internal/workout/"
		step = "migrations/0020_merges.up.sql"
		sql  = dir + "query/queries.sql.gen.go"
	)
	return []Hole{
		{
			"merge-with-another-members", "A workout can be merged with one of somebody else's.",
			[]Edit{
				{sql, "SELECT id FROM workout WHERE member_id = $1 AND id = $2 FOR UPDATE", "SELECT id FROM workout WHERE $1::uuid IS NOT NULL AND id = $2"},
				{sql, "output_kj FROM workout WHERE member_id = $1 AND id = $2", "output_kj FROM workout WHERE $1::uuid IS NOT NULL AND id = $2"},
				{step, "WHERE x.member_id = owner AND x.id IN (one, other)", "WHERE x.id IN (one, other)"},
			},
			Test{"internal/httpapi", "^TestWhatIsNotMerged$"},
		},
		at("merge-widens", "A merged workout shows to whom the wider of the two does.",
			dir+"combine.go", "privacy.Audience(min(one.whole.Audience, two.whole.Audience))", "privacy.Audience(max(one.whole.Audience, two.whole.Audience))",
			"internal/httpapi", "^TestARideRecordedTwiceIsOneWorkout$"),
		{
			"merge-counts-twice", "What a workout was made of counts beside it.",
			[]Edit{
				{step, "SET audience = -1 - x.audience, merged_into = merged", "SET merged_into = merged"},
				{step, "SET audience = -1 - x.audience, merged_into = NULL", "SET merged_into = NULL"},
				{step, "CHECK ((audience < 0) = (merged_into IS NOT NULL))", "CHECK (true)"},
			},
			Test{"internal/httpapi", "^TestARideRecordedTwiceIsOneWorkout$"},
		},
		at("merge-trusts-the-better", "A file makes what was typed as trusted as itself.",
			dir+"combine.go", "order[min(slices.Index(order, a), slices.Index(order, b))]", "order[max(slices.Index(order, a), slices.Index(order, b))]",
			"internal/httpapi", "^TestARideRecordedTwiceIsOneWorkout$"),
		at("merge-undone-uncut", "What a zone hides shows once a merge is undone.",
			dir+"merge.go", "if err := cutAnew(ctx, tx, by, shown...); err != nil {\n\t\t\treturn err\n\t\t}\n", "",
			"internal/httpapi", "^TestMergedWorkoutsAreCut$"),
	}
}

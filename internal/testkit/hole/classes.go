package hole

// classes: what of instructors, studios, classes and the schedule isn't for everybody, and that the schedule is right.
func classes() []Hole {
	const (
		dir    = "internal/class/"
		schema = "migrations/0023_classes.up.sql"
		sql    = dir + "query/queries.sql.gen.go"
	)
	return []Hole{
		at("class-follows-of-anybody", "Row-level security shows who follows an instructor.",
			schema, "CREATE POLICY own ON instructor_follow TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON instructor_follow TO paceline_app\n    USING (true)",
			"internal/testkit", "^TestDifferential$"),
		at("class-drafts-in-the-walls", "Row-level security shows drafts to everybody.",
			schema, "CREATE POLICY shown ON class FOR SELECT TO paceline_app\n    USING ((SELECT is_asked()) AND (state = 'published' OR", "CREATE POLICY shown ON class FOR SELECT TO paceline_app\n    USING ((SELECT is_asked()) AND (true OR",
			"internal/db", "^TestDraftsAreForClassManagers$"),
		at("class-anybody-links", "Any member says which member an instructor is.",
			schema, "    IF NOT staff_holds('class_manager') THEN\n        RETURN false;\n    END IF;\n", "",
			"internal/db", "^TestWhoIsAnInstructor$"),
		at("class-retired-for-staff-is-public", "Who keeps classes reads what was retired by the public's address, as if it were published.",
			dir+"class.go", "public = []string{string(Published)}", "public = []string{string(Published), string(Retired)}",
			"internal/class", "^TestDraftsAreAsIfTheyNeverWere$"),
		at("class-series-undoes-changes", "A change of the series undoes what was changed by itself.",
			sql, "WHERE NOT s.own_change AND s.starts_at > $12", "WHERE s.starts_at > $12",
			"internal/class", "^TestASeriesChanges$"),
		at("class-draft-shows-as-cancelled", "A draft of the schedule that is cancelled shows to everybody, as cancelled.",
			dir+"schedule.go", "*p.State == Cancelled && state == NotYetShown {", "*p.State == Cancelled && state == NotYetShown && p.Capacity != nil {",
			"internal/class", "^TestADraftThatIsCancelledNeverShows$"),
		at("class-bulk-unaudited", "What a class manager does to many at once leaves no trace.",
			dir+"bulk.go", "for i, id := range ids {\n\t\t\tif err := note(", "for i, id := range ids[:0] {\n\t\t\tif err := note(",
			"internal/class", "^TestWhatClassManagersDoIsAudited$"),
		at("class-dry-run-changes", "A dry run changes what it shows.",
			dir+"bulk.go", "\t\tif dry {\n", "\t\tif dry && len(ids) > 99 {\n",
			"internal/class", "^TestChangesByStaff$"),
		at("class-doubled-hour-is-the-second", "Where clocks go back, a class is given at the second of the two times.",
			dir+"recur/clock.go", "if offset(first) != before && offset(second) == after {", "if offset(second) == after {",
			"internal/class/recur", "^TestWeekendsOfClockChanges$"),
		at("class-by-yesterdays-clock", "On the day after clocks change, and on that day, classes are given by the clock of the day before.",
			dir+"recur/clock.go", "if offset(first) != before && offset(second) == after {", "if false {",
			"internal/class", "^TestWeekendsAsMembersHaveThem$"),
		at("class-cut-off-by-the-wall-clock", "Until when one may cancel is counted on the wall clock: an hour off where clocks change in between.",
			sql, "o.at - make_interval(secs => $10::integer)", "(o.at AT TIME ZONE $7::text - make_interval(secs => $10::integer)) AT TIME ZONE $7::text",
			"internal/class", "^TestWeekendsAsMembersHaveThem$"),
		at("class-new-ids-each-time", "An occurrence gets another id when it is laid out again, and is there twice.",
			dir+"layout.go", `+ series.String() + ":" +`, `+ series.String() + uuid.NewString() + ":" +`,
			"internal/class", "^TestScheduleOverClockChanges$"),
	}
}

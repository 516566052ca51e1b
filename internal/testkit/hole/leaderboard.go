package hole

// leaderboards: places in a class, ranks among the visible, live streams, high-fives.
func leaderboards() []Hole {
	const (
		step  = "migrations/0025_leaderboards.up.sql"
		board = "^TestBoardsAreThePlainModel$"
		own   = "internal/leaderboard"
		edge  = "internal/httpapi"
	)
	return []Hole{
		at("board-forgets-blocks", "Who blocked the viewer, or was blocked, still counts in ranks.",
			step, "SELECT e.member_id, e.bits FROM edge v JOIN edge e ON e.member_id = v.other_id AND e.other_id = viewer\n                WHERE v.member_id = viewer AND v.bits & 28 <> 0",
			"SELECT e.member_id, e.bits FROM edge v JOIN edge e ON e.member_id = v.other_id AND e.other_id = viewer\n                WHERE v.member_id = viewer AND v.bits & 16 <> 0",
			own, board),
		at("class-at-any-time", "A workout of any time belongs to a scheduled class, be it one that is yet to come.",
			step, "WHERE w.started_at > o.ends_at + interval '15 minutes'", "WHERE w.started_at > 'infinity'",
			edge, "^TestAScheduledClassIsOfItsTime$"),
		{
			"board-forgets-the-audience", "A result shows by the field alone, whatever the workout's own audience.",
			[]Edit{
				{step, "least(w.audience, chosen_audience(m.audiences, 18), CASE WHEN m.private THEN 1 ELSE 3 END) AS reach",
					"least(chosen_audience(m.audiences, 18), CASE WHEN m.private THEN 1 ELSE 3 END) AS reach"},
				{step, "WHERE least(w.audience, chosen_audience(m.audiences, 18), r.widest) >= r.lowest\n    ORDER BY n.place",
					"WHERE least(chosen_audience(m.audiences, 18), r.widest) >= r.lowest\n    ORDER BY n.place"},
				{"internal/leaderboard/board.go", "	audience := db.Audience(row.Audience)\n	if row.Audience < 0", "	audience := privacy.Everyone\n	if row.Audience < 0"},
			},
			Test{own, board},
		},
		at("board-filters-by-what-is-hidden", "A filter by gender finds who doesn't show theirs.",
			"internal/member/traits.go", "privacy.Convert(g, unseal[Gender](b, g, privacy.Gender, gender, sealed.Gender)", "privacy.Convert(g, unseal[Gender](b, g, privacy.ID, gender, sealed.Gender)",
			own, "^TestAFilterLooksAtWhatShows$"),
		at("board-ranks-what-was-typed", "A typed workout has a place.",
			step, "(1::smallint, CASE WHEN w.source IN ('file', 'console') THEN round(w.output_kj * 1000)::bigint END)", "(1::smallint, round(w.output_kj * 1000)::bigint)",
			own, board),
		at("board-keeps-the-narrowed", "Settings that change move nobody's place.",
			"internal/member/settings.go", "if err := q.PlaceOwn(ctx); err != nil {\n			return err\n		}\n", "",
			edge, "^TestAPlaceFollowsItsWorkout$"),
		at("figures-of-the-blocked", "Figures count whom the viewer can't see, so that they tell what those did.",
			step, "-1, -p.public_value", "0, 0", own, "^TestFiguresLeaveOutTheBlocked$"),
		at("place-of-the-deleted", "What is deleted beside another of the same rider stays on the board, and in its counts.",
			step, "BEGIN\n    PERFORM lock_places(viewer_id());\n    boards := ARRAY(\n        SELECT p.board_id FROM class_place p\n        WHERE p.member_id = viewer_id() AND (p.own_workout", "BEGIN\n    boards := ARRAY(\n        SELECT p.board_id FROM class_place p\n        WHERE p.member_id = viewer_id() AND (p.own_workout",
			own, "^TestDeletedAtOnce$"),
		at("ticket-opens-twice", "A ticket that was seen in a log opens another stream.",
			step, "t.scheduled_class_id = class AND t.open_until IS NULL AND t.expires_at > at", "t.scheduled_class_id = class AND t.expires_at > at",
			edge, "^TestTicketsOpenOnce$"),
		at("stream-outlives-its-session", "A stream goes on when the session that opened it has ended.",
			step, "WHERE t.hash = ticket AND t.open_until IS NOT NULL\n        AND s.kind IN ('bearer', 'cookie') AND s.expires_at > at AND s.revoked_at IS NULL;", "WHERE t.hash = ticket AND t.open_until IS NOT NULL;",
			edge, "^TestABlockBindsTheNextEvent$"),
		{
			"live-forgets-blocks", "A block doesn't reach a stream that is open.",
			[]Edit{
				{step, "LEFT JOIN edge e ON e.member_id = g.member_id AND e.other_id = viewer\n        CROSS JOIN", "LEFT JOIN edge e ON false\n        CROSS JOIN"},
			},
			Test{edge, "^TestABlockBindsTheNextEvent$"},
		},
		{
			"live-filters-by-what-is-hidden", "A stream of one gender has those who don't show theirs.",
			[]Edit{
				{step, "AND (NOT gendered OR least(chosen_audience(m.audiences, 4), r.widest) >= r.lowest)\n                AND (NOT aged OR least(chosen_audience(m.audiences, 5), r.widest) >= r.lowest))\n    ), picked",
					"AND (NOT aged OR least(chosen_audience(m.audiences, 5), r.widest) >= r.lowest))\n    ), picked"},
				{step, "CASE WHEN gendered AND r.found AND least(chosen_audience(m.audiences, 4), s.widest) >= s.lowest THEN p.gender_sealed END", "p.gender_sealed"},
				{"internal/member/traits.go", "privacy.Convert(g, unseal[Gender](b, g, privacy.Gender, gender, sealed.Gender)", "privacy.Convert(g, unseal[Gender](b, g, privacy.ID, gender, sealed.Gender)"},
			},
			Test{edge, "^TestALiveClassByWhatIsAsked$"},
		},
	}
}

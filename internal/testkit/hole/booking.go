package hole

// bookings: seats, the waitlist, rosters, calendar feeds.
func bookings() []Hole {
	const (
		dir  = "internal/booking/"
		rule = "internal/seat/seat.go"
		step = "migrations/0024_bookings.up.sql"
	)
	return []Hole{
		{"booking-without-lock", "Bookings of one class at once don't wait for each other.", []Edit{
			{step, "WHERE s.id = wanted AND s.state <> 'draft' FOR NO KEY UPDATE;", "WHERE s.id = wanted AND s.state <> 'draft';"},
			// What counts would be locked by this, which is not what it is for.
			{step, "(scheduled_id, seats, told_start) VALUES (wanted, room, starts)\n", "(scheduled_id, seats, told_start) SELECT wanted, room, starts\n" +
				"        WHERE NOT EXISTS (SELECT FROM class_room x WHERE x.scheduled_id = wanted AND x.seats = greatest(room, x.booked))\n"},
		}, Test{"internal/booking", "^TestBookingsAtOnce$"}},
		at("booking-passes-the-queue", "Who asks at the right moment gets the seat of who waits.",
			rule, "c.Capacity-c.Booked-c.Due(now)", "c.Capacity-c.Booked",
			"internal/seat", "^TestBook$"),
		at("booking-last-first", "Who waits longest is promoted last.",
			step, "AND t.state = 'waiting' ORDER BY t.turn LIMIT most LOOP", "AND t.state = 'waiting' ORDER BY t.turn DESC LIMIT most LOOP",
			"internal/booking", "^TestWhoCancelsGivesTheirSeatToWhoWaitsLongest$"),
		at("booking-promotes-nobody", "A cancelled seat stays empty until somebody asks.",
			dir+"service.go", "return settle(ctx, tx, id)", "return nil",
			"internal/booking", "^TestWhoCancelsGivesTheirSeatToWhoWaitsLongest$"),
		at("booking-promotion-lost", "A seat that is given up while somebody waits stays empty until the job comes by.",
			dir+"service.go", "return settle(ctx, tx, id)", "return nil",
			"internal/booking", "^TestBookingsAtOnce$"),
		at("booking-dry-run-books", "A dry run books.",
			dir+"service.go", "if err == nil && dryRun {", "if err != nil && dryRun {",
			"internal/booking", "^TestADryRunAnswersAndDoesNothing$"),
		at("booking-late-is-free", "A late cancellation is never one.",
			rule, "case o.Holds == Waiting, !now.After(c.CancelUntil):", "case o.Holds == Waiting, !now.After(c.StartsAt):",
			"internal/seat", "^TestCancelAndCheckIn$"),
		at("booking-seats-shown", "Row-level security shows everybody who has a seat.",
			step, "CREATE POLICY own ON class_seat FOR SELECT TO paceline_app USING (member_id = (SELECT viewer_id()));", "CREATE POLICY own ON class_seat FOR SELECT TO paceline_app USING (true);",
			"internal/testkit", "^TestDifferential$"),
		at("booking-names-drafts", "A booking names an instructor who isn't published.",
			step, "coalesce(s.instructor_id, c.instructor_id) AND i.state = 'published'", "coalesce(s.instructor_id, c.instructor_id)",
			"internal/booking", "^TestABookingNamesNoDraft$"),
		at("roster-for-members", "Whoever is signed in gets the roster's code.",
			dir+"roster.go", "if err := tx.Demand(onDuty); err != nil {\n\t\t\treturn err\n\t\t}\n\t\tq := query.New(tx)\n", "q := query.New(tx)\n",
			"internal/booking", "^TestTheRosterIsForClassManagers$"),
		at("booking-moved-unsaid", "Nobody is told that a class which they booked was moved.",
			step, "(r.booked + r.waiting > 0 AND s.state = 'scheduled' AND r.told_start <> s.starts_at)", "false",
			"internal/booking", "^TestWhoBookedIsToldThatAClassMoved$"),
		at("booking-moved-told-to-who-knows", "Who booked a class at its new hour is told that it was moved.",
			step, "o.scheduled_id = wanted AND o.told_start <> now_starts ORDER BY", "o.scheduled_id = wanted ORDER BY",
			"internal/booking", "^TestWhoBookedIsToldThatAClassMoved$"),
		at("booking-unseen-locked", "Whoever knows the id of a class that was never published learns which spots are taken.",
			step, "c.state = 'published' AND (s.studio_id IS NULL OR u.state = 'published')", "true",
			"internal/booking", "^TestWhatDoesNotShowIsNotHeld$"),
		at("roster-unaudited", "Who takes a member off a roster leaves no trace of it.",
			step, "    PERFORM audit_act('booking.removed', person, wanted::text, '', at);\n", "",
			"internal/booking", "^TestTheRosterIsForClassManagers$"),
		at("roster-unlogged", "A roster that is read stands in nobody's access log.",
			step, "FROM class_seat t WHERE t.scheduled_id = wanted ORDER BY t.member_id) x;", "FROM class_seat t WHERE false) x;",
			"internal/class", "^TestWhoIsOnARosterLearnsThatItWasRead$"),
		at("calendar-cancelled-shows", "The feed goes on with what its member cancelled.",
			dir+"query/queries.sql.gen.go", "WHERE b.cancelled_at IS NULL AND b.starts_at > $1::timestamptz", "WHERE b.starts_at > $1::timestamptz",
			"internal/booking", "^TestTheCalendarFeed$"),
	}
}

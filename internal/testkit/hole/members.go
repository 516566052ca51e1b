package hole

// members: profiles, lists, settings.
func members() []Hole {
	const dir = "internal/member/"
	return []Hole{
		at("member-bio-under-username", "The bio stands under the field of the username: it is in the public body.",
			dir+"profile.go", "privacy.GuardOptional(owner, privacy.Bio,", "privacy.GuardOptional(owner, privacy.Username,",
			"internal/testkit", "^TestMatrix$/^defaults$"),
		at("member-weight-under-height", "Weight obeys the audience of height.",
			dir+"profile.go", "unseal[float64](box, g, privacy.WeightKG,", "unseal[float64](box, g, privacy.HeightCM,",
			"internal/member", "^TestEachFieldObeysItsAudience$"),
		at("member-age-under-name", "The age is shown to whoever sees the name.",
			dir+"profile.go", "born := unseal[string](box, g, privacy.Age,", "born := unseal[string](box, g, privacy.DisplayName,",
			"internal/testkit", "^TestMatrix$/^defaults$"),
		at("member-settings-to-all", "The settings, and so each field's audience, are shown to everybody.",
			dir+"profile.go", "privacy.Guard(owner, privacy.Email, db.Subject(row.Subject).Settings())", "privacy.Guard(owner, privacy.ID, db.Subject(row.Subject).Settings())",
			"internal/testkit", "^TestMatrix$/^defaults$"),
		at("member-list-forbidden", "A hidden list answers 403: the member has followers to hide.",
			dir+"connections.go", "if !owner.Grant.Shows(list.field) {\n\t\t\treturn fault.NotFound()", "if !owner.Grant.Shows(list.field) {\n\t\t\treturn fault.Forbidden(\"hidden\", \"the list is hidden\")",
			"internal/testkit", "^TestMatrix$/^only_me$"),
		at("member-list-unguarded", "Followers and following are listed to whoever finds the member.",
			dir+"connections.go", "if !owner.Grant.Shows(list.field) {", "if !owner.Grant.Shows(privacy.Username) {",
			"internal/testkit", "^TestMatrix$/^only_me$"),
		at("member-cursor-of-any-list", "A cursor of one member's followers goes on in another's.",
			dir+"connections.go", "r.Filter = owner.Grant.Owner().String()", "r.Filter = \"\"",
			"internal/testkit", "^TestDifferential$"),
		{
			"member-minor-made-public", "A minor can switch private off.",
			[]Edit{
				{dir + "settings.go", "if next.Minor && !next.Private {", "if next.Minor && !next.Private && now.Audiences == 0 {"},
				{"migrations/0001_members.up.sql", "CHECK (private OR NOT minor)", "CHECK (true)"},
			},
			Test{"internal/member", "^TestMinorsStayPrivate$"},
		},
		at("member-private-widens", "A private account widens a field, which opens when the switch goes off.",
			dir+"settings.go", "case next.Private && to > privacy.Followers && to > now.Audiences.Chosen(field):", "case next.Private && to > privacy.Everyone:",
			"internal/member", "^TestPrivateAccountDoesNotWiden$"),
		{
			"member-search-by-hidden-name", "Search finds by a display name that the viewer may not see.",
			[]Edit{
				{"migrations/0013_quick_lists.up.sql", "OR least(chosen_audience(m.audiences, 0), r.widest) >= r.lowest)", "OR true)"},
				{dir + "search.go", "!m.Grant.Shows(privacy.DisplayName) || ", "!m.Grant.Shows(privacy.Username) || "},
			},
			Test{"internal/testkit", "^TestDifferential$"},
		},
		at("member-search-from-one-letter", "A search starts at one letter: the directory can be read.",
			dir+"search.go", "const minSearch = 3", "const minSearch = 1",
			"internal/member", "^TestSearch"),
		at("member-view-as-counts-all", "Looking at oneself as a stranger tells of followers whom the stranger can't find.",
			"internal/member/query/queries.sql.gen.go", "AND (m.discoverability >= $1::smallint OR m.id = $2::uuid)", "AND ($1::smallint IS NOT NULL OR m.id = $2::uuid)",
			"internal/member", "^TestViewAs"),
		at("member-write-without-owner", "An edit of a profile has no owner in its WHERE.",
			"internal/member/query/queries.sql.gen.go", "DELETE FROM avatar WHERE member_id = viewer_id()", "DELETE FROM avatar",
			"internal/testkit", "^TestApplicationAlone$"),
	}
}

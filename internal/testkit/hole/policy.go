package hole

// policy: the decision itself, in Go.
func policy() []Hole {
	const dir = "internal/privacy/"
	return []Hole{
		at("policy-blocked-is-member", "Who is blocked counts as a member.",
			dir+"relation.go", "case s.Edge.Has(EdgeBlocks | EdgeBlocked):\n\t\treturn RelationBlocked", "case s.Edge.Has(EdgeBlocks | EdgeBlocked):\n\t\treturn RelationMember",
			"internal/db", "^TestTheWallsAgreeWithThePolicy$"),
		at("policy-request-is-follow", "Who asked to follow counts as a follower.",
			dir+"relation.go", "case s.Edge.Has(EdgeFollower):", "case s.Edge.Has(EdgeFollower | EdgeAsked):",
			"internal/testkit", "^TestMatrix$/^defaults$"),
		at("policy-private-ignored", "The private switch does nothing.",
			dir+"settings.go", "if s.Private {", "if s.Private && s.Minor {",
			"internal/testkit", "^TestMatrix$/^everyone,_private$"),
		at("policy-seen-by-unchecked", "A row that was read for somebody else is decided on as if it were the viewer's.",
			dir+"grant.go", "if v.member != s.SeenBy {", "if v.member != s.SeenBy && s.SeenBy == uuid.Max {",
			"internal/privacy", "^TestARowReadForAnotherIsAnAlarm$"),
		at("policy-any-grant-looks-through", "Not only the owner's grant can be looked through by view-as.",
			dir+"grant.go", "if g.relation != RelationSelf || r == RelationSelf {", "if r == RelationSelf {",
			"internal/privacy", "^TestLookingThroughOthersEyes$"),
		at("policy-grant-opens-others", "A grant for one member opens another's values.",
			dir+"guarded.go", "g.owner != by.owner || ", "",
			"internal/privacy", "^TestAGrantOpensItsOwnersOnly$"),
		at("policy-scopes-ignored", "What an app has no scope for is shown to it.",
			dir+"grant.go", " || g.scopes&r.Scope == 0", "",
			"internal/privacy", "^TestScopesOnlyTakeAway$"),
		at("policy-unwritten-slot-is-open", "A field that is new is open for every old account.",
			dir+"settings.go", "return Audience(a >> (2 * f.rule().Slot) & 3)", "return Audience(a>>(2*f.rule().Slot)&3) ^ Followers",
			"internal/privacy", "^TestChoicesDontTouchEachOther$|^TestDefaultsAreTheModels$"),
		at("policy-default-wider", "Heart rate is for followers by default.",
			dir+"field.go", `{HeartRate, "workout", "heart_rate", FromSetting, OnlyMe,`, `{HeartRate, "workout", "heart_rate", FromSetting, Followers,`,
			"internal/privacy", "^TestTheTableIsTheModel$"),
		at("policy-slot-shared", "Weight lies in the slot of height: choosing the one chooses the other.",
			dir+"field.go", "ScopeHealthRead, 7, true}", "ScopeHealthRead, 6, true}",
			"internal/privacy", "^TestSlotsNeverMove$"),
		at("policy-ceiling-ignored", "Heart rate and route pass their workout's own audience.",
			dir+"settings.go", "a = min(s.Audiences.Chosen(f), ceiling)", "a = s.Audiences.Chosen(f)",
			"internal/db", "^TestTheWallsAgreeWithThePolicy$"),
		{
			"policy-decision-cached", "A decision is kept and given again, whatever the owner chose since.",
			[]Edit{
				{dir + "grant.go", "\"log/slog\"\n", "\"log/slog\"\n\t\"sync\"\n"},
				{
					dir + "grant.go", "\treturn Grant{owner: s.Owner, relation: relate(v, s), edge: s.Edge, scopes: v.scopes, settings: s.Settings, among: s.Among}, nil\n}",
					"\tg, _ := verdicts.LoadOrStore([2]uuid.UUID{v.member, s.Owner},\n" +
						"\t\tGrant{owner: s.Owner, relation: relate(v, s), edge: s.Edge, scopes: v.scopes, settings: s.Settings, among: s.Among})\n" +
						"\treturn g.(Grant), nil\n}\n\nvar verdicts sync.Map",
				},
			},
			Test{"internal/member", "^TestNarrowingBindsTheNextRead$"},
		},
		at("policy-guarded-prints", "A guarded value shows itself when it is printed.",
			dir+"guarded.go", "func (Guarded[T]) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, closed) }",
			"func (g Guarded[T]) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, *g.value); _ = io.Discard }",
			"internal/privacy", "^TestGuardedShowsNothing$"),
	}
}

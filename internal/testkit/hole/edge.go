package hole

// edge: HTTP, the contract and the bodies.
func edge() []Hole {
	const (
		dir      = "internal/httpapi/"
		contract = "api/openapi.yaml"
	)
	return []Hole{
		at("hang-up-is-an-alarm", "A client that hangs up fills the log with failures, behind which real ones hide.",
			"internal/httpapi/record.go", "if client.Err() != nil && errors.Is(err, context.Canceled) {", "if client.Err() != nil && errors.Is(err, context.DeadlineExceeded) {",
			"internal/httpapi", "^TestWhoHangsUpIsNoFailure$"),
		at("edge-null-for-hidden", "A hidden member is null, which says that there is one.",
			"internal/dto/encode.gen.go", "if b, err = appendText(b, *m.Bio); err != nil {\n\t\t\treturn nil, err\n\t\t}\n\t\tb = append(b, ',')\n\t}", "if b, err = appendText(b, *m.Bio); err != nil {\n\t\t\treturn nil, err\n\t\t}\n\t\tb = append(b, ',')\n\t} else {\n\t\tb = append(b, `\"bio\":null,`...)\n\t}",
			"internal/testkit", "^TestMatrix$/^only_me$"),
		at("edge-cookie-for-scripts", "The session's cookie can be read by a script.",
			dir+"sessions.go", "Secure: true, HttpOnly: true,", "Secure: true,",
			"internal/httpapi", "^TestCookie$"),
		at("edge-cookie-across-sites", "The session's cookie comes along with other sites' requests.",
			dir+"sessions.go", "SameSite: http.SameSiteStrictMode", "SameSite: http.SameSiteNoneMode",
			"internal/httpapi", "^TestCookie$"),
		at("edge-cors-reflects", "Every origin may read, with the member's cookie.",
			dir+"server.go", "AllowOrigins:  o.CORSOrigins,", "AllowOriginFunc: func(string) (bool, error) { return true, nil },",
			"internal/httpapi", "CORS"),
		at("edge-cross-site-writes", "Another site makes a member's browser write.",
			dir+"edge.go", "if err := s.protected.Check(r); err != nil {", "if err := s.protected.Check(r); err != nil && r.Method == \"TRACE\" {",
			"internal/httpapi", "^TestCrossOriginWritesAreRefused$"),
		at("edge-forwarded-by-anyone", "Whoever sends X-Forwarded-For chooses their address.",
			dir+"server.go", "return echo.ExtractIPDirect()", "return echo.ExtractIPFromXFFHeader(echo.TrustLoopback(true), echo.TrustPrivateNet(true))",
			"internal/httpapi", "^TestForwardedHeadersFromConfiguredProxiesOnly$"),
		{
			"edge-names-its-platform", "A header names the program.",
			[]Edit{
				{dir + "edge.go", `"X-Content-Type-Options": true, "X-Frame-Options": true,`, `"X-Content-Type-Options": true, "X-Frame-Options": true, "Server": true,`},
				{dir + "edge.go", `"X-Frame-Options":              {"DENY"},`, `"X-Frame-Options": {"DENY"}, "Server": {"paceline"},`},
			},
			Test{"internal/httpapi", "^TestHeadersOfEveryAnswer$"},
		},
		at("edge-panic-in-the-body", "What a panic threw is told to the client.",
			dir+"edge.go", "err = fault.Internal(panicked{fmt.Sprintf(\"%T\", p)})", "err = fault.Unavailable(\"panic\", fmt.Sprint(p), 0).Because(panicked{fmt.Sprintf(\"%T\", p)})",
			"internal/httpapi", "^TestPanicsAreInternalErrors$"),
		at("edge-error-with-sql", "An internal error says what the database said.",
			"internal/fault/new.go", "Message: \"internal error\", cause: cause}", "Message: cause.Error(), cause: cause}",
			"internal/httpapi", "^TestRefusalsSayNothingOfTheirCause$"),
		at("edge-cached-by-anyone", "Answers may be kept by caches that others share.",
			dir+"edge.go", `"Cache-Control":                {"private, no-store"},`, `"Cache-Control": {"public, max-age=60"},`,
			"internal/httpapi", "^TestHeadersOfEveryAnswer$"),
		at("edge-bodies-unbounded", "A body is not held to the bounds of the contract.",
			dir+"bind.go", "if err := schema.VisitJSON(plain, openapi3.MultiErrors()); err != nil {", "if err := schema.VisitJSON(plain, openapi3.MultiErrors()); err != nil && raw == nil {",
			"internal/httpapi", "^TestWorkoutBodiesThatAreRefused$|^TestStrictJSON$|^TestProfilePatch$"),
		at("edge-cursor-of-anybody", "A cursor works for whoever has it.",
			"internal/page/page.go", "seal.Bind(v.Actor().String(), v.Member().String(), r.Operation, r.Filter)", "seal.Bind(r.Operation, r.Filter)",
			"internal/page", "^TestCursorsAreForOneQuestion$"),
		{
			"edge-session-cached", "A token is looked up once and believed from then on, at the moment of that look.",
			[]Edit{
				{dir + "caller.go", "c.Set(keyCaller, db.WithToken(token, now))", "known, _ := callers.LoadOrStore(token, db.WithToken(token, now))\n\t\tc.Set(keyCaller, known)"},
				{dir + "caller.go", "\"strings\"\n", "\"strings\"\n\t\"sync\"\n"},
				{dir + "caller.go", "const maxToken = 256", "const maxToken = 256\n\nvar callers sync.Map"},
			},
			Test{"internal/httpapi", "^TestWayOfAnAccount$|^TestSessionsOverHTTP$|^TestTokens"},
		},
		at("contract-open-to-nobody", "An operation for members is open to who isn't signed in.",
			contract, "summary: Read your privacy settings\n      x-access: {auth: session,", "summary: Read your privacy settings\n      x-access: {auth: none,",
			"api", "^TestEveryOperationDeclaresItsAccess$"),
		at("limit-nothing-counted", "Requests are not counted.",
			dir+"limits.go", "if !o.class.Counted() {\n\t\treturn nil\n\t}\n\tleft,", "if o.class != limit.Ops {\n\t\treturn nil\n\t}\n\tleft,",
			"internal/limit", "^TestAMemberIsLimited$|^TestANetworkIsLimited$"),
		at("limit-guesses-not-counted", "Passwords can be guessed without end.",
			dir+"limits.go", "if t.Taken, err = s.Limits.Take(c.Request().Context(), caller(c).At(), t.Try); err != nil {\n\t\treturn err", "if t.Taken, err = s.Limits.Take(c.Request().Context(), caller(c).At(), t.Try); err != nil && t.Class != limit.Auth {\n\t\treturn err",
			"internal/limit", "^TestTriesAreExact$"),
		at("limit-budget-not-charged", "Nobody pays for the members that they read: the directory can be copied.",
			dir+"limits.go", "case len(shown) > 0:", "case len(shown) > 1000:",
			"internal/limit", "^TestEveryPathIsPaidFor$"),
		at("contract-member-under-wrong-field", "The contract says of a heart rate that it stands under the workout.",
			contract, "$ref: '#/components/schemas/HeartRateChannel', x-visibility: heart_rate}", "$ref: '#/components/schemas/HeartRateChannel', x-visibility: workout}",
			"internal/testkit", "^TestMatrix$/^defaults$"),
	}
}

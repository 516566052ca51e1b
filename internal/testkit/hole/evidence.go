package hole

// evidence: logs, metrics and mail.
func evidence() []Hole {
	const dir = "internal/observe/"
	return []Hole{
		at("log-any-value", "Whatever is put into a log line is written.",
			dir+"handler.go", "case s.allowed(v):\n", "case s.allowed(v), true:\n",
			"internal/observe", "^TestPersonalValuesAreNowhere$"),
		at("log-error-texts", "The texts of errors are logged, and what they quote.",
			dir+"failure.go", "attrs := []slog.Attr{slog.String(\"type\", types(err))}", "attrs := []slog.Attr{slog.String(\"type\", types(err)), slog.String(\"text\", err.Error())}",
			"internal/observe", "^TestErrorsAreDescribedByTheirConstants$"),
		at("log-the-path", "The record of a request holds its path, and so the member's name.",
			"internal/httpapi/record.go", "r.Route = o.path", "r.Route = c.Request().URL.Path",
			"internal/httpapi", "^TestRecordsSayNothingOfWho$"),
		{
			"mail-carries-members-text", "A mail holds what a stranger typed.",
			[]Edit{
				{"internal/mail/message.go", "Minutes  int ", "Name     string\n\tMinutes  int "},
				{"internal/mail/render.go", `"Code": m.Data.Code,`, `"Code": m.Data.Code, "Name": m.Data.Name,`},
				{"internal/mail/templates/verify_code.txt", "Welcome to Paceline.", "Welcome to Paceline, {{.Name}}."},
				{"internal/account/register.go", "known, err := q.FindAccount(ctx, email)", "letter.Data.Name = r.DisplayName\n\t\tknown, err := q.FindAccount(ctx, email)"},
			},
			Test{"internal/mail", "^TestAMailHasNoRoomForWords$"},
		},
		at("event-not-raised", "A stolen refresh token leaves no trace.",
			"internal/account/refresh.go", "s.Observe.Event(ctx, observe.TokenReuse)", "_ = observe.TokenReuse",
			"internal/account", "^TestReuseEndsTheSession$"),
	}
}

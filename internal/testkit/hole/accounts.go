package hole

// accounts: passwords, codes, sessions, tokens.
func accounts() []Hole {
	const dir = "internal/account/"
	return []Hole{
		{
			"account-token-in-the-clear", "Tokens are stored as they are.",
			[]Edit{
				{dir + "token.go", "hash := sha256.Sum256([]byte(token))\n\treturn hash[:]", "_ = sha256.Size\n\treturn []byte(token)"},
				{"internal/db/caller.go", "hash := sha256.Sum256([]byte(token))", "_ = sha256.Size\n\thash := []byte(token)"},
			},
			Test{"internal/account", "^TestTablesHoldNoSecret$"},
		},
		at("account-refresh-reuse-unnoticed", "A refresh token that comes back ends nothing.",
			dir+"refresh.go", "ended, err := q.EndReusedSession(ctx, now, hash)", "ended, err := int64(0), error(nil)",
			"internal/account", "^TestReuseEndsTheSession$"),
		at("account-refresh-token-lasts", "A refresh token can be turned in again and again.",
			dir+"query/queries.sql.gen.go", "t.kind = 'refresh' AND t.used_at IS NULL AND t.expires_at", "t.kind = 'refresh' AND t.expires_at",
			"internal/account", "^TestReuseEndsTheSession$|^TestParallelRefreshesHaveOneWinner$"),
		{
			"account-reset-code-lasts", "A reset code is good a second time.",
			[]Edit{
				{dir + "reset.go", "used, err := q.DropReset(ctx, r.id, now)", "used, err := int64(1), error(nil)"},
				{dir + "reset.go", "if err := q.DropResets(ctx, text.FoldASCII(a.Email)); err != nil {\n\t\treturn err\n\t}\n", ""},
			},
			Test{"internal/account", "^TestReset"},
		},
		at("account-reset-keeps-sessions", "A reset leaves the thief's session good.",
			dir+"reset.go", "if _, err = q.EndSessionsOf(ctx, now, r.account.MemberID); err != nil {", "if err != nil {",
			"internal/account", "^TestReset"),
		at("account-code-by-its-start", "A code is right when its first letters are.",
			dir+"code.go", "subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1", "len(got) == len(want) && subtle.ConstantTimeCompare([]byte(want[:4]), []byte(got[:4])) == 1",
			"internal/account", "^TestCodesAreComparedWhole$"),
		at("account-codes-without-end", "Codes can be guessed at without end.",
			dir+"verify.go", "return q.ChargeRegistration(ctx, !p.Registration.Valid, row.ID)", "return nil",
			"internal/account", "^TestCodes$"),
		at("account-login-tells-unknown", "Login says that nobody has the address.",
			dir+"login.go", "if !match {\n\t\treturn account, \"\", errCredentials()", "if !match && account.PasswordHash == \"\" {\n\t\treturn account, \"\", fault.NotFound()\n\t}\n\tif !match {\n\t\treturn account, \"\", errCredentials()",
			"internal/httpapi", "^TestNoAnswerTellsWhoHasAnAccount$"),
		at("account-login-without-dummy", "Login hashes nothing for an address that nobody has: its time tells.",
			dir+"hash.go", "_, _, err := argon2id.CheckHash(password, h.dummy)\n\t\treturn false, false, err", "return false, false, nil",
			"internal/account", "^TestDummyCostsTheSame$"),
		at("account-register-tells-known", "Registering says that the address has an account.",
			dir+"register.go", "letter = mail.Message{Kind: mail.AddressKnown, To: known.Email}", "_ = known\n\t\t\treturn errEmailTaken",
			"internal/account", "^TestRegisterTellsNobodyWhoIsKnown$"),
		at("account-forgot-tells-unknown", "Asking for a new password says that nobody has the address.",
			dir+"reset.go", "if err != nil && !errors.Is(err, pgx.ErrNoRows) {\n\t\t\treturn err\n\t\t}\n\t\tid, code", "if err != nil {\n\t\t\treturn err\n\t\t}\n\t\tid, code",
			"internal/account", "^TestForgotTellsNobodyWhoIsKnown$"),
		at("account-password-change-keeps-sessions", "Others stay signed in after a change of password.",
			dir+"self.go", "_, err := q.EndOtherSessions(ctx, now, tx.Viewer().Session())\n\t\treturn err", "return nil",
			"internal/account", "^TestChangePassword$"),
		at("account-delete-without-proof", "An account ends without its password.",
			dir+"self.go", "if !match {\n\t\ts.Observe", "if !match && pointer != \"/password\" {\n\t\ts.Observe",
			"internal/account", "^TestProofMustHold$|^TestDelete$"),
		at("account-age-by-the-year", "Somebody of twelve can register in the year of their thirteenth birthday.",
			dir+"registration.go", "if now.Month() < birth.Month() || now.Month() == birth.Month() && now.Day() < birth.Day() {\n\t\tyears--\n\t}\n", "",
			"internal/account", "^TestAges$"),
		{
			"account-anybodys-sessions", "The list of sessions is everybody's.",
			[]Edit{
				{dir + "query/queries.sql.gen.go", "WHERE o.member_id = viewer_id() AND o.revoked_at", "WHERE o.revoked_at"},
				{"migrations/0003_accounts.up.sql", "CREATE POLICY own ON auth.session FOR SELECT TO paceline_app USING (member_id = (SELECT public.viewer_id()));", "CREATE POLICY own ON auth.session FOR SELECT TO paceline_app USING (true);"},
			},
			Test{"internal/testkit", "^TestDifferential$"},
		},
		at("account-revoke-anybodys-session", "A session is ended by its id alone.",
			dir+"query/queries.sql.gen.go", "WHERE member_id = viewer_id() AND id = $2 AND revoked_at IS NULL AND expires_at > $1::timestamptz", "WHERE id = $2 AND revoked_at IS NULL AND expires_at > $1::timestamptz",
			"internal/testkit", "^TestMatrix$/^defaults$"),
	}
}

package hole

// consoles: proofs, pairing, rides.
func consoles() []Hole {
	const (
		dir    = "internal/account/"
		step   = "migrations/0015_consoles.up.sql"
		newest = "migrations/0022_staff.up.sql" // of what makes a viewer
	)
	return []Hole{
		at("console-any-key", "A console's token is good with a proof of any key.",
			"internal/db/caller.go", `hmac.New(sha256.New, []byte("paceline bound token v1:"+jkt))`, `hmac.New(sha256.New, []byte("paceline bound token v1:"))`,
			"internal/httpapi", "^TestAConsolesTokenNeedsItsProof$"),
		at("console-bearer", "A console's token is good without a proof.",
			"internal/httpapi/caller.go", "if bound {", "if bound && len(c.Request().Header.Values(\"DPoP\")) > 0 {",
			"internal/httpapi", "^TestAConsolesTokenNeedsItsProof$"),
		at("console-replay", "A proof is good a second time.",
			dir+"proof.go", "if err == nil && !fresh {", "if err != nil && !fresh {",
			"internal/httpapi", "^TestAConsolesTokenNeedsItsProof$"),
		at("console-url-unchecked", "A proof for one URL is good for another.",
			"internal/dpop/verify.go", "if !ok || !known || got != want {", "if !ok || !known || got == \"\" || want == \"\" {",
			"internal/httpapi", "^TestAConsolesTokenNeedsItsProof$"),
		at("console-url-of-the-host", "A proof is about the host that the request names.",
			"internal/httpapi/proof.go", `strings.TrimRight(s.PublicURL, "/") + r.URL.EscapedPath()`, `"https://" + r.Host + r.URL.EscapedPath()`,
			"internal/httpapi", "^TestAConsolesTokenNeedsItsProof$"),
		at("console-revoked-lives", "A revoked console goes on.",
			newest, "AND t.expires_at > at AND s.expires_at > at AND s.revoked_at IS NULL\n", "AND t.expires_at > at AND s.expires_at > at AND (s.revoked_at IS NULL OR s.kind = 'console')\n",
			"internal/httpapi", "^TestARevokedConsoleIsOver$"),
		at("console-any-scope", "A console may do whatever its member may.",
			"internal/db/tx.go", "if !v.Has(c.needs) {", "if !v.SignedIn() {",
			"internal/httpapi", "^TestAConsoleStaysWithinItsScope$|^TestAConsolesTokenNeedsItsProof$"),
		at("console-reads-others", "Row-level security shows a console what it shows its member's session.",
			step, "NOT IN ('', 'nobody', 'console');", "NOT IN ('', 'nobody');",
			"internal/testkit", "^TestAConsoleSeesItsMemberOnly$"),
		at("console-poll-by-any-key", "Whoever has the device code gets the tokens.",
			dir+"poll.go", "if err := proof.BoundTo(row.Jkt); err != nil {", "if err := proof.BoundTo(proof.JKT); err != nil {",
			"internal/httpapi", "^TestAConsoleIsPaired$"),
		at("console-codes-without-end", "A code can be typed without end.",
			dir+"consent.go", "codeTyped = 10", "codeTyped = 30000",
			"internal/httpapi", "^TestACodeIsTypedFewTimes$"),
		at("console-guesses-without-end", "Codes can be guessed without end.",
			"internal/httpapi/limits.go", `"getPairing": {"pairing", limit.Code}, `, "",
			"internal/httpapi", "^TestGuessingCodesIsLimited$"),
		at("console-stale-approval", "A phone that lies about pairs a console.",
			dir+"consent.go", "if session.CreatedAt.Add(freshFor).Before(tx.Now()) {", "if session.CreatedAt.After(tx.Now()) {",
			"internal/httpapi", "^TestPairingsAreRefused$"),
		at("console-next-rider", "The next rider's console still reads the ride before.",
			dir+"ride.go", "if err := endRides(ctx, q, now, owner, console); err != nil {\n\t\treturn ConsoleTokens{}, err\n\t}\n\tid, ends", "id, ends",
			"internal/httpapi", "^TestARideEnds$"),
		at("console-ride-never-idles", "A rider who left stays signed in.",
			newest, "s.last_used_at > at - interval '15 minutes' AND auth.stands", "auth.stands",
			"internal/httpapi", "^TestARideEnds$"),
	}
}

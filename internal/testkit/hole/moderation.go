package hole

// moderation: reports, decisions, appeals.
func moderation() []Hole {
	const (
		dir    = "internal/moderation/"
		schema = "migrations/0028_moderation.up.sql"
		app    = "internal/httpapi"
	)
	return []Hole{
		at("report-evidence-unseen", "The evidence has what the reporter doesn't see.",
			dir+"see.go", `out.add("bio", row.Bio, g.Shows(privacy.Bio))`, `out.add("bio", row.Bio, true)`,
			app, "^TestOnlyWhatShowsIsReported$"),
		at("report-own-case", "A moderator decides about themself.",
			schema, "AND c.state <> 'closed' AND c.subject_id IS DISTINCT FROM viewer_id()", "AND c.state <> 'closed'",
			"internal/db", "^TestNobodyDecidesAboutThemselves$"),
		at("report-own-report", "A moderator decides what they reported.",
			schema, "AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.member_id = viewer_id())", "",
			app, "^TestNobodyJudgesThemselves$"),
		at("case-decided-unclaimed", "A case is decided by a moderator who didn't claim it.",
			schema, "AND c.state = 'in_review' AND c.claimed_by = viewer_id() AND", "AND c.state = 'in_review' AND",
			app, "^TestDecisionsAndAppeals$"),
		at("case-unaudited", "A decision goes on where the audit can't.",
			schema, "    PERFORM audit_act('case.decided', subject, wanted::text, act, at);\n", "",
			app, "^TestNobodyJudgesThemselves$"),
		at("appeal-same-moderator", "Who decided decides the appeal.",
			schema, "AND s.appeal = 'open' AND s.made_by <> viewer_id() AND s.member_id <> viewer_id()\n    RETURNING", "AND s.appeal = 'open'\n    RETURNING",
			app, "^TestDecisionsAndAppeals$"),
		at("suspension-keeps-sessions", "A suspension counts from the next sign-in.",
			schema, "SET revoked_at = at WHERE s.revoked_at IS NULL AND (s.member_id", "SET revoked_at = NULL WHERE s.revoked_at IS NULL AND (s.member_id",
			app, "^TestSuspensionBindsTheNextRequest$"),
		at("suspension-no-wall", "A session that the program forgot to refuse is made.",
			schema, "CREATE POLICY not_suspended ON auth.session AS RESTRICTIVE", "CREATE POLICY not_suspended ON auth.session AS PERMISSIVE",
			app, "^TestSuspensionBindsTheNextRequest$"),
	}
}

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
			schema, "AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.member_id = viewer_id())\n    RETURNING", "RETURNING",
			app, "^TestNobodyJudgesThemselves$"),
		at("case-decided-unclaimed", "A case is decided by a moderator who didn't claim it.",
			schema, "AND c.state = 'in_review' AND c.claimed_by = viewer_id() AND", "AND c.state = 'in_review' AND",
			app, "^TestDecisionsAndAppeals$"),
		at("case-unaudited", "A decision goes on where the audit can't.",
			schema, "    PERFORM audit_act('case.decided', subject, wanted::text, act, at);\n", "",
			app, "^TestNobodyJudgesThemselves$"),
		at("appeal-same-moderator", "Who decided decides the appeal.",
			schema, "    WHERE s.id = wanted AND s.appeal = 'open' AND s.made_by <> viewer_id() AND", "    WHERE s.id = wanted AND s.appeal = 'open' AND",
			app, "^TestDecisionsAndAppeals$"),
		at("appeal-own-report", "A moderator decides the appeal against what they reported.",
			schema, "      AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = s.case_id AND r.member_id = viewer_id())\n", "",
			app, "^TestNobodyJudgesThemselves$"),
		at("appeal-read-unnoted", "What moderators read with appeals is in no audit.",
			schema, "            PERFORM audit_act('appeal.read', subject, id::text, '', at);\n", "            NULL;\n",
			app, "^TestDecisionsAndAppeals$"),
		at("evidence-of-late-decisions", "A case that was decided late loses its evidence before an appeal can be judged.",
			schema, "AND (c.decided_at < decided_before OR c.subject_id IS NOT NULL", "AND (c.decided_at < decided_before OR c.opened_at < opened_before OR c.subject_id IS NOT NULL",
			app, "^TestEvidenceIsNotKept$"),
		at("report-lost-in-decision", "A report that joins a case while it is decided is lost.",
			schema, "AND c.state <> 'closed' FOR UPDATE;", "AND c.state <> 'closed';",
			app, "^TestAReportMeetsADecision$"),
		at("suspension-keeps-sessions", "A suspension counts from the next sign-in.",
			schema, "SET revoked_at = at WHERE s.revoked_at IS NULL AND (s.member_id", "SET revoked_at = NULL WHERE s.revoked_at IS NULL AND (s.member_id",
			app, "^TestSuspensionBindsTheNextRequest$"),
		at("suspension-no-wall", "A session that the program forgot to refuse is made.",
			schema, "CREATE POLICY not_suspended ON auth.session AS RESTRICTIVE", "CREATE POLICY not_suspended ON auth.session AS PERMISSIVE",
			app, "^TestSuspensionBindsTheNextRequest$"),
	}
}

package hole

// OpenPolicy is the program without its policy: what a session or nobody asks
// for is opened, whoever's it is, and no statement asks the rules besides
// row-level security. A third-party app, of which there are none yet, is still
// held: so a test in the same program can ask what the policy would say.
func OpenPolicy() []Edit {
	return []Edit{
		{
			"internal/privacy/grant.go",
			"func (g Grant) ShowsWithin(f Field, ceiling Audience) bool {\n\tr := f.rule()\n",
			"func (g Grant) ShowsWithin(f Field, ceiling Audience) bool {\n\tr := f.rule()\n\tif g.scopes == ^Scopes(0) {\n\t\treturn true\n\t}\n",
		},
		{
			"internal/member/query/queries.sql.gen.go",
			"\n  AND (SELECT shows_slot($1::uuid, $4::integer))", "\n  AND $4::integer IS NOT NULL",
		},
	}
}

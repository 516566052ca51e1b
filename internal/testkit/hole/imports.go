package hole

// imports: uploads that are read after their request.
func imports() []Hole {
	const (
		dir  = "internal/workout/"
		step = "migrations/0019_imports.up.sql"
		sql  = "internal/workout/query/imports.sql.gen.go"
	)
	return []Hole{
		{
			"import-of-anybody", "Whoever has its id reads how somebody else's import went.",
			[]Edit{
				{sql, "WHERE i.member_id = $1 AND i.id = $2 AND i.state <> 'receiving'", "WHERE $1::uuid IS NOT NULL AND i.id = $2 AND i.state <> 'receiving'"},
				{step, "CREATE POLICY own ON import TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON import TO paceline_app\n    USING (true)"},
			},
			Test{"internal/httpapi", "^TestAnArchiveIsReadAfterItsRequest$"},
		},
		at("import-settled-apart", "What became of a file is committed apart from the workouts that it made.",
			dir+"work.go", "ids, added, err := writeAll(ctx, tx, by, audience, item.drafts)",
			"var ids []uuid.UUID\n\t\t\tadded := 0\n\t\t\terr := t.s.db.AsViewer(ctx, t.as(), func(ctx context.Context, tx *db.Tx) (err error) {\n\t\t\t\tids, added, err = writeAll(ctx, tx, by, audience, item.drafts)\n\t\t\t\treturn err\n\t\t\t})",
			"internal/workout", "^TestAFileIsSettledWithItsWorkouts$"),
		at("import-unpacks-anything", "An archive may unpack to whatever it likes.",
			dir+"archive/archive.go", "expanded > freely && expanded > uint64(a.limits.Ratio*size)", "expanded > freely && size < 0",
			"internal/workout/archive", "^TestArchivesThatAreTooMuch$"),
		at("import-unpacks-out-of-proportion", "A few bytes of gzip keep a parser busy for as long as the largest file.",
			dir+"recording/limits.go", "p.got > expandsFreely && p.got > maxExpansion*p.sent.n", "p.got > expandsFreely && p.sent.n < 0",
			"internal/workout/recording", "^TestCompressedFilesKeepProportion$"),
		at("import-endless-directory", "The directory of an archive is read into memory to its end.",
			dir+"archive/archive.go", "directory := &budget{source{r}, limits.DirectoryBytes}", "directory := &budget{source{r}, -1}",
			"internal/workout/archive", "^TestAnArchiveIsTakenAtItsWord$"),
		at("import-outlives-session", "An import goes on after the session that asked for it was ended.",
			step, "AND s.expires_at > at AND s.revoked_at IS NULL;", "AND s.expires_at > at;",
			"internal/httpapi", "^TestAnImportEndsWithItsSession$"),
		at("import-claimed-twice", "Two replicas read the same import.",
			"internal/account/query/queries.sql.gen.go", "(i.claimed_until IS NULL OR i.claimed_until <= $3::timestamptz)", "$3::timestamptz IS NOT NULL",
			"internal/jobs", "^TestAnImportOfADeadReplicaFallsBack$"),
		{
			"import-kept-in-clear", "What was uploaded lies in the database as it was sent.",
			[]Edit{
				{dir + "intake.go", "sealed, err := by.key.Seal(chunk.Bytes(), chunkAt(id, place))", "sealed, err := bytes.Clone(chunk.Bytes()), error(nil)"},
				{dir + "source.go", "plain, err = by.key.Open(sealed, chunkAt(u.id, place))", "plain = sealed"},
			},
			Test{"internal/httpapi", "^TestAnImportEndsWithItsSession$"},
		},
	}
}

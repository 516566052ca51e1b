package hole

// syncs: what consoles send, and what they are told.
func syncs() []Hole {
	const (
		dir  = "internal/workout/"
		edge = "internal/httpapi/"
		sql  = "internal/workout/query/sync.sql.gen.go"
		step = "migrations/0016_sync.up.sql"
	)
	return []Hole{
		at("sync-version-unchecked", "A lower version of a console's workout takes the place of a higher one.",
			dir+"sync_take.go", "if item.Version < int(at.row.Version) {\n\t\treturn at.result(SyncUnchanged), nil\n\t}\n\tif item.Version > int(at.row.Version) {",
			"if item.Version != int(at.row.Version) {",
			"internal/httpapi", "^TestSyncedWorkoutIsThereOnce$"),
		at("sync-client-id-is-the-id", "A console's name for a workout becomes the workout's id.",
			dir+"sync_apply.go", "id, added, err := d.write(", "d.id = at.item.ClientID\n\t\tid, added, err := d.write(",
			"internal/httpapi", "^TestSyncedWorkoutIsThereOnce$"),
		at("sync-unsigned-is-trusted", "What a session sent counts as signed by a console.",
			dir+"sync.go", "return tx.Viewer().Actor() == privacy.ActorConsole", "return tx.Viewer().SignedIn()",
			"internal/httpapi", "^TestSyncedWorkoutIsThereOnce$"),
		at("sync-members-unchecked", "An item may hold members that the contract doesn't name: an owner.",
			edge+"sync.go", "if err := schema.VisitJSON(plain, openapi3.MultiErrors()); err != nil {\n\t\treturn reject(broken(err, nil)...)\n\t}\n", "",
			"internal/httpapi", "^TestSyncItemsStandAlone$"),
		at("sync-expansion-uncapped", "A compressed body may hold as much as it likes.",
			edge+"unpack.go", "case b.n > b.most, b.n > freeExpansion && b.n > maxExpansion*b.sent.n,", "case b.n < 0,",
			"internal/httpapi", "^TestSyncRefusesWhatExpands$"),
		at("sync-changes-unsettled", "Changes are told while some with lower numbers are still to come.",
			step, "PERFORM pg_advisory_xact_lock(hashtextextended(", "PERFORM (hashtextextended(",
			"internal/httpapi", "^TestSyncChangesWaitForWhoIsStillWriting$"),
		{
			"sync-part-of-another-member", "Parts are found by the console's name alone, whoever sent them.",
			[]Edit{
				{sql, "FROM sync_part WHERE member_id = $1 AND client_id = $2 ORDER BY part", "FROM sync_part WHERE $1::uuid IS NOT NULL AND client_id = $2 ORDER BY part"},
				{step, "CREATE POLICY own ON sync_part TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON sync_part TO paceline_app\n    USING (true)"},
			},
			Test{"internal/httpapi", "^TestConsoleSyncsForItsMember$"},
		},
		{
			"sync-deletion-of-another-member", "Everybody is told what anybody deleted.",
			[]Edit{
				{sql, "WHERE g.member_id = $1 AND", "WHERE $1::uuid IS NOT NULL AND"},
				{step, "CREATE POLICY own ON workout_gone TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON workout_gone TO paceline_app\n    USING (true)"},
			},
			Test{"internal/httpapi", "^TestSyncChangesTellEverything$"},
		},
	}
}

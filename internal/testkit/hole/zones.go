package hole

// zones: what privacy zones keep out of sight.
func zones() []Hole {
	const (
		dir    = "internal/workout/"
		schema = "migrations/0018_privacy_zones.up.sql"
		sql    = "internal/workout/query/queries.sql.gen.go"
	)
	return []Hole{
		at("zone-preview-not-cut", "The thinned samples stay those of the whole.",
			sql, "preview_sealed = excluded.preview_sealed, digest_sealed = excluded.digest_sealed, digest_of", "digest_sealed = excluded.digest_sealed, digest_of",
			"internal/place", "^TestZonesBindTheNextRead$"),
		at("zone-distance-of-the-whole", "The distance is the device's own, from the door on.",
			dir+"cut.go", "out.DistanceM = s.DistanceM", "out.DistanceM = c.DistanceM",
			"internal/place", "^TestTwoWorldsThatDifferInAZone$"),
		at("zone-start-of-the-whole", "A cut workout starts when it really did.",
			dir+"cut.go", "StartedAt: c.StartedAt.Add(v.Start())", "StartedAt: c.StartedAt",
			"internal/place", "^TestZonesBindTheNextRead$"),
		at("zone-hides-no-stay", "A workout that never left a zone shows that there is one.",
			dir+"cut.go", "Audience: int16(privacy.OnlyMe), StartedAt: c.StartedAt, Route", "Audience: c.Audience, StartedAt: c.StartedAt, Route",
			"internal/place", "^TestZonesBindTheNextRead$"),
		at("zone-not-of-new-workouts", "A zone cuts what is there, and nothing that comes.",
			dir+"draft.go", "err = cutNew(ctx, tx, by, d.id)", "err = nil",
			"internal/place", "^TestTwoWorldsThatDifferInAZone$"),
		at("zone-whole-to-all", "Whoever reads samples gets the whole of what is cut.",
			schema, "seen.whole := lowest = 0 AND EXISTS (", "seen.whole := EXISTS (",
			"internal/db", "^TestTheWallsAgreeWithThePolicy$"),
		at("zone-of-anybody", "Row-level security shows everybody's zones.",
			schema, "CREATE POLICY own ON privacy_zone TO paceline_app\n    USING (member_id = (SELECT viewer_id()))", "CREATE POLICY own ON privacy_zone TO paceline_app\n    USING (true)",
			"internal/testkit", "^TestDifferential$"),
		at("zone-second-secret", "A zone at the same place cuts a second circle, and the two narrow it down.",
			dir+"zone.go", "z.Secret, z.ShiftedM = first.Secret, first.ShiftedM", "_ = first",
			"internal/place", "^TestZonesBindTheNextRead$"),
		at("zone-radius-moves-centre", "Another radius cuts a circle around another centre.",
			dir+"zone.go", "z.RadiusM = *p.RadiusM", "z.RadiusM, z.ShiftedM = *p.RadiusM, *p.RadiusM",
			"internal/place", "^TestPublishedAttacksOverHTTP$"),
		at("zone-not-of-what-consoles-send", "A part that a console sends on shows the whole of what was cut.",
			dir+"sync_apply.go", "err = cutNew(ctx, at.tx, at.by, id)", "err = nil",
			"internal/httpapi", "^TestSyncedTracksAreCut$"),
		at("zone-change-beside-imports", "An import that doesn't wait for a change of zones is cut by the ones before.",
			dir+"zone.go", "if err := query.New(tx).LockZones(ctx); err != nil {\n\t\t\treturn err\n\t\t}\n", "",
			"internal/workout", "^TestZonesAndWritesWaitForEachOther$"),
	}
}

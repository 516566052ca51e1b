package db_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

// The policy in Go and the walls in the database are written twice on purpose.
// In random worlds they must say the same of every owner, viewer and field, and
// of every row that row-level security alone lets through.
func TestTheWallsAgreeWithThePolicy(t *testing.T) {
	t.Parallel()
	f := open(t)
	random := rand.New(rand.NewPCG(20261122, 7))
	const members = 14
	type someone struct {
		id     uuid.UUID
		caller db.Caller
		s      privacy.Settings
	}
	var all []someone
	for range members {
		s := privacy.Settings{
			Private: random.IntN(3) == 0, Discoverability: privacy.Discoverability(random.IntN(4)),
			Audiences: privacy.Audiences(random.Uint64() >> 26),
		}
		id, caller := f.member(s)
		all = append(all, someone{id, caller, s})
		f.exec(`SELECT enlist($1)`, id)
	}
	edges := map[[2]uuid.UUID]privacy.Edge{}
	mirrors := [][2]privacy.Edge{ // in an order, so that every run draws the same world
		{privacy.EdgeFollower, privacy.EdgeFollows}, {privacy.EdgeAsked, privacy.EdgeAsks}, {privacy.EdgeBlocks, privacy.EdgeBlocked},
		{privacy.EdgeFollows, privacy.EdgeFollower}, {privacy.EdgeAsks, privacy.EdgeAsked}, {privacy.EdgeBlocked, privacy.EdgeBlocks},
	}
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			var a, b privacy.Edge
			for _, m := range mirrors {
				if random.IntN(5) == 0 {
					a, b = a|m[0], b|m[1]
				}
			}
			if a != 0 {
				edges[[2]uuid.UUID{all[i].id, all[j].id}], edges[[2]uuid.UUID{all[j].id, all[i].id}] = a, b
				f.exec(`INSERT INTO edge VALUES ($1, $2, $3, $5), ($2, $1, $4, $5)`, all[i].id, all[j].id, int16(a), int16(b), now)
			}
		}
	}
	workouts := map[uuid.UUID]struct {
		owner    someone
		audience privacy.Audience
	}{}
	for _, owner := range all {
		for a := privacy.OnlyMe; a <= privacy.Everyone; a++ {
			workouts[f.workout(owner.id, a)] = struct {
				owner    someone
				audience privacy.Audience
			}{owner, a}
		}
	}
	// Pointers to everything in everybody's feed: none may say what shows.
	f.exec(`INSERT INTO feed_pointer (member_id, started_at, workout_id, owner_id)
		SELECT m.id, w.started_at, w.id, w.member_id FROM member m CROSS JOIN workout w`)
	f.exec(`UPDATE workout SET pointed = true`)
	for i, one := range all {
		switch i % 4 {
		case 1: // their own feed has none yet
			f.exec(`INSERT INTO feed VALUES ($1, 'infinity') ON CONFLICT (member_id) DO UPDATE SET complete_from = 'infinity'`, one.id)
		case 2: // nobody has any to them
			f.exec(`DELETE FROM feed_pointer WHERE owner_id = $1`, one.id)
			f.exec(`INSERT INTO feed_pulled VALUES ($1)`, one.id)
		}
	}
	viewers := append([]someone{{caller: db.Anonymous(now)}}, all...)
	decisions, shown, found, fed := 0, 0, 0, 0
	for _, viewer := range viewers {
		err := f.AsViewer(t.Context(), viewer.caller, func(ctx context.Context, tx *db.Tx) error {
			for _, owner := range all {
				g, err := privacy.Decide(tx.Viewer(), privacy.Subject{
					Owner: owner.id, Settings: owner.s, Edge: edges[[2]uuid.UUID{owner.id, viewer.id}], SeenBy: viewer.id,
				})
				if err != nil {
					return err
				}
				for _, r := range privacy.Model() {
					var shows bool
					switch {
					case r.Source == privacy.FromDiscoverability:
						err = tx.QueryRow(ctx, "SELECT finds($1)", owner.id).Scan(&shows)
					case r.Slot != privacy.NoSlot && r.Source == privacy.FromSetting:
						err = tx.QueryRow(ctx, "SELECT shows_slot($1, $2)", owner.id, r.Slot).Scan(&shows)
					default:
						continue
					}
					if err != nil {
						return err
					}
					if shows != g.Shows(r.Field) {
						t.Errorf("%s: the database says %t, the policy %t (%v, %+v)", r.Name, shows, g.Shows(r.Field), g, owner.s)
					}
					decisions++
				}
			}
			ids := append(slices.Collect(maps.Keys(workouts)), uuid.New())
			n, err := readersAgree(ctx, t, tx, viewer.caller, ids)
			if err != nil {
				return err
			}
			shown += n
			if err := samplesAgree(ctx, t, tx, ids); err != nil {
				return err
			}
			if n, err = searchesAgree(ctx, t, tx); err != nil {
				return err
			}
			found += n
			if n, err = feedsAgree(ctx, t, tx); err != nil {
				return err
			}
			fed += n
			return rowsAgree(ctx, t, tx, func(owner uuid.UUID) privacy.Grant {
				for _, o := range all {
					if o.id == owner {
						g, _ := privacy.Decide(tx.Viewer(), privacy.Subject{
							Owner: o.id, Settings: o.s, Edge: edges[[2]uuid.UUID{o.id, viewer.id}], SeenBy: viewer.id,
						})
						return g
					}
				}
				return privacy.Grant{}
			}, func(see func(owner, workout uuid.UUID, audience privacy.Audience)) {
				for id, w := range workouts {
					see(w.owner.id, id, w.audience)
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if shown == 0 || found == 0 || fed == 0 {
		t.Errorf("%d workouts shown, %d members found, %d workouts in feeds", shown, found, fed)
	}
	t.Logf("%d decisions, %d workouts shown, %d members found, %d workouts in feeds", decisions, shown, found, fed)
}

// searchesAgree: what search_page makes of a page by asking the rules once a row is,
// byte by byte and in order, what row-level security gives of those whom search_names
// names. By the usernames and by the display names that all members share, whole and from
// the second on. It says how many are found.
func searchesAgree(ctx context.Context, t *testing.T, tx *db.Tx) (found int, err error) {
	t.Helper()
	for _, prefix := range []string{"user", "d", "use", "e"} {
		var name, username string
		for _, most := range []int{1, 5, 100} {
			bounds := []any{prefix, prefix + "~", name, username, most}
			var once, apart []string
			var n int
			err := tx.QueryRow(ctx, `SELECT ARRAY(SELECT s::text FROM search_page($1, $2, $3, $4, $5) s)`, bounds...).Scan(&once)
			if err != nil {
				return 0, err
			}
			err = tx.QueryRow(ctx, `SELECT array_agg(s::text ORDER BY h.name, s.username), count(*),
					coalesce(min(h.name COLLATE "C"), ''), coalesce(min(s.username COLLATE "C"), '')
				FROM search_names($1, $2, $3, $4, $5) h LEFT JOIN member_seen s ON s.member_id = h.member_id`, bounds...).Scan(&apart, &n, &name, &username)
			if err != nil {
				return 0, err
			}
			if !slices.Equal(once, apart) {
				t.Errorf("%q from (%s, %s): searched at once\n%q, table by table\n%q", prefix, bounds[2], bounds[3], once, apart)
			}
			found += n
		}
	}
	return found, nil
}

// readersAgree: what read_workout makes of a workout by asking the rules once, read_workouts
// of many, and read_workout_each for whoever's token comes with it, is byte by byte what
// row-level security gives table by table. It says how many show.
func readersAgree(ctx context.Context, t *testing.T, tx *db.Tx, c db.Caller, ids []uuid.UUID) (shown int, err error) {
	t.Helper()
	rows, err := tx.Query(ctx, `SELECT wanted::text, r::text, m::text, s::text, e::text,
			left(ROW(e.place, e.token_hash, e.actor, e.member, e.session)::text, -1) || coalesce(',' || right(s::text, -1), repeat(',', 30) || ')')
		FROM unnest($1::uuid[]) WITH ORDINALITY asked (wanted, place)
		LEFT JOIN LATERAL (SELECT r FROM read_workout(wanted) r) once (r) ON true
		LEFT JOIN (SELECT r.id, r FROM read_workouts($1::uuid[]) r) many (id, m) ON many.id = wanted
		LEFT JOIN LATERAL (SELECT s FROM workout_seen s WHERE s.id = wanted) apart (s) ON true
		LEFT JOIN read_workout_each(array_fill($2::bytea, ARRAY[cardinality($1)]), array_fill($3::timestamptz, ARRAY[cardinality($1)]), $1) e
			ON e.place = asked.place AND e.token_hash IS NOT DISTINCT FROM $2`, ids, c.TokenHash(), c.At())
	if err != nil {
		return 0, err
	}
	var id string
	var once, many, apart, each, expected *string
	_, err = pgx.ForEachRow(rows, []any{&id, &once, &many, &apart, &each, &expected}, func() error {
		if deref(once) != deref(apart) || deref(many) != deref(apart) {
			t.Errorf("workout %s: read at once it is\n%v, with others\n%v, table by table\n%v", id, deref(once), deref(many), deref(apart))
		}
		if each == nil || *each != deref(expected) {
			t.Errorf("workout %s: read in a set it is\n%v, table by table\n%v", id, deref(each), deref(expected))
		}
		if apart != nil {
			shown++
		}
		return nil
	})
	return shown, err
}

// feedsAgree: what read_feed gives, page by page and in order, is byte by byte what
// row-level security gives table by table of those whom the viewer follows. It says
// how many those are.
func feedsAgree(ctx context.Context, t *testing.T, tx *db.Tx) (fed int, err error) {
	t.Helper()
	var apart []string
	err = tx.QueryRow(ctx, `SELECT ARRAY(SELECT s::text FROM workout_seen s JOIN edge e ON e.member_id = s.member_id AND e.other_id = viewer_id()
		WHERE e.bits & 1 <> 0 ORDER BY s.started_at DESC, s.id DESC)`).Scan(&apart)
	if err != nil {
		return 0, err
	}
	for _, most := range []int{1, 3, 100} {
		var once []string
		at, id := "infinity", uuid.Max
		for full := true; full; {
			var page []string
			var last *string
			var lastID *uuid.UUID
			err := tx.QueryRow(ctx, `SELECT array_agg(f::text), (array_agg(f.started_at))[$3]::text, (array_agg(f.id))[$3]
				FROM read_feed($1::text::timestamptz, $2, $3) f`, at, id, most).Scan(&page, &last, &lastID)
			if err != nil {
				return 0, err
			}
			once = append(once, page...)
			if full = last != nil; full {
				at, id = *last, *lastID
			}
		}
		if !slices.Equal(once, apart) {
			t.Errorf("a feed in pages of %d: at once\n%q, table by table\n%q", most, once, apart)
		}
	}
	return len(apart), nil
}

// samplesAgree: what read_samples makes of a workout by asking the rules once is, byte by byte, what
// row-level security gives table by table, of the families asked for, and of previews or samples.
func samplesAgree(ctx context.Context, t *testing.T, tx *db.Tx, ids []uuid.UUID) error {
	t.Helper()
	for _, families := range [][]string{{}, {"effort"}, {"heart_rate"}, {"route"}, {"effort", "heart_rate", "route"}} {
		for _, previews := range []bool{false, true} {
			rows, err := tx.Query(ctx, `SELECT wanted::text, once::text, apart::text FROM unnest($1::uuid[]) wanted
				LEFT JOIN LATERAL (SELECT r FROM read_samples(wanted, $2, $3) r) once (once) ON true
				LEFT JOIN LATERAL (SELECT ROW(s.id, s.audience,
					CASE WHEN 'effort' = ANY ($2) AND ($3 AND s.effort_preview IS NOT NULL) IS NOT TRUE THEN s.effort_sealed END,
					CASE WHEN 'heart_rate' = ANY ($2) AND ($3 AND s.heart_preview IS NOT NULL) IS NOT TRUE THEN s.heart_sealed END,
					CASE WHEN 'route' = ANY ($2) AND ($3 AND s.route_preview IS NOT NULL) IS NOT TRUE THEN s.route_sealed END,
					CASE WHEN $3 AND 'effort' = ANY ($2) THEN s.effort_preview END,
					CASE WHEN $3 AND 'heart_rate' = ANY ($2) THEN s.heart_preview END,
					CASE WHEN $3 AND 'route' = ANY ($2) THEN s.route_preview END,
					s.member_id, s.private, s.minor, s.discoverability, s.audiences, s.edge, s.wrapped, s.seen_by, s.whole)
					FROM samples_seen s WHERE s.id = wanted) apart (apart) ON true`, ids, families, previews)
			if err != nil {
				return err
			}
			var id string
			var once, apart *string
			if _, err = pgx.ForEachRow(rows, []any{&id, &once, &apart}, func() error {
				if deref(once) != deref(apart) {
					t.Errorf("samples of %s, %q, previews %t: read at once\n%v, table by table\n%v", id, families, previews, deref(once), deref(apart))
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return "not there"
	}
	return *s
}

// rowsAgree reads every workout and part without any predicate: what row-level
// security alone lets through is what the policy opens.
func rowsAgree(ctx context.Context, t *testing.T, tx *db.Tx, grant func(uuid.UUID) privacy.Grant,
	each func(func(owner, workout uuid.UUID, audience privacy.Audience)),
) error {
	t.Helper()
	seen := map[string]bool{}
	rows, err := tx.Query(ctx, `SELECT w.id::text, '' FROM workout w
		UNION ALL SELECT workout_id::text, family FROM workout_part
		UNION ALL SELECT member_id::text, 'profile' FROM profile
		UNION ALL SELECT member_id::text, 'avatar' FROM avatar`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, family string
		if err := rows.Scan(&id, &family); err != nil {
			return err
		}
		seen[id+family] = true
	}
	fields := map[string]privacy.Field{
		"": privacy.Workout, "effort": privacy.Effort, "heart_rate": privacy.HeartRate, "route": privacy.Route, "device": privacy.Device,
	}
	each(func(owner, workout uuid.UUID, audience privacy.Audience) {
		g := grant(owner)
		for family, field := range fields {
			if want := g.ShowsWithin(field, audience); seen[workout.String()+family] != want {
				t.Errorf("a workout's %q for %s to %v: the database %t, the policy %t", family, audience, g, !want, want)
			}
		}
		if want := g.Shows(privacy.Username); seen[owner.String()+"profile"] != want {
			t.Errorf("a profile to %v: the database %t, the policy %t", g, !want, want)
		}
		if want := g.Shows(privacy.Username) && g.Shows(privacy.Avatar); seen[owner.String()+"avatar"] != want {
			t.Errorf("an avatar to %v: the database %t, the policy %t", g, !want, want)
		}
	})
	return rows.Err()
}

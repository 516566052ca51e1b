package testkit_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/testkit"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
)

// In random worlds every list and every read over HTTP gives exactly what the
// policy opens when it is asked about each row by itself, and row-level security
// alone lets the serving role see no other rows. The rows are read by the
// superuser, past all that is compared.
func TestDifferential(t *testing.T) {
	t.Parallel()
	w := newRandomWorld(t)
	worlds := uint64(2)
	if prove() {
		worlds = 12
	}
	start := time.Now()
	for seed := range worlds {
		w.shuffle(rand.New(rand.NewPCG(20261122, seed)))
		for _, v := range w.viewers() {
			w.rows(v)
			for _, a := range w.asked(v) {
				got := a.ask()
				w.compare(v, a, got)
			}
		}
	}
	w.everyOperationIsKnown()
	t.Logf("%d worlds, %d operations, %d requests, %d rows and facts compared, %.1f s",
		worlds, len(w.operations), w.requests, w.facts, time.Since(start).Seconds())
}

// randomWorld is members with values, and all that the superuser reads of them.
type randomWorld struct {
	*testkit.World
	people   []*testkit.Person
	id       map[string]uuid.UUID // by name
	name     map[uuid.UUID]string
	settings map[uuid.UUID]privacy.Settings
	edges    map[[2]uuid.UUID]privacy.Edge
	unnamed  map[[2]uuid.UUID]bool // blocked by an id whose owner hid from who blocked
	workouts []rawWorkout
	groups   []rawGroup
	taught   testkit.Taught
	merged   []rawWorkout               // those that another is shown in the place of
	profile  map[string]map[string]bool // the members of their own profile that each has, by name
	whole    map[uuid.UUID]map[string]bool
	files    map[string][]byte            // a recording that each imported, by name
	marks    map[string]map[string]string // of the contract's bodies, by schema and member

	said            []rawSaid       // likes and comments
	told            []told          // notices of them
	feed            string          // the address of the first one's calendar
	open            bool            // this program was built without its policy
	operations      map[string]bool // those that were compared
	requests, facts int
}

// rawWorkout is a workout as it lies in the database.
type rawWorkout struct {
	owner, id uuid.UUID
	audience  privacy.Audience
	started   time.Time
	distanceM *float64
	trackM    *float64
	families  []string
	sampled   []string // the families with samples
	powered   bool     // power is among the samples
	first     bool     // the newest of its owner's: what importAgain imports
	into      uuid.NullUUID
}

func (r rawWorkout) label(w *randomWorld) string {
	return w.name[r.owner] + "/" + r.id.String()[24:]
}

func newRandomWorld(t *testing.T) *randomWorld {
	t.Helper()
	w := &randomWorld{
		World: testkit.Start(t), id: map[string]uuid.UUID{}, name: map[uuid.UUID]string{}, profile: map[string]map[string]bool{},
		whole: map[uuid.UUID]map[string]bool{}, marks: marksOfBodies(t), operations: map[string]bool{}, files: map[string][]byte{},
	}
	for i := range 6 {
		name, born := fmt.Sprintf("rider%d", i), "1984-02-29"
		if name == minor {
			born = "2012-01-01"
		}
		w.join(name, born, i)
	}
	w.schedule()
	w.follows()
	w.guarded()
	w.Register()
	w.Pair(w.people[0], "sync")
	w.Pair(w.people[1], "sync")
	w.makeGroups()
	w.readBack()
	w.take()
	return w
}

func (w *randomWorld) join(name, born string, i int) {
	t := w.T
	p := w.JoinBorn(name, born)
	id := uuid.MustParse(p.ID)
	w.people, w.id[name], w.name[id] = append(w.people, p), id, name
	p.Do(http.MethodPatch, "/v1/me/profile", map[string]any{
		"display_name": "Name " + name, "bio": "of " + name, "location": map[string]any{"city": "X", "country": "CH"}, "gender": "other",
		"height_cm": 180, "weight_kg": 70, "resting_hr": 50, "max_hr": 180, "ftp_watts": 250,
	}).Want(t, http.StatusOK)
	if i%3 != 2 {
		p.Do(http.MethodPut, "/v1/me/avatar", testkit.Picture(t), "Content-Type", "image/png").Want(t, http.StatusNoContent)
	}
	o := recordingtest.Options{Start: w.Clock.Now().Add(-time.Duration(i+1) * time.Hour), Seconds: 30, Seed: uint64(i), Serial: 7} //nolint:gosec // small
	w.files[name] = recordingtest.RideFIT(o)
	if i%2 == 0 { // away from all rides
		p.Do(http.MethodPost, "/v1/me/privacy-zones", map[string]any{"lat": -40, "lon": i, "radius_m": 300}).Want(t, http.StatusCreated)
	}
	for n, file := range map[string][]byte{"a.fit": w.files[name], "b.gpx": recordingtest.RideGPX(withDay(o, 1)), "c.tcx": recordingtest.RideTCX(withDay(o, 2))} {
		p.Upload("/v1/workouts/import", n, file).Want(t, http.StatusCreated)
	}
	p.Do(http.MethodPost, "/v1/workouts", map[string]any{
		"sport": "ride", "started_at": o.Start.AddDate(0, 0, -9).Format(time.RFC3339), "duration_s": 600, "notes": "n",
		"power_avg_w": 200, "heart_rate_avg_bpm": 140, "ascent_m": 10, "distance_m": 5000,
	}).Want(t, http.StatusCreated)
	if i%3 == 1 { // two rides that were recorded twice, of which one is merged
		var ids []string
		for n := range 4 {
			twin := withDay(o, 5+n/2)
			twin.Seed += uint64(1000 * n) //nolint:gosec // small
			made := p.Upload("/v1/workouts/import", "twin.fit", recordingtest.RideFIT(twin)).Want(t, http.StatusCreated)
			var list struct{ Items []struct{ ID string } }
			made.JSON(t, &list)
			ids = append(ids, list.Items[0].ID)
		}
		p.Do(http.MethodPost, "/v1/workouts/"+ids[0]+"/merge", map[string]any{"other": ids[1]}).Want(t, http.StatusCreated)
	}
	for range i % 3 {
		p.Upload("/v1/workouts/import", "export.zip", testkit.Packed(t, map[string][]byte{"1.fit": []byte("none")})).Want(t, http.StatusAccepted)
	}
	w.Settle()
	w.profile[name] = keysOf(p.Get("/v1/me/profile").Want(t, http.StatusOK).Map(t))
	list, _ := p.Get("/v1/members/"+name+"/workouts?limit=50").Want(t, http.StatusOK).Map(t)["items"].([]any)
	for _, entry := range list {
		item, _ := entry.(map[string]any)
		w.whole[uuid.MustParse(fmt.Sprint(item["id"]))] = keysOf(item)
	}
}

func withDay(o recordingtest.Options, days int) recordingtest.Options {
	o.Start, o.Seed = o.Start.AddDate(0, 0, -days), o.Seed+uint64(100*days) //nolint:gosec // small
	return o
}

func keysOf(m map[string]any) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

// shuffle gives everybody other settings, other edges and other audiences, each
// the way a member does it, and reads back what is there then.
func (w *randomWorld) shuffle(r *rand.Rand) {
	t := w.T
	t.Helper()
	for _, p := range w.people { // so that everybody finds everybody
		if p.Name != minor {
			w.privacy(p, map[string]any{"private": false})
		}
		w.privacy(p, map[string]any{"discoverability": "everyone"})
	}
	for i, p := range w.people {
		for _, q := range w.people[:i] {
			w.pair(p, q, r)
		}
	}
	for _, one := range w.workouts {
		w.owner(one.owner).Do(http.MethodPatch, "/v1/workouts/"+one.id.String(), map[string]any{"audience": w.audience(r, one.owner)}).Want(t, http.StatusOK)
	}
	for _, p := range w.people {
		audiences := map[string]any{}
		for _, rule := range privacy.Model() {
			if rule.Field.Widenable() {
				audiences[rule.Name] = w.audience(r, w.id[p.Name])
			}
		}
		found := []string{"nobody", "followers", "members", "everyone"}[r.IntN(4)]
		w.privacy(p, map[string]any{"audiences": audiences, "discoverability": found})
		if r.IntN(3) == 0 {
			w.privacy(p, map[string]any{"private": true})
		}
	}
	w.readBack()
	w.talk()
	w.backIn()
	w.grantCoaches()
}

// minor is one of the world's members, who may choose no more than followers.
const minor = "rider5"

func (w *randomWorld) audience(r *rand.Rand, owner uuid.UUID) string {
	names := []string{"only_me", "followers", "members", "everyone"}
	if w.name[owner] == minor {
		names = names[:2]
	}
	return names[r.IntN(len(names))]
}

func (w *randomWorld) owner(id uuid.UUID) *testkit.Person {
	return w.people[slices.IndexFunc(w.people, func(p *testkit.Person) bool { return p.ID == id.String() })]
}

func (w *randomWorld) privacy(p *testkit.Person, body map[string]any) {
	w.T.Helper()
	p.Do(http.MethodPatch, "/v1/me/privacy", body).Want(w.T, http.StatusOK)
}

// pair takes two apart, and brings them into one of the states that a pair can be in.
func (w *randomWorld) pair(p, q *testkit.Person, r *rand.Rand) {
	w.T.Helper()
	for _, of := range [][2]*testkit.Person{{p, q}, {q, p}} {
		for _, undo := range []string{"blocks", "following", "followers"} {
			of[0].Do(http.MethodDelete, "/v1/me/"+undo+"/"+of[1].ID, nil).Want(w.T, http.StatusNoContent, http.StatusNotFound)
		}
	}
	if r.IntN(2) == 0 {
		p, q = q, p
	}
	w.Clock.Advance(time.Millisecond) // so that requests and blocks have an order
	switch r.IntN(8) {
	case 0, 1:
	case 2:
		w.Ask(p, q)
	case 3:
		w.Follow(p, q)
	case 4:
		w.Follow(p, q)
		w.Follow(q, p)
	case 5:
		w.Follow(p, q)
		w.Ask(q, p)
	case 6:
		w.Block(p, q)
	case 7:
		w.Follow(p, q)
		w.Block(p, q)
		w.Block(q, p)
	}
}

// readBack reads all rows as the superuser.
func (w *randomWorld) readBack() {
	w.T.Helper()
	w.unnamed = map[[2]uuid.UUID]bool{}
	w.settings, w.edges, w.workouts, w.merged = map[uuid.UUID]privacy.Settings{}, map[[2]uuid.UUID]privacy.Edge{}, nil, nil
	ctx := w.T.Context()
	each := func(sql string, into []any, do func()) {
		rows, err := w.Root.Query(ctx, sql)
		if err == nil {
			_, err = pgx.ForEachRow(rows, into, func() error { do(); return nil })
		}
		if err != nil {
			w.T.Fatalf("%s: %v", sql, err)
		}
	}
	var id, other uuid.UUID
	var private, minor bool
	var found, bits, audience int16
	var audiences int64
	each(`SELECT id, private, minor, discoverability, audiences FROM member`, []any{&id, &private, &minor, &found, &audiences}, func() {
		w.settings[id] = privacy.Settings{
			Private: private, Minor: minor, Discoverability: privacy.Discoverability(found), Audiences: privacy.Audiences(audiences), //nolint:gosec // the same bits
		}
	})
	var named bool
	each(`SELECT member_id, other_id, bits, named FROM edge`, []any{&id, &other, &bits, &named}, func() {
		w.edges[[2]uuid.UUID{id, other}] = privacy.Edge(bits) //nolint:gosec // six bits
		w.unnamed[[2]uuid.UUID{id, other}] = !named
	})
	var started time.Time
	var distance, track *float64
	var families, sampled []string
	var into uuid.NullUUID
	each(`SELECT w.member_id, w.id, w.audience, w.merged_into, w.started_at, w.distance_m, max(p.distance_m), array_agg(p.family ORDER BY p.family),
			array_agg(p.family ORDER BY p.family) FILTER (WHERE p.samples_sealed IS NOT NULL)
		FROM workout w LEFT JOIN workout_part p ON p.member_id = w.member_id AND p.workout_id = w.id
		GROUP BY w.member_id, w.id ORDER BY w.started_at DESC, w.id DESC`,
		[]any{&id, &other, &audience, &into, &started, &distance, &track, &families, &sampled}, func() {
			if into.Valid {
				w.merged = append(w.merged, rawWorkout{owner: id, id: other, into: into})
				return
			}
			newest := !slices.ContainsFunc(w.workouts, func(one rawWorkout) bool { return one.owner == id })
			w.workouts = append(w.workouts, rawWorkout{id, other, privacy.Audience(audience), started, distance, track, slices.Clone(families), slices.Clone(sampled), w.whole[other]["power_avg_w"], newest, into}) //nolint:gosec // checked by the table
		})
}

// viewer is who asks.
type viewer struct {
	*testkit.Client
	id     uuid.UUID // uuid.Nil for anonymous
	name   string
	person *testkit.Person
}

func (w *randomWorld) viewers() []viewer {
	all := []viewer{{Client: w.As(""), name: "anonymous"}}
	for _, p := range w.people {
		all = append(all, viewer{p.Client, w.id[p.Name], p.Name, p})
	}
	return all
}

// grant asks the policy, with nothing but what the superuser read.
func (w *randomWorld) grant(v viewer, owner uuid.UUID) privacy.Grant {
	w.T.Helper()
	who, seenBy := privacy.Anonymous(), v.id
	switch {
	case w.open && v.id == uuid.Nil: // the owner's own look at themselves as anonymous
		who, seenBy = privacy.NewViewer(privacy.ActorApp, owner, uuid.New(), everyScope), owner
	case w.open:
		who = privacy.NewViewer(privacy.ActorApp, v.id, uuid.New(), everyScope)
	case v.id != uuid.Nil:
		who = privacy.NewViewer(privacy.ActorSession, v.id, uuid.New(), 0)
	}
	g, err := privacy.Decide(who, privacy.Subject{Owner: owner, Settings: w.settings[owner], Edge: w.edges[[2]uuid.UUID{owner, v.id}], SeenBy: seenBy})
	if err != nil {
		w.T.Fatal(err)
	}
	if w.open && v.id == uuid.Nil {
		return g.As(privacy.RelationAnonymous, 0)
	}
	return g
}

// everyScope is what an app can have at most: a policy that was opened for tests
// (hole.OpenPolicy) still holds for it, and so can be asked.
const everyScope = privacy.ScopeProfileRead | privacy.ScopeLocationRead | privacy.ScopeProfilePrivate | privacy.ScopeHealthRead |
	privacy.ScopeAccountRead | privacy.ScopeSocialRead | privacy.ScopeWorkoutsRead

// finds says whether the viewer can find a member.
func (w *randomWorld) finds(v viewer, owner uuid.UUID) bool {
	return w.grant(v, owner).Shows(privacy.Username)
}

// compare holds an answer to what the policy opens.
func (w *randomWorld) compare(v viewer, a asking, got answer) {
	w.T.Helper()
	w.operations[a.operation] = true
	w.facts += len(a.want.facts)
	if got.status != a.want.status {
		w.T.Errorf("%s as %s (%s): %d, the policy says %d: %.200s", a.path, v.name, a.operation, got.status, a.want.status, got.body)
		return
	}
	for _, fact := range slices.Sorted(maps.Keys(got.facts)) {
		if !a.want.facts[fact] {
			w.T.Errorf("%s as %s (%s): shows %q, which the policy keeps closed", a.path, v.name, a.operation, fact)
		}
	}
	for _, fact := range slices.Sorted(maps.Keys(a.want.facts)) {
		if !got.facts[fact] {
			w.T.Errorf("%s as %s (%s): lacks %q, which the policy opens", a.path, v.name, a.operation, fact)
		}
	}
	if a.inOrder && !slices.Equal(got.order, a.want.order) {
		w.T.Errorf("%s as %s (%s): in the order %v, not %v", a.path, v.name, a.operation, got.order, a.want.order)
	}
}

// rows compares what row-level security alone lets the serving role see of every
// table it may read. A table that is not known here is an error.
func (w *randomWorld) rows(v viewer) {
	w.T.Helper()
	readable := strings.Fields(w.Query(`SELECT string_agg(oid::regclass::text, ' ') FROM pg_class
		WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN ('public', 'auth') AND relname <> 'schema_migrations'
		AND has_any_column_privilege($1, oid, 'SELECT')`, db.RoleApp))
	want := w.rowsOfThePolicy(v)
	conn, err := pgx.Connect(w.T.Context(), w.PG.URL(db.RoleApp))
	if err != nil {
		w.T.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // nothing is left to lose
	tx, err := conn.Begin(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // nothing was written
	var hash []byte
	if v.person != nil {
		sum := sha256.Sum256([]byte(v.person.Token))
		hash = sum[:]
	}
	if _, err := tx.Exec(w.T.Context(), `SELECT auth.authenticate($1, $2)`, hash, w.Clock.Now()); err != nil {
		w.T.Fatal(err)
	}
	for _, table := range readable {
		expected, known := want[table]
		if !known {
			w.T.Errorf("the serving role reads the table %s: teach the differential what of it is for whom", table)
			continue
		}
		w.facts += len(expected.keys)
		rows, err := tx.Query(w.T.Context(), `SELECT `+expected.key+` FROM `+table) //nolint:gosec // constants of this file
		if err != nil {
			w.T.Fatalf("%s: %v", table, err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			w.T.Fatalf("%s: %v", table, err)
		}
		slices.Sort(got)
		slices.Sort(expected.keys)
		if !slices.Equal(got, expected.keys) {
			w.T.Errorf("%s as %s: row-level security alone shows\n%v\nthe policy\n%v", table, v.name, got, expected.keys)
		}
	}
}

// tableRows is a text that names a row, in SQL, and those that are for a viewer.
type tableRows struct {
	key  string
	keys []string
}

func (w *randomWorld) rowsOfThePolicy(v viewer) map[string]tableRows {
	var reached, found, pictured, edges, workouts, parts, own, sessions []string
	for name, id := range w.id {
		g := w.grant(v, id)
		if g.Relation() != privacy.RelationBlocked {
			reached = append(reached, id.String())
		}
		if w.finds(v, id) {
			found = append(found, id.String())
			if g.Shows(privacy.Avatar) && w.profile[name]["avatar_url"] {
				pictured = append(pictured, id.String())
			}
		}
	}
	for pair, bits := range w.edges {
		g := w.grant(v, pair[0])
		if v.id != uuid.Nil && (pair[0] == v.id || pair[1] == v.id) || w.finds(v, pair[0]) &&
			(bits.Has(privacy.EdgeFollower) && g.Shows(privacy.FollowersList) || bits.Has(privacy.EdgeFollows) && g.Shows(privacy.FollowingList)) {
			edges = append(edges, pair[0].String()+pair[1].String())
		}
	}
	for _, one := range w.workouts {
		g := w.grant(v, one.owner)
		if g.ShowsWithin(privacy.Workout, one.audience) {
			workouts = append(workouts, one.id.String())
		}
		for _, family := range one.families {
			if f, _ := privacy.ParseField(family); g.ShowsWithin(f, one.audience) {
				parts = append(parts, one.id.String()+family)
			}
		}
	}
	likes, comments, hides := w.wordsOfThePolicy(v)
	if v.id != uuid.Nil {
		own = append(own, v.id.String())
		sessions = strings.Fields(w.Query(`SELECT string_agg(id::text, ' ') FROM auth.session WHERE member_id = $1`, v.id))
	}
	all := map[string]tableRows{
		"member": {`id::text`, reached}, "member_key": {`member_id::text`, slices.Clone(reached)}, "profile": {`member_id::text`, found},
		"avatar": {`member_id::text`, pictured}, "edge": {`member_id::text || other_id`, edges}, "workout": {`id::text`, workouts},
		"workout_part": {`workout_id::text || family`, parts}, "idempotency": {`member_id::text`, nil},
		"import": {`id::text`, w.imports(v)}, "import_chunk": {`import_id::text`, w.imports(v)}, "import_file": {`import_id::text`, w.imports(v)},
		"auth.account": {`member_id::text`, own}, "auth.session": {`id::text`, sessions},
		"auth.console":       {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM auth.console WHERE member_id = $1`)},
		"auth.console_model": {`model`, []string{testkit.Model}}, // the registry is everybody's
		"feed_pointer":       {`member_id::text || workout_id`, strings.Fields(w.pointers(v))},
		"original":           {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM original WHERE member_id = $1`)},
		"original_workout":   {`workout_id::text`, w.own(v, `SELECT string_agg(workout_id::text, ' ') FROM original_workout WHERE member_id = $1`)},
		"workout_gone":       {`workout_id::text`, w.own(v, `SELECT string_agg(workout_id::text, ' ') FROM workout_gone WHERE member_id = $1`)},
		"sync_workout":       {`client_id::text`, w.own(v, `SELECT string_agg(client_id::text, ' ') FROM sync_workout WHERE member_id = $1`)},
		"sync_part":          {`client_id::text || part`, w.own(v, `SELECT string_agg(client_id::text || part, ' ') FROM sync_part WHERE member_id = $1`)},
		"privacy_zone":       {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM privacy_zone WHERE member_id = $1`)},
		"booking":            {`scheduled_id::text`, w.own(v, `SELECT string_agg(scheduled_id::text, ' ') FROM booking WHERE member_id = $1`)},
		"class_seat":         {`scheduled_id::text || turn`, w.own(v, `SELECT string_agg(scheduled_id::text || turn, ' ') FROM class_seat WHERE member_id = $1`)},
		"class_room":         {`scheduled_id::text`, w.shared(`SELECT string_agg(scheduled_id::text, ' ') FROM class_room`)},
		"booking_rule":       {`studio_id::text`, w.shared(`SELECT string_agg(studio_id::text, ' ') FROM booking_rule`)},
		"auth.calendar":      {`member_id::text`, w.own(v, `SELECT string_agg(member_id::text, ' ') FROM auth.calendar WHERE member_id = $1`)},
		"report":             {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM report WHERE member_id = $1`)},
		"sanction":           {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM sanction WHERE member_id = $1`)},
		"moderation_case":    {`id::text`, nil},  // moderators' alone
		"auth.audit":         {`seq::text`, nil}, // admins' alone, as what they ask for
		"auth.role_request":  {`id::text`, nil},
		"access_grant":       {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM access_grant WHERE member_id = $1`)},
		"access_log":         {`through::text || kind`, w.own(v, `SELECT string_agg(through::text || kind, ' ') FROM access_log WHERE member_id = $1`)},
		"workout_class":      {`workout_id::text`, w.taken(workouts)},
		"instructor_follow":  {`instructor_id::text`, w.own(v, `SELECT string_agg(instructor_id::text, ' ') FROM instructor_follow WHERE member_id = $1`)},
		"instructor":         {`id::text`, w.shared(`SELECT string_agg(id::text, ' ') FROM instructor WHERE state = 'published'`)},
		"instructor_picture": {`instructor_id::text`, w.shared(`SELECT string_agg(p.instructor_id::text, ' ') FROM instructor_picture p JOIN instructor i ON i.id = p.instructor_id AND i.state = 'published'`)},
		"studio":             {`id::text`, w.shared(`SELECT string_agg(id::text, ' ') FROM studio WHERE state = 'published'`)},
		"studio_place":       {`studio_id::text || replace(label, ' ', '_')`, w.shared(`SELECT string_agg(p.studio_id::text || replace(p.label, ' ', '_'), ' ') FROM studio_place p JOIN studio s ON s.id = p.studio_id AND s.state = 'published'`)},
		"class":              {`id::text`, w.shared(`SELECT string_agg(id::text, ' ') FROM class WHERE state = 'published'`)},
		"series":             {`id::text`, nil}, // class managers' alone
		"scheduled_class":    {`id::text`, w.shared(scheduledShown)},
		"workout_like":       {`member_id::text || workout_id`, likes}, "workout_comment": {`id::text`, comments}, "comment_hidden": {`comment_id::text`, hides},
		"notice":         {`id::text`, w.own(v, `SELECT string_agg(id::text, ' ') FROM notice WHERE member_id = $1`)},
		"notice_setting": {`kind`, w.own(v, `SELECT string_agg(kind, ' ') FROM notice_setting WHERE member_id = $1`)},
	}
	w.rowsOfGroups(v, all)
	return all
}

// scheduledShown are the scheduled classes that are everybody's.
const scheduledShown = `SELECT string_agg(x.id::text, ' ') FROM scheduled_class x JOIN class c ON c.id = x.class_id AND c.state = 'published'
	LEFT JOIN studio s ON s.id = x.studio_id WHERE x.state <> 'draft' AND (x.studio_id IS NULL OR s.state = 'published')`

// shared are the names of rows that are everybody's.
func (w *randomWorld) shared(sql string) []string {
	return strings.Fields(w.Query(`SELECT coalesce((` + sql + `), '')`)) //nolint:gosec // constants of this file
}

// own are the names of the viewer's own rows.
func (w *randomWorld) own(v viewer, sql string) []string {
	if v.id == uuid.Nil {
		return nil
	}
	return strings.Fields(w.Query(`SELECT coalesce((`+sql+`), '')`, v.id)) //nolint:gosec // constants of this file
}

// imports are the viewer's own, of one file each.
func (w *randomWorld) imports(v viewer) []string {
	if v.id == uuid.Nil {
		return nil
	}
	return strings.Fields(w.Query(`SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM import WHERE member_id = $1`, v.id))
}

// pointers are the viewer's own: they carry no authority.
func (w *randomWorld) pointers(v viewer) string {
	if w.Query(`SELECT coalesce(to_regclass('feed_pointer')::text, '')`) == "" {
		return ""
	}
	return w.Query(`SELECT coalesce(string_agg(member_id::text || workout_id, ' '), '') FROM feed_pointer WHERE member_id = $1`, v.id)
}

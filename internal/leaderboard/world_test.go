package leaderboard_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/testkit/pgtest"
)

// now is when the tests' requests come.
var now = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)

// rider is a member with all that the model needs to know of them.
type rider struct {
	id       uuid.UUID
	name     string
	settings privacy.Settings
	gender   member.Gender
	age      int
	rides    []*ride
}

type ride struct {
	id        uuid.UUID
	audience  privacy.Audience
	source    string
	typed     bool // its distance was typed over
	startedAt time.Time
	kj, m     float64
	class     bool // belongs to the class; else to nothing
}

func (r *rider) caller() db.Caller { return db.WithToken("token of "+r.name, now) }

// world is a database, the service on it, a class, riders, and who follows and blocks whom.
type world struct {
	t       testing.TB
	admin   *pgxpool.Pool
	ring    *seal.Ring
	s       *leaderboard.Service
	chance  *rand.Rand
	class   uuid.UUID
	riders  []*rider
	follows map[[2]uuid.UUID]bool // one follows the other
	blocks  map[[2]uuid.UUID]bool
}

func newWorld(t testing.TB, seed uint64, riders int) *world {
	t.Helper()
	d := pgtest.New(t)
	admin, err := pgxpool.New(t.Context(), d.Superuser())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	opened, err := db.Open(context.Background(), db.Config{URL: d.Superuser(), Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	w := &world{
		t: t, admin: admin, ring: seal.NewRing(), chance: rand.New(rand.NewPCG(seed, 25)), //nolint:gosec // a world, no secret
		follows: map[[2]uuid.UUID]bool{}, blocks: map[[2]uuid.UUID]bool{},
	}
	w.s = leaderboard.New(opened, w.ring)
	instructor := w.uuid()
	w.sql(`INSERT INTO instructor (id, state, name, disciplines, created_at, updated_at) VALUES ($1, 'published', 'I', '{}', $2, $2)`, instructor, now)
	w.class = w.uuid()
	w.sql(`INSERT INTO class (id, state, title, discipline, duration_s, difficulty, instructor_id, language, equipment, tags, plan, music, live, words, published_at, created_at, updated_at)
		VALUES ($1, 'published', 'C', 'ride', 1800, 3, $2, 'en', '{}', '{}', '[]', '[]', false, '', $3, $3, $3)`, w.class, instructor, now)
	for i := range riders {
		w.riders = append(w.riders, w.join(fmt.Sprintf("rider%02d", i)))
	}
	return w
}

// uuid is a random id of this world.
func (w *world) uuid() (id uuid.UUID) {
	for i := range id {
		id[i] = byte(w.chance.UintN(256))
	}
	return id
}

func (w *world) sql(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.admin.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// as runs statements as the viewer, the way a transaction of theirs does, with no wall around it.
func (w *world) as(r *rider, statements ...func(pgx.Tx) error) {
	w.t.Helper()
	err := pgx.BeginFunc(w.t.Context(), w.admin, func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.t.Context(), `SELECT set_config('paceline.viewer', $1, true), set_config('paceline.actor', 'session', true)`, r.id.String()); err != nil {
			return err
		}
		for _, run := range statements {
			if err := run(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func does(ctx context.Context, sql string, args ...any) func(pgx.Tx) error {
	return func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
}

var genders = []member.Gender{member.Woman, member.Man, member.Nonbinary}

func (w *world) join(name string) *rider {
	w.t.Helper()
	r := &rider{id: w.uuid(), name: name, settings: privacy.DefaultSettings(false), gender: genders[w.chance.IntN(3)], age: 18 + w.chance.IntN(50)}
	w.sql(`INSERT INTO member VALUES ($1, false, false, $2, $3, $4)`, r.id, int16(r.settings.Discoverability), int64(r.settings.Audiences), now) //nolint:gosec // bits
	wrapped, err := w.ring.NewMemberKey(r.id)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sql(`INSERT INTO member_key VALUES ($1, $2)`, r.id, []byte(wrapped))
	key, err := w.ring.Unwrap(r.id, wrapped)
	if err != nil {
		w.t.Fatal(err)
	}
	birth, err := seal.SealValue(key, seal.Context{Column: "profile.birth_date_sealed", Row: r.id}, now.AddDate(-r.age, 0, -1).Format(time.DateOnly))
	if err != nil {
		w.t.Fatal(err)
	}
	gender, err := seal.SealValue(key, seal.Context{Column: "profile.gender_sealed", Row: r.id}, r.gender)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sql(`INSERT INTO profile (member_id, username, display_name, search_name, gender_sealed, birth_date_sealed, updated_at)
		VALUES ($1, $2, $2, $2, $3, $4, $5)`, r.id, name, gender, birth, now)
	session := w.uuid()
	w.sql(`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at)
		VALUES ($1, $2, 'bearer', 'test', $3, $3, $4)`, r.id, session, now, now.Add(time.Hour))
	hash := sha256.Sum256([]byte("token of " + name))
	w.sql(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at)
		VALUES ($1, $2, $3, 'access', $4, $5)`, hash[:], r.id, session, now, now.Add(time.Hour))
	return r
}

// choose sets somebody's settings, as the transaction that changes them does.
func (w *world) choose(r *rider, s privacy.Settings) {
	w.t.Helper()
	r.settings = s
	w.as(r, does(w.t.Context(), `UPDATE member SET private = $2, discoverability = $3, audiences = $4 WHERE id = $1`,
		r.id, s.Private, int16(s.Discoverability), int64(s.Audiences)), //nolint:gosec // bits
		does(w.t.Context(), `SELECT place_own()`))
}

// ride adds a workout, to the class or to nothing.
func (w *world) ride(r *rider, x ride) *ride {
	w.t.Helper()
	x.id = w.uuid()
	r.rides = append(r.rides, &x)
	w.as(r, does(w.t.Context(), `INSERT INTO workout (member_id, id, audience, sport, indoor, started_at, duration_s, distance_m, output_kj, source, created_at, updated_at)
		VALUES ($1, $2, $3, 'ride', true, $4, 1800, $5, $6, $7, $4, $4)`, r.id, x.id, int16(x.audience), x.startedAt, x.m, x.kj, x.source))
	if x.class {
		w.as(r, does(w.t.Context(), `SELECT set_workout_class($1, $2, NULL)`, x.id, w.class), does(w.t.Context(), `SELECT place_workouts(ARRAY[$1::uuid])`, x.id))
	}
	return &x
}

// between sets what there is between two: a follow either way, or a block.
func (w *world) between(one, other *rider, follow, back, block bool) {
	w.t.Helper()
	pair, reverse := [2]uuid.UUID{one.id, other.id}, [2]uuid.UUID{other.id, one.id}
	w.follows[pair], w.follows[reverse], w.blocks[pair] = follow && !block, back && !block, block
	w.blocks[reverse] = false
	bits := func(here, there [2]uuid.UUID) (b int16) {
		if w.follows[here] {
			b |= 16
		}
		if w.follows[there] {
			b |= 1
		}
		if w.blocks[here] {
			b |= 4
		}
		if w.blocks[there] {
			b |= 8
		}
		return b
	}
	w.sql(`DELETE FROM edge WHERE member_id = $1 AND other_id = $2 OR member_id = $2 AND other_id = $1`, one.id, other.id)
	if b := bits(pair, reverse); b != 0 {
		w.sql(`INSERT INTO edge VALUES ($1, $2, $3, $4)`, one.id, other.id, b, now)
		w.sql(`INSERT INTO edge VALUES ($1, $2, $3, $4)`, other.id, one.id, bits(reverse, pair), now)
	}
}

// sees is the model of the page, in the words of docs/privacy-model.md: which audience a viewer needs.
func (w *world) sees(viewer, owner *rider, audiences ...privacy.Audience) bool {
	pair, reverse := [2]uuid.UUID{viewer.id, owner.id}, [2]uuid.UUID{owner.id, viewer.id}
	if viewer == owner {
		return true
	}
	if w.blocks[pair] || w.blocks[reverse] {
		return false
	}
	least := slices.Min(audiences)
	if owner.settings.Private {
		least = min(least, privacy.Followers)
	}
	if w.follows[pair] {
		return least >= privacy.Followers
	}
	return least >= privacy.Members
}

// finds: discoverability, and that who follows shows themself.
func (w *world) finds(viewer, owner *rider) bool {
	pair, reverse := [2]uuid.UUID{viewer.id, owner.id}, [2]uuid.UUID{owner.id, viewer.id}
	if viewer == owner {
		return true
	}
	if w.blocks[pair] || w.blocks[reverse] {
		return false
	}
	d := privacy.Audience(owner.settings.Discoverability)
	return w.follows[reverse] || d >= privacy.Members || w.follows[pair] && d >= privacy.Followers
}

// placed is a place as the model has it.
type placed struct {
	of    *rider
	value int64
	ride  uuid.UUID
	rank  int64
}

// board is what the model shows a viewer of the class: each rider by the best that shows, ranked among these.
func (w *world) board(viewer *rider, m leaderboard.Metric, fits func(*rider) bool) []placed {
	var all []placed
	for _, r := range w.riders {
		best := placed{value: -1}
		for _, x := range r.rides {
			if !x.class || !w.sees(viewer, r, x.audience, r.settings.Audiences.Chosen(privacy.Leaderboard)) {
				continue
			}
			value := x.startedAt.Unix()
			if m != 0 {
				if x.source == "typed" || m == leaderboard.Distance && x.typed {
					continue
				}
				value = int64(x.kj * 1000)
				if m == leaderboard.Distance {
					value = int64(x.m * 1000)
				}
			}
			if value > best.value || value == best.value && string(x.id[:]) < string(best.ride[:]) {
				best = placed{of: r, value: value, ride: x.id}
			}
		}
		if best.value >= 0 && fits(r) {
			all = append(all, best)
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(string(a.of.id[:]), string(b.of.id[:])))
	})
	for i := range all {
		all[i].rank = int64(i) + 1
		if i > 0 && all[i].value == all[i-1].value {
			all[i].rank = all[i-1].rank
		}
	}
	return all
}

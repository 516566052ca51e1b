package limit_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/limit"
)

// habit is how a sort of member looks at people they have no consent of, on a day.
// Whom they follow, and who follows them, costs nothing and is left out.
//
// The shares are the 90-9-1 of participation in communities (Nielsen Norman Group, 2006),
// with the last one split: organisers of clubs and events, who look at people all
// day, and newcomers, who look for their friends in their first days. That people mostly
// look at the same people again (class mates, neighbours on a leaderboard) is what every
// study of profile visits finds, and what makes budgets of distinct members bearable: they
// are a tenth new at a busy site (Benevenuto et al., "Characterizing user behavior in online
// social networks", IMC 2009), here three to four tenths, to be on the safe side. A search is
// for somebody, so that most have a few hits; a list is a page of 20.
type habit struct {
	name     string
	share    float64 // of members
	active   float64 // of days
	profiles float64 // strangers' profiles opened on such a day, Poisson
	again    float64 // of which were opened before
	searches float64 // a day, Poisson; hits are geometric with a mean of three, at most a page
	lists    float64 // a day, Poisson: followers of somebody, of whom half are strangers, half of those seen before
}

var habits = []habit{
	{"quiet", 0.895, 0.5, 0.3, 0.5, 0.06, 0},
	{"active", 0.09, 0.9, 2, 0.6, 0.15, 0.05},
	{"very social", 0.01, 1, 8, 0.7, 0.5, 0.15},
	{"organiser", 0.005, 1, 12, 0.7, 0.8, 0.2},
}

// newcomer is anybody in their first three days.
var newcomer = habit{"newcomer", 0, 1, 3, 0.2, 3, 0.2}

// honest is a member whose days can be replayed.
type honest struct {
	habit
	chance  *rand.Rand
	joined  int // the day
	met     []uuid.UUID
	gym     []uuid.UUID // who trains there too: half of the people they look at for the first time
	token   string
	network limit.Network
}

// day is what the member reads on a day: each item is one body's strangers.
func (h *honest) day(n int, everybody []uuid.UUID) (bodies [][]uuid.UUID) {
	how := h.habit
	if n-h.joined < 3 {
		how = newcomer
	}
	if n < h.joined || h.chance.Float64() > how.active {
		return nil
	}
	somebody := func(again float64) uuid.UUID {
		if len(h.met) > 0 && h.chance.Float64() < again {
			return h.met[h.chance.IntN(len(h.met))]
		}
		id := h.anybody(everybody)
		h.met = append(h.met, id)
		return id
	}
	for range h.poisson(how.profiles) {
		bodies = append(bodies, []uuid.UUID{somebody(how.again)})
	}
	for range h.poisson(how.searches) {
		var hits []uuid.UUID
		for len(hits) == 0 || len(hits) < 20 && h.chance.Float64() < 2.0/3 {
			hits = append(hits, h.anybody(everybody))
		}
		bodies = append(bodies, hits)
	}
	for range h.poisson(how.lists) {
		var page []uuid.UUID
		for range 10 {
			page = append(page, somebody(0.5))
		}
		bodies = append(bodies, page)
	}
	return bodies
}

func (h *honest) anybody(everybody []uuid.UUID) uuid.UUID {
	if len(h.gym) > 0 && h.chance.Float64() < 0.5 {
		return h.gym[h.chance.IntN(len(h.gym))]
	}
	return everybody[h.chance.IntN(len(everybody))]
}

// poisson is Knuth's.
func (h *honest) poisson(mean float64) (n int) {
	for p := h.chance.Float64(); p > math.Exp(-mean); n++ {
		p *= h.chance.Float64()
	}
	return n
}

// people are so many honest members by a seed. One in twenty joins within the days that
// are replayed; a third are at one of two gyms, behind one address each.
func people(seed uint64, n, days int) []*honest {
	chance := rand.New(rand.NewPCG(seed, 1))
	var all []*honest
	for i := range n {
		h := &honest{chance: rand.New(rand.NewPCG(seed, uint64(i)+2)), joined: -100, token: fmt.Sprintf("honest %d", i), habit: habits[0]}
		at := chance.Float64()
		for _, sort := range habits {
			if at < sort.share {
				h.habit = sort
				break
			}
			at -= sort.share
		}
		if i%20 == 0 {
			h.joined = chance.IntN(days)
		}
		address := fmt.Sprintf("10.%d.%d.1", i/200, i%200)
		if i%3 == 0 {
			address = fmt.Sprintf("192.0.2.%d", 1+i%2)
		}
		h.network = limit.NetworkOf(netip.MustParseAddr(address))
		all = append(all, h)
	}
	return all
}

// Honest weeks are replayed against the budgets as they are in production: of 10,000 days of
// members, less than one in a thousand meets them.
func TestHonestMembersAreLeftAlone(t *testing.T) {
	t.Parallel()
	const seed, members, days = 2026, 600, 28
	w := start(t, nil)
	all := people(seed, members, days)
	began := w.Clock.Now()
	enroll(t, w, all, began)
	var everybody []uuid.UUID
	for range 5000 {
		everybody = append(everybody, uuid.New())
	}
	for i, h := range all {
		if i%3 == 0 {
			h.gym = everybody[200*(i%2) : 200*(i%2)+200]
		}
	}
	type tally struct{ days, bodies, touched int }
	sums := map[string]*tally{}
	var mu sync.Mutex
	for day := range days {
		var workers sync.WaitGroup
		for worker := range 4 {
			workers.Go(func() {
				for i := worker; i < len(all); i += 4 {
					h := all[i]
					if day < h.joined {
						continue
					}
					touched, bodies := false, h.day(day, everybody)
					for k, subjects := range bodies { // from eight in the morning to eight in the evening
						at := began.Add(time.Duration(24*day+8)*time.Hour + 12*time.Hour*time.Duration(k)/time.Duration(len(bodies)))
						if err := w.Service.Limits.Charge(context.Background(), db.WithToken(h.token, at), h.network, subjects); err != nil {
							touched = true
						}
					}
					mu.Lock()
					name := h.name
					if day-h.joined < 3 {
						name = newcomer.name
					}
					if sums[name] == nil {
						sums[name] = &tally{}
					}
					sums[name].days++
					sums[name].bodies += len(bodies)
					if touched {
						sums[name].touched++
					}
					mu.Unlock()
				}
			})
		}
		workers.Wait()
	}
	total := tally{}
	for _, sort := range append(habits, newcomer) {
		s := sums[sort.name]
		if s == nil {
			t.Fatalf("no days of %s", sort.name)
		}
		t.Logf("%-12s %6d days, %6d bodies that show strangers, %d days touched", sort.name, s.days, s.bodies, s.touched)
		total.days, total.bodies, total.touched = total.days+s.days, total.bodies+s.bodies, total.touched+s.touched
	}
	t.Logf("%-12s %6d days, %6d bodies, touched %.3f %%", "all", total.days, total.bodies, 100*float64(total.touched)/float64(total.days))
	if total.days < 10_000 || float64(total.touched) >= 0.001*float64(total.days) {
		t.Errorf("of %d honest days %d were touched", total.days, total.touched)
	}
}

// enroll gives the members rows and tokens; all but the newcomers have a friend and a year behind them.
func enroll(t *testing.T, w world, all []*honest, began time.Time) {
	t.Helper()
	b := &pgx.Batch{}
	later := began.Add(100 * 24 * time.Hour)
	for _, h := range all {
		id, session, hash := uuid.New(), uuid.New(), sha256.Sum256([]byte(h.token))
		b.Queue(`INSERT INTO member (id, private, minor, discoverability, audiences, created_at) VALUES ($1, false, false, 2, 0, $2)`,
			id, began.Add(time.Duration(h.joined)*24*time.Hour))
		b.Queue(`INSERT INTO edge (member_id, other_id, bits, changed_at) VALUES ($1, $2, 16, $3)`, id, uuid.New(), began)
		b.Queue(`INSERT INTO auth.session (member_id, id, kind, label, created_at, last_used_at, expires_at) VALUES ($1, $2, 'bearer', '', $3, $3, $4)`, id, session, began, later)
		b.Queue(`INSERT INTO auth.token (hash, member_id, session_id, kind, created_at, expires_at) VALUES ($1, $2, $3, 'access', $4, $5)`, hash[:], id, session, began, later)
	}
	if err := w.Root.SendBatch(context.Background(), b).Close(); err != nil {
		t.Fatal(err)
	}
}

// A sample of the same days over HTTP, with every limit as in production.
func TestHonestDaysOverHTTP(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	crowd := w.crowd(t, 60)
	var everybody []uuid.UUID
	names := map[uuid.UUID]string{}
	for _, name := range crowd {
		id := uuid.New()
		everybody, names[id] = append(everybody, id), name
	}
	const members, days = 20, 3
	touched, requests := 0, 0
	for i, h := range people(7, members, days) {
		h.habit, h.joined = habits[i%len(habits)], -100
		name := fmt.Sprintf("honest%d", i)
		w.person(t, name)
		w.Exec(`UPDATE member SET created_at = created_at - interval '1 year' WHERE id = (SELECT member_id FROM profile WHERE username = $1)`, name)
		w.Exec(`INSERT INTO edge (member_id, other_id, bits, changed_at) SELECT member_id, gen_random_uuid(), 16, now() FROM profile WHERE username = $1`, name)
		address := fmt.Sprintf("192.0.2.%d", 1+i%2)
		who := w.signIn(t, name, address)
		for day := range days {
			for _, subjects := range h.day(day, everybody) {
				paths := []string{"/v1/feed", "/v1/members?q=crowd00"}
				for _, s := range subjects {
					paths = append(paths, "/v1/members/"+names[s], "/v1/members/"+names[s]+"/workouts")
				}
				for _, path := range paths {
					requests++
					if get(who, path, address).Status == http.StatusTooManyRequests {
						touched++
					}
				}
			}
		}
		w.Clock.Advance(time.Hour)
	}
	t.Logf("%d member-days, %d requests, %d refused", members*days, requests, touched)
	if touched > 0 || requests < 100 {
		t.Errorf("of %d requests %d were refused", requests, touched)
	}
}

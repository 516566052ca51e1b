package place_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// The attacks know everything but the secret: the algorithm, the radius, the streets. Their errors are
// metres from their guess to the home.
const (
	homes   = 30
	rides   = 60
	radiusM = 400
)

// sight is what is published of one ride.
type sight struct {
	gate    xy      // where it comes into view
	hidden  float64 // metres: the distance that is told, less the length of the line that is drawn
	hiddenS float64 // seconds: the time that is told, less what the line takes
}

// look cuts rides for others. Where told is set, their distance and time in full are told as well.
func look(t *testing.T, all []series.Table, zones func(ride int) place.Zone, told bool) (out []sight) {
	t.Helper()
	for i, r := range all {
		v := place.Cut(r, length(r), []place.Zone{zones(i)})
		sum, drawn := v.Sum(r), v.Table(r)
		if told {
			sum = place.Cut(r, length(r), nil).Sum(r)
		}
		if v.Whole() || v.None() || sum.DistanceM == nil {
			t.Fatal("a ride from home is cut, and something is left")
		}
		line, parts, metres := points(drawn), v.Parts(), 0.0
		for j, to := range drawn.T[1:] {
			if parts = parts[inPart(parts, to):]; drawn.T[j] >= parts[0].From { // none across a break
				metres += place.Distance(line[j], line[j+1])
			}
		}
		out = append(out, sight{flat(line[0]), *sum.DistanceM - metres, (sum.Duration - length(drawn)).Seconds()})
	}
	return out
}

// inPart finds the part that a moment lies in.
func inPart(parts []place.Span, t uint32) int {
	return slices.IndexFunc(parts, func(s place.Span) bool { return s.From <= t && t <= s.To })
}

// circle fits a circle to the gates (Hassan and others, 5.2): by algebra (Kåsa), then by the distances
// (Gauss and Newton).
func circle(seen []sight) (centre xy, r float64) {
	for _, s := range seen {
		centre = centre.plus(s.gate.times(1 / float64(len(seen))))
	}
	for range 100 {
		r = 0
		for _, s := range seen {
			r += s.gate.to(centre) / float64(len(seen))
		}
		// Minimise Σ(|g−c|−r)² in c: the normal equations of the directions, less their mean.
		var mean xy
		for _, s := range seen {
			mean = mean.plus(s.gate.minus(centre).times(1 / s.gate.to(centre) / float64(len(seen))))
		}
		var xx, xyy, yy, bx, by float64
		for _, s := range seen {
			u := s.gate.minus(centre).times(1 / s.gate.to(centre)).minus(mean)
			e := s.gate.to(centre) - r
			xx, xyy, yy, bx, by = xx+u.x*u.x, xyy+u.x*u.y, yy+u.y*u.y, bx+u.x*e, by+u.y*e
		}
		det := xx*yy - xyy*xyy
		step := xy{(bx*yy - by*xyy) / det, (by*xx - bx*xyy) / det}
		if centre = centre.plus(step); step.length() < 1e-6 {
			break
		}
	}
	return centre, r
}

// byDistance looks along all streets within reach of a centre for the place from which the hidden
// distances fit best (Dhondt and others, 4).
func byDistance(seen []sight, centre xy, within float64) xy {
	var candidates []xy
	const step = 10
	for x := math.Floor((centre.x-within)/block) * block; x <= centre.x+within; x += step {
		for y := math.Floor((centre.y-within)/block) * block; y <= centre.y+within; y += step {
			onStreet := math.Mod(x, block) == 0 || math.Mod(y, block) == 0
			if p := (xy{x, y}); onStreet && p.to(centre) <= within {
				candidates = append(candidates, p)
			}
		}
	}
	misfit := func(p xy) (sum float64) {
		for _, s := range seen {
			sum += math.Pow(p.streets(s.gate)-s.hidden, 2)
		}
		return sum
	}
	return slices.MinFunc(candidates, func(a, b xy) int { return cmp.Compare(misfit(a), misfit(b)) })
}

// inTheMidst is the geometric median of the gates: the place from which they lie in all directions alike.
func inTheMidst(seen []sight) xy {
	at, _ := circle(seen)
	for range 200 { // Weiszfeld
		var sum xy
		weights := 0.0
		for _, s := range seen {
			w := 1 / max(1, s.gate.to(at))
			sum, weights = sum.plus(s.gate.times(w)), weights+w
		}
		at = sum.times(1 / weights)
	}
	return at
}

// errs are the errors of an attack, one for each home.
type errs []float64

func (e errs) mean() (m float64) {
	for _, v := range e {
		m += v / float64(len(e))
	}
	return m
}

// hits is the share of homes found within so many metres.
func (e errs) hits(within float64) float64 {
	n := 0
	for _, v := range e {
		if v <= within {
			n++
		}
	}
	return float64(n) / float64(len(e))
}

func (e errs) log(t *testing.T, what string) {
	t.Helper()
	t.Logf("%-60s mean %5.1f m, nearest %5.1f m, within 50 m of %3.0f %% of homes", what, e.mean(), slices.Min(e), 100*e.hits(50))
}

// neighbourhood goes from home to home.
func neighbourhood(each func(n int, home xy, rng *rand.Rand)) {
	for n := range homes {
		rng := rand.New(rand.NewPCG(2018, uint64(n)))
		each(n, xy{rng.Float64()*1000 - 500, math.Round(rng.Float64()*10-5) * block}, rng)
	}
}

func always(z place.Zone) func(int) place.Zone { return func(int) place.Zone { return z } }

// TestFixedCircleAttack: many tracks from one home, and a circle through where they come into view.
func TestFixedCircleAttack(t *testing.T) {
	t.Parallel()
	var naive, fresh, fixed, tenfold errs
	neighbourhood(func(n int, home xy, rng *rand.Rand) {
		all := fromHome(rng, home, rides)
		guess := func(of []series.Table, zones func(int) place.Zone) float64 {
			centre, _ := circle(look(t, of, zones, false))
			return centre.to(home)
		}
		kept := always(zone(t, home.point(), radiusM, secret(n)))
		naive = append(naive, guess(all, always(place.Around(home.point(), radiusM))))
		fresh = append(fresh, guess(all, func(i int) place.Zone { return zone(t, home.point(), radiusM, secret(1000+n*rides+i)) }))
		fixed = append(fixed, guess(all, kept))
		tenfold = append(tenfold, guess(all[:rides/10], kept))
	})
	naive.log(t, "a circle around the home")
	fresh.log(t, "a new shift for each ride")
	fixed.log(t, "a shift for the zone's life")
	tenfold.log(t, "the same, from a tenth of the rides")

	if naive.mean() > 10 || naive.hits(50) < 1 {
		t.Errorf("the attack doesn't work: it misses circles around the home by %.0f m", naive.mean())
	}
	if fresh.mean() > radiusM/4 {
		t.Errorf("new shifts should average out, but the error is %.0f m", fresh.mean())
	}
	// The model: no home nearer than r/2 to the centre, 0.78 r on average; 20 m is what the fit is off.
	if nearest := slices.Min(fixed); nearest < radiusM/2-20 {
		t.Errorf("a home is found within %.0f m", nearest)
	}
	if fixed.mean() < 0.7*radiusM {
		t.Errorf("homes are found within %.0f m on average", fixed.mean())
	}
	if fixed.mean() < tenfold.mean()-20 {
		t.Errorf("more rides tell more: %.0f m from few, %.0f m from many", tenfold.mean(), fixed.mean())
	}
}

// TestDistanceDifferenceAttack: the distance that is told less the one that is drawn is how far along
// the streets the home is. Where the rides come into view tells next to nothing here, so that what
// there is to gain is in the numbers.
func TestDistanceDifferenceAttack(t *testing.T) {
	t.Parallel()
	var naive, shifted, prior, withheld, ours errs
	neighbourhood(func(n int, home xy, rng *rand.Rand) {
		guess := func(seen []sight, share float64) float64 {
			centre, r := circle(seen)
			return byDistance(seen, centre, share*r).to(home)
		}
		around := place.Around(home.point(), radiusM)
		naive = append(naive, guess(look(t, fromZone(rng, home, around, rides), always(around), true), 1))

		kept := zone(t, home.point(), radiusM, secret(n))
		all := fromZone(rng, home, kept, rides)
		shifted = append(shifted, guess(look(t, all, always(kept), true), 0.5))

		seen := look(t, all, always(kept), false)
		toldNothing(t, seen)
		centre, _ := circle(seen)
		prior = append(prior, centre.to(home))
		ours = append(ours, guess(seen, 0.5))
		for i := range seen {
			seen[i].hidden = 0
		}
		withheld = append(withheld, guess(seen, 0.5))
	})
	naive.log(t, "a circle around the home, true distances")
	shifted.log(t, "a shifted circle, true distances")
	prior.log(t, "the middle of the shifted circle (the prior)")
	withheld.log(t, "a shifted circle, no distances")
	ours.log(t, "a shifted circle, distances of the visible part")

	if naive.hits(50) < 0.9 || shifted.hits(50) < 0.9 {
		t.Errorf("the attack doesn't work: it finds %.0f %% and, shifted, %.0f %%", 100*naive.hits(50), 100*shifted.hits(50))
	}
	if !slices.Equal(ours, withheld) {
		t.Errorf("distances change what is guessed: %.0f m with them, %.0f m without", ours.mean(), withheld.mean())
	}
	// 0.78 r is the prior; as the streets run, gates aren't quite even on all sides, which is the rest.
	if ours.mean() < 0.7*radiusM {
		t.Errorf("homes are found within %.0f m on average, and within %.0f m without any distance", ours.mean(), prior.mean())
	}
	if nearest := slices.Min(ours); nearest < radiusM/4 {
		t.Errorf("a home is found within %.0f m", nearest)
	}
}

// toldNothing checks that each ride's numbers are those of the line that is drawn.
func toldNothing(t *testing.T, seen []sight) {
	t.Helper()
	for _, s := range seen {
		if math.Abs(s.hidden) > 1e-6 || s.hiddenS != 0 {
			t.Fatalf("what is told is %g m and %g s more than what is drawn", s.hidden, s.hiddenS)
		}
	}
}

// TestWhatNoCutHides measures the limit that the package comment names: rides in all directions alike
// have their home in their midst, whatever is cut. The distances still add nothing to it.
func TestWhatNoCutHides(t *testing.T) {
	t.Parallel()
	var few, many, told errs
	neighbourhood(func(n int, home xy, rng *rand.Rand) {
		seen := look(t, fromHome(rng, home, rides), always(zone(t, home.point(), radiusM, secret(n))), false)
		toldNothing(t, seen)
		centre, r := circle(seen)
		few = append(few, inTheMidst(seen[:rides/10]).to(home))
		many = append(many, inTheMidst(seen).to(home))
		told = append(told, byDistance(seen, centre, r/2).to(home))
	})
	few.log(t, "the midst of a tenth of the rides")
	many.log(t, "the midst of all rides")
	told.log(t, "all rides, and their distances")

	if many.mean() < radiusM/4 {
		t.Errorf("the limit is worse than the %d m that the package comment allows: %.0f m", radiusM/4, many.mean())
	}
	if told.mean() < many.mean() {
		t.Errorf("distances add to the %.0f m that the midst tells: %.0f m", many.mean(), told.mean())
	}
}

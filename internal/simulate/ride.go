package simulate

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2" //nolint:depguard // rides follow from a seed, and nothing in them is secret
	"time"

	"github.com/google/uuid"
)

// Each thing draws from a stream of its own, so that what the network changes in one changes no other.
const (
	member0  = 1 << 32
	console0 = 2 << 32
	sending0 = 3 << 32
	network0 = 4 << 32
)

func (r *run) source(stream int) *rand.Rand {
	return rand.New(rand.NewPCG(r.Seed, uint64(stream))) //nolint:gosec // see the import
}

// channel is one that a console records, as the contract names it, with how many steps a unit has.
type channel struct {
	name  string
	steps float64
}

var channels = []channel{
	{"power_w", 1}, {"cadence_rpm", 1}, {"speed_mps", 1000}, {"resistance", 10}, {"distance_m", 100}, {"heart_rate_bpm", 1},
}

// column is a channel's values; NaN is a gap.
type column []float64

// MarshalJSON writes a gap as null.
func (c column) MarshalJSON() ([]byte, error) {
	out := make([]*float64, len(c))
	for i := range c {
		if !math.IsNaN(c[i]) {
			out[i] = &c[i]
		}
	}
	return json.Marshal(out)
}

// ride is the ledger's page of one workout.
type ride struct {
	id      string // the console's name for it
	began   time.Time
	t       []int // milliseconds
	columns []column

	version int
	started time.Time // began, by the clock of its console
	ends    []int     // of its parts: seconds
	taken   []bool
	any     bool // some part of some version was taken

	acknowledged int    // the highest version that was, whole; 0 for none
	workout      string // what the service calls it
	corrected    bool
	old          *item // a part of a version before
	refused      string
}

const sport = "row"

// newRide plans the k-th ride of a console. Rides of one member are hours apart.
func (r *run) newRide(console, k int, plan *rand.Rand) *ride {
	seconds := max(4, r.Seconds/2+plan.IntN(r.Seconds+1))
	out := &ride{id: clientID(plan), version: 1, columns: make([]column, len(channels))}
	first := time.Date(2024, 1, 1, 5, 0, 0, 0, time.UTC)
	out.began = first.Add(time.Duration(k*r.Consoles+console) * 3 * time.Hour / time.Duration(len(r.members))).Truncate(time.Second)
	level, meters := 100+120*plan.Float64(), 0.0
	for second := range seconds {
		speed := 2.5 + level/100 + plan.Float64()
		meters += speed
		if second > 0 && plan.Float64() < 0.01 { // a second in which nothing was recorded
			continue
		}
		out.t = append(out.t, second*1000+plan.IntN(900))
		values := []float64{level + 40*plan.Float64(), 24 + 8*plan.Float64(), speed, 5 + 2*plan.Float64(), meters, 110 + level/4 + 10*plan.Float64()}
		for i, v := range values {
			v = math.Round(v*channels[i].steps) / channels[i].steps
			if plan.Float64() < 0.01 {
				v = math.NaN()
			}
			out.columns[i] = append(out.columns[i], v)
		}
	}
	out.split(plan, seconds)
	return out
}

// clientID is a UUID that follows from the plan.
func clientID(plan *rand.Rand) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], plan.Uint64())
	binary.BigEndian.PutUint64(id[8:], plan.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4, RFC 9562
	return id.String()
}

// split decides in what parts the ride is sent: half of them are sent whole.
func (d *ride) split(chance *rand.Rand, seconds int) {
	d.ends = nil
	parts := 1
	if chance.IntN(2) == 0 {
		parts = 2 + chance.IntN(5)
	}
	for n := 1; n < parts; n++ {
		least, most := n, seconds*n/parts
		if n > 1 {
			least = d.ends[n-2] + 1
		}
		d.ends = append(d.ends, least+chance.IntN(max(1, most-least+1)))
	}
	d.ends = append(d.ends, max(seconds, parts))
	d.taken = make([]bool, len(d.ends))
}

func (d *ride) seconds() int { return d.ends[len(d.ends)-1] }

// correct makes the next version: one value is another, and so may be the parts.
func (d *ride) correct(chance *rand.Rand) {
	d.old = &item{d, d.version, chance.IntN(len(d.ends)), nil}
	d.old.body = d.part(d.old.part)
	at := chance.IntN(len(d.t))
	d.columns[0][at] = float64(300 + chance.IntN(100))
	d.corrected = true
	d.anew(chance)
}

// anew sends the ride as another version, from the first part on.
func (d *ride) anew(chance *rand.Rand) {
	d.version++
	d.split(chance, d.seconds())
}

// item is a part on its way.
type item struct {
	ride    *ride
	version int
	part    int
	body    map[string]any
}

// part is the n-th as the contract describes it. Its figures are of the ride so far.
func (d *ride) part(n int) map[string]any {
	from, to := 0, d.ends[n]
	if n > 0 {
		from = d.ends[n-1]
	}
	first, last := d.before(from), d.before(to)
	samples := map[string]any{"t_ms": d.t[first:last]}
	meters, joules := 0.0, 0.0
	for i := range last {
		if v := d.columns[0][i]; !math.IsNaN(v) {
			joules += v
		}
		if v := d.columns[4][i]; !math.IsNaN(v) {
			meters = v
		}
	}
	for i, c := range channels {
		samples[c.name] = d.columns[i][first:last]
	}
	return map[string]any{
		"client_id": d.id, "version": d.version, "part": n, "final": n == len(d.ends)-1,
		"sport": sport, "indoor": true, "started_at": d.started.UTC().Format(time.RFC3339), "duration_s": to,
		"distance_m": meters, "output_kj": joules / 1000, "calories_kcal": math.Round(joules / 1000),
		"device_name": "Simulated rower", "device_serial": fmt.Sprintf("SIM-%.8s", d.id), "samples": samples,
	}
}

// before is how many samples there are before a second.
func (d *ride) before(second int) (n int) {
	for n < len(d.t) && d.t[n] < second*1000 {
		n++
	}
	return n
}

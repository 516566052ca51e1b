package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxItems = 20 // in a batch: an hour's ride has hundreds of kilobytes
	longest  = time.Second
	openRide = 3 // rides that a console sends parts of in turn
	manyOpen = 6 // after it was away
)

// work sends all rides of a console until each was acknowledged, or was refused for good.
func (c *console) work(ctx context.Context) error {
	waiting, open := c.rides, []*ride(nil)
	chance := c.chance
	flip := func() bool { return chance.Float64() < c.line.run.Faults }
	for len(waiting)+len(open) > 0 {
		most := openRide
		if flip() { // away for a while
			c.line.run.tally.outages.Add(1)
			if err := sleep(ctx, time.Duration(chance.Int64N(int64(longest)))); err != nil {
				return err
			}
			most = manyOpen
		}
		for len(open) < most && len(waiting) > 0 {
			next := waiting[0]
			c.mu.Lock()
			next.started = next.began.Add(c.ahead)
			c.mu.Unlock()
			open, waiting = append(open, next), waiting[1:]
		}
		var batch []item
		for _, d := range open {
			batch = append(batch, d.due()...)
		}
		if flip() {
			c.line.run.tally.reordered.Add(1)
			chance.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		}
		batch = batch[:min(maxItems, 1+chance.IntN(len(batch)))]
		if flip() { // what is there already, or is over
			batch = append(batch, again(open, chance.IntN(len(open)))...)
		}
		by := c
		if flip() {
			by = c.owner.consoles[chance.IntN(len(c.owner.consoles))]
		}
		times := 1
		if flip() {
			times = 2
		}
		bodies := make([]map[string]any, len(batch)) // made once: what comes twice is the same twice
		for i, one := range batch {
			if bodies[i] = one.body; one.body == nil {
				bodies[i] = one.ride.part(one.part)
			}
		}
		for range times {
			late, err := c.send(ctx, by, batch, bodies)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if late { // what it holds was said by a clock that is another now
				break
			}
		}
		open = slices.DeleteFunc(open, func(d *ride) bool {
			if d.acknowledged == d.version && !d.corrected && d.refused == "" && flip() {
				d.correct(chance)
				c.line.run.tally.corrected.Add(1)
			}
			return d.acknowledged == d.version || d.refused != ""
		})
		if flip() {
			c.mu.Lock()
			err := c.renew(ctx)
			c.mu.Unlock()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// due are the parts that have to be sent; where all are there and nobody has said so, the last one
// asks.
func (d *ride) due() (out []item) {
	for n, taken := range d.taken {
		if !taken {
			out = append(out, item{d, d.version, n, nil})
		}
	}
	if out == nil {
		out = append(out, item{d, d.version, len(d.taken) - 1, nil})
	}
	return out
}

// again is a part of a ride that came before.
func again(open []*ride, n int) []item {
	d := open[n]
	if d.old != nil {
		return []item{*d.old}
	}
	if part := slices.Index(d.taken, true); part >= 0 {
		return []item{{d, d.version, part, nil}}
	}
	return nil
}

// result is what became of an item.
type result struct {
	ClientID  string `json:"client_id"`
	Part      int
	Status    string
	WorkoutID string `json:"workout_id"`
	Version   int
	Complete  bool
	Missing   []struct{ From, To int }
	Code      string
	Detail    string
	Errors    json.RawMessage
}

// send brings a batch by a console of the same owner, and hears what became of it; late is that the clock was set anew.
func (c *console) send(ctx context.Context, by *console, batch []item, bodies []map[string]any) (late bool, err error) {
	by.mu.Lock()
	defer by.mu.Unlock()
	r, err := jsonRequest(http.MethodPost, "/v1/sync/workouts", map[string]any{"sent_at": by.clock().UTC().Format(time.RFC3339Nano), "items": bodies})
	if err == nil {
		err = squeeze(&r, by.line.chance.IntN(3))
	}
	if err != nil {
		return false, err
	}
	t := &c.line.run.tally
	a, err := by.ask(ctx, r, true)
	if err != nil {
		return false, err
	}
	var out struct {
		Items  []result
		Offset float64 `json:"clock_offset_s"`
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &out) != nil || len(out.Items) != len(batch) {
		return false, a.unexpected(r)
	}
	t.batches.Add(1)
	t.items.Add(int64(len(batch)))
	t.bytes.Add(int64(len(r.body)))
	offset := time.Duration(out.Offset * float64(time.Second))
	late = slices.ContainsFunc(out.Items, func(r result) bool { return r.Code == "clock_skew" })
	if late {
		by.ahead += offset
		t.clocks.Add(1)
	}
	for i, one := range batch {
		if out.Items[i].ClientID != one.ride.id {
			return false, fmt.Errorf("the answer to %s is of %s", one.ride.id, out.Items[i].ClientID)
		}
		one.ride.hear(c, one, out.Items[i])
	}
	if late && by == c { // rides that the service knows nothing of begin by the clock as it is now
		for _, one := range batch {
			if !one.ride.any {
				one.ride.started = one.ride.began.Add(by.ahead)
			}
		}
	}
	return late, nil
}

// hear notes what became of a part.
func (d *ride) hear(c *console, one item, r result) {
	t := &c.line.run.tally
	switch r.Status {
	case "created", "updated", "unchanged":
		if r.Status == "unchanged" {
			t.repeated.Add(1)
		}
		d.any = true
		if one.body != nil {
			if r.Status != "unchanged" {
				d.refused = "a part of an old version changed the workout"
			}
			return
		}
		if r.Version > d.version { // by a run before this one
			d.version = r.Version
			d.anew(c.chance)
			return
		}
		if one.version != d.version || one.part >= len(d.taken) {
			return
		}
		d.taken[one.part] = true
		for _, gap := range r.Missing {
			t.gaps.Add(1)
			for n := gap.From; n <= min(gap.To, len(d.taken)-1); n++ {
				d.taken[n] = false
			}
		}
		if r.Complete && d.acknowledged < d.version {
			if d.acknowledged == 0 {
				t.acknowledged.Add(1)
			}
			d.acknowledged, d.workout = d.version, r.WorkoutID
		}
	case "rejected":
		switch r.Code {
		case "clock_skew":
		case "version_reused", "parts_disagree":
			if one.version == d.version {
				d.anew(c.chance)
			}
		default:
			d.refused = fmt.Sprintf("%s %s %s", r.Code, r.Detail, r.Errors)
		}
	default:
		d.refused = r.Status + " of " + r.WorkoutID
	}
}

// squeeze compresses a body, or leaves it.
func squeeze(r *request, how int) error {
	var b bytes.Buffer
	var to io.WriteCloser
	switch how {
	case 1:
		to = gzip.NewWriter(&b)
		r.header.Set("Content-Encoding", "gzip")
	case 2:
		encoder, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		to = encoder
		r.header.Set("Content-Encoding", "zstd")
	default:
		return nil
	}
	if _, err := to.Write(r.body); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	r.body = b.Bytes()
	return nil
}

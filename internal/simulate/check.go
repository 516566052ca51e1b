package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"sync"
	"time"
)

// change is a line of sync/changes.
type change struct {
	WorkoutID string   `json:"workout_id"`
	ClientIDs []string `json:"client_ids"`
	Deleted   bool
}

// changes are all of a member's, from the first on.
func (m *member) changes(ctx context.Context) ([]change, error) {
	var all []change
	for cursor := ""; ; {
		var page struct {
			Items      []change
			NextCursor string `json:"next_cursor"`
		}
		query := url.Values{"limit": {"100"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		if err := m.read(ctx, "/v1/sync/changes?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			return all, nil
		}
	}
}

// check holds the ledger against what each member reads.
func (r *run) check(ctx context.Context, l *Ledger) error {
	owners := map[string]*member{}
	for _, c := range r.plan {
		for _, d := range c.rides {
			owners[d.id] = c.owner
		}
	}
	var mu sync.Mutex
	err := each(r.members, atOnce, func(m *member) error {
		part := &Ledger{}
		if err := m.check(ctx, part, owners); err != nil {
			return fmt.Errorf("%s: %w", m.Email, err)
		}
		mu.Lock()
		defer mu.Unlock()
		l.Once += part.Once
		l.Lost += part.Lost
		l.Doubled += part.Doubled
		l.Differing += part.Differing
		l.Misplaced += part.Misplaced
		l.Faults = append(l.Faults, part.Faults...)
		return nil
	})
	l.ended = r.Now()
	l.Short = err != nil
	return err
}

// check is a member's part of it: the ledger's rides are there, and nothing else is new.
func (m *member) check(ctx context.Context, l *Ledger, owners map[string]*member) error {
	all, err := m.changes(ctx)
	if err != nil {
		return err
	}
	at := map[string][]string{} // the workouts of a client id
	for _, one := range all {
		if one.Deleted {
			continue
		}
		ours := false
		for _, id := range one.ClientIDs {
			at[id] = append(at[id], one.WorkoutID)
			switch owner := owners[id]; owner {
			case nil:
			case m:
				ours = true
			default:
				ours = true
				l.Misplaced++
				l.fault("ride %s of %s is with %s", id, owner.Email, m.Email)
			}
		}
		if !ours && !m.before[one.WorkoutID] {
			l.Doubled++
			l.fault("%s has the workout %s, which nobody sent", m.Email, one.WorkoutID)
		}
	}
	taken := map[string]string{} // workouts that are some ride's
	for _, c := range m.consoles {
		for _, d := range c.rides {
			there := at[d.id]
			switch {
			case len(there) > 1 || len(there) == 1 && taken[there[0]] != "":
				l.Doubled++
				l.fault("ride %s of %s: it is %d workouts, of which %s is also %s", d.id, c.name, len(there), there[0], taken[there[0]])
			case d.acknowledged == 0:
			case len(there) == 0 || there[0] != d.workout:
				l.Lost++
				l.fault("ride %s of %s: acknowledged as %s, and there as %v", d.id, c.name, d.workout, there)
			default:
				taken[d.workout] = d.id
				if err := m.compare(ctx, l, c, d); errors.Is(err, errNotFound) {
					l.Lost++
					l.fault("ride %s of %s: %v", d.id, c.name, err)
				} else if err != nil {
					return err
				}
			}
			m.run.tally.checked.Add(1)
		}
	}
	return nil
}

// mostPoints is how many samples of a channel an answer holds: more than a ride here has.
const mostPoints = 10_000

// compare reads a workout back. A correction that nobody acknowledged may be there or not.
func (m *member) compare(ctx context.Context, l *Ledger, c *console, d *ride) error {
	var head struct {
		Sport, Source string
		StartedAt     time.Time `json:"started_at"`
		DurationS     float64   `json:"duration_s"`
	}
	if err := m.read(ctx, "/v1/workouts/"+d.workout, &head); err != nil {
		return err
	}
	var streams map[string]json.RawMessage
	if err := m.read(ctx, fmt.Sprintf("/v1/workouts/%s/streams?points=%d", d.workout, mostPoints), &streams); err != nil {
		return err
	}
	if d.acknowledged < d.version {
		l.Once++
		return nil
	}
	wrong := ""
	switch {
	case head.Sport != sport, head.Source != "console", !head.StartedAt.Equal(d.started), head.DurationS != float64(d.seconds()):
		wrong = fmt.Sprintf("%+v, sent were the start %s and %d s", head, d.started.Format(time.RFC3339), d.seconds())
	case len(streams) != len(channels)+1: // and the workout's id
		wrong = fmt.Sprintf("%d channels", len(streams)-1)
	}
	for i, channel := range channels {
		var got struct {
			T      []float64 `json:"t_s"`
			Values []float64
		}
		if wrong == "" && (json.Unmarshal(streams[channel.name], &got) != nil || !d.equal(i, got.T, got.Values)) {
			wrong = "other samples of " + channel.name
		}
	}
	if wrong != "" {
		l.Differing++
		l.fault("ride %s of %s, workout %s: %s", d.id, c.name, d.workout, wrong)
		return nil
	}
	l.Once++
	return nil
}

// equal says whether a channel was read back as it was sent, gaps left out.
func (d *ride) equal(n int, t, values []float64) bool {
	const unit = 1e-6 // numbers are written in decimals
	var wantT, want []float64
	for i, v := range d.columns[n] {
		if !math.IsNaN(v) {
			wantT, want = append(wantT, float64(d.t[i])/1000), append(want, v)
		}
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < unit }
	return slices.EqualFunc(t, wantT, near) && slices.EqualFunc(values, want, near)
}

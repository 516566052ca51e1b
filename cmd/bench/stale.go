package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/privacy"
)

// change is a way to take a right to read away.
type change int

const (
	narrowWorkout change = iota // seen by a read of it
	narrowFeed                  // the same, seen by a read of the feed
	blockReader
	removeFollower
	endSession
	narrowSetting
	changes
)

var changeNames = [changes]string{"a workout's audience", "a workout's audience, in the feed", "a block", "a follower removed",
	"a session ended", "the audience of the heart rate"}

// The phases of a right, in a circle. The count of steps tells rounds apart.
const (
	given = iota
	beingTaken
	taken
	beingGivenBack
	phases
)

// right is what one member may read of another, and how far it is with being taken away.
type right struct {
	change        change
	viewer, owner int
	workout       int
	audience      privacy.Audience // of the workout
	request       []byte
	step          atomic.Uint64
}

// readers and slots of goal 10: so many rights are in the air at a time.
const (
	staleReaders = 32
	slots        = 16
	pause        = 150 * time.Millisecond
)

// tally is what the readers counted.
type tally struct {
	reads, after, limited atomic.Int64
	stale, lost           [changes]atomic.Int64
	took                  [changes]atomic.Int64 // changes made
}

// staleReads is goal 10: from the moment a change is answered, no read that starts may be answered
// as before it.
func (b *bench) staleReads(ctx context.Context) error {
	rights := b.rights()
	if len(rights) < slots {
		return errors.New("the world is too small")
	}
	// What is changed is changed back; a run that breaks off leaves a database that isn't used again.
	if err := b.unsign(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var t tally
	var current [slots]atomic.Pointer[right]
	var next atomic.Int64
	enough := func() bool { return t.reads.Load() >= int64(b.reads) || ctx.Err() != nil }
	var writers, readers sync.WaitGroup
	for i := range slots {
		writers.Go(func() {
			if err := b.takeAway(ctx, &t, &current[i], rights, &next, enough); err != nil {
				cancel(err)
			}
		})
	}
	for i := range staleReaders {
		readers.Go(func() {
			if err := b.readOn(ctx, &t, &current, i, enough); err != nil {
				cancel(err)
			}
		})
	}
	readers.Wait()
	writers.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	if err := b.sign(ctx); err != nil {
		return err
	}
	var stale, lost int64
	for c := range changes {
		fmt.Fprintf(b.out, "  %-36s taken %5d times: %d stale reads, %d answers missing\n", changeNames[c], t.took[c].Load(), t.stale[c].Load(), t.lost[c].Load())
		stale += t.stale[c].Load()
		lost += t.lost[c].Load()
	}
	fmt.Fprintf(b.out, "  %d reads, %d of them begun after an answered change; %d refused by a limit\n", t.reads.Load(), t.after.Load(), t.limited.Load())
	b.report.count(10, fmt.Sprintf("stale answers in %s reads (%s after a change)", thousands(t.reads.Load()), thousands(t.after.Load())), stale, 0)
	if lost > 0 {
		return fmt.Errorf("%d answers were missing that nobody had taken away", lost)
	}
	return nil
}

// takeAway gives readers one right after another, takes it away and gives it back.
func (b *bench) takeAway(ctx context.Context, t *tally, slot *atomic.Pointer[right], rights []*right, next *atomic.Int64, enough func() bool) error {
	c, err := load.Dial(ctx, b.service.address)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it was only read
	for !enough() {
		r := rights[int(next.Add(1)-1)%len(rights)]
		slot.Store(r)
		time.Sleep(pause)
		r.step.Add(1)
		if err := b.take(ctx, c, r); err != nil {
			return err
		}
		t.took[r.change].Add(1)
		r.step.Add(1)
		time.Sleep(pause)
		if r.change == endSession {
			continue // there is no way back but a new one
		}
		r.step.Add(1)
		if err := b.giveBack(ctx, c, r); err != nil {
			return err
		}
		r.step.Add(1)
		time.Sleep(pause / 3)
	}
	return nil
}

// readOn reads what is in the slots, and compares what it sees with what it must.
func (b *bench) readOn(ctx context.Context, t *tally, current *[slots]atomic.Pointer[right], reader int, enough func() bool) error {
	c, err := load.Dial(ctx, b.service.address)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it was only read
	for n := reader; !enough(); n++ {
		r := current[n%slots].Load()
		if r == nil {
			time.Sleep(time.Millisecond)
			continue
		}
		before := r.step.Load()
		status, body, err := c.Do(ctx, r.request)
		if err != nil {
			return err
		}
		after := r.step.Load()
		t.reads.Add(1)
		if status == 429 {
			t.limited.Add(1)
			continue
		}
		seen, known := b.sees(r, status, body)
		if !known {
			return fmt.Errorf("%s: answered %d: %.200s", changeNames[r.change], status, body)
		}
		switch {
		case before%phases == taken && before == after:
			t.after.Add(1)
			if seen {
				t.stale[r.change].Add(1)
			}
		case before%phases == given && before == after && !seen:
			t.lost[r.change].Add(1)
		}
	}
	return nil
}

// sees says whether an answer shows what the right is to; not known is an answer that nobody gives.
func (b *bench) sees(r *right, status int, body []byte) (seen, known bool) {
	switch r.change {
	case narrowFeed:
		return bytes.Contains(body, []byte(b.world.WorkoutID(r.workout).String())), status == 200
	case narrowSetting:
		return bytes.Contains(body, []byte(`"heart_rate_avg_bpm"`)), status == 200
	case endSession:
		return status == 200, status == 200 || status == 401
	default:
		return status == 200, status == 200 || status == 404
	}
}

func (b *bench) take(ctx context.Context, c *load.Conn, r *right) error {
	viewer, workout := b.world.MemberID(r.viewer).String(), "/v1/workouts/"+b.world.WorkoutID(r.workout).String()
	switch r.change {
	case narrowWorkout, narrowFeed:
		return b.write(ctx, c, r.owner, "PATCH", workout, `{"audience":"only_me"}`)
	case blockReader:
		return b.write(ctx, c, r.owner, "PUT", "/v1/me/blocks/"+viewer, "")
	case removeFollower:
		return b.write(ctx, c, r.owner, "DELETE", "/v1/me/followers/"+viewer, "")
	case endSession:
		return b.write(ctx, c, r.viewer, "POST", "/v1/auth/logout", "")
	default:
		return b.write(ctx, c, r.owner, "PATCH", "/v1/me/privacy", `{"audiences":{"heart_rate":"only_me"}}`)
	}
}

func (b *bench) giveBack(ctx context.Context, c *load.Conn, r *right) error {
	viewer, owner := b.world.MemberID(r.viewer).String(), b.world.MemberID(r.owner).String()
	switch r.change { //nolint:exhaustive // the rest is given back alike
	case narrowWorkout, narrowFeed:
		return b.write(ctx, c, r.owner, "PATCH", "/v1/workouts/"+b.world.WorkoutID(r.workout).String(), fmt.Sprintf(`{"audience":%q}`, r.audience))
	case narrowSetting:
		return b.write(ctx, c, r.owner, "PATCH", "/v1/me/privacy", `{"audiences":{"heart_rate":"followers"}}`)
	case blockReader:
		if err := b.write(ctx, c, r.owner, "DELETE", "/v1/me/blocks/"+viewer, ""); err != nil {
			return err
		}
	}
	if err := b.write(ctx, c, r.viewer, "PUT", "/v1/me/following/"+owner, ""); err != nil {
		return err
	}
	return b.write(ctx, c, r.owner, "PUT", "/v1/me/followers/"+viewer, "")
}

// write asks for a change as a member.
func (b *bench) write(ctx context.Context, c *load.Conn, who int, method, path, body string) error {
	status, answer, err := c.Do(ctx, b.asMember(who, method, path, "application/json", []byte(body)))
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s %s: %d %.200s", method, path, status, answer)
	}
	return err
}

// asMember is a request with a body.
func (b *bench) asMember(who int, method, path, media string, body []byte) []byte {
	to := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: bench.test\r\nAuthorization: Bearer %s\r\n%s\r\n", method, path, b.world.Token(who), from(who))
	if len(body) > 0 {
		to = fmt.Appendf(to, "Content-Type: %s\r\n", media)
	}
	return append(fmt.Appendf(to, "Content-Length: %d\r\n\r\n", len(body)), body...)
}

// from says which address a member's requests come from.
func from(who int) string {
	return fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d", who>>16&255, who>>8&255, who&255)
}

// rights are reads of followers, each of another owner by another viewer, so that no change meets
// another one.
func (b *bench) rights() []*right {
	w := b.world
	used := map[int]bool{}
	var out []*right
	for _, p := range b.pairs {
		viewer, k := int(p.viewer), int(p.workout)
		owner := w.Owner(k)
		if used[viewer] || used[owner] || !w.IsFollowing(viewer, owner) || w.IsFollowing(owner, viewer) ||
			w.Settings(owner).Discoverability < privacy.FoundByMembers {
			continue
		}
		r := &right{change: change(len(out)) % narrowSetting, viewer: viewer, owner: owner, workout: k, audience: w.Audience(k)}
		path := "/v1/workouts/" + w.WorkoutID(k).String()
		if w.Settings(owner).Audiences.Chosen(privacy.HeartRate) == privacy.Followers && w.Workout(k).Heart != nil {
			r.change = narrowSetting // few can be
		}
		if r.change == narrowFeed {
			newest, ok := b.newest(viewer)
			if owner = w.Owner(newest); !ok || used[owner] || w.Settings(owner).Discoverability < privacy.FoundByMembers {
				continue
			}
			r.workout, r.owner, r.audience, path = newest, owner, w.Audience(newest), "/v1/feed"
		}
		if r.change == removeFollower && seen(w, k, owner) > privacy.Followers {
			r.change = narrowWorkout // it shows to whoever doesn't follow, too
		}
		used[viewer], used[r.owner] = true, true
		r.request = b.asMember(viewer, "GET", path, "", nil)
		out = append(out, r)
	}
	return out
}

// newest is the first workout of a member's feed.
func (b *bench) newest(viewer int) (k int, ok bool) {
	for _, f := range b.world.Following(viewer) {
		owned := b.world.Owned(int(f))
		for i := len(owned) - 1; i >= 0 && int(owned[i]) >= k; i-- {
			if seen(b.world, int(owned[i]), int(f)) >= privacy.Followers {
				k, ok = int(owned[i]), true
				break
			}
		}
	}
	return k, ok
}

func thousands(n int64) string {
	text, _ := json.Marshal(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = append(text[:i], append([]byte(","), text[i:]...)...)
	}
	return string(text)
}

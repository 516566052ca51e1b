package pairing_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/pairing"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// Each line is a moment after the start, what is done then, and what it hears.
func TestScenes(t *testing.T) {
	t.Parallel()
	type step struct {
		at         time.Duration
		do, answer string
	}
	for name, steps := range map[string][]step{
		"approved": {
			{0, "poll", "authorization_pending"}, {5 * time.Second, "poll", "authorization_pending"},
			{7 * time.Second, "yes", ""}, {10 * time.Second, "poll", "granted"},
			{15 * time.Second, "poll", "invalid_grant"}, {time.Hour, "poll", "invalid_grant"},
		},
		"denied": {{1, "no", ""}, {time.Second, "poll", "access_denied"}, {2 * time.Second, "poll", "access_denied"}, {3 * time.Second, "yes", "decided"}},
		"slower and slower": {
			{0, "poll", "authorization_pending"}, {time.Second, "poll", "slow_down"}, // 10 s from now on
			{10 * time.Second, "poll", "authorization_pending"}, // 9 after the last: a second early is let pass
			{19*time.Second - 1, "poll", "slow_down"},           // 15
			{34 * time.Second, "poll", "authorization_pending"}, {48*time.Second - 1, "poll", "slow_down"},
		},
		"a poll at once after an approval is no haste": {{0, "poll", "authorization_pending"}, {1, "yes", ""}, {2, "poll", "granted"}},
		"approved at the last moment":                  {{10*time.Minute - 1, "yes", ""}, {10*time.Minute - 1, "poll", "granted"}},
		"approved, and collected too late":             {{10*time.Minute - 1, "yes", ""}, {10 * time.Minute, "poll", "expired_token"}, {11 * time.Minute, "poll", "expired_token"}},
		"expired":                                      {{10 * time.Minute, "poll", "expired_token"}, {10 * time.Minute, "yes", "expired"}, {10 * time.Minute, "no", "expired"}},
		"approved twice":                               {{1, "yes", ""}, {2, "yes", "decided"}, {3, "poll", "granted"}},
		"taken back":                                   {{1, "yes", ""}, {2, "no", ""}, {3, "poll", "access_denied"}, {4, "yes", "decided"}},
		"too late to be taken back":                    {{1, "yes", ""}, {2, "poll", "granted"}, {3, "no", "decided"}, {4, "poll", "invalid_grant"}},
		"the clock was set back": {
			{time.Minute, "poll", "authorization_pending"}, {-time.Hour, "poll", "slow_down"}, {-time.Hour + 10*time.Second, "poll", "authorization_pending"},
		},
	} {
		p := pairing.Start(start)
		for i, s := range steps {
			var got string
			if p, got = do(p, s.do, start.Add(s.at)); got != s.answer {
				t.Errorf("%s, step %d, %s at %s: %q, want %q", name, i, s.do, s.at, got, s.answer)
			}
		}
	}
}

func do(p pairing.Pairing, what string, now time.Time) (pairing.Pairing, string) {
	if what == "poll" {
		after, answer := p.Poll(now)
		return after, string(answer)
	}
	after, err := p.Decide(what == "yes", now)
	switch {
	case errors.Is(err, pairing.ErrDecided):
		return after, "decided"
	case errors.Is(err, pairing.ErrExpired):
		return after, "expired"
	case err != nil:
		return after, err.Error()
	}
	return after, ""
}

// A state that isn't one of ours is never granted, nor decided.
func TestUnknownState(t *testing.T) {
	t.Parallel()
	for _, state := range []pairing.State{"", "granted", "APPROVED"} {
		p := pairing.Start(start)
		p.State = state
		if after, answer := p.Poll(start); answer != pairing.InvalidGrant || after != p {
			t.Errorf("%q: %s", state, answer)
		}
		if _, err := p.Decide(true, start); !errors.Is(err, pairing.ErrDecided) {
			t.Errorf("%q: %v", state, err)
		}
	}
}

func TestIntervalEndsSomewhere(t *testing.T) {
	t.Parallel()
	p, now := pairing.Start(start), start
	for range 10_000 {
		p, _ = p.Poll(now)
		now = now.Add(time.Millisecond)
	}
	if p.Interval != pairing.CodeLife {
		t.Error(p.Interval)
	}
}

// The plain model keeps a diary and answers from it: what was said, when it was polled, how often it
// was told to slow down.
func TestStateMachineAgainstADiary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var (
			p       = pairing.Start(start)
			now     = start
			words   []string // yes and no, as far as they counted
			polls   []time.Time
			slowed  int
			granted int
		)
		last := func() string {
			if len(words) == 0 {
				return ""
			}
			return words[len(words)-1]
		}
		over := func() bool { return now.Sub(start) >= 10*time.Minute }
		pass := func(t *rapid.T) {
			now = now.Add(time.Duration(rapid.IntRange(-2_000, 20_000).Draw(t, "ms")) * time.Millisecond)
		}
		poll := func(t *rapid.T) {
			want := "authorization_pending"
			switch {
			case granted > 0:
				want = "invalid_grant"
			case over():
				want = "expired_token"
			case last() == "no":
				want = "access_denied"
			case last() == "yes":
				want = "granted"
				granted++
			default:
				wait := time.Duration(5+5*slowed) * time.Second
				if len(polls) > 0 && now.Sub(polls[len(polls)-1]) < wait-time.Second {
					want = "slow_down"
					slowed++
				}
				polls = append(polls, now)
			}
			var got string
			if p, got = do(p, "poll", now); got != want {
				t.Fatalf("%s after: %q, want %q; said %v", now.Sub(start), got, want, words)
			}
		}
		decide := func(word string, counts func() bool) func(*rapid.T) {
			return func(t *rapid.T) {
				want := ""
				switch {
				case !counts() || granted > 0:
					want = "decided"
				case over():
					want = "expired"
				default:
					words = append(words, word)
				}
				var got string
				if p, got = do(p, word, now); got != want {
					t.Fatalf("%s %s after: %q, want %q; said %v", word, now.Sub(start), got, want, words)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"pass": pass, "poll": poll, "wait and poll": func(t *rapid.T) {
				if len(polls) > 0 && polls[len(polls)-1].After(now) {
					now = polls[len(polls)-1] // the clock was set back: what is waited is waited after the last poll
				}
				now = now.Add(p.Interval) // who waits as told is never told to slow down
				before := slowed
				poll(t)
				if slowed != before && granted == 0 {
					t.Fatal("told to slow down after waiting")
				}
			},
			"yes":  decide("yes", func() bool { return last() == "" }),
			"no":   decide("no", func() bool { return last() != "no" }),
			"long": func(*rapid.T) { now = now.Add(3 * time.Minute) },
			"": func(t *rapid.T) {
				if granted > 1 || granted == 1 && p.State != pairing.Spent {
					t.Fatalf("granted %d times, %s", granted, p.State)
				}
				if want := min(time.Duration(5+5*slowed)*time.Second, 10*time.Minute); p.Interval != want {
					t.Fatalf("interval %s, want %s", p.Interval, want)
				}
			},
		})
	})
}

package account_test

import (
	"sync"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/observe"
)

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.join("ada")
	w.now = w.now.Add(time.Minute)
	second, err := w.Refresh(t.Context(), w.anonymous(), first.Refresh.Reveal())
	w.must(err)
	if w.lives(first.Access) || !w.lives(second.Access) {
		t.Error("the old access token is not void, or the new one is")
	}
	if first.Refresh == second.Refresh || first.Access == second.Access {
		t.Error("a token came a second time")
	}
	_, err = w.Refresh(t.Context(), w.anonymous(), second.Refresh.Reveal())
	w.must(err)
	if n := w.count(`SELECT count(*) FROM auth.session`); n != 1 {
		t.Errorf("it is %d sessions by now", n)
	}
}

func TestReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	first, other := w.join("ada"), w.login("ada")
	second, err := w.Refresh(t.Context(), w.anonymous(), first.Refresh.Reveal())
	w.must(err)
	third, err := w.Refresh(t.Context(), w.anonymous(), second.Refresh.Reveal())
	w.must(err)
	// The oldest one betrays the theft as well as the last one.
	for range 2 {
		_, err = w.Refresh(t.Context(), w.anonymous(), first.Refresh.Reveal())
		w.wants(err, "invalid_token", fault.KindUnauthenticated)
	}
	if w.lives(third.Access) {
		t.Error("the session lives on")
	}
	_, err = w.Refresh(t.Context(), w.anonymous(), third.Refresh.Reveal())
	w.wants(err, "invalid_token", fault.KindUnauthenticated)
	if !w.lives(other.Access) {
		t.Error("another session ended too")
	}
	if n := w.events(observe.TokenReuse); n != 1 {
		t.Errorf("the theft leaves %d events", n)
	}
}

func TestParallelRefreshesHaveOneWinner(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.join("ada")
	var wg sync.WaitGroup
	begin := make(chan struct{})
	got := make([]account.Tokens, 50)
	errs := make([]error, len(got))
	for i := range got {
		wg.Go(func() {
			<-begin
			got[i], errs[i] = w.Refresh(t.Context(), w.anonymous(), first.Refresh.Reveal())
		})
	}
	close(begin)
	wg.Wait()
	winners := 0
	for i, err := range errs {
		if err == nil {
			winners++
			if w.lives(got[i].Access) {
				t.Error("one token was used 50 times, and its session lives on")
			}
			continue
		}
		w.wants(err, "invalid_token", fault.KindUnauthenticated)
		if got[i] != (account.Tokens{}) {
			t.Error("a loser got tokens")
		}
	}
	if winners != 1 {
		t.Errorf("%d of 50 won", winners)
	}
}

func TestRefreshEnds(t *testing.T) {
	t.Parallel()
	w := start(t)
	const day = 24 * time.Hour
	idle, used := w.join("ada"), w.login("ada")
	began := w.now
	refresh := func(tokens account.Tokens) (account.Tokens, error) {
		return w.Refresh(t.Context(), w.anonymous(), tokens.Refresh.Reveal())
	}
	w.now = began.Add(30 * day)
	_, err := refresh(idle)
	w.wants(err, "invalid_token", fault.KindUnauthenticated)
	if w.events(observe.TokenReuse) != 0 {
		t.Error("a token that is too old is taken for a stolen one")
	}
	for w.now = began; w.now.Add(29 * day).Before(began.Add(180 * day)); {
		w.now = w.now.Add(29 * day)
		used, err = refresh(used)
		w.must(err)
	}
	w.now = began.Add(180*day - time.Minute)
	used, err = refresh(used)
	w.must(err)
	if used.ExpiresIn != time.Minute {
		t.Errorf("a minute before the session ends it gets a token for %v", used.ExpiresIn)
	}
	w.now = began.Add(180 * day)
	_, err = refresh(used)
	w.wants(err, "invalid_token", fault.KindUnauthenticated)
	if w.lives(used.Access) {
		t.Error("the session outlives its 180 days")
	}
}

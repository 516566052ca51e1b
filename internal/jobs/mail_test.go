package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/mail"
)

func TestMailIsSentOnceAndGone(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.register("ada")
	w.register("bob")
	if n := w.MailWaiting(); n != 2 {
		t.Errorf("%v mails wait", n)
	}
	w.must(w.sendMail(t.Context()))
	if len(w.post.sent) != 2 || w.post.sent[0].To != "ada@example.test" || w.post.sent[0].ID == w.post.sent[1].ID || w.waiting() != 0 {
		t.Errorf("%d mails were sent, %d wait", len(w.post.sent), w.waiting())
	}
	w.must(w.sendMail(t.Context()))
	if w.post.count() != 2 {
		t.Error("a mail was sent twice")
	}
}

func TestMailToNobodyIsDropped(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must(w.accounts.Forgot(t.Context(), w.anonymous(), "nobody@example.test"))
	if w.waiting() != 1 {
		t.Fatal("there is nothing to drop")
	}
	w.must(w.sendMail(t.Context()))
	if w.post.count() != 0 || w.waiting() != 0 || w.log.Len() != 0 {
		t.Errorf("%d sent, %d wait, logged %q", w.post.count(), w.waiting(), w.log.String())
	}
}

func TestMailIsTriedAgainEverLater(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.post.refuse(&mail.SendError{Temporary: true, Status: 451})
	w.register("ada")
	w.must(w.sendMail(t.Context()))
	for attempt := 1; attempt < maxAttempts; attempt++ {
		w.advance(delay(attempt) - time.Second)
		w.must(w.sendMail(t.Context()))
		if n := w.count(`SELECT attempts FROM auth.mail`); n != attempt {
			t.Fatalf("a second before its delay is over it was tried %d times, want %d", n, attempt)
		}
		w.advance(time.Second)
		w.must(w.sendMail(t.Context()))
	}
	if w.waiting() != 0 {
		t.Error("it isn't given up")
	}
	log := w.log.String()
	if strings.Count(log, "mail not sent for now") != maxAttempts-1 || strings.Count(log, "mail given up") != 1 {
		t.Errorf("the log says %s", log)
	}
	if strings.Contains(log, "ada") {
		t.Error("the log names a receiver")
	}
	if total := func() (sum time.Duration) {
		for attempt := 1; attempt < maxAttempts; attempt++ {
			sum += delay(attempt)
		}
		return sum
	}(); total < 2*time.Hour {
		t.Errorf("given up after %v", total)
	}
}

func TestMailThatCanNotBeSentIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"refused": &mail.SendError{Status: 550}, "not clean": fmt.Errorf("%w: for the test", mail.ErrMessage),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.post.refuse(err)
			w.register("ada")
			w.must(w.sendMail(t.Context()))
			if w.waiting() != 0 || !strings.Contains(w.log.String(), "mail given up") {
				t.Errorf("%d wait, logged %s", w.waiting(), w.log.String())
			}
		})
	}
}

func TestOneMailThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.register("ada")
	w.register("bob")
	_, err := w.root.Exec(t.Context(), `UPDATE auth.mail SET message = 'damaged' WHERE id = (SELECT id FROM auth.mail ORDER BY ctid LIMIT 1)`)
	w.must(err)
	w.must(w.sendMail(t.Context()))
	if w.post.count() != 1 || w.waiting() != 1 {
		t.Errorf("%d sent, %d wait", w.post.count(), w.waiting())
	}
}

// Whoever dies with a claim loses it, and what they do late changes nothing.
func TestClaimFallsBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.register("ada")
	dead, err := w.claim(t.Context())
	w.must(err)
	w.advance(claimLife - time.Second)
	w.must(w.sendMail(t.Context()))
	if w.post.count() != 0 {
		t.Fatal("a mail was taken from who claimed it")
	}
	w.advance(time.Second)
	w.post.refuse(&mail.SendError{Temporary: true})
	w.must(w.sendMail(t.Context()))
	w.post.refuse(nil)
	w.must(w.settle(t.Context(), *dead)) // it was only slow
	if w.waiting() != 1 {
		t.Error("a claim that was lost dropped a mail")
	}
}

func TestReplicasShareTheOutbox(t *testing.T) {
	t.Parallel()
	w := start(t)
	const mails = 40
	for i := range mails {
		w.register(fmt.Sprintf("member%d", i))
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = New(w.Config).sendMail(t.Context()) })
	}
	wg.Wait()
	w.must(errors.Join(errs...))
	seen := map[string]bool{}
	for _, m := range w.post.sent {
		seen[m.To] = true
	}
	if len(w.post.sent) != mails || len(seen) != mails || w.waiting() != 0 {
		t.Errorf("%d mails were sent to %d of %d, %d wait", len(w.post.sent), len(seen), mails, w.waiting())
	}
}

func TestRunWakesAndStops(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.post.hold = make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	w.register("ada")
	began := time.Now()
	w.post.hold <- struct{}{} // taken up because it was woken: the tick comes later
	if took := time.Since(began); took > mailEvery*4/5 {
		t.Errorf("the mail left after %v", took)
	}
	w.register("bob")
	for w.waiting() != 1 || w.count(`SELECT count(*) FROM auth.mail WHERE attempts = 1`) != 1 { // bob's is claimed
		time.Sleep(time.Millisecond)
	}
	stop() // with a mail under way
	select {
	case <-done:
		t.Error("it stops in the middle of a mail")
	case <-time.After(50 * time.Millisecond):
	}
	close(w.post.hold)
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it doesn't stop")
	}
	if w.post.count() != 2 || w.waiting() != 0 {
		t.Errorf("%d sent, %d wait", w.post.count(), w.waiting())
	}
}

func TestAJobThatPanicsEndsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.step(t.Context(), "test", func(context.Context) error { panic("thrown by the test") })
	w.step(t.Context(), "test", func(context.Context) error { return errors.New("a text that quotes ada") })
	if log := w.log.String(); !strings.Contains(log, `"panic"`) || !strings.Contains(log, "a job failed") || strings.Contains(log, "ada") {
		t.Errorf("the log says %s", log)
	}
}

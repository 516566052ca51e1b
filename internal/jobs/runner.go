// Package jobs does what nobody waits for: it sends the mail in the outbox, tells
// who took part in a challenge of its end, looks whether notices are to be mailed, has imports read, has digests made of samples
// that have none, clears away what is past its time, wraps members' keys anew after
// the key ring got another primary, keeps feeds and directory in shape, and lays
// out the schedule.
//
// Any number of replicas may run at once. A mail is claimed for a while by one of
// them; whoever dies with a claim lets it fall back, so that a mail is sent at
// least once, and twice only after a crash between sending and saying so. Its
// Message-ID stays the same. The other jobs do nothing twice.
//
// A job that fails says so and is tried again at its next turn; none ends the
// others.
package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
)

// Config is what a Runner is made of. Everything in it is needed.
type Config struct {
	DB      *db.DB
	Ring    *seal.Ring
	Sender  mail.Sender
	Observe *observe.Observer
	Imports Importer
	Digests Digester
	Notices Notifier
	Now     func() time.Time
}

// Notifier mails a member about their notices, as that member: package inbox's.
type Notifier interface {
	Mail(ctx context.Context, c db.Caller) (posted bool, err error)
}

// Importer goes on with an import as whoever the caller is at that moment: package workout's.
type Importer interface {
	Work(ctx context.Context, as func() db.Caller, id uuid.UUID) error
}

// Digester makes some of the digests that a member's samples lack, as whoever the caller is, and says
// how many: package workout's.
type Digester interface {
	MakeDigests(ctx context.Context, c db.Caller) (made int, err error)
}

const (
	mailEvery   = 5 * time.Second // for what other replicas left and what is tried again
	upkeepEvery = 10 * time.Minute
	importEvery = 5 * time.Second  // for what other replicas left
	feedsEvery  = 10 * time.Second // for workouts of programs that write no pointers
	digestEvery = 10 * time.Second // for workouts of programs that write no digests
	noticeEvery = 30 * time.Second // they are due some minutes after what they tell of
	seatsEvery  = 5 * time.Second  // for seats that no booking set free: a larger class, an account that ended
)

// Runner runs the jobs. It is safe for concurrent use; Run is called once.
type Runner struct {
	Config
	wake, wakeImports chan struct{}

	sweptFor string // the primary that all members' keys were last looked through for
	sweptAt  time.Time
	tidiedAt time.Time // when lists were tidied last
}

// New makes a runner that does nothing yet.
func New(c Config) *Runner {
	return &Runner{Config: c, wake: make(chan struct{}, 1), wakeImports: make(chan struct{}, 1)}
}

// Wake has the outbox looked at now. It never blocks.
func (r *Runner) Wake() { wake(r.wake) }

// WakeImports has it looked now whether an import waits. It never blocks.
func (r *Runner) WakeImports() { wake(r.wakeImports) }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is about to be looked at anyway
	}
}

// Run works until ctx ends. It returns when what it had begun is done: a mail
// that is on its way gets half a minute.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() {
		every(ctx, mailEvery, r.wake, func() { r.step(ctx, "mail", r.sendMail) })
	})
	all.Go(func() {
		every(ctx, noticeEvery, nil, func() {
			r.step(ctx, "challenges", r.tellOfChallenges)
			r.step(ctx, "notices", r.mailNotices)
		})
	})
	all.Go(func() {
		every(ctx, importEvery, r.wakeImports, func() { r.step(ctx, "imports", r.readImports) })
	})
	all.Go(func() {
		every(ctx, digestEvery, nil, func() { r.step(ctx, "digests", r.makeDigests) })
	})
	all.Go(func() {
		every(ctx, upkeepEvery, nil, func() {
			r.step(ctx, "retention", r.clear)
			r.step(ctx, "orphans", r.clearSocial)
			r.step(ctx, "retention", r.clearBookings)
			r.step(ctx, "rewrap", r.rewrap)
			r.step(ctx, "schedule", r.layOut)
		})
	})
	all.Go(func() {
		every(ctx, feedsEvery, nil, func() {
			r.step(ctx, "feeds", r.tendFeeds)
			r.step(ctx, "lists", r.tidyLists)
		})
	})
	all.Go(func() {
		every(ctx, seatsEvery, nil, func() { r.step(ctx, "bookings", r.settleClasses) })
	})
	all.Wait()
}

// every runs f at once, then at each tick and each time it is woken.
func every(ctx context.Context, period time.Duration, wake <-chan struct{}, f func()) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for ctx.Err() == nil {
		f()
		select {
		case <-ctx.Done():
		case <-ticker.C:
		case <-wake:
		}
	}
}

// step runs one job to its end or failure.
func (r *Runner) step(ctx context.Context, job string, f func(context.Context) error) {
	defer func() {
		if p := recover(); p != nil {
			r.Observe.Panic(ctx, p)
		}
	}()
	if err := f(ctx); err != nil && ctx.Err() == nil {
		r.Observe.Fail(ctx, "a job failed", err, slog.String("job", job))
	}
}

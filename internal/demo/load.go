package demo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/social"
	"github.com/paceline/paceline/internal/workout"
)

// CrowdPassword is what every member of the crowd signs in with.
const CrowdPassword = "demo-password-crowd"

// crowdLast is there once the crowd is whole.
const crowdLast = "zuzu"

// Features are what the crowd comes in by: what stands behind the front door, since thousands of
// sign-ins and uploads would take an hour. No check of theirs is passed by.
type Features struct {
	Accounts interface {
		CreateMany(ctx context.Context, at time.Time, password string, people []account.Registration) ([]account.Made, error)
	}
	Members  *member.Service
	Workouts *workout.Service
	Classes  *class.Service
	Bookings *booking.Service
	Groups   *group.Service
	Social   *social.Service
	// Manager signs a class manager in, proved by a second factor, and gives the token.
	Manager func(ctx context.Context) (token string, err error)
}

// LoadCrowd makes the crowd, if it isn't there: whole, or what a load that was cut off left to do.
func LoadCrowd(ctx context.Context, f Features, c Crowd, now time.Time, progress func(share float64, what string)) error {
	all, err := c.Catalogue()
	if err != nil {
		return fmt.Errorf("the large world: %w", err)
	}
	l := &crowdLoader{Features: f, crowd: c, now: now, all: all, progress: progress}
	for i := range c.Members {
		l.people = append(l.people, c.Person(i))
	}
	if err := l.join(ctx, 1); err != nil {
		return fmt.Errorf("the large world: %w", err)
	}
	if _, _, err := f.Members.Read(ctx, l.made[0].Caller, crowdLast); err == nil {
		return nil
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return l.join(ctx, c.Members) }, l.settle, l.follow, l.publish, l.ride, l.book, l.gather, l.cheer, l.end,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("the large world: %w", err)
		}
	}
	progress(1, "done")
	return nil
}

type crowdLoader struct {
	Features
	crowd    Crowd
	now      time.Time
	all      Catalogue
	people   []Person
	made     []account.Made
	shelf    shelf
	rode     [][]uuid.UUID // the workouts of each, the newest last
	progress func(float64, string)
}

// join makes the accounts up to a number.
func (l *crowdLoader) join(ctx context.Context, upTo int) error {
	const together = 100
	for len(l.made) < upTo {
		var some []account.Registration
		for _, p := range l.people[len(l.made):min(len(l.made)+together, upTo)] {
			some = append(some, account.Registration{Email: Email(p.Username), Username: p.Username, DisplayName: p.Name, BirthDate: p.Born})
		}
		made, err := l.Accounts.CreateMany(ctx, l.now, CrowdPassword, some)
		if err != nil {
			return err
		}
		l.made = append(l.made, made...)
		l.progress(0.05*float64(len(l.made))/float64(len(l.people)), "members")
	}
	return nil
}

// each does something for all of n things, a few at a time, and tells how far it is between two
// shares of the whole.
func (l *crowdLoader) each(ctx context.Context, what string, from, to float64, n int, do func(ctx context.Context, i int) error) error {
	const together = 3
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	var tell sync.Mutex
	var workers sync.WaitGroup
	for range together {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(ctx, i); err != nil {
					cancel(fmt.Errorf("%s: %w", what, err))
					return
				}
				tell.Lock()
				l.progress(from+(to-from)*float64(done.Add(1))/float64(n), what)
				tell.Unlock()
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// settle fills profiles and settings in.
func (l *crowdLoader) settle(ctx context.Context) error {
	return l.each(ctx, "profiles", 0.05, 0.1, len(l.people), func(ctx context.Context, i int) error {
		p, c := l.people[i], l.made[i].Caller
		e := member.Edit{
			HeightCM: member.To(p.HeightCM), WeightKG: member.To(p.Rider.MassKG), FTPWatts: member.To(int(p.Rider.FTPWatts)),
			RestingHR: member.To(int(p.Rider.RestingHR)), MaxHR: member.To(int(p.Rider.MaxHR)),
			Location: member.To(member.Location{City: p.City, Country: p.Country}),
		}
		if p.Bio != "" {
			e.Bio = member.To(p.Bio)
		}
		if p.Gender != "" {
			e.Gender = member.To(member.Gender(p.Gender))
		}
		if _, _, err := l.Members.Edit(ctx, c, e, func(member.Profile, privacy.Grant) error { return nil }); err != nil {
			return err
		}
		_, _, err := l.Members.EditSettings(ctx, c, member.SettingsEdit{
			Private: &p.Private, Discoverability: &p.Discoverability, Audiences: p.Audiences,
		}, func(privacy.Guarded[privacy.Settings], privacy.Grant) error { return nil })
		return err
	})
}

// follow has all follows asked for and approved.
func (l *crowdLoader) follow(ctx context.Context) error {
	all := l.crowd.Follows()
	return l.each(ctx, "follows", 0.1, 0.2, len(all), func(ctx context.Context, i int) error {
		who, whom := l.made[all[i].Who], l.made[all[i].Whom]
		if _, err := l.Members.Follow(ctx, who.Caller, whom.ID); err != nil {
			return err
		}
		return l.Members.Approve(ctx, whom.Caller, who.ID)
	})
}

// ride has everybody's diary kept.
func (l *crowdLoader) ride(ctx context.Context) error {
	l.rode = make([][]uuid.UUID, len(l.people))
	return l.each(ctx, "rides", 0.3, 0.9, len(l.people), func(ctx context.Context, i int) (err error) {
		var kept []workout.Kept
		for _, e := range l.crowd.Diary(i, l.people[i], l.all) {
			r, err := e.Recording(l.people[i], l.all.Lessons)
			if err != nil {
				return err
			}
			kept = append(kept, workout.Kept{Recording: &r, Title: e.Title, Class: l.shelf.taken(e)})
		}
		l.rode[i], err = l.Workouts.KeepAll(ctx, l.made[i].Caller, kept)
		return err
	})
}

// end makes the last account, which everybody finds.
func (l *crowdLoader) end(ctx context.Context) error {
	_, err := l.Accounts.CreateMany(ctx, l.now, CrowdPassword, []account.Registration{{
		Email: Email(crowdLast), Username: crowdLast, DisplayName: "Zuzu", BirthDate: l.crowd.Today.AddDate(-40, 0, 0),
	}})
	return err
}

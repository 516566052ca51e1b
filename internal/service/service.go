// Package service puts the parts together: the features on the database, the
// edge in front of them, and the work that goes on behind. Commands and tests
// build the same service from it.
package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/paceline/paceline/api"
	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/booking"
	"github.com/paceline/paceline/internal/class"
	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/httpapi"
	"github.com/paceline/paceline/internal/jobs"
	"github.com/paceline/paceline/internal/leaderboard"
	"github.com/paceline/paceline/internal/limit"
	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/moderation"
	"github.com/paceline/paceline/internal/notice/inbox"
	"github.com/paceline/paceline/internal/observe"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/social"
	"github.com/paceline/paceline/internal/staff"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/web"
)

// Options are what differs between production, a local run and a test.
type Options struct {
	Database db.Config
	Ring     *seal.Ring
	Mail     mail.Sender
	Login    config.Login
	Limits   config.Limits // the zero value is limit.Standard
	Observer *observe.Observer
	Now      func() time.Time

	PublicURL       string
	Security        config.Security
	TrustedProxies  []netip.Prefix
	CORSOrigins     []string
	MaxImportBytes  int64         // 0 is 32 MiB
	Timeout         time.Duration // of a request; 0 is ten seconds
	ShutdownTimeout time.Duration // for what is in flight; 0 is half a minute
	Outbox          func() []mail.Written
}

// Service is a whole Paceline.
type Service struct {
	Handler      http.Handler // the public one
	Private      http.Handler // metrics and profiles
	DB           *db.DB
	Accounts     *account.Service
	Members      *member.Service
	Workouts     *workout.Service
	Social       *social.Service
	Notices      *inbox.Service
	Bookings     *booking.Service
	Classes      *class.Service
	Staff        *staff.Service
	Groups       *group.Service
	Leaderboards *leaderboard.Service
	Limits       *limit.Limiter
	Moderation   *moderation.Service

	options Options
	jobs    *jobs.Runner

	stopping chan struct{} // closed when it is about to stop
	stop     sync.Once
}

// New opens the database and builds the service. Nothing runs yet.
func New(ctx context.Context, o Options) (_ *Service, err error) {
	if o.MaxImportBytes == 0 {
		o.MaxImportBytes = 32 << 20
	}
	if o.ShutdownTimeout == 0 {
		o.ShutdownTimeout = 30 * time.Second
	}
	database, err := db.Open(ctx, o.Database)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			database.Close()
		}
	}()
	s := &Service{DB: database, options: o, stopping: make(chan struct{})}
	limits := recording.DefaultLimits()
	limits.MaxBytes = o.MaxImportBytes
	s.Workouts = workout.New(database, o.Ring, limits)
	s.Leaderboards = leaderboard.New(database, o.Ring)
	s.Social, s.Notices = social.New(database, o.Ring), inbox.New(database, o.Ring)
	s.jobs = jobs.New(jobs.Config{
		DB: database, Ring: o.Ring, Sender: o.Mail, Observe: o.Observer, Imports: s.Workouts, Digests: s.Workouts, Notices: s.Notices, Now: o.Now,
	})
	s.Workouts.OnQueued(s.jobs.WakeImports)
	s.Accounts, err = account.New(account.Config{
		DB: database, Ring: o.Ring, Observe: o.Observer, SearchName: member.SearchName, Mailed: s.jobs.Wake,
		Cost: account.HashCost{
			MemoryKiB: o.Login.ArgonMemoryKiB, Time: o.Login.ArgonTime, Parallelism: o.Login.ArgonParallelism,
			Concurrency: o.Login.Concurrency, Queue: o.Login.Queue,
		},
	})
	if err != nil {
		return nil, err
	}
	rules := limit.Rules(o.Limits)
	if rules == (limit.Rules{}) {
		rules = limit.Standard()
	}
	s.Limits, err = limit.New(limit.Config{DB: database, Ring: o.Ring, Observe: o.Observer, Now: o.Now, Rules: rules})
	if err != nil {
		return nil, err
	}
	s.Members = member.New(database, o.Ring)
	s.Bookings = booking.New(database, o.Ring)
	s.Classes = class.New(database, o.Ring)
	s.Staff, err = staff.New(staff.Config{DB: database, Ring: o.Ring, Notify: s.Accounts.Notify})
	if err != nil {
		return nil, err
	}
	s.Groups = group.New(database, o.Ring, s.Members)
	s.Moderation = moderation.New(database, o.Ring, o.Observer)
	pages, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, err
	}
	s.Handler, err = httpapi.New(httpapi.Options{
		DB: database, Accounts: s.Accounts, Members: s.Members, Workouts: s.Workouts, Bookings: s.Bookings, Classes: s.Classes, Social: s.Social, Notices: s.Notices,
		Leaderboards: s.Leaderboards, Staff: s.Staff, Groups: s.Groups, Moderation: s.Moderation, Limits: s.Limits,
		Contract: api.Document, Pages: pages, Now: o.Now, Observer: o.Observer,
		PublicURL: o.PublicURL, SecurityContact: o.Security.Contact, SecurityExpires: o.Security.Expires,
		TrustedProxies: o.TrustedProxies, CORSOrigins: o.CORSOrigins, MaxImportBytes: o.MaxImportBytes,
		Timeout: o.Timeout, Outbox: o.Outbox, Stopping: s.stopping,
	})
	if err != nil {
		return nil, err
	}
	s.Private = o.Observer.Private(database.Ping)
	if err := o.Observer.Metrics.MailDepth(s.jobs.MailWaiting); err != nil {
		return nil, err
	}
	for role, stat := range database.Pools() {
		if err := o.Observer.Metrics.Pool(role, stat); err != nil {
			return nil, err
		}
	}
	if err := o.Observer.Metrics.Pipeline(database.Pipeline); err != nil {
		return nil, err
	}
	return s, nil
}

// RunJobs sends mail, reads imports, clears away and tells other replicas what was counted, until
// the context ends.
func (s *Service) RunJobs(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.Limits.Run(ctx) })
	both.Go(func() { s.jobs.Run(ctx) })
	both.Wait()
}

// Close closes the database.
func (s *Service) Close() { s.DB.Close() }

// Run serves on both listeners, and does the jobs, until the context ends; then
// it finishes what is in flight.
func (s *Service) Run(ctx context.Context, public, private net.Listener) error {
	jobsCtx, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	jobsDone := make(chan struct{})
	go func() {
		defer close(jobsDone)
		s.RunJobs(jobsCtx)
	}()
	err := s.Serve(ctx, public, private)
	stopJobs()
	<-jobsDone
	return err
}

// Serve serves on both listeners until the context ends, then takes no new
// connections and answers the open requests.
func (s *Service) Serve(ctx context.Context, public, private net.Listener) error {
	servers := []*http.Server{s.server(s.Handler, "public"), s.server(s.Private, "private")}
	servers[0].RegisterOnShutdown(func() { s.stop.Do(func() { close(s.stopping) }) })
	// A profile of half a minute must get its answer.
	servers[1].WriteTimeout = 2 * time.Minute
	failed := make(chan error, len(servers))
	for i, l := range []net.Listener{public, private} {
		go func() { failed <- servers[i].Serve(l) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.options.Observer.Log.Info("stopping, and finishing what is in flight")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.ShutdownTimeout)
	defer cancel()
	for _, server := range servers {
		if shutdown := server.Shutdown(end); shutdown != nil {
			err = errors.Join(err, fmt.Errorf("requests were cut off: %w", shutdown))
			_ = server.Close()
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// server sets all that a client could hold a connection open with.
func (s *Service) server(h http.Handler, name string) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       90 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          s.options.Observer.StdLog(name),
	}
}

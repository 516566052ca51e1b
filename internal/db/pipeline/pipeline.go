// Package pipeline sends the reads of many callers over few connections: what
// is waiting travels together and ends with one sync, so that a round trip and a
// transaction are shared by all that it carries.
//
//	caller ─┐            ┌ opening, statement ┐
//	caller ─┼─ queue ─── ┤ opening, statement ├ sync ──▶ PostgreSQL
//	caller ─┘            └ opening, statement ┘
//
// A request is two prepared statements: the opening, which is given once for the
// whole pipeline and which no request can leave out, and the caller's own. A
// goroutine owns each connection. It takes what waits, at most 64 requests and
// 32 KiB, sends it, reads every answer, and looks again. It waits for nobody: a
// lone request leaves at once.
//
// What makes a shared transaction safe:
//
//   - The opening says who asks, and sets it for the transaction whatever it
//     finds. It goes in front of each statement, so nothing is inherited from the
//     request before. The caller compares what it said with what the rows say.
//   - Equal statements of a group may be answered by one, their set, that takes the
//     openings' values and their own as arrays. It authenticates each by itself, and
//     each of its rows brings back its place and the value that its opening began
//     with, a token's hash: one that is not the request's is ErrMixed, for all of the
//     set. What a set has no row for goes behind its own opening after all.
//   - Statements are reads: text that doesn't begin with SELECT or WITH is
//     refused, and so is an answer that isn't a SELECT's.
//   - Each statement has a snapshot of its own (read committed), taken when it is
//     bound, which is after its request came in. What was committed before a
//     request is therefore seen by it, whatever else its group holds.
//   - Answers come in the order of the requests. Every message has its one place:
//     anything else, a row too many for the opening, an end that isn't idle, ends
//     the connection, and what it had not answered is run elsewhere.
//   - What was read is a buffer of its own for each request, and never used
//     again. A caller who leaves abandons theirs: it is read to its end and
//     forgotten, and the connection goes on.
//   - A statement that fails takes what follows it in its group along, not what
//     came before. Those are told to run alone (ErrAlone), and so is the one that
//     failed where its company may be the cause: a deadlock, a lock, a plan that a
//     migration made obsolete.
//   - On a lost connection everything in flight is told to run alone, which is
//     safe for reads. The connection is made anew behind the callers' backs.
//   - No write waits for a reader: a group is smaller than a socket's buffers, and
//     the one before it has been read to its end.
//
// Locks: the opening (auth.authenticate) notes the use of a session at most once
// in five minutes, and holds that row, and a cookie's token, until the sync. It
// takes the session by SKIP LOCKED and touches the token only if it got the
// session, so of two pipelines neither waits for the other, in whatever order
// they meet the same sessions. The same session twice in one group finds its own
// note, which is new enough. A revocation waits for the sync, a few milliseconds,
// and binds every opening after its commit. A note that is undone by a later
// failure in its group is made by the session's next request.
package pipeline

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The bounds of a group, in requests and in bytes that are sent, and of one
// result in bytes. What doesn't fit runs alone.
const (
	maxGroup      = 64
	maxSent       = 32 << 10
	maxResult     = 64 << 10
	maxStatements = 256
)

// ErrMixed: a row of a set is not of the request that it says it is of. Nothing of
// the set is an answer.
var ErrMixed = errors.New("pipeline: a row for another request")

// ErrAlone: the request has to run by itself, on a connection of its own. It
// may have been sent, and has left nothing behind.
var ErrAlone = errors.New("pipeline: to be run alone")

// Config says how to reach the database and what opens each request.
type Config struct {
	// Connect makes a connection.
	Connect func(ctx context.Context) (*pgconn.PgConn, error)
	// Describe says what a statement takes and gives. It is asked once for each.
	Describe func(ctx context.Context, sql string) (*pgconn.StatementDescription, error)
	// Opening is the statement in front of each request. It gives one row.
	Opening string
	// Together gives the set of a statement (see set.go), or nothing. It may be nil.
	Together func(sql string) string
	// Connections is how many there are.
	Connections int
	// Timeout is the server's bound on one statement.
	Timeout time.Duration
}

// Stat is the state of a pipeline.
type Stat struct {
	Connections int    // that there should be
	Up          int    // that there are
	Waiting     int    // requests that nobody has sent yet
	Requests    uint64 // sent so far
	Groups      uint64 // sent so far
	Together    uint64 // requests answered by a set so far
	Alone       uint64 // requests that were told to run alone
}

// Pipeline is a queue and the connections that serve it.
type Pipeline struct {
	conf       Config
	statements registry

	mu      sync.Mutex
	waiting []*request
	parked  []*worker
	up      int
	closed  bool

	closing  context.Context
	cancel   context.CancelFunc
	workers  sync.WaitGroup
	requests atomic.Uint64
	groups   atomic.Uint64
	together atomic.Uint64
	alone    atomic.Uint64
}

// Open connects.
func Open(ctx context.Context, conf Config) (*Pipeline, error) {
	p := &Pipeline{conf: conf}
	p.closing, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for range conf.Connections {
		c, err := connect(ctx, p)
		if err != nil {
			p.Close()
			return nil, err
		}
		w := &worker{p: p, c: c, wake: make(chan struct{}, 1)}
		p.up++
		p.workers.Go(w.run)
	}
	return p, nil
}

// Do sends the opening, with its values as they travel (binary; nil is NULL), and
// then the statement, and gives what came back. The answer must be closed. An error of the statement is a
// *pgconn.PgError, with an answer that holds the opening's row if there was one.
func (p *Pipeline) Do(ctx context.Context, opening [][]byte, sql string, args []any) (*Answer, error) {
	o, err := p.statements.find(ctx, &p.conf, p.conf.Opening)
	if err != nil {
		return nil, err
	}
	s, err := p.statements.find(ctx, &p.conf, sql)
	if err != nil {
		return nil, err
	}
	if s.alone.Load() {
		return nil, p.refuse()
	}
	r := newRequest()
	if err := r.encode(o, opening, s, args); err != nil {
		r.recycle()
		return nil, err
	}
	if len(r.out) > maxSent {
		r.recycle()
		return nil, p.refuse()
	}
	if !p.submit(r) {
		r.recycle()
		return nil, p.refuse()
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		r.abandoned.Store(true) // whoever serves it may hold it still: it is never recycled
		return nil, ctx.Err()
	}
	return p.answer(r)
}

func (p *Pipeline) answer(r *request) (*Answer, error) {
	if r.err == ErrAlone { //nolint:errorlint // set by us, never wrapped
		r.recycle()
		return nil, p.refuse()
	}
	a := &Answer{data: r.data, statement: r.statement, codec: codecs.Get().(*codec)} //nolint:errcheck,forcetypeassert // the pool holds nothing else
	a.opening = a.take(a.first[:0])
	err := r.err
	r.recycle()
	return a, err
}

func (p *Pipeline) refuse() error {
	p.alone.Add(1)
	return ErrAlone
}

// submit puts a request into the queue, unless there is nobody to serve it.
func (p *Pipeline) submit(r *request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.up == 0 {
		return false
	}
	p.waiting = append(p.waiting, r)
	if n := len(p.parked); n > 0 {
		w := p.parked[n-1]
		p.parked = p.parked[:n-1]
		w.wake <- struct{}{}
	}
	return true
}

// take fills group with what waits, in the order it came in, or parks the worker
// where nothing does. done: the pipeline is closed, and all that waited is served.
func (p *Pipeline) take(w *worker, group []*request) (_ []*request, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	bytes, taken := 0, 0
	for _, r := range p.waiting {
		if r.abandoned.Load() {
			taken++
			continue
		}
		if bytes += len(r.out); len(group) == maxGroup || bytes > maxSent {
			break
		}
		group = append(group, r)
		taken++
	}
	left := copy(p.waiting, p.waiting[taken:])
	clear(p.waiting[left:])
	p.waiting = p.waiting[:left]
	if len(group) > 0 {
		return group, false
	}
	if p.closed {
		return nil, true
	}
	p.parked = append(p.parked, w)
	return nil, false
}

// unpark takes a worker back that wants to do something by itself; false when it
// has been woken already.
func (p *Pipeline) unpark(w *worker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.parked {
		if p.parked[i] == w {
			p.parked = append(p.parked[:i], p.parked[i+1:]...)
			return true
		}
	}
	return false
}

// down notes a lost connection. With the last one the queue is dissolved: those
// who wait run alone, rather than until somebody connects.
func (p *Pipeline) down() {
	p.mu.Lock()
	p.up--
	var left []*request
	if p.up == 0 {
		left, p.waiting = p.waiting, nil
	}
	p.mu.Unlock()
	for _, r := range left {
		r.finish(ErrAlone)
	}
}

func (p *Pipeline) connected() {
	p.mu.Lock()
	p.up++
	p.mu.Unlock()
}

// Stat is the state now.
func (p *Pipeline) Stat() Stat {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stat{
		Connections: p.conf.Connections, Up: p.up, Waiting: len(p.waiting),
		Requests: p.requests.Load(), Groups: p.groups.Load(), Together: p.together.Load(), Alone: p.alone.Load(),
	}
}

// Close serves what waits, refuses what comes, and returns when all connections
// are closed.
func (p *Pipeline) Close() {
	p.mu.Lock()
	p.closed = true
	parked := p.parked
	p.parked = nil
	p.mu.Unlock()
	for _, w := range parked {
		w.wake <- struct{}{}
	}
	p.cancel()
	p.workers.Wait()
}

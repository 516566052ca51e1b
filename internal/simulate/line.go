package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2" //nolint:depguard // faults follow from a seed, and nothing in them is secret
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"runtime"
	"strconv"
	"time"
)

const (
	patience  = time.Minute // for an answer
	maxAnswer = 64 << 20
	firstWait = 50 * time.Millisecond
	lastWait  = 2 * time.Second
)

// line is a member's or a console's way to the service. Whoever has it uses it for one request at a time.
type line struct {
	run    *run
	client *http.Client
	chance *rand.Rand
}

// newLine is from a network of its own where that is to be had: on Linux all of 127.0.0.0/8 is this
// machine, and the service counts requests by network.
func (r *run) newLine(n int, chance *rand.Rand) line {
	dialer := &net.Dialer{Timeout: patience}
	if runtime.GOOS == "linux" && local(r.URL) {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, byte(1+n/250%250), byte(n%250), 1)} //nolint:gosec // below 251
	}
	return line{run: r, chance: chance, client: &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 1, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// local says whether an address is on this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip.To4() != nil && ip.IsLoopback()
}

type request struct {
	method, path string
	header       http.Header
	body         []byte
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// code is an error's.
func (a answer) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal(a.body, &problem) // what is no problem has no code
	return problem.Code
}

func (a answer) unexpected(r request) error {
	return fmt.Errorf("%s %s: %d %.400s", r.method, r.path, a.status, a.body)
}

// cut is how a connection breaks.
type cut int

const (
	whole    cut = iota
	midway       // half of the request is sent
	onceSent     // all of it, and nobody waits for the answer
	unheard      // the answer is on its way
	cuts
)

var errCut = errors.New("the connection was cut, as simulated")

// once sends a request once.
func (l *line) once(ctx context.Context, r request, how cut) (answer, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var body io.Reader
	switch {
	case r.body == nil:
	case how == midway:
		body = io.MultiReader(bytes.NewReader(r.body[:len(r.body)/2]), torn{})
	default:
		body = bytes.NewReader(r.body)
	}
	if how == onceSent {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { stop() }})
	}
	q, err := http.NewRequestWithContext(ctx, r.method, l.run.URL+r.path, body)
	if err != nil {
		return answer{}, err
	}
	q.ContentLength = int64(len(r.body))
	for name, values := range r.header {
		q.Header[name] = values
	}
	l.run.tally.requests.Add(1)
	got, err := l.client.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close() //nolint:errcheck // it has been read
	content, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer))
	if err == nil && how != whole {
		err = errCut
	}
	return answer{got.StatusCode, got.Header, content}, err
}

// torn is where a body ends too early.
type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, errCut }

// settled says whether an answer is one; if not, it has waited for the time to ask again: as long as
// the service said, or longer each time.
func (l *line) settled(ctx context.Context, try int, a answer, failed error, how cut) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	t := &l.run.tally
	wait := time.Duration(float64(min(lastWait, firstWait<<min(try, 10))) * (0.5 + l.chance.Float64()))
	told, err := strconv.Atoi(a.header.Get("Retry-After"))
	switch {
	case failed != nil && how != whole:
		t.cut[how].Add(1)
	case failed != nil:
		t.dropped.Add(1)
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable && err == nil:
		t.told.Add(1)
		wait = time.Duration(max(told, 1)) * time.Second
	case a.status >= http.StatusInternalServerError:
		t.broken.Add(1)
	default:
		return true, nil
	}
	return false, sleep(ctx, wait)
}

// ask sends a request until it is answered.
func (l *line) ask(ctx context.Context, r request) (answer, error) {
	for try := 0; ; try++ {
		a, err := l.once(ctx, r, whole)
		if done, err := l.settled(ctx, try, a, err, whole); done || err != nil {
			return a, err
		}
	}
}

func jsonRequest(method, path string, body any) (request, error) {
	r := request{method: method, path: path, header: http.Header{}}
	if body == nil {
		return r, nil
	}
	encoded, err := json.Marshal(body)
	r.body, r.header = encoded, http.Header{"Content-Type": {"application/json"}}
	return r, err
}

package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/paceline/paceline/internal/bench/build"
	"github.com/paceline/paceline/internal/bench/load"
	"github.com/paceline/paceline/internal/dpop"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/recordingtest"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

const (
	syncConnections = 8  // as many batches as the service reads at a time
	syncConsoles    = 64 // each of another member, so that nobody's limit is met
	syncRides       = 10 // of a batch
	syncSeconds     = 1800
	syncPath        = "/v1/sync/workouts"
	publicURL       = "https://bench.test"
)

// rider is a console that was paired, and whose.
type rider struct {
	who    int
	signer *dpop.Signer
	token  string
}

// syncRides is goal 11: batches of whole rides from consoles, each with a proof of its own, against the
// same bytes inserted, and the same samples copied in as rows.
func (b *bench) syncRides(ctx context.Context) error {
	consoles, rides, seconds := syncConsoles, syncRides, syncSeconds
	if b.quick {
		consoles, rides, seconds = syncConnections, 2, 60
	}
	if err := b.unsign(ctx); err != nil {
		return err
	}
	o, err := b.openBare(ctx, syncConnections)
	if err != nil {
		return err
	}
	defer o.close(ctx)
	riders, err := b.pairAll(ctx, o.conns[0], consoles)
	if err != nil {
		return err
	}
	ride, err := oneRide(b.world.Seed, seconds)
	if err != nil {
		return err
	}
	s := &syncs{b: b, riders: riders, rides: rides, seconds: seconds, samples: samplesOf(ride)}
	body := s.body(nil)
	figures, err := b.against(ctx, fmt.Sprintf("sync of %d rides of %d samples of 6 channels, %d kB, a request", rides, len(ride[0].T), len(body)/1000),
		load.Loop{Address: b.service.address, Connections: syncConnections, For: b.each, Ask: s},
		load.Side{Name: "INSERT of the bytes", Loop: load.Loop{Connections: syncConnections, For: b.each, Do: func(ctx context.Context, worker, _ int) error {
			_, err := o.conns[worker].Exec(ctx, `INSERT INTO floor.sent VALUES ($1, $2)`, uuid.New(), body)
			return err
		}}},
		load.Side{Name: "COPY of the samples", Loop: load.Loop{Connections: syncConnections, For: b.each, Do: func(ctx context.Context, worker, _ int) error {
			return copyRides(ctx, o.conns[worker], rides, ride)
		}}})
	if err != nil {
		return err
	}
	perSecond := figures[0].PerSecond * float64(rides)
	b.report.note(11, "sync: rides a second", perSecond)
	b.report.note(11, "sync: samples of 6 channels a second", perSecond*float64(len(ride[0].T)))
	b.report.note(11, "sync: throughput against an INSERT of the same bytes", figures[0].PerSecond/figures[1].PerSecond)
	b.report.note(11, "sync: throughput against a COPY of the same samples as rows", figures[0].PerSecond/figures[2].PerSecond)
	if err := o.forget(ctx); err != nil {
		return err
	}
	return b.sign(ctx)
}

// oneRide is a ride's samples, effort and heart, on one time axis.
func oneRide(seed uint64, seconds int) ([]series.Table, error) {
	all, err := recording.Parse(bytes.NewReader(recordingtest.RideFIT(recordingtest.Options{Seconds: seconds, Indoor: true, Seed: seed})), recording.DefaultLimits())
	if err != nil {
		return nil, err
	}
	tables := all[0].Samples
	if len(tables) != 2 || len(tables[0].Columns)+len(tables[1].Columns) != 6 || len(tables[0].T) != len(tables[1].T) {
		return nil, errors.New("the ride doesn't have six channels on one time axis")
	}
	return tables, nil
}

// samplesOf is what a console sends of them, without the braces.
func samplesOf(ride []series.Table) []byte {
	out := []byte(`"t_ms":[`)
	for i, t := range ride[0].T {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendUint(out, uint64(t), 10)
	}
	for _, table := range ride {
		for _, column := range table.Columns {
			out = fmt.Appendf(out, `],%q:[`, column.Channel.String())
			for i, v := range column.V {
				if i > 0 {
					out = append(out, ',')
				}
				if v == series.Absent {
					out = append(out, "null"...)
				} else {
					out = strconv.AppendFloat(out, column.Channel.Value(v), 'f', -1, 64)
				}
			}
		}
	}
	return append(out, ']')
}

// syncs are the requests.
type syncs struct {
	b              *bench
	riders         []rider
	rides, seconds int
	samples        []byte
	made           atomic.Int64
}

// body appends a batch of rides that never came before.
func (s *syncs) body(to []byte) []byte {
	to = fmt.Appendf(to, `{"sent_at":%q,"items":[`, time.Now().UTC().Format(time.RFC3339))
	for i := range s.rides {
		if i > 0 {
			to = append(to, ',')
		}
		started := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(s.made.Add(1)) * time.Hour) // below what feeds show
		to = fmt.Appendf(to, `{"client_id":%q,"version":1,"part":0,"final":true,"sport":"ride","indoor":true,"started_at":%q,"duration_s":%d,"samples":{`,
			uuid.NewString(), started.Format(time.RFC3339), s.seconds)
		to = append(append(to, s.samples...), "}}"...)
	}
	return append(to, "]}"...)
}

// Fill signs each request anew. No two workers use a console.
func (s *syncs) Fill(to []byte, worker, n int) []byte {
	each := max(1, len(s.riders)/syncConnections)
	r := &s.riders[(worker+syncConnections*(n%each))%len(s.riders)]
	request, err := r.request(http.MethodPost, syncPath, s.body(nil))
	if err != nil { // a request that can't be made is refused
		return append(to, "GET / HTTP/1.1\r\nHost: bench.test\r\n\r\n"...)
	}
	return append(to, request...)
}

// Check wants every ride to be new.
func (s *syncs) Check(_, _, status int, body []byte) error {
	if status != http.StatusOK || bytes.Count(body, []byte(`"status":"created"`)) != s.rides {
		return fmt.Errorf("a batch was answered %d: %.300s", status, body)
	}
	return nil
}

// request is one of the console's, with a proof.
func (r *rider) request(method, path string, body []byte) ([]byte, error) {
	proof, err := r.signer.Sign(dpop.Request{Method: method, URL: publicURL + path, AccessToken: r.token, At: time.Now()}, "")
	if err != nil {
		return nil, err
	}
	to := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: bench.test\r\n%s\r\nDPoP: %s\r\n", method, path, from(r.who), proof)
	if r.token != "" {
		to = fmt.Appendf(to, "Authorization: DPoP %s\r\n", r.token)
	}
	return append(fmt.Appendf(to, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body)), body...), nil
}

// pairAll pairs consoles as their owners would.
func (b *bench) pairAll(ctx context.Context, root *pgx.Conn, count int) ([]rider, error) {
	for _, sql := range []string{
		`INSERT INTO auth.console_model VALUES ('bench', 'Bench', false, now()) ON CONFLICT DO NOTHING`,
		`INSERT INTO auth.console_firmware VALUES ('bench', '1', now()) ON CONFLICT DO NOTHING`,
	} {
		if _, err := root.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	out := make([]rider, count)
	for i := range out {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		signer, err := dpop.NewSigner(key)
		if err != nil {
			return nil, err
		}
		out[i] = rider{who: i * 997 % min(b.world.Members, b.world.Sessions), signer: signer} // with many followers and with few, as they come
		if err := b.pair(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pair asks for codes, signs the owner in, has them say yes, and takes the token.
func (b *bench) pair(ctx context.Context, r *rider) error {
	var codes struct {
		Device string `json:"device_code"`
		User   string `json:"user_code"`
	}
	var signedIn struct {
		Token string `json:"access_token"`
	}
	ask := func(path, body string, out any) error {
		request, err := r.request(http.MethodPost, path, []byte(body))
		if err != nil {
			return err
		}
		return b.answered(ctx, path, request, out)
	}
	if err := ask("/v1/consoles/device_authorization", `{"model":"bench","firmware":"1","scope":"sync"}`, &codes); err != nil {
		return err
	}
	login := fmt.Sprintf(`{"email":%q,"password":%q}`, b.world.Email(r.who), build.Password)
	if err := b.answered(ctx, "a login", fmt.Appendf(nil, "POST /v1/auth/login HTTP/1.1\r\nHost: bench.test\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		from(r.who), len(login), login), &signedIn); err != nil {
		return err
	}
	if err := b.answered(ctx, "a yes", fmt.Appendf(nil, "PUT /v1/me/pairings/%s HTTP/1.1\r\nHost: bench.test\r\nAuthorization: Bearer %s\r\n%s\r\n"+
		"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", codes.User, signedIn.Token, from(r.who)), nil); err != nil {
		return err
	}
	var granted struct {
		Token string `json:"access_token"`
	}
	err := ask("/v1/consoles/token", fmt.Sprintf(`{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","device_code":%q}`, codes.Device), &granted)
	r.token = granted.Token
	return err
}

// answered asks once, and reads an answer that has to be a good one.
func (b *bench) answered(ctx context.Context, what string, request []byte, out any) error {
	status, body, err := once(ctx, b.service.address, request)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s was answered %d: %.200s", what, status, body)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(body, out)
	}
	return err
}

// copyRides copies as many rides in as a batch has, in a row for each moment.
func copyRides(ctx context.Context, conn *pgx.Conn, rides int, ride []series.Table) error {
	effort, heart := ride[0], ride[1]
	n := len(effort.T)
	ids := make([]uuid.UUID, rides)
	for i := range ids {
		ids[i] = uuid.New()
	}
	_, err := conn.CopyFrom(ctx, pgx.Identifier{"floor", "sample"},
		[]string{"workout_id", "t_ms", "power_w", "cadence_rpm", "speed", "resistance", "distance", "heart_bpm"},
		pgx.CopyFromSlice(n*rides, func(i int) ([]any, error) { return sampleRow(ids[i/n], effort, heart, i%n), nil }))
	return err
}

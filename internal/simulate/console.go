package simulate

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	secret "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2" //nolint:depguard // faults follow from a seed, and nothing in them is secret
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

const (
	smallSkew = 4 * time.Minute
	bigSkew   = 10 * time.Minute // beyond what a service takes
)

// console is one. Other consoles of its owner's send by it at times, hence the lock around its requests.
type console struct {
	name   string
	owner  *member
	rides  []*ride    // only its own goroutine looks at these …
	chance *rand.Rand // … and draws from this
	signer *dpop.Signer

	mu              sync.Mutex
	line            line
	ahead           time.Duration // how far its clock is
	access, refresh string
	nonce           string
}

func (r *run) newConsole(n int, owner *member) (*console, error) {
	key, err := newKey(n)
	if err != nil {
		return nil, err
	}
	signer, err := dpop.NewSigner(key)
	if err != nil {
		return nil, err
	}
	plan := r.source(console0 + n)
	c := &console{
		name: fmt.Sprintf("Simulated console %d", n+1), owner: owner, signer: signer,
		chance: r.source(sending0 + n), line: r.newLine(len(r.members)+n, r.source(network0+n)),
	}
	off := plan.Float64()*2 - 1
	c.ahead = time.Duration(off * float64(smallSkew)).Round(time.Second)
	if r.Faults > 0 && plan.Float64() < r.Faults {
		c.ahead = bigSkew
		if off < 0 {
			c.ahead = -bigSkew
		}
	}
	for k := range r.Rides {
		c.rides = append(c.rides, r.newRide(n, k, plan))
	}
	return c, nil
}

// newKey makes a key of a kind that consoles have. It is no part of the plan: whoever knew the seed
// would have it.
func newKey(n int) (crypto.Signer, error) {
	if n%2 == 0 {
		return ecdsa.GenerateKey(elliptic.P256(), secret.Reader)
	}
	_, key, err := ed25519.GenerateKey(secret.Reader)
	return key, err
}

// clock is the console's own.
func (c *console) clock() time.Time { return c.line.run.Now().Add(c.ahead) }

// fault says whether one happens now.
func (c *console) fault() bool { return c.line.chance.Float64() < c.line.run.Faults }

// ask sends a request with a proof of the key until it is answered, with the token or without.
// Connections break at times.
func (c *console) ask(ctx context.Context, r request, signedIn bool) (answer, error) {
	renewals := 0
	for try := 0; ; try++ {
		proven := dpop.Request{Method: r.method, URL: c.line.run.PublicURL + r.path, At: c.clock()}
		r.header = r.header.Clone()
		if signedIn {
			proven.AccessToken = c.access
			r.header.Set("Authorization", "DPoP "+c.access)
		}
		proof, err := c.signer.Sign(proven, c.nonce)
		if err != nil {
			return answer{}, err
		}
		r.header.Set("Dpop", proof)
		how := whole
		if r.body != nil && c.fault() {
			how = 1 + cut(c.line.chance.IntN(int(cuts)-1))
		}
		a, err := c.line.once(ctx, r, how)
		done, err := c.line.settled(ctx, try, a, err, how)
		switch {
		case err != nil:
			return answer{}, err
		case !done:
		case a.status != http.StatusUnauthorized:
			return a, nil
		case a.code() == "use_dpop_nonce" && a.header.Get("Dpop-Nonce") != "": // the clock is off; the service's will do
			c.nonce = a.header.Get("Dpop-Nonce")
			c.line.run.tally.nonces.Add(1)
		case renewals == 3 || !signedIn:
			return a, nil
		default:
			renewals++
			if err := c.renew(ctx); err != nil {
				return answer{}, err
			}
		}
	}
}

// pair makes the console its owner's. Where answers are lost, codes are asked for anew.
func (c *console) pair(ctx context.Context) error {
	for range 10 {
		if done, err := c.tryPairing(ctx); done || err != nil {
			return err
		}
	}
	return errors.New("ten pairings came to nothing")
}

func (c *console) tryPairing(ctx context.Context) (bool, error) {
	o := c.line.run.Options
	r, err := jsonRequest(http.MethodPost, "/v1/consoles/device_authorization", map[string]string{"model": o.Model, "firmware": o.Firmware, "scope": "sync"})
	if err != nil {
		return false, err
	}
	a, err := c.ask(ctx, r, false)
	if err != nil {
		return false, err
	}
	var codes struct {
		DeviceCode string `json:"device_code"`
		UserCode   string `json:"user_code"`
		Interval   int
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &codes) != nil {
		return false, a.unexpected(r)
	}
	wait := time.Duration(codes.Interval) * time.Second
	if heard, err := c.poll(ctx, codes.DeviceCode); err != nil || heard != "authorization_pending" {
		return false, err
	}
	if err := c.owner.approve(ctx, codes.UserCode, c.name); err != nil {
		return false, err
	}
	for {
		if err := sleep(ctx, wait); err != nil {
			return false, err
		}
		heard, err := c.poll(ctx, codes.DeviceCode)
		switch {
		case err != nil:
			return false, err
		case heard == "":
			return true, nil
		case heard == "slow_down":
			wait += 5 * time.Second
		case heard != "authorization_pending":
			return false, nil
		}
	}
}

// poll asks for tokens, and gives the error code that came instead.
func (c *console) poll(ctx context.Context, device string) (string, error) {
	return c.turnIn(ctx, map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device})
}

// renew trades the refresh token for new tokens. As long as none of those is used, it may come again.
func (c *console) renew(ctx context.Context) error {
	heard, err := c.turnIn(ctx, map[string]string{"grant_type": "refresh_token", "refresh_token": c.refresh})
	if err == nil && heard != "" {
		err = fmt.Errorf("%s: its tokens are refused: %s", c.name, heard)
	}
	c.line.run.tally.renewals.Add(1)
	return err
}

func (c *console) turnIn(ctx context.Context, grant map[string]string) (string, error) {
	r, err := jsonRequest(http.MethodPost, "/v1/consoles/token", grant)
	if err != nil {
		return "", err
	}
	a, err := c.ask(ctx, r, false)
	switch {
	case err != nil:
		return "", err
	case a.status == http.StatusBadRequest:
		return a.code(), nil
	case a.status != http.StatusOK:
		return "", a.unexpected(r)
	}
	var tokens struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
	}
	err = json.Unmarshal(a.body, &tokens)
	c.access, c.refresh = tokens.AccessToken, tokens.RefreshToken
	return "", err
}

// approve is the owner, who looks at what waits with the code and says yes. That it is over already is
// for the console to hear.
func (m *member) approve(ctx context.Context, code, name string) error {
	path := "/v1/me/pairings/" + code
	var consent struct {
		Kind   string
		Scopes []string
	}
	if err := m.read(ctx, path, &consent); err != nil {
		return err
	}
	if consent.Kind != "console" || !slices.Equal(consent.Scopes, []string{"sync"}) {
		return fmt.Errorf("the code is for something else: %+v", consent)
	}
	a, err := m.ask(ctx, http.MethodPut, path, map[string]string{"name": name})
	if err == nil && a.status != http.StatusNoContent && a.status != http.StatusConflict && a.status != http.StatusNotFound {
		err = a.unexpected(request{method: http.MethodPut, path: path})
	}
	return err
}

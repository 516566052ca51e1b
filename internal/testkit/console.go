package testkit

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

// PublicURL is what a world's server is told that it is called. No request names it.
const PublicURL = "https://paceline.test"

// The one model in the registry of a world that has consoles.
const (
	Model     = "rower-2"
	ModelName = "Rower 2"
	Firmware  = "1.4.0"
)

// Key is a console's key.
type Key struct {
	signer *dpop.Signer
	now    func() time.Time
}

// NewKey makes a key that signs by the world's clock.
func (w *World) NewKey() *Key {
	w.T.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.T.Fatal(err)
	}
	signer, err := dpop.NewSigner(private)
	if err != nil {
		w.T.Fatal(err)
	}
	return &Key{signer, w.Clock.Now}
}

// Proof is a new proof of the key for a request.
func (k *Key) Proof(t testing.TB, method, path, token string) string {
	t.Helper()
	return k.ProofAt(t, method, PublicURL+path, token, "")
}

// ProofAt is a proof for a whole URL, with the server's nonce or "".
func (k *Key) ProofAt(t testing.TB, method, url, token, nonce string) string {
	t.Helper()
	proof, err := k.signer.Sign(dpop.Request{Method: method, URL: url, AccessToken: token, At: k.now()}, nonce)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func (k *Key) sign(t testing.TB, r *http.Request, token string) {
	t.Helper()
	r.Header.Set("DPoP", k.Proof(t, r.Method, r.URL.EscapedPath(), token))
	if token != "" {
		r.Header.Set("Authorization", "DPoP "+token)
	}
}

// With is the same client with a console's token and key; "" is without a token.
func (c *Client) With(token string, k *Key) *Client {
	copied := *c
	copied.token, copied.key = token, k
	return &copied
}

// Console is a console that somebody paired, or that somebody rides.
type Console struct {
	*Client
	ID             string
	Key            *Key
	Token, Refresh string
}

// at is the same console in a twin.
func (c *Console) at(w *World) *Console {
	if c == nil {
		return nil
	}
	copied := *c
	copied.Key = &Key{c.Key.signer, w.Clock.Now}
	copied.Client = w.With(c.Token, copied.Key)
	return &copied
}

// JKT is the key's thumbprint.
func (k *Key) JKT() string { return k.signer.JKT() }

// Register puts the one model into the registry.
func (w *World) Register() {
	w.T.Helper()
	ctx := context.Background()
	err := w.Service.Accounts.PutModel(ctx, w.Clock.Now(), Model, ModelName, true)
	if err == nil {
		err = w.Service.Accounts.PutFirmware(ctx, w.Clock.Now(), Model, Firmware)
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// Codes asks for a pairing's codes with a new key.
func (w *World) Codes(k *Key, scope string) (device, user string) {
	w.T.Helper()
	codes := w.With("", k).Do(http.MethodPost, "/v1/consoles/device_authorization", map[string]any{
		"model": Model, "firmware": Firmware, "scope": scope,
	}).Want(w.T, http.StatusOK).Map(w.T)
	device, _ = codes["device_code"].(string)
	user, _ = codes["user_code"].(string)
	return device, user
}

// Poll asks for tokens with a device code.
func (w *World) Poll(k *Key, device string) Response {
	w.T.Helper()
	return w.With("", k).Do(http.MethodPost, "/v1/consoles/token", map[string]any{
		"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device,
	})
}

// Pair makes somebody who has just signed in a console, with a key of its own or that one.
func (w *World) Pair(p *Person, scope string, key ...*Key) *Console {
	w.T.Helper()
	k := w.NewKey()
	if len(key) > 0 {
		k = key[0]
	}
	device, user := w.Codes(k, scope)
	p.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{"name": "Console of " + p.Name}).Want(w.T, http.StatusNoContent)
	return w.granted(k, device)
}

// Ride signs somebody in on a shared console for a ride.
func (w *World) Ride(shared *Console, p *Person) *Console {
	w.T.Helper()
	codes := shared.Do(http.MethodPost, "/v1/consoles/ride", nil).Want(w.T, http.StatusOK).Map(w.T)
	user, _ := codes["user_code"].(string)
	device, _ := codes["device_code"].(string)
	p.Do(http.MethodPut, "/v1/me/pairings/"+user, map[string]any{}).Want(w.T, http.StatusNoContent)
	return w.granted(shared.Key, device)
}

func (w *World) granted(k *Key, device string) *Console {
	w.T.Helper()
	tokens := w.Poll(k, device).Want(w.T, http.StatusOK).Map(w.T)
	c := &Console{Key: k}
	c.Token, _ = tokens["access_token"].(string)
	c.Refresh, _ = tokens["refresh_token"].(string)
	c.Client = w.With(c.Token, k)
	return c
}

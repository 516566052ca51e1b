package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/paceline/paceline/internal/dpop"
)

func TestSignedProofsHold(t *testing.T) {
	t.Parallel()
	for _, key := range []crypto.Signer{ecKey, edKey} {
		s := signer(t, key)
		seen := map[[32]byte]bool{}
		for _, nonce := range []string{"", verifier(t).Nonce(now), ""} {
			proof, err := s.Sign(ask, nonce)
			if err != nil {
				t.Fatal(err)
			}
			p, err := verifier(t).Verify([]string{proof}, ask)
			if err != nil || p.BoundTo(s.JKT()) != nil {
				t.Fatalf("%T: %v", key, err)
			}
			if seen[p.Replay] {
				t.Error("the same jti twice")
			}
			seen[p.Replay] = true
		}
	}
}

// What is sent is what RFC 9449, 4.2 lists, and nothing of the private key.
func TestWhatAProofHolds(t *testing.T) {
	t.Parallel()
	r := ask
	r.AccessToken = ""
	proof, err := signer(t, ecKey).Sign(r, "")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(proof, ".")
	for i, want := range []string{"alg jwk typ", "htm htu iat jti"} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(want) {
			if _, ok := object[name]; !ok {
				t.Errorf("%s misses %s", raw, name)
			}
			delete(object, name)
		}
		if len(object) != 0 {
			t.Errorf("%s holds more: %v", raw, object)
		}
	}
	if id := len(proof); id > 600 {
		t.Errorf("it has %d bytes", id)
	}
}

func TestKeysThatDontSign(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{nil, rsaKey, newEC(elliptic.P384()), newEC(elliptic.P521()), opaque{ecKey}} {
		if _, err := dpop.NewSigner(key); err == nil {
			t.Errorf("%T signs", key)
		}
	}
	if _, err := signer(t, ecKey).Sign(dpop.Request{Method: "GET", URL: "ride.example.com/x", At: now}, ""); !errors.Is(err, dpop.ErrURL) {
		t.Errorf("a URL without a scheme: %v", err)
	}
}

// opaque is a key of some other making.
type opaque struct{ *ecdsa.PrivateKey }

package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

const (
	method = "POST"
	target = "https://ride.example.com/v1/sync/workouts"
	token  = "pl_at_0123456789"
)

var (
	now    = time.Unix(1_800_000_000, 0)
	ask    = dpop.Request{Method: method, URL: target, AccessToken: token, At: now}
	ecKey  = newEC(elliptic.P256())
	edKey  = newEd()
	secret = []byte(strings.Repeat("k", 32))
)

func newEC(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func newEd() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func verifier(t testing.TB) *dpop.Verifier {
	t.Helper()
	v, err := dpop.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func signer(t testing.TB, key crypto.Signer) *dpop.Signer {
	t.Helper()
	s, err := dpop.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk is the public key, written by hand (RFC 7518, 6.2; RFC 8037, 2).
func jwk(key crypto.Signer) string {
	switch public := key.Public().(type) {
	case *ecdsa.PublicKey:
		size := (public.Curve.Params().BitSize + 7) / 8
		point, err := public.Bytes()
		if err != nil {
			panic(err)
		}
		return fmt.Sprintf(`{"kty":"EC","crv":%q,"x":%q,"y":%q}`, public.Curve.Params().Name, b64(point[1:1+size]), b64(point[1+size:]))
	case ed25519.PublicKey:
		return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, b64(public))
	}
	panic("key")
}

// sealed signs any header and payload without the library (RFC 7515, 5.1; RFC 7518, 3.4).
func sealed(key crypto.Signer, header, payload string) string {
	input := b64([]byte(header)) + "." + b64([]byte(payload))
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		hash := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, key, hash[:])
		if err != nil {
			panic(err)
		}
		size := (key.Curve.Params().BitSize + 7) / 8
		return input + "." + b64(append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...))
	case ed25519.PrivateKey:
		return input + "." + b64(ed25519.Sign(key, []byte(input)))
	}
	panic("key")
}

func header(alg, key string) string {
	return fmt.Sprintf(`{"typ":"dpop+jwt","alg":%q,"jwk":%s}`, alg, key)
}

// payload is a good one, with what is replaced.
func payload(changes ...string) string {
	hash := sha256.Sum256([]byte(token))
	s := fmt.Sprintf(`{"jti":"0123456789abcdef","htm":"POST","htu":%q,"iat":1800000000,"ath":%q}`, target, b64(hash[:]))
	return strings.NewReplacer(changes...).Replace(s)
}

package dpop

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"math"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
)

// Verifier verifies proofs. It is safe for concurrent use.
type Verifier struct{ key []byte }

// NewVerifier makes one whose nonces are keyed by a secret of at least 32 bytes, which all replicas
// share (seal.Ring.Keyed). With another secret nonces that were given out are no longer taken, and
// clients get new ones.
func NewVerifier(nonceKey []byte) (*Verifier, error) {
	if len(nonceKey) < 32 {
		return nil, errors.New("dpop: the key of nonces has fewer than 32 bytes")
	}
	return &Verifier{key: append([]byte(nil), nonceKey...)}, nil
}

// Proof is a proof that holds. See the package comment for the two things it doesn't prove yet.
type Proof struct {
	// JKT is the SHA-256 thumbprint (RFC 7638) of its key, in base64url: 43 characters.
	JKT string
	// Replay is a hash of key and jti. It is remembered until Until; whoever has it already refuses.
	Replay [sha256.Size]byte
	Until  time.Time
}

// BoundTo gives ErrBinding if a token bound to that thumbprint (cnf.jkt, RFC 9449, 6) isn't for
// this key.
func (p Proof) BoundTo(jkt string) error {
	if p.JKT == "" || subtle.ConstantTimeCompare([]byte(p.JKT), []byte(jkt)) != 1 {
		return ErrBinding
	}
	return nil
}

// Verify takes the values of a request's DPoP headers. Any error is an Error.
func (v *Verifier) Verify(proofs []string, r Request) (Proof, error) {
	if len(proofs) != 1 {
		return Proof{}, ErrCount
	}
	proof := proofs[0]
	if len(proof) > MaxProof {
		return Proof{}, ErrSize
	}
	header, err := headerOf(proof)
	if err != nil {
		return Proof{}, err
	}
	if err := checkHeader(header); err != nil {
		return Proof{}, err
	}
	jkt, payload, err := signed(proof)
	if err != nil {
		return Proof{}, err
	}
	var c claims
	if json.Unmarshal(payload, &c) != nil || c.IssuedAt == nil { // strict, as for the header
		return Proof{}, ErrClaims
	}
	if err := c.check(r); err != nil {
		return Proof{}, err
	}
	last, err := v.taken(c, r.At)
	if err != nil {
		return Proof{}, err
	}
	return Proof{
		JKT:    base64.RawURLEncoding.EncodeToString(jkt),
		Replay: sha256.Sum256(append(append([]byte("dpop replay v1"), jkt...), c.ID...)), // jkt has one length
		Until:  last.Add(margin),
	}, nil
}

// signed is the thumbprint of the key that a proof brings, and what it signed.
func signed(proof string) (jkt, payload []byte, err error) {
	jws, err := jose.ParseSignedCompact(proof, []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA})
	if err != nil {
		return nil, nil, ErrKey // the rest of what it refuses was refused before
	}
	key := jws.Signatures[0].Protected.JSONWebKey
	if key == nil || !key.IsPublic() || !key.Valid() {
		return nil, nil, ErrKey
	}
	if payload, err = jws.Verify(key); err != nil {
		return nil, nil, ErrSignature
	}
	if jkt, err = key.Thumbprint(crypto.SHA256); err != nil {
		return nil, nil, ErrKey
	}
	return jkt, payload, nil
}

// check compares everything but the time with the request.
func (c claims) check(r Request) error {
	if c.ID == "" || len(c.ID) > MaxID {
		return ErrID
	}
	if c.Method == "" || c.Method != r.Method { // methods have capitals and small letters (RFC 9110, 9.1)
		return ErrMethod
	}
	got, ok := normal(c.URL)
	want, known := normal(r.URL)
	if !ok || !known || got != want {
		return ErrURL
	}
	if r.AccessToken != "" && subtle.ConstantTimeCompare([]byte(c.TokenHash), []byte(tokenHash(r.AccessToken))) != 1 {
		return ErrHash
	}
	return nil
}

// taken is the last moment at which a proof is, if it is now.
func (v *Verifier) taken(c claims, now time.Time) (time.Time, error) {
	if c.Nonce != "" {
		issued, ok := v.issued(c.Nonce)
		last := issued.Add(NonceLife)
		if !ok || now.After(last) || now.Before(issued.Add(-margin)) {
			return time.Time{}, ErrNonce
		}
		return last, nil
	}
	iat := *c.IssuedAt
	age := float64(now.UnixMilli())/1000 - iat
	switch {
	case age > Window.Seconds():
		return time.Time{}, ErrOld
	case age < -Window.Seconds():
		return time.Time{}, ErrFuture
	}
	return time.Unix(int64(math.Ceil(iat)), 0).Add(Window), nil
}

// tokenHash is ath (RFC 9449, 4.2).
func tokenHash(accessToken string) string {
	hash := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

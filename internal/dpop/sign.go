package dpop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
)

// Signer makes proofs, for clients: the simulator's consoles and tests. It is safe for concurrent use.
type Signer struct {
	signer jose.Signer
	jkt    string
}

// NewSigner makes one for an *ecdsa.PrivateKey on P-256 or an ed25519.PrivateKey.
func NewSigner(key crypto.Signer) (*Signer, error) {
	if key == nil {
		return nil, errors.New("dpop: no key")
	}
	public := jose.JSONWebKey{Key: key.Public()}
	algorithm, ok := algorithmOf(public.Key)
	if !ok || !public.Valid() {
		return nil, errors.New("dpop: the key is neither on P-256 nor Ed25519")
	}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("dpop: thumbprint: %w", err)
	}
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType(proofType)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		return nil, fmt.Errorf("dpop: signer: %w", err)
	}
	return &Signer{signer: signer, jkt: base64.RawURLEncoding.EncodeToString(thumbprint)}, nil
}

// JKT is the thumbprint that tokens for this key are bound to.
func (s *Signer) JKT() string { return s.jkt }

// Sign makes the DPoP header of a request, with the server's nonce or "". Each call gives another
// proof, of a jti of 128 random bits: a request that is sent again needs one of its own. It gives
// ErrURL for a URL that no proof can be about.
func (s *Signer) Sign(r Request, nonce string) (string, error) {
	target, ok := normal(r.URL[:len(r.URL)-len(afterPath(r.URL))])
	if !ok {
		return "", ErrURL
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	at := float64(r.At.Unix())
	c := claims{
		ID: base64.RawURLEncoding.EncodeToString(id[:]), Method: r.Method, URL: target, IssuedAt: &at, Nonce: nonce,
	}
	if r.AccessToken != "" {
		c.TokenHash = tokenHash(r.AccessToken)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("dpop: claims: %w", err)
	}
	signed, err := s.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("dpop: sign: %w", err)
	}
	return signed.CompactSerialize()
}

// afterPath is a URL's query and fragment.
func afterPath(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[i:]
	}
	return ""
}

// algorithmOf is the one that a public key signs by.
func algorithmOf(public any) (jose.SignatureAlgorithm, bool) {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		return jose.ES256, key.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return jose.EdDSA, true
	}
	return "", false
}

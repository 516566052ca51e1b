// Package dpop makes and verifies DPoP proofs (RFC 9449): who presents a token shows with each
// request that they hold the key that the token is bound to. A token that was read from a console's
// disk, a log or the air is then worth nothing without the key.
//
// A proof is taken when all of this holds (RFC 9449, 4.3), and is refused with the Error that says
// which did not. All of them end as 401 invalid_dpop_proof; see Error.NonceHelps for the exception.
//
//   - there is exactly one, of at most MaxProof bytes: a compact JWS (RFC 7515) whose header and
//     claims are JSON objects that name nothing twice
//   - typ is dpop+jwt, alg is ES256 (P-256) or EdDSA (Ed25519). Both are small and quick on a
//     console's processor, and have one strength to reason about; RSA and the other curves would
//     add code to attack and nothing that a console lacks
//   - crit is not there, for no extension is understood, nor b64; the key is in jwk, public, and
//     neither header nor jwk point at certificates or keys elsewhere
//   - the signature is that key's
//   - htm is the request's method, htu its URL (see normal for what counts as the same)
//   - it was made within Window of the server's clock, before or after: by iat, or, for consoles
//     whose clock is wrong, by a nonce of the server's that is not older than NonceLife. A proof with
//     a nonce is judged by the nonce, whatever its iat says (RFC 9449, 4.3 item 11 and 8)
//   - ath is the hash of the access token, where one is presented
//   - jti has 1 to MaxID bytes
//
// Two things are left to the caller, for they take a database, and without them a proof proves
// nothing: that its key is the token's (Proof.BoundTo, or an equal comparison in the statement that
// finds the token), and that Proof.Replay was not seen before and is remembered until Proof.Until.
// The insert that remembers is the check: of two equal ones at once one must lose.
//
// Claims that are not named here (exp, nbf) are not looked at; header members likewise.
package dpop

import (
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// Window is how far iat may be from the server's clock, either way.
	Window = time.Minute
	// NonceLife is how long a nonce is taken after it was issued.
	NonceLife = 5 * time.Minute
	// MaxProof is how many bytes a proof may have: several times what one needs.
	MaxProof = 4096
	// MaxID is how many bytes jti may have.
	MaxID = 128

	// margin is how much longer a proof is remembered than it is taken, for replicas whose clocks
	// don't agree with each other.
	margin = time.Minute

	proofType = "dpop+jwt"
)

// Request is what a proof is about.
type Request struct {
	Method string
	// URL is absolute, as the client sees it: the public origin and the escaped path. The server
	// gives no query; the signer takes it off.
	URL string
	// AccessToken is the one presented with the request, "" without (the token endpoint).
	AccessToken string
	// At is the moment of the request by one's own clock.
	At time.Time
}

// Algorithms are what alg may be, as metadata lists them (dpop_signing_alg_values_supported).
func Algorithms() []string { return []string{string(jose.ES256), string(jose.EdDSA)} }

// claims are a proof's payload (RFC 9449, 4.2).
type claims struct {
	ID        string   `json:"jti"`
	Method    string   `json:"htm"`
	URL       string   `json:"htu"`
	IssuedAt  *float64 `json:"iat"` // seconds since 1970; nil is a claim left out
	TokenHash string   `json:"ath,omitzero"`
	Nonce     string   `json:"nonce,omitzero"`
}

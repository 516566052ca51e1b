package dpop

// Error is why a proof is refused. It says nothing of what the proof held, so that it can be told
// to the client and be a metric's label.
type Error string

// Error is the reason in words.
func (e Error) Error() string { return "dpop: " + string(e) }

const (
	ErrCount      Error = "not exactly one proof"
	ErrSize       Error = "the proof is too long"
	ErrForm       Error = "the proof is no compact JWS of two JSON objects"
	ErrType       Error = "typ is not dpop+jwt"
	ErrAlgorithm  Error = "alg is neither ES256 nor EdDSA"
	ErrHeader     Error = "the header asks for an extension, or names a key other than by jwk"
	ErrPrivateKey Error = "jwk holds more than a public key"
	ErrKey        Error = "jwk is no key on P-256 or Ed25519 that fits alg"
	ErrSignature  Error = "the signature is not that of jwk"
	ErrClaims     Error = "a claim is missing or of another type"
	ErrID         Error = "jti is empty or too long"
	ErrMethod     Error = "htm is another method"
	ErrURL        Error = "htu is another URL"
	ErrOld        Error = "the proof is too old"
	ErrFuture     Error = "the proof is from the future"
	ErrNonce      Error = "the nonce is unknown or too old"
	ErrHash       Error = "ath is not the hash of the access token"
	ErrBinding    Error = "the token is bound to another key"
)

// NonceHelps says that the same request would be taken with a nonce (RFC 9449, 8 and 9): the answer
// says use_dpop_nonce in place of invalid_dpop_proof, and brings Verifier.Nonce in DPoP-Nonce.
func (e Error) NonceHelps() bool { return e == ErrOld || e == ErrFuture || e == ErrNonce }

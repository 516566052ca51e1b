package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/paceline/paceline/internal/db"
)

const (
	accessLife    = 10 * time.Minute
	refreshIdle   = 30 * 24 * time.Hour
	bearerLife    = 180 * 24 * time.Hour
	cookieIdle    = 7 * 24 * time.Hour // authenticate() in migrations says the same
	cookieLife    = 30 * 24 * time.Hour
	maxSessions   = 50 // of one member; the one that lay unused longest makes room
	bearerSession = "bearer"
	cookieSession = "cookie"
	accessToken   = "access"
	refreshToken  = "refresh"
	cookieToken   = "cookie"

	consoleToken        = "console"
	consoleRefreshToken = "console_refresh"
)

// Secret is a token on its way to its owner. It can't be printed or logged.
type Secret struct{ text string }

// Reveal is the token itself.
func (s Secret) Reveal() string { return s.text }

// LogValue shows nothing of it.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Format shows nothing of it.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

// newToken makes a token of 256 random bits and the hash that is kept of it, the
// same as db.WithToken's. The prefix is for people and scanners who find one.
func newToken(kind string) (Secret, []byte) {
	token := makeToken(kind)
	return token, tokenHash(token.text)
}

// newBoundToken is newToken for a console's key; the hash is db.WithProof's.
func newBoundToken(kind, jkt string) (Secret, []byte) {
	token := makeToken(kind)
	return token, db.BoundHash(token.text, jkt)
}

func makeToken(kind string) Secret {
	prefix := map[string]string{
		accessToken: "pl_at_", refreshToken: "pl_rt_", cookieToken: "pl_ct_",
		consoleToken: "pl_dt_", consoleRefreshToken: "pl_xt_",
	}[kind]
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	return Secret{prefix + base64.RawURLEncoding.EncodeToString(random[:])}
}

func tokenHash(token string) []byte {
	hash := sha256.Sum256([]byte(token))
	return hash[:]
}

// Tokens are what an app signs in with.
type Tokens struct {
	Access    Secret
	Refresh   Secret
	ExpiresIn time.Duration // of the access token
}

// Cookie is what a browser signs in with.
type Cookie struct {
	Token  Secret
	MaxAge time.Duration // the session's absolute limit; it ends sooner when idle
}

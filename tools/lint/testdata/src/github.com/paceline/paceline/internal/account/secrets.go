package account

import (
	"bytes"
	"crypto/hmac"
	"crypto/subtle"
	"reflect"
	"slices"
	"strings"
)

type Secret struct{ text string }

func (s Secret) Reveal() string { return s.text }

type Code string

type SecretKind int

type Login struct {
	Password string
	TOTPCode string
	Token    Secret
	Refused  Code
}

func tokenHash(token string) [32]byte { return [32]byte{} }

func kind(k SecretKind) bool { return k == 1 }

func fine(l Login, stored, mac []byte, token string, status int) bool {
	switch l.Refused {
	case "wrong", "gone":
		return false
	}
	switch {
	case token == "", stored == nil, len(mac) == 32, status == 200, l.Refused == "wrong", l.TOTPCode == "P0002":
		return false
	}
	return subtle.ConstantTimeCompare(mac, stored) == 1 && hmac.Equal(mac, stored) && l.Refused == Code("gone")
}

func wrong(l, other Login, storedHash, mac []byte, token string) {
	_ = l.Password == other.Password             // want `Password is a secret by its name`
	_ = l.Password != strings.ToUpper(token)     // want `Password is a secret`
	_ = l.Password == "let me in"                // want `Password is a secret`
	_ = l.TOTPCode == token                      // want `TOTPCode is a secret`
	_ = l.Token == other.Token                   // want `Token is a secret`
	_ = l.Token.Reveal() == other.Token.Reveal() // want `Reveal is a secret` `Secret.Reveal is not for here` `Secret.Reveal is not for here`
	_ = tokenHash(token) == [32]byte{}           // want `tokenHash is a secret`
	_ = string(storedHash) == string(mac)        // want `storedHash is a secret`
	_ = bytes.Equal(storedHash[:16], mac[:16])   // want `storedHash is a secret`
	_ = slices.Equal(mac, []byte(token))         // want `mac is a secret`
	_ = slices.Equal[[]byte](mac, nil)           // nothing is a secret of nil
	_ = reflect.DeepEqual(mac, storedHash)       // want `mac is a secret`
	_ = strings.EqualFold(token, "x")            // want `token is a secret`
	_ = strings.HasPrefix(token, other.Password) // want `token is a secret`
	switch token {
	case l.Password: // want `token is a secret`
	}
}

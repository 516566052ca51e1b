package dpop

import (
	"encoding/base64"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var (
	// pointing are header members that change how a JWS is read, or name its key other than by jwk
	// (RFC 7515, 4.1; RFC 7797).
	pointing = []string{"crit", "b64", "jku", "x5u", "x5c", "x5t", "x5t#S256"}
	// certified are members of a jwk that bring certificates (RFC 7517, 4.6 to 4.9).
	certified = []string{"x5u", "x5c", "x5t", "x5t#S256"}
	// private are members of a jwk that no public key has (RFC 7518, 6; RFC 9964).
	private = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}
)

// headerOf is the first part of a compact JWS: three parts of base64url, each in its one spelling.
func headerOf(proof string) ([]byte, error) {
	parts := strings.Split(proof, ".")
	if len(parts) != 3 || strings.ContainsAny(proof, "\r\n") { // decoders pass over line breaks
		return nil, ErrForm
	}
	var header []byte
	for i, part := range parts {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return nil, ErrForm
		}
		if i == 0 {
			header = raw
		}
	}
	return header, nil
}

// checkHeader looks at a header before anything else reads it: what isn't wanted never comes to a
// parser of keys and certificates.
func checkHeader(raw []byte) error {
	var header, jwk map[string]jsontext.Value
	if json.Unmarshal(raw, &header) != nil { // strict: refuses a name that comes twice, at any depth
		return ErrForm
	}
	if word(header["typ"]) != proofType {
		return ErrType
	}
	algorithm := jose.SignatureAlgorithm(word(header["alg"]))
	if algorithm != jose.ES256 && algorithm != jose.EdDSA {
		return ErrAlgorithm
	}
	if hasOne(header, pointing) {
		return ErrHeader
	}
	if json.Unmarshal(header["jwk"], &jwk) != nil {
		return ErrKey
	}
	if hasOne(jwk, private) {
		return ErrPrivateKey
	}
	if hasOne(jwk, certified) {
		return ErrHeader
	}
	kind, curve := word(jwk["kty"]), word(jwk["crv"])
	if algorithm == jose.ES256 && (kind != "EC" || curve != "P-256") || algorithm == jose.EdDSA && (kind != "OKP" || curve != "Ed25519") {
		return ErrKey
	}
	return nil
}

// word is a JSON string; anything else is "".
func word(value jsontext.Value) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

func hasOne(object map[string]jsontext.Value, names []string) bool {
	for _, name := range names {
		if _, ok := object[name]; ok {
			return true
		}
	}
	return false
}

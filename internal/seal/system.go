package seal

import (
	"encoding/base64"
	"strings"
)

// SealSystem seals what no member owns: an outbox payload, a registration that waits for its
// code. The purpose is a constant of the program, and chooses the key; ad is what the record is
// bound to besides (its row's id, say), and may be nil.
func (r *Ring) SealSystem(purpose string, ad, plain []byte) ([]byte, error) {
	return r.sealRecord(systemPurpose(purpose), plain, ad)
}

// OpenSystem opens what SealSystem made for the same purpose and ad, or gives ErrOpen.
func (r *Ring) OpenSystem(purpose string, ad, sealed []byte) ([]byte, error) {
	return r.openRecord(systemPurpose(purpose), sealed, ad)
}

// Token seals a short value into URL-safe text for a client to bring back: a cursor, bound by ad
// to its viewer, operation, filter and sort (make ad with Bind). The client can neither read nor
// change it. Its length is that of the value and a constant.
func (r *Ring) Token(purpose string, ad, plain []byte) (string, error) {
	record, err := r.sealRecord(tokenPurpose(purpose), plain, ad)
	if err != nil {
		return "", err
	}
	return tokenText.EncodeToString(record), nil
}

// OpenToken opens a Token for the same purpose and ad. Whatever is wrong with it is an ErrOpen.
func (r *Ring) OpenToken(purpose string, ad []byte, token string) ([]byte, error) {
	if len(token) > maxToken || strings.ContainsAny(token, "\r\n") { // the decoder would skip line ends
		return nil, ErrOpen
	}
	record, err := tokenText.DecodeString(token)
	if err != nil {
		return nil, ErrOpen
	}
	return r.openRecord(tokenPurpose(purpose), record, ad)
}

// maxToken bounds what a stranger can make us decode.
const maxToken = 4096

// Strict refuses the spare bits that would give one record several spellings.
var tokenText = base64.RawURLEncoding.Strict()

// The prefixes keep the purposes of members' keys, of records and of tokens apart.
func systemPurpose(purpose string) string {
	if purpose == "" {
		return ""
	}
	return "system/" + purpose
}

func tokenPurpose(purpose string) string {
	if purpose == "" {
		return ""
	}
	return "token/" + purpose
}

package account

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/text"
)

// checkEmail takes what package mail can send to: one bare address, nothing quoted.
func checkEmail(email string) error {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || parsed.Name != "" || len(email) > 254 ||
		strings.ContainsAny(email, `<>"(),;:\`) || strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return fault.Unprocessable("invalid_email", "that is no e-mail address", fault.At("/email", "invalid", "is no e-mail address"))
	}
	return nil
}

// soughtEmail is the folded address to look for; what can't be one is "", which
// nobody has.
func soughtEmail(email string) string {
	if checkEmail(email) != nil {
		return ""
	}
	return text.FoldASCII(email)
}

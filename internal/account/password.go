package account

import (
	"unicode/utf8"

	"github.com/paceline/paceline/internal/account/blocklist"
	"github.com/paceline/paceline/internal/fault"
)

const (
	minPassword = 15 // characters
	maxPassword = 256
)

// checkPassword holds a new password to the rules: length and blocklist, and no
// rule about which characters. Pointer names it in the request; context is what
// somebody who knows the member would try.
func checkPassword(pointer, password string, context ...string) error {
	if err := checkLength(pointer, password); err != nil {
		return err
	}
	if blocklist.Refuses(password, append(context, "paceline")...) {
		return errPassword(pointer, "too_common", "is made of what is tried first: common passwords, your names, or a pattern")
	}
	return nil
}

func checkLength(pointer, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return errPassword(pointer, "not_text", "is not valid UTF-8")
	case n < minPassword:
		return errPassword(pointer, "too_short", "needs 15 characters or more")
	case n > maxPassword:
		return errPassword(pointer, "too_long", "has more than 256 characters")
	}
	return nil
}

func errPassword(pointer string, code fault.Code, message string) error {
	return fault.Unprocessable("password_refused", "choose another password", fault.At(pointer, code, message))
}

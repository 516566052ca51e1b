// Package mail writes and sends the service's few mails.
//
//   - A mail is plain text. Its subject is a constant and its text a template of this package, to
//     which only codes, minutes, times, sentences of this package and our own address are added. Nothing
//     that a member wrote gets in, so that nobody can make us mail their words to somebody else.
//   - The only variable header is the recipient: exactly one address, checked, so that no header
//     can be injected and no second recipient added.
//   - On the way out TLS is not optional. The mail names no host of ours but the sender's domain.
//   - A Message holds an address and maybe a code: it shows itself as [mail], and is stored sealed.
//
// No mail is sent to an address that asked for a new password and belongs to nobody; the address
// of a member who tries to register again is told so by AddressKnown.
package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Kind chooses the template.
type Kind string

const (
	VerifyCode      Kind = "verify_code"      // Code, Minutes: a new account waits for this code
	AddressKnown    Kind = "address_known"    // somebody registered with an address that has an account
	ResetCode       Kind = "reset_code"       // Code, Minutes: sets a new password
	PasswordChanged Kind = "password_changed" // At: the password is another one now
	NewLogin        Kind = "new_login"        // At: a new session began
	ConsolePaired   Kind = "console_paired"   // At: a console may act for the account from now on
	Notices         Kind = "notices"          // Happened: something that the member asked to be told of
	FactorChanged   Kind = "factor_changed"   // At: a second factor was added or removed
	WrongFactor     Kind = "wrong_factor"     // At: somebody has the password, and no code
	AccessOpened    Kind = "access_opened"    // At: staff may read some of the account for a while
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{VerifyCode, AddressKnown, ResetCode, PasswordChanged, NewLogin, ConsolePaired, Notices, FactorChanged, WrongFactor, AccessOpened}
}

// Purpose is what outbox rows are sealed for; their id is bound to them.
const Purpose = "mail"

// Message is a mail to be written. It goes through JSON unchanged, for the sealed outbox.
type Message struct {
	ID   uuid.UUID // becomes the Message-ID, so that a mail sent twice is known as one
	Kind Kind
	To   string // one bare address: ada@example.com
	Data Data
}

// Data is all that a template may use.
type Data struct {
	Code     string    // 4 to 32 of A-Z, 0-9 and '-'
	Minutes  int       // how long the code is good
	At       time.Time // when it happened; shown in UTC to the minute
	Happened Events    // what a member is told of
}

// Format writes [mail], whatever the verb.
func (Message) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[mail]") }

// LogValue is [mail].
func (Message) LogValue() slog.Value { return slog.StringValue("[mail]") }

// Sender takes a mail on its way. Its error is an ErrMessage for a mail that can never be sent,
// or a *SendError.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// ErrMessage is a message that cannot be written: its kind, address or data is not what it must
// be. It never quotes them.
var ErrMessage = errors.New("mail: the message is not complete or not clean")

func invalid(what string) error { return fmt.Errorf("%w: %s", ErrMessage, what) }

// checkAddress takes exactly one bare address, which is then safe as a header and in SMTP.
func checkAddress(to string) error {
	parsed, err := mail.ParseAddress(to)
	if err != nil || parsed.Address != to || parsed.Name != "" || len(to) > 254 {
		return invalid("the recipient is not one bare address")
	}
	if strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>"(),;:\`, r) }) {
		return invalid("the recipient holds a character that no address here may hold")
	}
	return nil
}

func (d Data) check(kind Kind) error {
	switch kind {
	case VerifyCode, ResetCode:
		if len(d.Code) < 4 || len(d.Code) > 32 || strings.Trim(d.Code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return invalid("the code is not 4 to 32 of A-Z, 0-9 and '-'")
		}
		if d.Minutes < 1 || d.Minutes > 7*24*60 {
			return invalid("the minutes are not from 1 to a week")
		}
	case PasswordChanged, NewLogin, ConsolePaired, FactorChanged, WrongFactor, AccessOpened:
		if d.At.IsZero() {
			return invalid("the time is missing")
		}
	case Notices:
		if d.Happened == 0 || d.Happened>>len(sentences) != 0 {
			return invalid("nothing happened, or what there is no sentence for")
		}
	case AddressKnown:
	default:
		return invalid("no such kind")
	}
	return nil
}

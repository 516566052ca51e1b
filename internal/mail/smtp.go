package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"
)

// SMTPOptions say how mail leaves. Everything but RootCAs and Timeout comes from the settings.
type SMTPOptions struct {
	Host        string
	Port        int
	ImplicitTLS bool   // TLS from the first byte; else STARTTLS before anything else
	User        string // empty for a server that asks for none
	Password    string
	From        *mail.Address
	Site        string         // the service's public address, for the texts
	RootCAs     *x509.CertPool // nil for the system's
	Timeout     time.Duration  // of one mail; 0 means 20 seconds
}

// SMTP is a Sender over a mail server. It is safe for concurrent use: each mail has a connection
// of its own, which suits a few mails a minute.
type SMTP struct {
	opts   SMTPOptions
	domain string
	client []gomail.Option
}

// NewSMTP checks the options. It does not connect.
func NewSMTP(opts SMTPOptions) (*SMTP, error) {
	if opts.From == nil {
		return nil, invalid("there is no sender")
	}
	if err := checkAddress(opts.From.Address); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if opts.Timeout == 0 {
		opts.Timeout = 20 * time.Second
	}
	_, domain, _ := strings.Cut(opts.From.Address, "@")
	s := &SMTP{opts: opts, domain: domain, client: []gomail.Option{
		gomail.WithPort(opts.Port),
		gomail.WithTimeout(opts.Timeout),
		gomail.WithHELO(domain), // else it would be this machine's name
		gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithTLSConfig(&tls.Config{ServerName: opts.Host, RootCAs: opts.RootCAs, MinVersion: tls.VersionTLS12}),
	}}
	if opts.ImplicitTLS {
		s.client = append(s.client, gomail.WithSSL())
	}
	if opts.User != "" {
		s.client = append(s.client, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(opts.User), gomail.WithPassword(opts.Password))
	}
	_, err := gomail.NewClient(opts.Host, s.client...)
	return s, err
}

// SendError is a mail that did not get through. Its text names neither recipient nor content.
type SendError struct {
	Temporary bool // try again later; else the server refused this mail for good
	Status    int  // the server's SMTP code, 0 when there was none
	cause     error
}

func (e *SendError) Error() string {
	if e.Temporary {
		return fmt.Sprintf("mail: not sent for now (SMTP %d)", e.Status)
	}
	return fmt.Sprintf("mail: refused for good (SMTP %d)", e.Status)
}

// Unwrap gives the cause. Its text may hold the recipient: it is not for a log.
func (e *SendError) Unwrap() error { return e.cause }

// Send writes the mail and hands it to the server.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	text, err := m.Render(s.opts.Site)
	if err != nil {
		return err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.opts.From)
	if err := msg.To(m.To); err != nil {
		return invalid("the recipient is not taken")
	}
	id := m.ID
	if id == uuid.Nil {
		id = uuid.New()
	}
	msg.SetMessageIDWithValue(id.String() + "@" + s.domain)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation notes, please
	msg.Subject(text.Subject)
	msg.SetBodyString(gomail.TypeTextPlain, text.Body)

	client, err := gomail.NewClient(s.opts.Host, s.client...)
	if err != nil {
		return &SendError{Temporary: true, cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // once taken, a bad good-bye is no reason to send it twice
		return nil
	}
	return sendError(err)
}

// sendError keeps a mail for another try unless the server refused this very mail.
func sendError(err error) *SendError {
	out := &SendError{Temporary: true, cause: err}
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		out.Status = refused.ErrorCode()
		out.Temporary = out.Status < 500
	}
	return out
}

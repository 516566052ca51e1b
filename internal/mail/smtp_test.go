package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/paceline/paceline/internal/mail"
)

// server is a real SMTP server on the loopback that keeps what it is given.
type server struct {
	port  int
	roots *x509.CertPool

	mu     sync.Mutex
	mails  []received
	heard  bytes.Buffer // every byte of the clear part of the talk, client and server
	logins int
	refuse *smtp.SMTPError
}

type received struct {
	from, data string
	to         []string
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

type protection int

const (
	startTLS protection = iota
	implicitTLS
	noTLS
)

func serve(t *testing.T, how protection) *server {
	t.Helper()
	cert, roots := certificate(t)
	s := &server{roots: roots}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	backend.ErrorLog = silent{}
	backend.AllowInsecureAuth = true // it is the client that must refuse
	backend.Debug = &locked{s}
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch how {
	case startTLS:
		backend.TLSConfig = config
	case implicitTLS:
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = backend.Serve(listener) }()
	t.Cleanup(func() { _ = backend.Close(); <-done })
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

type locked struct{ s *server }

func (l *locked) Write(p []byte) (int, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.s.heard.Write(p)
}

type session struct {
	s    *server
	mail received
}

func (*session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "mailer" || password != "pass-MARKER" {
			return smtp.ErrAuthFailed
		}
		x.s.mu.Lock()
		defer x.s.mu.Unlock()
		x.s.logins++
		return nil
	}), nil
}
func (x *session) Reset()        { x.mail = received{} }
func (x *session) Logout() error { return nil }
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	x.mail.from = from
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.refuse != nil {
		return x.s.refuse
	}
	x.mail.to = append(x.mail.to, to)
	return nil
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	x.mail.data = string(raw)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails = append(x.s.mails, x.mail)
	return err
}

func sender(t *testing.T, s *server, change func(*mail.SMTPOptions)) *mail.SMTP {
	t.Helper()
	opts := mail.SMTPOptions{
		Host: "127.0.0.1", Port: s.port, User: "mailer", Password: "pass-MARKER", Site: site, RootCAs: s.roots,
		From: &netmail.Address{Name: "Paceline", Address: "no-reply@example.com"}, Timeout: 5 * time.Second,
	}
	if change != nil {
		change(&opts)
	}
	out, err := mail.NewSMTP(opts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMailArrives(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]protection{"STARTTLS": startTLS, "TLS": implicitTLS} {
		s := serve(t, how)
		way := sender(t, s, func(o *mail.SMTPOptions) { o.ImplicitTLS = how == implicitTLS })
		if err := way.Send(t.Context(), message(mail.ResetCode)); err != nil {
			t.Fatalf("%s: %v (%v)", name, err, errors.Unwrap(err))
		}
		s.mu.Lock() // it hears us say goodbye still
		mails, logins, heard := slices.Clone(s.mails), s.logins, s.heard.String()
		s.mu.Unlock()
		if len(mails) != 1 || logins != 1 {
			t.Fatalf("%s: %d mails, %d logins", name, len(mails), logins)
		}
		got := mails[0]
		if got.from != "no-reply@example.com" || len(got.to) != 1 || got.to[0] != "ada@example.com" {
			t.Errorf("%s: from %s to %v", name, got.from, got.to)
		}
		parsed, err := netmail.ReadMessage(strings.NewReader(got.data))
		if err != nil {
			t.Fatal(err)
		}
		for header, want := range map[string]string{
			"To": "<ada@example.com>", "From": `"Paceline" <no-reply@example.com>`,
			"Subject":        "Your code for a new Paceline password",
			"Message-ID":     "<11111111-1111-4111-8111-111111111111@example.com>",
			"Auto-Submitted": "auto-generated", "Bcc": "", "User-Agent": "", "X-Mailer": "",
		} {
			if h := parsed.Header.Get(header); h != want {
				t.Errorf("%s: %s is %q, want %q", name, header, h, want)
			}
		}
		if !strings.Contains(got.data, "ABCD-2345") {
			t.Errorf("%s: no code in\n%s", name, got.data)
		}
		if host, err := os.Hostname(); err == nil && host != "" && strings.Contains(heard+got.data, host) {
			t.Errorf("%s: the mail names this machine", name)
		}
	}
}

func TestNothingGoesOutInTheClear(t *testing.T) {
	t.Parallel()
	s := serve(t, noTLS)
	err := sender(t, s, nil).Send(t.Context(), message(mail.VerifyCode))
	if failed, ok := errors.AsType[*mail.SendError](err); !ok || !failed.Temporary {
		t.Errorf("a server without TLS: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 0 || s.logins != 0 || strings.Contains(s.heard.String(), "\nAUTH ") || strings.Contains(s.heard.String(), "ada@") {
		t.Errorf("it was told:\n%s", &s.heard)
	}
}

func TestServerIsVerified(t *testing.T) {
	t.Parallel()
	_, others := certificate(t)
	for name, how := range map[string]protection{"STARTTLS": startTLS, "TLS": implicitTLS} {
		s := serve(t, how)
		err := sender(t, s, func(o *mail.SMTPOptions) { o.RootCAs = others; o.ImplicitTLS = how == implicitTLS }).
			Send(t.Context(), message(mail.VerifyCode))
		if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok || len(s.mails) != 0 {
			t.Errorf("%s by a stranger's certificate: %v", name, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refuse    *smtp.SMTPError
		temporary bool
	}{
		{&smtp.SMTPError{Code: 550, Message: "no such user ada@example.com"}, false},
		{&smtp.SMTPError{Code: 451, Message: "later, ada@example.com"}, true},
	} {
		s := serve(t, startTLS)
		s.refuse = c.refuse
		err := sender(t, s, nil).Send(t.Context(), message(mail.VerifyCode))
		failed, ok := errors.AsType[*mail.SendError](err)
		if !ok || failed.Temporary != c.temporary || failed.Status != c.refuse.Code {
			t.Errorf("%d: %v", c.refuse.Code, err)
		} else if strings.Contains(err.Error(), "ada@") {
			t.Errorf("%d: the error names the recipient: %v", c.refuse.Code, err)
		}
	}
}

func TestTroubleOfOursIsTemporary(t *testing.T) {
	t.Parallel()
	s := serve(t, startTLS)
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	for name, change := range map[string]func(*mail.SMTPOptions){
		"wrong password": func(o *mail.SMTPOptions) { o.Password = "another" },
		"nobody listens": func(o *mail.SMTPOptions) { o.Port = 1 },
		"no answer": func(o *mail.SMTPOptions) {
			o.Port = mute.Addr().(*net.TCPAddr).Port
			o.Timeout = 50 * time.Millisecond
		},
	} {
		start := time.Now()
		err := sender(t, s, change).Send(context.Background(), message(mail.VerifyCode))
		if failed, ok := errors.AsType[*mail.SendError](err); !ok || !failed.Temporary {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestSenderIsChecked(t *testing.T) {
	t.Parallel()
	for _, from := range []*netmail.Address{nil, {Address: "nobody"}, {Address: "a@example.com\r\nBcc: b@example.com"}} {
		if _, err := mail.NewSMTP(mail.SMTPOptions{Host: "127.0.0.1", Port: 25, From: from}); !errors.Is(err, mail.ErrMessage) {
			t.Errorf("%v: %v", from, err)
		}
	}
}

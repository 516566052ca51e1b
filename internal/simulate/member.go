package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// member owns consoles. Their goroutine is one at a time.
type member struct {
	line
	Login
	username, name string
	madeUp         bool
	access         string
	consoles       []*console
	before         map[string]bool // workouts that were there when it began
}

func (r *run) newMember(n int) *member {
	m := &member{line: r.newLine(n, r.source(member0+n)), name: fmt.Sprintf("Simulated rider %d", n+1)}
	if n < len(r.Logins) {
		m.Login = r.Logins[n]
		return m
	}
	m.madeUp = true
	m.username = fmt.Sprintf("simulated-%d-%d", r.Seed%1_000_000_000, n+1)
	m.Login = Login{Email: m.username + "@simulated.test", Password: fmt.Sprintf("nobody rides here %d %d", r.Seed, n+1)}
	return m
}

// settle signs a member in, and looks at what there is.
func (m *member) settle(ctx context.Context) error {
	if err := m.join(ctx); err != nil {
		return fmt.Errorf("%s: %w", m.Email, err)
	}
	there, err := m.changes(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Email, err)
	}
	m.before = map[string]bool{}
	for _, change := range there {
		m.before[change.WorkoutID] = true
	}
	return nil
}

// pair pairs the member's consoles, one after the other.
func (m *member) pair(ctx context.Context) error {
	for _, c := range m.consoles {
		if err := c.pair(ctx); err != nil {
			return fmt.Errorf("%s of %s: %w", c.name, m.Email, err)
		}
		m.run.tally.consoles.Add(1)
	}
	return nil
}

var errNoAccount = errors.New("the service refuses the address or the password")

func (m *member) login(ctx context.Context) error {
	r, err := jsonRequest(http.MethodPost, "/v1/auth/login", map[string]string{"email": m.Email, "password": m.Password})
	if err != nil {
		return err
	}
	a, err := m.line.ask(ctx, r)
	switch {
	case err != nil:
		return err
	case a.status == http.StatusUnauthorized:
		return errNoAccount
	case a.status != http.StatusOK:
		return a.unexpected(r)
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(a.body, &tokens)
	m.access = tokens.AccessToken
	return err
}

// join signs in, as a member that is there or as one that is made up now.
func (m *member) join(ctx context.Context) error {
	err := m.login(ctx)
	for range 5 { // a service that was killed has forgotten its mail
		if !m.madeUp || !errors.Is(err, errNoAccount) {
			return err
		}
		if err = m.register(ctx); err == nil || errors.Is(err, errNoMail) {
			err = m.login(ctx)
		}
	}
	return err
}

func (m *member) register(ctx context.Context) error {
	r, err := jsonRequest(http.MethodPost, "/v1/auth/register", map[string]string{
		"email": m.Email, "password": m.Password, "username": m.username, "display_name": m.name, "birth_date": "1990-01-01",
	})
	if err != nil {
		return err
	}
	a, err := m.line.ask(ctx, r)
	if err != nil {
		return err
	}
	if a.status != http.StatusAccepted {
		return a.unexpected(r)
	}
	var registered struct {
		ID string `json:"registration_id"`
	}
	if err := json.Unmarshal(a.body, &registered); err != nil {
		return err
	}
	code, err := m.mailed(ctx)
	if err != nil {
		return err
	}
	r, err = jsonRequest(http.MethodPost, "/v1/auth/verify", map[string]string{"email": m.Email, "code": code, "registration_id": registered.ID})
	if err != nil {
		return err
	}
	// Whether it was taken, the login that follows finds out: its answer may have been lost.
	if a, err = m.line.ask(ctx, r); err == nil && a.status != http.StatusNoContent && a.status != http.StatusUnprocessableEntity {
		err = a.unexpected(r)
	}
	return err
}

var (
	errNoMail = errors.New("no code came by mail")
	mailCode  = regexp.MustCompile(`(?m)^ +([A-Z0-9]{8})\s*$`)
)

// mailed is the newest code that a local run shows instead of mailing it.
func (m *member) mailed(ctx context.Context) (string, error) {
	for range 50 {
		r := request{method: http.MethodGet, path: "/dev/outbox"}
		a, err := m.line.ask(ctx, r)
		if err != nil {
			return "", err
		}
		var mails struct {
			Items []struct{ To, Text string }
		}
		if a.status != http.StatusOK || json.Unmarshal(a.body, &mails) != nil {
			return "", errors.New("only a local run (paceline dev) tells the codes that members made up need; bring members who are there by --logins")
		}
		for _, mail := range mails.Items { // the newest first
			if code := mailCode.FindStringSubmatch(mail.Text); code != nil && strings.EqualFold(mail.To, m.Email) {
				return code[1], nil
			}
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return "", err
		}
	}
	return "", errNoMail
}

// ask asks as the member, who signs in again where that is needed.
func (m *member) ask(ctx context.Context, method, path string, body any) (answer, error) {
	r, err := jsonRequest(method, path, body)
	if err != nil {
		return answer{}, err
	}
	for again := false; ; again = true {
		r.header.Set("Authorization", "Bearer "+m.access)
		a, err := m.line.ask(ctx, r)
		if err != nil || again || a.status != http.StatusUnauthorized && a.code() != "fresh_login_required" {
			return a, err
		}
		if err := m.login(ctx); err != nil {
			return answer{}, err
		}
	}
}

var errNotFound = errors.New("not found")

// read reads as the member.
func (m *member) read(ctx context.Context, path string, into any) error {
	a, err := m.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	switch a.status {
	case http.StatusOK:
		return json.Unmarshal(a.body, into)
	case http.StatusNotFound:
		return fmt.Errorf("%s: %w", path, errNotFound)
	}
	return a.unexpected(request{method: http.MethodGet, path: path})
}

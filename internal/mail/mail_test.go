package mail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/mail"
)

const site = "https://ride.example.com"

func message(kind mail.Kind) mail.Message {
	return mail.Message{
		ID: uuid.MustParse("11111111-1111-4111-8111-111111111111"), Kind: kind, To: "ada@example.com",
		Data: mail.Data{Code: "ABCD-2345", Minutes: 15, At: time.Date(2026, 3, 1, 7, 30, 0, 0, time.FixedZone("", 3600)), Happened: mail.EventOf("liked")},
	}
}

func TestEveryKindIsWritten(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, kind := range mail.Kinds() {
		text, err := message(kind).Render(site)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if text.Subject == "" || seen[text.Subject] {
			t.Errorf("%s: subject %q", kind, text.Subject)
		}
		seen[text.Subject] = true
		hasCode := kind == mail.VerifyCode || kind == mail.ResetCode
		if strings.Contains(text.Body, "ABCD-2345") != hasCode || strings.Contains(text.Body, "15 minutes") != hasCode {
			t.Errorf("%s: the code is shown: %v", kind, !hasCode)
		}
		hasTime := slices.Contains([]mail.Kind{
			mail.PasswordChanged, mail.NewLogin, mail.ConsolePaired, mail.FactorChanged, mail.WrongFactor, mail.AccessOpened,
		}, kind)
		if strings.Contains(text.Body, "1 March 2026, 06:30 UTC") != hasTime {
			t.Errorf("%s: the time is shown: %v\n%s", kind, !hasTime, text.Body)
		}
		if !strings.Contains(text.Body, site) || strings.Contains(text.Body, "<no value>") {
			t.Errorf("%s:\n%s", kind, text.Body)
		}
	}
}

func TestNothingUncleanIsWritten(t *testing.T) {
	t.Parallel()
	change := func(f func(*mail.Message)) mail.Message {
		m := message(mail.VerifyCode)
		f(&m)
		return m
	}
	bad := map[string]mail.Message{
		"no kind":      change(func(m *mail.Message) { m.Kind = "" }),
		"unknown kind": change(func(m *mail.Message) { m.Kind = "../secret" }),
		"no code":      change(func(m *mail.Message) { m.Data.Code = "" }),
		"text as code": change(func(m *mail.Message) { m.Data.Code = "see http://evil.test" }),
		"two lines":    change(func(m *mail.Message) { m.Data.Code = "ABCD\r\n.\r\n" }),
		"no minutes":   change(func(m *mail.Message) { m.Data.Minutes = 0 }),
		"no time":      {Kind: mail.NewLogin, To: "ada@example.com"},
		"no event":     {Kind: mail.Notices, To: "ada@example.com", Data: mail.Data{Happened: mail.EventOf("nothing")}},
		"which event":  {Kind: mail.Notices, To: "ada@example.com", Data: mail.Data{Happened: 1 << 63}},
	}
	for _, to := range []string{
		"", "ada", "@example.com", "Ada <ada@example.com>", "<ada@example.com>", "ada@example.com, eve@example.com",
		"ada@example.com\r\nBcc: eve@example.com", "ada@example.com\n", "\"a b\"@example.com", "ada@example.com\x00",
		"ada@[127.0.0.1]:x", "ada @example.com", strings.Repeat("a", 250) + "@example.com",
	} {
		bad[fmt.Sprintf("to %q", to)] = change(func(m *mail.Message) { m.To = to })
	}
	outbox := mail.NewOutbox(site, 4, time.Now)
	for name, m := range bad {
		err := outbox.Send(t.Context(), m)
		if !errors.Is(err, mail.ErrMessage) {
			t.Errorf("%s: %v", name, err)
		} else if m.To != "" && strings.Contains(err.Error(), m.To) {
			t.Errorf("%s: the error quotes the address: %v", name, err)
		}
	}
	if kept := outbox.Recent(); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
}

func TestMessageHidesItself(t *testing.T) {
	t.Parallel()
	m := message(mail.VerifyCode)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, m); got != "[mail]" {
			t.Errorf("%s prints %s", format, got)
		}
	}
	raw, err := json.Marshal(m)
	var back mail.Message
	if err = errors.Join(err, json.Unmarshal(raw, &back)); err != nil || !back.Data.At.Equal(m.Data.At) || back.To != m.To {
		t.Errorf("through JSON: %v", err)
	}
}

func TestOutboxKeepsTheNewest(t *testing.T) {
	t.Parallel()
	tick := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	outbox := mail.NewOutbox(site, 3, func() time.Time { tick = tick.Add(time.Minute); return tick })
	for i := range 5 {
		m := message(mail.VerifyCode)
		m.To = fmt.Sprintf("m%d@example.com", i)
		if err := outbox.Send(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		got := outbox.Recent()
		if got[0].To != m.To || len(got) != min(i+1, 3) {
			t.Errorf("after %d: %d mails, the newest to %s", i+1, len(got), got[0].To)
		}
	}
	got := outbox.Recent()
	if got[1].To != "m3@example.com" || got[2].To != "m2@example.com" || !got[0].At.After(got[1].At) {
		t.Errorf("%v", got)
	}
}

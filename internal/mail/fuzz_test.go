package mail_test

import (
	"encoding/json"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ours "github.com/paceline/paceline/internal/mail"
)

// A message that is written has one receiver, a subject of ours and a text that holds
// nothing of what could end a header; any other is refused by the one error. What goes
// through the sealed outbox comes out the same.
func FuzzMessage(f *testing.F) {
	for i, seed := range []string{"ada@example.test", "a@b.test\r\nBcc: c@d.test", "Ada <ada@example.test>", "a@b.test,c@d.test", `"x"@b.test`, ""} {
		f.Add(seed, "BCDF-GHJK", 15, uint8(i))
		f.Add("ada@example.test", seed, -1, uint8(i))
		f.Add("ada@example.test", "", 0, uint8(i))
	}
	f.Fuzz(func(t *testing.T, to, code string, minutes int, kind uint8) {
		kinds := append(ours.Kinds(), "no such kind")
		m := ours.Message{Kind: kinds[int(kind)%len(kinds)], To: to, Data: ours.Data{Code: code, Minutes: minutes, At: time.Unix(int64(minutes), 0).UTC(), Happened: ours.Events(minutes)}} //nolint:gosec // any bits
		written, err := m.Render("https://ride.example.com")
		if err != nil {
			if !errors.Is(err, ours.ErrMessage) || to != "" && len(to) > 12 && strings.Contains(err.Error(), to) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if list, err := mail.ParseAddressList(to); err != nil || len(list) != 1 || list[0].Address != to || strings.ContainsAny(to, "\r\n ") {
			t.Fatalf("%q is written to", to)
		}
		if written.Subject == "" || strings.ContainsAny(written.Subject, "\r\n") || len(written.Body) > 2<<10 || strings.ContainsAny(written.Body, "\x00\r") {
			t.Fatalf("%q, %q", written.Subject, written.Body)
		}
		if !utf8.ValidString(code) {
			return // a kind that shows no code doesn't look at it, and none of ours is such
		}
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back ours.Message
		if err := json.Unmarshal(raw, &back); err != nil || back != m {
			t.Fatalf("it came back as another: %v", err)
		}
	})
}

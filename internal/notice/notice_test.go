package notice_test

import (
	"os"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/mail"
	"github.com/paceline/paceline/internal/notice"
)

// Each kind has its row, a sentence for mail unless a mail of its own tells of it, its word in the contract, and
// a branch that says whether it shows.
func TestEveryKindIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	contract, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	step, err := os.ReadFile("../../migrations/0027_social.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, shows, _ := strings.Cut(string(step), "CREATE FUNCTION notice_thing")
	shows, _, _ = strings.Cut(shows, "END CASE")
	_, enum, _ := strings.Cut(string(contract), "    NotificationKind:")
	_, enum, _ = strings.Cut(enum, "enum: [")
	enum, _, _ = strings.Cut(enum, "]")
	var kinds []string
	seen := map[mail.Events]bool{}
	for _, rule := range notice.Rules() {
		kinds = append(kinds, string(rule.Kind))
		event := mail.EventOf(string(rule.Kind))
		if (event == 0) != rule.Apart || event != 0 && seen[event] {
			t.Errorf("%s: whether mail has a sentence for it is %t", rule.Kind, event != 0)
		}
		seen[event] = true
		if !strings.Contains(shows, "'"+string(rule.Kind)+"'") {
			t.Errorf("notice_thing shows nobody a notice of %s", rule.Kind)
		}
		if got, known := notice.RuleOf(rule.Kind); !known || got != rule {
			t.Errorf("%s isn't found", rule.Kind)
		}
	}
	if got := strings.Join(kinds, ", "); got != enum {
		t.Errorf("the table has %s\nthe contract %s", got, enum)
	}
	if _, known := notice.RuleOf("nothing"); known {
		t.Error("there is a rule for what is no kind")
	}
}

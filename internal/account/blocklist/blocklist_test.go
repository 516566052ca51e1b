package blocklist_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/account/blocklist"
)

var ada = []string{"paceline", "ada", "Ada Lovelace", "ada.lovelace@example.com"}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"aaaaaaaaaaaaaaa", "abcabcabcabcabc", "xkcdxkcdxkcdxkcd", "x7$x7$x7$x7$x7$", "🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎",
		"123456789012345", "987654321098765", "abcdefghijklmno", "qwertyuiopasdfg", "1qaz2wsx3edc4rfv", "q1w2e3r4t5y6u7i8",
		"passwordpassword", "password1234567", "PASSWORD1234567", "P4ssw0rd12345678", "p-a-s-s-w-o-r-d-123456", "password!password!",
		"letmeinletmein123", "iloveyouforever", "supercalifragilisticexpialidocious", "MayTheForceBeWithYou",
		"summer2024summer2024", "Summer Summer 2025", "monkeydragon2019", "correcthorsebatterystaple",
		"paceline paceline", "PacelinePassword1", "paceline2026!!!", "p4c3l1n3p4c3l1n3",
		"adalovelace1985!", "lovelace-paceline", "ada.lovelace@example.com", "Ada Lovelace 2026",
		"qwerty-asdfgh-zxcvbn", "demo-password-ada", "correct horse battery staple!",
	} {
		if !blocklist.Refuses(password, ada...) {
			t.Errorf("%q is let through", password)
		}
	}
}

func TestTaken(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"a long ride by the river", "another long ride by the sea",
		"purple monkey dishwasher", "tjL2#xq9!mZ4rW8", `}{$#^%@&*!)_+:?`, "ßäöüéèêñçøåœæþð",
		"🐎🔋📎✅🚲🌧🍋🧦🎻🪁🧱🦉🥁🧭🪣", "vier Wörter, kein Satz", "ada rides a blue tricycle",
		"violin orbit pancake mulberry", strings.Repeat("klm9fw2x", 8),
	} {
		if blocklist.Refuses(password, ada...) {
			t.Errorf("%q is refused", password)
		}
	}
}

func TestContextIsTheMembersOwn(t *testing.T) {
	t.Parallel()
	const password = "kowalczykowna-99"
	if blocklist.Refuses(password) {
		t.Error("a name that nobody knows is refused")
	}
	if !blocklist.Refuses(password, "kowalczykowna") {
		t.Error("the member's own name is let through")
	}
}

func TestLongestTakesNoTime(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for _, unit := range []string{"a", "ab", "password", "qwertz1", "é", "p4$"} {
		blocklist.Refuses(strings.Repeat(unit, 256/len(unit))+"x", ada...)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("six passwords of full length took %v", took)
	}
}

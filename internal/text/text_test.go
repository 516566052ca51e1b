package text_test

import (
	"errors"
	"testing"

	"github.com/paceline/paceline/internal/text"
)

func TestTextIsForPeople(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text        string
		line, lines error
	}{
		"a name":                   {"Ada L.", nil, nil},
		"Japanese":                 {"朝のラン", nil, nil},
		"Hebrew with a mark":       {"אבג\u200f!", nil, nil},
		"Persian with a joiner":    {"می\u200cروم", nil, nil},
		"one emoji of many":        {"👩\u200d🚀", nil, nil},
		"an accent apart":          {"e\u0301", nil, nil},
		"markup":                   {`</script><b>`, nil, nil},
		"a replacement character":  {"\ufffd", nil, nil},
		"two lines":                {"a\r\n\tb", text.ErrUnreadable, nil},
		"a line separator":         {"a\u2028b", text.ErrUnreadable, nil},
		"a paragraph separator":    {"a\u2029b", text.ErrUnreadable, nil},
		"nothing":                  {"", text.ErrBlank, text.ErrBlank},
		"spaces":                   {" \u00a0\u3000", text.ErrBlank, text.ErrBlank},
		"empty lines":              {"\n\n", text.ErrUnreadable, text.ErrBlank},
		"zero width":               {"\u200b\u200d\u2060", text.ErrBlank, text.ErrBlank},
		"soft hyphens":             {"\u00ad", text.ErrBlank, text.ErrBlank},
		"fillers":                  {"\u3164\u115f\uffa0", text.ErrBlank, text.ErrBlank},
		"braille without dots":     {"\u2800", text.ErrBlank, text.ErrBlank},
		"marks on nothing":         {"\u0301\ufe0f", text.ErrBlank, text.ErrBlank},
		"tags":                     {"\U000e0041", text.ErrBlank, text.ErrBlank},
		"broken UTF-8":             {"a\xff", text.ErrUnreadable, text.ErrUnreadable},
		"a surrogate":              {"a\xed\xa0\x80", text.ErrUnreadable, text.ErrUnreadable},
		"NUL":                      {"a\x00b", text.ErrUnreadable, text.ErrUnreadable},
		"an escape":                {"a\x1b[2Jb", text.ErrUnreadable, text.ErrUnreadable},
		"a control of ISO 6429":    {"a\u009bb", text.ErrUnreadable, text.ErrUnreadable},
		"delete":                   {"a\x7f", text.ErrUnreadable, text.ErrUnreadable},
		"a direction embedded":     {"a\u202ab", text.ErrUnreadable, text.ErrUnreadable},
		"a direction overridden":   {"a\u202eb", text.ErrUnreadable, text.ErrUnreadable},
		"a direction isolated":     {"a\u2066b", text.ErrUnreadable, text.ErrUnreadable},
		"the end of an isolate":    {"a\u2069b", text.ErrUnreadable, text.ErrUnreadable},
		"a byte order mark within": {"a\ufeffb", text.ErrUnreadable, text.ErrUnreadable},
	} {
		if got := text.Line(c.text); !errors.Is(got, c.line) {
			t.Errorf("%s as a line: %v", name, got)
		}
		if got := text.Lines(c.text); !errors.Is(got, c.lines) {
			t.Errorf("%s as lines: %v", name, got)
		}
	}
}

// What Unicode would fold to an ASCII letter too (the Kelvin sign, a dotted I) stays apart.
func TestFoldingIsOfASCII(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"": "", "@AZ[`az{": "@az[`az{", "Ada@EXAMPLE.test": "ada@example.test", "\u212a\u0130É": "\u212a\u0130É"} {
		if got := text.FoldASCII(s); got != want {
			t.Errorf("%q folds to %q", s, got)
		}
	}
}

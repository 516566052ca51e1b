package class

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/paceline/paceline/internal/class/lesson"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/text"
)

// complaints gathers what is wrong, member by member.
type complaints []fault.Field

func (c *complaints) add(wrong bool, pointer string, code fault.Code, message string) {
	if wrong {
		*c = append(*c, fault.At(pointer, code, message))
	}
}

func (c complaints) fault() error {
	if len(c) == 0 {
		return nil
	}
	return fault.Unprocessable("invalid_value", "the values make no sense together", c...)
}

func (c *complaints) line(pointer, s string) { c.text(pointer, text.Line(s)) }

func (c *complaints) lines(pointer, s string) {
	if s != "" {
		c.text(pointer, text.Lines(s))
	}
}

func (c *complaints) text(pointer string, err error) {
	c.add(errors.Is(err, text.ErrBlank), pointer, "blank", "shows nothing")
	c.add(errors.Is(err, text.ErrUnreadable), pointer, "control_character", "holds a character that can't be read")
}

func (c *complaints) distinct(pointer string, values []string) {
	seen := map[string]bool{}
	for _, v := range values {
		c.add(seen[v], pointer, "twice", "holds a value twice")
		seen[v] = true
	}
}

// lesson: what the plan and the music say fits into the class.
func (c *complaints) lesson(plan lesson.Plan, music lesson.Music, durationS int) {
	planned := 0
	for i, s := range plan {
		at := fmt.Sprintf("/plan/%d", i)
		planned += s.DurationS
		if s.Title != nil {
			c.line(at+"/title", *s.Title)
		}
		for _, pair := range []struct {
			name      string
			low, high *int
		}{{"cadence_low_rpm", s.CadenceLowRPM, s.CadenceHighRPM}, {"resistance_low", s.ResistanceLow, s.ResistanceHigh}} {
			c.add(pair.low != nil && pair.high != nil && *pair.low > *pair.high, at+"/"+pair.name, "over_maximum", "a lowest value is not above its highest")
		}
	}
	c.add(planned > durationS, "/plan", "over_duration", "is longer than the class")
	for i, s := range music {
		at := fmt.Sprintf("/music/%d", i)
		c.line(at+"/title", s.Title)
		c.line(at+"/artist", s.Artist)
		c.add(s.AtS != nil && *s.AtS >= durationS, at+"/at_s", "over_duration", "is after the end of the class")
	}
}

// wordsOf are the words of texts, folded, as they are searched: letters and digits, compatible forms alike.
func wordsOf(texts ...string) []string {
	fold := func(s string) string { return norm.NFKC.String(strings.ToLower(norm.NFKC.String(s))) }
	words := []string{}
	for _, t := range texts {
		words = append(words, strings.FieldsFunc(fold(t), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })...)
	}
	return words
}

// leastLetters is how much a search has to bring.
const leastLetters = 3

// searched is a text as PostgreSQL searches it: all words, each by its start. They are letters, marks and digits,
// so that none has a meaning of its own within the quotes.
func searched(q string) (string, error) {
	words := wordsOf(q)
	if len([]rune(strings.Join(words, ""))) < leastLetters {
		return "", fault.Invalid("bad_parameter", "a parameter is not what the contract asks for",
			fault.At("?q", "bad_parameter", "has less than three letters or digits"))
	}
	for i, w := range words {
		words[i] = "'" + w + "':*"
	}
	return strings.Join(words, " & "), nil
}

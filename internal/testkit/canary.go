package testkit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// Canary is a private value that stands nowhere else, so that it can be searched
// for: whose it is, and under which mark it may show.
type Canary struct {
	Text   string
	Under  []Seen // each place the value stands at; all of them have to be closed
	Secret string // what it is where no mark shows it to anybody: a password, a code
}

// Sealed says whether it may not lie in the database in any form.
func (c *Canary) Sealed() bool {
	if c.Secret != "" {
		return c.Secret != "address"
	}
	for _, s := range c.Under {
		if !Sealed(s.Mark) {
			return false
		}
	}
	return true
}

// String says what it is.
func (c *Canary) String() string {
	if c.Secret != "" {
		return c.Text + ", a " + c.Secret
	}
	s := c.Under[0]
	return c.Text + ", " + s.At + " of " + s.About.Of.Name + " (under " + s.Mark + ")"
}

// Flock is many canaries and the forms that each can take.
type Flock struct {
	all   map[string]*Canary
	forms map[[5]byte][]form5
}

type form5 struct {
	text   []byte
	number bool
	of     *Canary
}

// Add puts a value in, which has to be long enough to be told from chance, and
// gives nil where it isn't.
func (f *Flock) Add(text string) *Canary {
	if f.all == nil {
		f.all, f.forms = map[string]*Canary{}, map[[5]byte][]form5{}
	}
	if known := f.all[text]; known != nil || len(text) < 5 {
		return known
	}
	c := &Canary{Text: text}
	f.all[text] = c
	number, err := strconv.ParseFloat(text, 64)
	for variant := range variantsOf(text) {
		if len(variant) >= 5 {
			f.put(variant, err == nil && variant == text, c)
		}
	}
	if err == nil && strings.Contains(text, ".") { // as the machine writes it
		var bits [8]byte
		binary.BigEndian.PutUint64(bits[:], math.Float64bits(number))
		f.put(hex.EncodeToString(bits[:]), false, c)
		binary.LittleEndian.PutUint64(bits[:], math.Float64bits(number))
		f.put(hex.EncodeToString(bits[:]), false, c)
	}
	return c
}

func (f *Flock) put(text string, number bool, c *Canary) {
	key := [5]byte([]byte(text)[:5])
	f.forms[key] = append(f.forms[key], form5{[]byte(text), number, c})
}

// Drop takes out what is no secret after all.
func (f *Flock) Drop(public string) {
	for _, c := range f.In([]byte(public)) {
		delete(f.all, c.Text)
	}
}

// Len is how many there are.
func (f *Flock) Len() int { return len(f.all) }

// variantsOf are the forms that a text takes on its way out.
func variantsOf(text string) map[string]bool {
	all := map[string]bool{text: true, url.QueryEscape(text): true, url.PathEscape(text): true}
	if quoted, err := json.Marshal(text); err == nil {
		all[strings.Trim(string(quoted), `"`)] = true
	}
	lower := hex.EncodeToString([]byte(text))
	all[lower], all[strings.ToUpper(lower)] = true, true
	// Base64 of a text that lies somewhere in what was encoded: at each of three shifts.
	for shift := range 3 {
		padded := append(make([]byte, shift), text...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(padded)
			all[encoded[(shift*8+5)/6:len(padded)*8/6]] = true
		}
	}
	return all
}

// In finds all that are in some bytes, in any form.
func (f *Flock) In(data []byte) []*Canary {
	var found []*Canary
	seen := map[*Canary]bool{}
	for i := 0; i+5 <= len(data); i++ {
		for _, form := range f.forms[[5]byte(data[i:i+5])] {
			end := i + len(form.text)
			if seen[form.of] || f.all[form.of.Text] == nil || !bytes.HasPrefix(data[i:], form.text) {
				continue
			}
			if form.number && (i > 0 && digit(data[i-1]) || end < len(data) && digit(data[end])) {
				continue // part of another number
			}
			if form.of.Secret == "address" && i > 0 && data[i-1] >= 'a' && data[i-1] <= 'z' {
				continue // part of another address
			}
			seen[form.of] = true
			found = append(found, form.of)
		}
	}
	return found
}

func digit(b byte) bool { return b >= '0' && b <= '9' || b == '.' }

// Told says whether a viewer may know a value.
func (c *Cast) Told(viewer *Person, canary *Canary) bool {
	for _, s := range canary.Under {
		if c.Known(viewer, s.About.Of, s.Mark, s.About.Ceiling) {
			return true
		}
	}
	return false
}

// Canaries gathers what the subjects say of themselves: every value of theirs that
// one of their own answers holds, what they were when they left, and what nobody
// may be told at all.
func (c *Cast) Canaries() *Flock {
	c.T.Helper()
	f, g := &Flock{}, NewGenerator(c)
	for _, o := range Operations(c.T) {
		if !o.Reads() || o.Schema == nil {
			continue
		}
		for _, p := range c.Subjects {
			if p.Gone {
				continue
			}
			for _, r := range g.Requests(o, g.Targets(o), 0) {
				if r.Target.Of != nil && r.Target.Of != p {
					continue
				}
				start := Thing{Of: p, Ceiling: 3, ID: p.ID}
				if r.Target.Of != nil {
					start.Ceiling, start.ID = r.Target.Ceiling, r.Target.ID
				}
				answer := c.Ask(Actor{Name: p.Name, Person: p}, r)
				if answer.Status != 200 {
					continue
				}
				now := c.Clock.Now().Format("2006-01-02T15:04:05Z") // everybody's, while the clock stands
				for _, s := range c.Judge(o, answer.Body, start).Seen {
					if s.About.Of == p && s.Mark != "always" && s.Mark != "staff" && s.Value != now && !c.names(s.Value) && !strings.HasSuffix(s.At, "day") && s.At != "weeks[].name" { // days and weeks are nobody's own
						f.note(s)
					}
				}
			}
		}
	}
	for _, p := range c.Subjects {
		for field, value := range p.Values {
			if p.Gone {
				f.note(Seen{At: field, Mark: field, About: Thing{Of: p, Ceiling: 3}, Value: value})
			}
		}
	}
	return f
}

// names says whether a value is somebody's id or name, which others know as well.
func (c *Cast) names(value any) bool {
	for _, p := range c.People {
		if p.ID == value || p.Name == value {
			return true
		}
	}
	return false
}

// note puts in the values of a member of an answer: numbers and texts that are
// long enough, not words of an enumeration.
func (f *Flock) note(s Seen) {
	switch v := s.Value.(type) {
	case []any:
		for _, item := range v {
			if _, number := item.(float64); number {
				one := s
				one.Value = item
				f.note(one)
			}
		}
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if len(strings.ReplaceAll(strings.TrimLeft(text, "-0."), ".", "")) >= 5 {
			f.under(text, s)
		}
	case string:
		if strings.ContainsAny(v, " -_.@0123456789") {
			f.under(v, s)
		}
	}
}

func (f *Flock) under(text string, s Seen) {
	if c := f.Add(text); c != nil && c.Secret == "" {
		c.Under = append(c.Under, s)
	}
}

// Secret puts in what no mark shows to anybody.
func (f *Flock) Secret(text, what string) {
	if c := f.Add(text); c != nil {
		c.Secret = what
	}
}

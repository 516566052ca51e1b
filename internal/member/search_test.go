package member_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

func (w *world) search(c db.Caller, text string) []string {
	w.t.Helper()
	found, err := w.Search(w.ctx(), c, text, first(50))
	w.must(err)
	return usernames(found)
}

func (w *world) rename(p person, displayName string) {
	w.t.Helper()
	_, _, err := w.Edit(w.ctx(), p.Caller, member.Edit{DisplayName: member.To(displayName)}, nothing[member.Profile])
	w.must(err)
}

func TestSearchFindsPrefixesOfNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rename(w.Add("eve"), "Zoë  Müller")
	w.rename(w.Add("evelyn"), "100%_sure\\")
	w.rename(w.Add("steve"), "%%% off")
	ada := w.Add("ada")
	w.rename(ada, "𝓔𝓿𝓮 of the ＥＡＳＴ")
	for text, want := range map[string][]string{
		"eve":                            {"eve", "ada", "evelyn"},
		"EVE":                            {"eve", "ada", "evelyn"},
		"evel":                           {"evelyn"},
		"zoë m":                          {"eve"},
		"ZOË":                            {"eve"},
		"zoe\u0308 mü":                   {"eve"},
		"eve of the east":                {"ada"},
		"%%%":                            {"steve"},
		"100%":                           {"evelyn"},
		"100%_":                          {"evelyn"},
		"100%_sure\\":                    {"evelyn"},
		"___":                            {},
		"e_e":                            {},
		"eve%":                           {},
		"\\\\\\":                         {},
		"' OR 1=1":                       {},
		"\U0010ffff\U0010ffff\U0010ffff": {},
	} {
		if got := w.search(ada.Caller, text); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "ev", "  ev  ", "e\u0308v", "eve\x00", "eve\xff"} {
		_, err := w.Search(w.ctx(), ada.Caller, text, first(5))
		w.refused(fmt.Sprintf("%q", text), err, fault.KindInvalid, "search_too_short")
	}
}

// A display name finds somebody only where the viewer may see it; an account
// only where they can find it.
func TestSearchTellsNothingHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, by := range map[string]privacy.Discoverability{
		"anyone": privacy.FoundByEveryone, "member": privacy.FoundByMembers,
		"follower": privacy.FoundByFollowers, "nobody": privacy.FoundByNobody,
	} {
		for audience := privacy.OnlyMe; audience <= privacy.Everyone; audience++ {
			p := w.Add(fmt.Sprintf("usr-%s-%d", name, audience), found(by), showing(audience, privacy.DisplayName))
			w.rename(p, "Display of "+name)
		}
	}
	hidden := w.Add("usr-private", found(privacy.FoundByEveryone), showing(privacy.Everyone, privacy.DisplayName), isPrivate)
	w.rename(hidden, "Display of private")
	cleo := w.Add("cleo")
	blocker := w.Add("usr-blocker", found(privacy.FoundByEveryone), showing(privacy.Everyone, privacy.DisplayName))
	w.rename(blocker, "Display of blocker")
	w.must(w.Block(w.ctx(), blocker.Caller, cleo.ID))
	for name, c := range map[string]struct {
		caller              db.Caller
		byUsername, display string
	}{
		"anonymous": {w.Anonymous, "usr-anyone-0 usr-anyone-1 usr-anyone-2 usr-anyone-3 usr-blocker usr-private", "usr-anyone-3 usr-blocker"},
		"member": {
			cleo.Caller, "usr-anyone-0 usr-anyone-1 usr-anyone-2 usr-anyone-3 " +
				"usr-member-0 usr-member-1 usr-member-2 usr-member-3 usr-private",
			"usr-anyone-2 usr-anyone-3 usr-member-2 usr-member-3",
		},
	} {
		if got := strings.Join(w.search(c.caller, "usr"), " "); got != c.byUsername {
			t.Errorf("%s finds by username %s", name, got)
		}
		if got := strings.Join(w.search(c.caller, "display of"), " "); got != c.display {
			t.Errorf("%s finds by display name %s", name, got)
		}
	}
}

// Pages are full, whatever is hidden between their rows, and the cursor is bound
// to viewer and text.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []string
	for i := range 12 {
		name := fmt.Sprintf("rider%02d", i)
		if i%3 == 1 {
			w.Add(name, found(privacy.FoundByNobody))
			continue
		}
		w.Add(name)
		want = append(want, name)
	}
	cleo, dan := w.Add("cleo"), w.Add("dan")
	r := first(3)
	var got []string
	for {
		p, err := w.Search(w.ctx(), cleo.Caller, "rider", r)
		w.must(err)
		if p.Next != "" && len(p.Items) != 3 {
			t.Errorf("a page of %d", len(p.Items))
		}
		got = append(got, usernames(p)...)
		if p.Next == "" {
			break
		}
		r.Cursor = p.Next
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, try := range map[string]func(page.Request) (page.Page[member.Summary], error){
		"another viewer": func(r page.Request) (page.Page[member.Summary], error) {
			return w.Search(w.ctx(), dan.Caller, "rider", r)
		},
		"another text": func(r page.Request) (page.Page[member.Summary], error) {
			return w.Search(w.ctx(), cleo.Caller, "ride", r)
		},
		"another list": func(r page.Request) (page.Page[member.Summary], error) {
			return w.Followers(w.ctx(), cleo.Caller, "cleo", r)
		},
	} {
		_, err := try(r)
		w.refused(name, err, fault.KindInvalid, "bad_cursor")
	}
}

// A text is within the bounds exactly when it starts with the prefix, whatever
// the characters: COLLATE "C" on UTF-8 is the order of Go's strings.
func TestBoundsAreThePrefix(t *testing.T) {
	t.Parallel()
	letters := rapid.SampledFrom([]rune{'a', 'b', '%', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '\U00010000', utf8.MaxRune})
	text := rapid.Map(rapid.SliceOfN(letters, 0, 4), func(r []rune) string { return string(r) })
	rapid.Check(t, func(t *rapid.T) {
		prefix, other := text.Draw(t, "prefix")+"a", text.Draw(t, "other")
		if rapid.Bool().Draw(t, "last") {
			prefix = string(letters.Draw(t, "letter")) + "a" + string(letters.Draw(t, "end"))
		}
		for _, candidate := range []string{other, prefix, prefix + other} {
			inside := candidate >= prefix && candidate < member.UpperBound(prefix)
			if inside != strings.HasPrefix(candidate, prefix) {
				t.Fatalf("%q for prefix %q: inside %v", candidate, prefix, inside)
			}
		}
	})
}

package member_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

func TestEditTouchesWhatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	before, g, err := w.Own(w.ctx(), ada.Caller)
	w.must(err)
	want := opened(before, g)

	after, g, err := w.Edit(w.ctx(), ada.Caller, member.Edit{
		WeightKG: member.To(61.0), Gender: member.Cleared[member.Gender](), Bio: member.Cleared[string](),
	}, nothing[member.Profile])
	w.must(err)
	want["weight_kg"] = 61.0
	delete(want, "gender")
	delete(want, "bio")
	if diff := cmp.Diff(want, opened(after, g)); diff != "" {
		t.Error(diff)
	}
	again, g, err := w.Own(w.ctx(), ada.Caller)
	w.must(err)
	if diff := cmp.Diff(want, opened(again, g)); diff != "" {
		t.Errorf("the next read: %s", diff)
	}
	if _, _, err = w.Edit(w.ctx(), w.Anonymous, full, nothing[member.Profile]); fault.KindOf(err) != fault.KindUnauthenticated {
		t.Errorf("nobody edited: %v", err)
	}
}

// Text goes in and out as it was.
func TestEditKeepsTextAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	for _, text := range []string{"%2561", "</script>", " spaced ", "👩‍🚀", `"\`, "=HYPERLINK(1)"} {
		p, g, err := w.Edit(w.ctx(), ada.Caller, member.Edit{DisplayName: member.To(text), Bio: member.To(text)}, nothing[member.Profile])
		w.must(err)
		if got := opened(p, g); got["display_name"] != text || got["bio"] != text {
			t.Errorf("%q became %q and %q", text, got["display_name"], got["bio"])
		}
	}
	for _, text := range []string{"a\r\n\tb", "a\u2028b"} { // a bio has lines
		p, g, err := w.Edit(w.ctx(), ada.Caller, member.Edit{Bio: member.To(text)}, nothing[member.Profile])
		w.must(err)
		if got := opened(p, g); got["bio"] != text {
			t.Errorf("%q became %q", text, got["bio"])
		}
	}
}

func TestEditNamesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	pointers := func(err error) []string {
		var out []string
		if f := fault.Of(err); f != nil {
			for _, field := range f.Fields {
				out = append(out, field.Pointer)
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		edit member.Edit
		want []string
	}{
		"no name":            {member.Edit{DisplayName: member.To("")}, []string{"/display_name"}},
		"name cleared":       {member.Edit{DisplayName: member.Cleared[string]()}, []string{"/display_name"}},
		"blank name":         {member.Edit{DisplayName: member.To(" \t\u00a0")}, []string{"/display_name"}},
		"long name":          {member.Edit{DisplayName: member.To(strings.Repeat("é", 51))}, []string{"/display_name"}},
		"NUL":                {member.Edit{Bio: member.To("a\x00b")}, []string{"/bio"}},
		"turned-around name": {member.Edit{DisplayName: member.To("a\u202eb")}, []string{"/display_name"}},
		"a name of nothing":  {member.Edit{DisplayName: member.To("\u200b\u3164")}, []string{"/display_name"}},
		"a bio of nothing":   {member.Edit{Bio: member.To("\u200b\n")}, []string{"/bio"}},
		"a city that breaks": {member.Edit{Location: member.To(member.Location{City: "a\nb"})}, []string{"/location/city"}},
		"no UTF-8":           {member.Edit{Bio: member.To("a\xff")}, []string{"/bio"}},
		"long bio":           {member.Edit{Bio: member.To(strings.Repeat("a", 501))}, []string{"/bio"}},
		"nowhere":            {member.Edit{Location: member.To(member.Location{})}, []string{"/location"}},
		"no such country":    {member.Edit{Location: member.To(member.Location{Country: "XX"})}, []string{"/location/country"}},
		"lower case":         {member.Edit{Location: member.To(member.Location{Country: "nl"})}, []string{"/location/country"}},
		"a continent":        {member.Edit{Location: member.To(member.Location{Country: "150"})}, []string{"/location/country"}},
		"not a gender":       {member.Edit{Gender: member.To(member.Gender("x"))}, []string{"/gender"}},
		"small":              {member.Edit{HeightCM: member.To(29.9)}, []string{"/height_cm"}},
		"NaN":                {member.Edit{WeightKG: member.To(math.NaN())}, []string{"/weight_kg"}},
		"infinite":           {member.Edit{WeightKG: member.To(math.Inf(1))}, []string{"/weight_kg"}},
		"negative":           {member.Edit{FTPWatts: member.To(-1)}, []string{"/ftp_watts"}},
		"huge":               {member.Edit{FTPWatts: member.To(math.MaxInt)}, []string{"/ftp_watts"}},
		"resting over max":   {member.Edit{RestingHR: member.To(100), MaxHR: member.To(90)}, []string{"/max_hr"}},
		"max under resting":  {member.Edit{RestingHR: member.To(140), MaxHR: member.To(140)}, []string{"/max_hr"}},
		"several":            {member.Edit{HeightCM: member.To(1.0), MaxHR: member.To(300)}, []string{"/height_cm", "/max_hr"}},
	} {
		_, _, err := w.Edit(w.ctx(), ada.Caller, c.edit, nothing[member.Profile])
		w.refused(name, err, fault.KindUnprocessable, "invalid_value")
		if got := pointers(err); !slices.Equal(got, c.want) {
			t.Errorf("%s: it names %v, want %v", name, got, c.want)
		}
	}
	p, g, err := w.Own(w.ctx(), ada.Caller)
	w.must(err)
	if got := opened(p, g); got["display_name"] != "Ada L." || got["max_hr"] != 188 {
		t.Error("a refused edit changed something")
	}
}

// The two heart rates are compared with what is there, too.
func TestEditComparesWithWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	edit := func(e member.Edit) error {
		_, _, err := w.Edit(w.ctx(), ada.Caller, e, nothing[member.Profile])
		return err
	}
	w.must(edit(member.Edit{RestingHR: member.To(90)}))
	w.refused("under what is there", edit(member.Edit{MaxHR: member.To(80)}), fault.KindUnprocessable, "invalid_value")
	w.must(edit(member.Edit{MaxHR: member.To(180)}))
	w.must(edit(member.Edit{RestingHR: member.Cleared[int](), MaxHR: member.To(80)}))
	w.refused("over what is there", edit(member.Edit{RestingHR: member.To(81)}), fault.KindUnprocessable, "invalid_value")
}

func TestEditAsksTheCheckFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	lost := errors.New("lost")
	_, _, err := w.Edit(w.ctx(), ada.Caller, member.Edit{WeightKG: member.To(60.0)}, func(p member.Profile, g privacy.Grant) error {
		if got := opened(p, g)["weight_kg"]; got != 62.5 {
			t.Errorf("the check was shown %v", got)
		}
		return lost
	})
	if !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	p, g, err := w.Own(w.ctx(), ada.Caller)
	w.must(err)
	if got := opened(p, g)["weight_kg"]; got != 62.5 {
		t.Errorf("the weight is %v", got)
	}
}

// Of edits at the same time that all want the same version, one wins.
func TestEditsAtOnceHaveOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	lost := errors.New("lost")
	const writers = 8
	results := make(chan error, writers)
	for i := range writers {
		go func() {
			_, _, err := w.Edit(w.ctx(), ada.Caller, member.Edit{FTPWatts: member.To(300 + i)}, func(p member.Profile, g privacy.Grant) error {
				if v, _ := p.FTPWatts.Open(g); v != 231 {
					return lost
				}
				time.Sleep(20 * time.Millisecond) // the others come meanwhile
				return nil
			})
			results <- err
		}()
	}
	winners := 0
	for range writers {
		switch err := <-results; {
		case err == nil:
			winners++
		case !errors.Is(err, lost):
			t.Error(err)
		}
	}
	if winners != 1 {
		t.Errorf("%d won", winners)
	}
}

// Whoever edits what another edit has in hand is asked about what that one makes of it.
func TestEditsTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	edit := func(bio string, check func(member.Profile, privacy.Grant) error) error {
		_, _, err := w.Edit(w.ctx(), ada.Caller, member.Edit{Bio: member.To(bio)}, check)
		return err
	}
	entered, release, saw, done := make(chan struct{}), make(chan struct{}), make(chan string, 1), make(chan error, 2)
	go func() {
		done <- edit("One", func(member.Profile, privacy.Grant) error {
			close(entered)
			<-release
			return nil
		})
	}()
	<-entered
	go func() {
		done <- edit("Two", func(p member.Profile, g privacy.Grant) error {
			bio, _ := see(g, p.Bio)
			saw <- bio
			return nil
		})
	}()
	for waiting := 0; len(saw) == 0 && waiting == 0; time.Sleep(time.Millisecond) {
		w.must(w.super.QueryRow(w.ctx(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting))
	}
	close(release)
	w.must(errors.Join(<-done, <-done))
	if got := <-saw; got != "One" {
		t.Errorf("the second was asked about %q", got)
	}
}

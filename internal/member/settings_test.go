package member_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

type audiences = map[privacy.Field]privacy.Audience

func (w *world) settings(c db.Caller) privacy.Settings {
	w.t.Helper()
	v, g, err := w.Settings(w.ctx(), c)
	w.must(err)
	s, ok := v.Open(g)
	if !ok {
		w.t.Fatal("the owner can't see their settings")
	}
	return s
}

func (w *world) choose(c db.Caller, e member.SettingsEdit) error {
	w.t.Helper()
	_, _, err := w.EditSettings(w.ctx(), c, e, nothing[privacy.Guarded[privacy.Settings]])
	return err
}

func TestSettingsEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	want := privacy.DefaultSettings(false)
	if diff := cmp.Diff(want, w.settings(ada.Caller)); diff != "" {
		t.Error(diff)
	}
	w.must(w.choose(ada.Caller, member.SettingsEdit{
		Private: new(true), Discoverability: new(privacy.FoundByNobody),
		Audiences: audiences{privacy.Bio: privacy.OnlyMe, privacy.Workout: privacy.OnlyMe, privacy.HeartRate: privacy.Followers},
	}))
	want.Private, want.Discoverability = true, privacy.FoundByNobody
	want.Audiences = want.Audiences.With(privacy.Bio, privacy.OnlyMe).With(privacy.Workout, privacy.OnlyMe).With(privacy.HeartRate, privacy.Followers)
	if diff := cmp.Diff(want, w.settings(ada.Caller)); diff != "" {
		t.Error(diff)
	}
	w.must(w.choose(ada.Caller, member.SettingsEdit{}))
	if diff := cmp.Diff(want, w.settings(ada.Caller)); diff != "" {
		t.Errorf("an empty edit: %s", diff)
	}
	for name, e := range map[string]member.SettingsEdit{
		"birth date":         {Audiences: audiences{privacy.BirthDate: privacy.Everyone}},
		"email":              {Audiences: audiences{privacy.Email: privacy.Followers}},
		"device":             {Audiences: audiences{privacy.Device: privacy.Followers}},
		"username":           {Audiences: audiences{privacy.Username: privacy.Followers}},
		"no field":           {Audiences: audiences{0: privacy.Followers}},
		"no audience":        {Audiences: audiences{privacy.Bio: 4}},
		"no discoverability": {Discoverability: new(privacy.Discoverability(4))},
	} {
		w.refused(name, w.choose(ada.Caller, e), fault.KindUnprocessable, "no_such_setting")
	}
	if diff := cmp.Diff(want, w.settings(ada.Caller)); diff != "" {
		t.Errorf("a refused edit: %s", diff)
	}
	_, _, err := w.Settings(w.ctx(), w.Anonymous)
	w.refused("anonymous", err, fault.KindUnauthenticated, "login_required")
}

// While private is on nothing widens above followers; narrowing, and what stays, is fine.
func TestPrivateAccountDoesNotWiden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada", isPrivate)
	err := w.choose(ada.Caller, member.SettingsEdit{Audiences: audiences{
		privacy.Stats: privacy.Everyone, privacy.Bio: privacy.Members, privacy.Avatar: privacy.OnlyMe,
	}})
	w.refused("widened", err, fault.KindConflict, "account_is_private")
	var named []string
	for _, f := range fault.Of(err).Fields {
		named = append(named, f.Pointer)
	}
	if !slices.Equal(named, []string{"/audiences/bio", "/audiences/stats"}) {
		t.Errorf("it names %v", named)
	}
	if diff := cmp.Diff(privacy.DefaultSettings(false).Audiences, w.settings(ada.Caller).Audiences); diff != "" {
		t.Errorf("some of it was done: %s", diff)
	}
	w.must(w.choose(ada.Caller, member.SettingsEdit{Audiences: audiences{privacy.DisplayName: privacy.Members, privacy.Gender: privacy.Followers}}))
	w.must(w.choose(ada.Caller, member.SettingsEdit{Private: new(false), Audiences: audiences{privacy.Bio: privacy.Everyone}}))
	err = w.choose(ada.Caller, member.SettingsEdit{Private: new(true), Audiences: audiences{privacy.Gender: privacy.Everyone}})
	w.refused("switched on and widened at once", err, fault.KindConflict, "account_is_private")
	w.must(w.choose(ada.Caller, member.SettingsEdit{Private: new(true), Audiences: audiences{privacy.Bio: privacy.Members}}))
}

func TestMinorsStayPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	minor := func(s *privacy.Settings) { *s = privacy.DefaultSettings(true) }
	kim := w.AddBorn("kim", "2008-05-02", minor)
	eve := noon                          // 17 years and 364 days
	birthday := noon.Add(12 * time.Hour) // midnight UTC

	for _, e := range []member.SettingsEdit{
		{Private: new(false)},
		{Private: new(false), Audiences: audiences{privacy.Bio: privacy.Everyone}},
	} {
		w.refused("the day before", w.choose(kim.At(eve), e), fault.KindForbidden, "minor_stays_private")
	}
	w.refused("widening", w.choose(kim.At(eve), member.SettingsEdit{Audiences: audiences{privacy.Bio: privacy.Members}}), fault.KindConflict, "account_is_private")
	w.must(w.choose(kim.At(eve), member.SettingsEdit{Private: new(true), Audiences: audiences{privacy.Bio: privacy.OnlyMe}}))
	if s := w.settings(kim.Caller); !s.Private || !s.Minor {
		t.Errorf("before the birthday: %+v", s)
	}
	w.must(w.choose(kim.At(birthday), member.SettingsEdit{}))
	if s := w.settings(kim.Caller); !s.Private || s.Minor {
		t.Errorf("on the birthday: %+v", s)
	}
	w.must(w.choose(kim.At(birthday), member.SettingsEdit{Private: new(false)}))

	lou := w.AddBorn("lou", "2008-05-02", minor)
	w.must(w.choose(lou.At(birthday), member.SettingsEdit{Private: new(false)}))
	if s := w.settings(lou.Caller); s.Private || s.Minor {
		t.Errorf("in one step: %+v", s)
	}
}

// Narrowing holds for the very next read, of a profile, a list and a picture.
func TestNarrowingBindsTheNextRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, cleo := w.AddFull("ada", showing(privacy.Members, privacy.Bio, privacy.FollowersList)), w.Add("cleo")
	read := func() map[string]any {
		p, g, err := w.Read(w.ctx(), cleo.Caller, "ada")
		w.must(err)
		return opened(p, g)
	}
	if got := read(); got["bio"] == nil || got["avatar"] == nil {
		t.Fatalf("she shows %v", keys(got))
	}
	w.must(w.choose(ada.Caller, member.SettingsEdit{Audiences: audiences{
		privacy.Bio: privacy.Followers, privacy.Avatar: privacy.Followers, privacy.FollowersList: privacy.OnlyMe,
	}}))
	if got := keys(read()); !slices.Equal(got, []string{"display_name", "id", "username"}) {
		t.Errorf("she still shows %v", got)
	}
	_, _, err := w.Avatar(w.ctx(), cleo.Caller, "ada")
	w.notFound("the picture", err)
	_, err = w.Followers(w.ctx(), cleo.Caller, "ada", first(5))
	w.notFound("the list", err)
	w.must(w.choose(ada.Caller, member.SettingsEdit{Private: new(true)}))
	if got := keys(read()); !slices.Equal(got, []string{"id", "username"}) {
		t.Errorf("private, she still shows %v", got)
	}
	w.must(w.choose(ada.Caller, member.SettingsEdit{Discoverability: new(privacy.FoundByFollowers)}))
	_, _, err = w.Read(w.ctx(), cleo.Caller, "ada")
	w.notFound("the profile", err)
}

func TestSettingsEditAsksTheCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	lost := errors.New("lost")
	_, _, err := w.EditSettings(w.ctx(), ada.Caller, member.SettingsEdit{Private: new(true)},
		func(v privacy.Guarded[privacy.Settings], g privacy.Grant) error {
			if s, ok := v.Open(g); !ok || s.Private {
				t.Errorf("the check was shown %+v", s)
			}
			return lost
		})
	if !errors.Is(err, lost) || w.settings(ada.Caller).Private {
		t.Errorf("got %v", err)
	}
}

// Of edits at the same time of different settings, none is lost.
func TestSettingsEditsAtOnceAreAllThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	fields := []privacy.Field{privacy.Age, privacy.Gender, privacy.Location, privacy.HeightCM, privacy.WeightKG, privacy.MaxHR}
	results := make(chan error)
	for _, f := range fields {
		go func() {
			_, _, err := w.EditSettings(w.ctx(), ada.Caller, member.SettingsEdit{Audiences: audiences{f: privacy.Members}},
				func(privacy.Guarded[privacy.Settings], privacy.Grant) error {
					time.Sleep(10 * time.Millisecond) // the others come meanwhile
					return nil
				})
			results <- err
		}()
	}
	for range fields {
		w.must(<-results)
	}
	for _, f := range fields {
		if got := w.settings(ada.Caller).Audiences.Chosen(f); got != privacy.Members {
			t.Errorf("%s is for %s", f, got)
		}
	}
}

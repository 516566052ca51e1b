package privacy_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

var (
	owner   = uuid.MustParse("00000000-0000-4000-8000-00000000000a")
	other   = uuid.MustParse("00000000-0000-4000-8000-00000000000b")
	session = uuid.MustParse("00000000-0000-4000-8000-00000000000c")
)

// who is a viewer together with what the owner's edge says of them.
type who struct {
	name   string
	viewer privacy.Viewer
	edge   privacy.Edge
	reach  privacy.Audience // the narrowest audience that includes them
	never  bool             // no audience does
	known  bool             // the owner follows them or asks to
}

func everybody() []who {
	v := privacy.NewViewer(privacy.ActorSession, other, session, 0)
	return []who{
		{name: "nobody", viewer: privacy.Viewer{}, never: true},
		{name: "anonymous", viewer: privacy.Anonymous(), reach: privacy.Everyone},
		{name: "stranger", viewer: v, reach: privacy.Members},
		{name: "pending follower", viewer: v, edge: privacy.EdgeAsked, reach: privacy.Members},
		{name: "follower", viewer: v, edge: privacy.EdgeFollower, reach: privacy.Followers},
		{name: "followed", viewer: v, edge: privacy.EdgeFollows, reach: privacy.Members, known: true},
		{name: "asked by the owner", viewer: v, edge: privacy.EdgeAsks, reach: privacy.Members, known: true},
		{name: "mutual", viewer: v, edge: privacy.EdgeFollower | privacy.EdgeFollows, reach: privacy.Followers, known: true},
		{name: "blocked", viewer: v, edge: privacy.EdgeBlocks, never: true},
		{name: "blocker", viewer: v, edge: privacy.EdgeBlocked, never: true},
		{name: "blocked follower", viewer: v, edge: privacy.EdgeBlocks | privacy.EdgeFollower | privacy.EdgeFollows, never: true},
		{name: "self", viewer: privacy.NewViewer(privacy.ActorSession, owner, session, 0), reach: privacy.OnlyMe},
		{name: "self, blocked by an error", viewer: privacy.NewViewer(privacy.ActorSession, owner, session, 0), edge: privacy.EdgeBlocks, reach: privacy.OnlyMe},
	}
}

// expected is the model once more, written as the design's sentences.
func expected(r privacy.Rule, s privacy.Settings, w who, ceiling privacy.Audience) bool {
	if w.never {
		return false
	}
	var audience privacy.Audience
	switch r.Source {
	case privacy.FromDiscoverability:
		if w.known {
			return true
		}
		return privacy.Audience(s.Discoverability) >= w.reach
	case privacy.Fixed, privacy.FromGroup: // who is in no group with the owner
		audience = privacy.OnlyMe
	case privacy.FromObject:
		audience = ceiling
	case privacy.FromSetting:
		audience = s.Audiences.Chosen(r.Field)
		if ceiling < audience {
			audience = ceiling
		}
	case privacy.FromNowhere:
		return false
	}
	if s.Private && audience > privacy.Followers {
		audience = privacy.Followers
	}
	return audience >= w.reach
}

// Every field, viewer, choice, ceiling, discoverability and position of the
// private switch: all there is.
func TestDecideIsTheModel(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, r := range privacy.Model() {
		for _, w := range everybody() {
			for chosen := privacy.OnlyMe; chosen <= privacy.Everyone; chosen++ {
				for ceiling := privacy.OnlyMe; ceiling <= privacy.Everyone; ceiling++ {
					for found := privacy.FoundByNobody; found <= privacy.FoundByEveryone; found++ {
						for _, private := range []bool{false, true} {
							s := privacy.Settings{Private: private, Discoverability: found}
							s.Audiences = s.Audiences.With(r.Field, chosen)
							g := decide(t, w, s)
							want := expected(r, s, w, ceiling)
							if got := g.ShowsWithin(r.Field, ceiling); got != want {
								t.Fatalf("%s to %s: chosen %s, ceiling %s, found by %s, private %t: shows %t, the model says %t",
									r.Name, w.name, chosen, ceiling, found, private, got, want)
							}
							_, opens := privacy.GuardWithin(owner, r.Field, ceiling, 1).Open(g)
							if opens != want {
								t.Fatalf("%s to %s: opens %t, the model says %t", r.Name, w.name, opens, want)
							}
							checked++
						}
					}
				}
			}
		}
	}
	t.Logf("%d decisions", checked)
}

func decide(t *testing.T, w who, s privacy.Settings) privacy.Grant {
	t.Helper()
	g, err := privacy.Decide(w.viewer, privacy.Subject{Owner: owner, Settings: s, Edge: w.edge, SeenBy: w.viewer.Member()})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Scopes only take away: with one scope, an app of the owner sees that scope's
// fields and no other, and never one that the owner's session wouldn't. A console,
// whatever it was given, sees none but what it sent itself.
func TestScopesOnlyTakeAway(t *testing.T) {
	t.Parallel()
	scopes := []privacy.Scopes{
		0, privacy.ScopeProfileRead, privacy.ScopeLocationRead, privacy.ScopeProfilePrivate, privacy.ScopeHealthRead,
		privacy.ScopeAccountRead, privacy.ScopeSocialRead, privacy.ScopeWorkoutsRead, privacy.ScopeSync, privacy.ScopeClassesRead, ^privacy.Scopes(0),
	}
	for _, actor := range []privacy.Actor{privacy.ActorApp, privacy.ActorConsole} {
		for _, scope := range scopes {
			v := privacy.NewViewer(actor, owner, session, scope)
			g := decide(t, who{viewer: v}, privacy.DefaultSettings(false))
			for _, r := range privacy.Model() {
				all := scope == ^privacy.Scopes(0)
				if got, want := g.Shows(r.Field), (actor == privacy.ActorApp || r.Scope == privacy.ScopeSync) && scope != 0 && (all || r.Scope == scope); got != want {
					t.Errorf("%s with scope %q sees %s: %t", actor, scope, r.Name, got)
				}
			}
		}
	}
}

// A console has its two scopes at most, and what needs none or another it has not.
func TestAConsoleHasItsScopesOnly(t *testing.T) {
	t.Parallel()
	v := privacy.NewViewer(privacy.ActorConsole, owner, session, ^privacy.Scopes(0))
	for _, s := range []privacy.Scopes{privacy.ScopeSync, privacy.ScopeClassesRead, privacy.ConsoleScopes} {
		if !v.Has(s) || privacy.NewViewer(privacy.ActorConsole, owner, session, 0).Has(s) {
			t.Errorf("%v is not told apart", s)
		}
	}
	narrow := privacy.NewViewer(privacy.ActorConsole, owner, session, privacy.ScopeSync)
	if v.Has(0) || v.Has(privacy.ScopeWorkoutsRead) || narrow.Has(privacy.ConsoleScopes) || (privacy.Viewer{}).Has(privacy.ScopeSync) {
		t.Error("somebody has what was not given")
	}
	for s, name := range map[privacy.Scopes]string{privacy.ScopeSync: "sync", privacy.ScopeClassesRead: "classes:read"} {
		if got, ok := privacy.ParseScope(name); !ok || got != s || s.String() != name {
			t.Errorf("%s reads as %v, %t", name, got, ok)
		}
	}
	for _, name := range []string{"", "sync ", "everything"} { // a console's scopes are read one by one, and added up
		if got, ok := privacy.ParseScope(name); ok || got != 0 {
			t.Errorf("%q, which is no scope, is read as %d", name, got)
		}
	}
}

func TestARowReadForAnotherIsAnAlarm(t *testing.T) {
	t.Parallel()
	for _, w := range everybody() {
		seenBy := uuid.MustParse("00000000-0000-4000-8000-0000000000ff")
		g, err := privacy.Decide(w.viewer, privacy.Subject{Owner: owner, Settings: open(), SeenBy: seenBy})
		if !errors.Is(err, privacy.ErrWrongViewer) {
			t.Errorf("%s: %v", w.name, err)
		}
		if g.Shows(privacy.Username) {
			t.Errorf("%s: a grant came with the error", w.name)
		}
	}
	if _, err := privacy.Decide(privacy.Anonymous(), privacy.Subject{}); err == nil {
		t.Error("a subject without an owner was decided about")
	}
}

// open shows everything to everyone.
func open() privacy.Settings {
	s := privacy.Settings{Discoverability: privacy.FoundByEveryone}
	for _, r := range privacy.Model() {
		s.Audiences = s.Audiences.With(r.Field, privacy.Everyone)
	}
	return s
}

func TestLookingThroughOthersEyes(t *testing.T) {
	t.Parallel()
	self := everybody()[11]
	for chosen := privacy.OnlyMe; chosen <= privacy.Everyone; chosen++ {
		s := privacy.Settings{Discoverability: privacy.Discoverability(chosen)}
		for _, r := range privacy.Model() {
			s.Audiences = s.Audiences.With(r.Field, chosen)
		}
		mine := decide(t, self, s)
		for _, w := range everybody() {
			if w.viewer.Member() == owner || w.name == "nobody" {
				continue
			}
			theirs := decide(t, w, s)
			looked := mine.As(privacy.RelationAnonymous, 0)
			if w.name != "anonymous" {
				looked = mine.AsMember(w.edge)
			}
			if looked.Relation() != theirs.Relation() {
				t.Errorf("as %s: relation %s, theirs is %s", w.name, looked.Relation(), theirs.Relation())
			}
			for _, r := range privacy.Model() {
				if got, want := looked.Shows(r.Field), theirs.Shows(r.Field); got != want {
					t.Errorf("as %s: %s shows %t, to them %t", w.name, r.Name, got, want)
				}
			}
			// Nobody but the owner looks through others' eyes.
			if g := theirs.As(privacy.RelationFollower, privacy.EdgeFollower); g.Shows(privacy.Username) || g.Shows(privacy.Bio) {
				t.Errorf("%s looked at the owner as a follower", w.name)
			}
			if g := theirs.AsMember(privacy.EdgeFollower); g.Shows(privacy.Bio) {
				t.Errorf("%s looked at the owner as a follower", w.name)
			}
		}
		if g := mine.As(privacy.RelationSelf, 0); g.Shows(privacy.Email) {
			t.Error("looking as oneself must not make a second way to be the owner")
		}
	}
}

func TestZeroValuesAreClosed(t *testing.T) {
	t.Parallel()
	var g privacy.Grant
	for _, r := range privacy.Model() {
		if g.Shows(r.Field) {
			t.Errorf("the zero grant shows %s", r.Name)
		}
		if _, ok := privacy.Guard(uuid.Nil, r.Field, 1).Open(g); ok {
			t.Errorf("the zero grant opens %s of nobody", r.Name)
		}
	}
	mine := decide(t, everybody()[11], open())
	if mine.Shows(privacy.Field(0)) || mine.Shows(privacy.Field(200)) {
		t.Error("a field that the model doesn't name is open")
	}
	var v privacy.Guarded[string]
	if _, ok := v.Open(mine); ok {
		t.Error("the zero guarded value opened")
	}
	if _, ok := privacy.Guard(other, privacy.Bio, "x").Open(mine); ok {
		t.Error("a grant for one owner opened another's value")
	}
	if _, ok := privacy.GuardOptional[string](owner, privacy.Bio, privacy.Everyone, nil).Open(mine); ok {
		t.Error("a value that isn't there opened")
	}
	if (privacy.Viewer{}).SignedIn() || privacy.NewViewer(privacy.ActorSession, uuid.Nil, session, 0).SignedIn() ||
		privacy.NewViewer(privacy.ActorAnonymous, other, session, 0).SignedIn() || privacy.NewViewer(privacy.Actor(9), other, session, 0).SignedIn() {
		t.Error("nobody counts as signed in")
	}
	if decide(t, who{viewer: privacy.Viewer{}}, open()).Shows(privacy.Username) {
		t.Error("nobody sees what is for everyone")
	}
}

func TestDefaultsAreTheModels(t *testing.T) {
	t.Parallel()
	for _, minor := range []bool{false, true} {
		s := privacy.DefaultSettings(minor)
		if s.Private != minor || s.Minor != minor || s.Discoverability != privacy.FoundByMembers {
			t.Errorf("minor %t: %+v", minor, s)
		}
		for _, r := range privacy.Model() {
			want := r.Default
			if !r.Field.Widenable() {
				want = privacy.OnlyMe
			}
			if got := s.Audiences.Chosen(r.Field); got != want {
				t.Errorf("%s is for %s, the model says %s", r.Name, got, want)
			}
		}
	}
}

func TestChoicesDontTouchEachOther(t *testing.T) {
	t.Parallel()
	for _, r := range privacy.Model() {
		for a := privacy.OnlyMe; a <= privacy.Everyone+1; a++ {
			before := privacy.DefaultSettings(false).Audiences
			after := before.With(r.Field, a)
			for _, q := range privacy.Model() {
				want := before.Chosen(q.Field)
				if q.Field == r.Field && q.Field.Widenable() && a <= privacy.Everyone {
					want = a
				}
				if got := after.Chosen(q.Field); got != want {
					t.Fatalf("%s to %s: %s is %s, was to be %s", r.Name, a, q.Name, got, want)
				}
			}
		}
	}
}

package privacy_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// What things are called, in the API and in logs, and what is no such thing.
func TestWordsAreTheModels(t *testing.T) {
	t.Parallel()
	for i, name := range []string{"only_me", "followers", "members", "everyone", "only_me", "only_me"} {
		if got := privacy.Audience(i).String(); got != name {
			t.Errorf("audience %d is %q", i, got)
		}
	}
	for i, name := range []string{"nobody", "followers", "members", "everyone", "nobody", "nobody"} {
		if got := privacy.Discoverability(i).String(); got != name {
			t.Errorf("discoverability %d is %q", i, got)
		}
	}
	for i, name := range []string{"none", "blocked", "anonymous", "member", "follower", "self", "none", "none"} {
		if got := privacy.Relation(i).String(); got != name {
			t.Errorf("relation %d is %q", i, got)
		}
	}
	for i, name := range []string{"nobody", "anonymous", "session", "console", "app", "nobody", "nobody"} {
		if got := privacy.Actor(i).String(); got != name {
			t.Errorf("actor %d is %q", i, got)
		}
	}
	for _, r := range privacy.Model() {
		if r.Field.String() != r.Name || r.Field.Widenable() != (r.Slot != privacy.NoSlot) {
			t.Errorf("%s is called %q; widenable: %t", r.Name, r.Field, r.Field.Widenable())
		}
	}
	if f, ok := privacy.ParseField("no such field"); ok || f != 0 {
		t.Errorf("no such field is %d, %t", f, ok)
	}
	for _, f := range []privacy.Field{0, privacy.Field(len(privacy.Model()) + 1), 255} {
		if f.String() != "" || f.Widenable() {
			t.Errorf("field %d is %q; widenable: %t", f, f, f.Widenable())
		}
	}
}

// Viewers and grants say what they are.
func TestViewersAndGrantsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	v := privacy.NewViewer(privacy.ActorConsole, other, session, 0)
	if v.Actor() != privacy.ActorConsole || v.Member() != other || v.Session() != session || !v.SignedIn() || privacy.Anonymous().SignedIn() {
		t.Errorf("%v is not the viewer it was made", v)
	}
	if v.String() != "console" || v.GoString() != "console" || v.LogValue().String() != "console" {
		t.Errorf("a viewer shows as %s, %#v, %s", v, v, v.LogValue())
	}
	relations := map[string]privacy.Relation{
		"nobody": privacy.RelationNone, "anonymous": privacy.RelationAnonymous, "stranger": privacy.RelationMember,
		"follower": privacy.RelationFollower, "blocked": privacy.RelationBlocked, "self": privacy.RelationSelf,
	}
	for _, w := range everybody() {
		g := decide(t, w, open())
		want, named := relations[w.name]
		if !named {
			continue
		}
		shown := "grant:" + want.String()
		if g.Relation() != want || g.Edge() != w.edge || g.String() != shown || g.GoString() != shown || g.LogValue().String() != shown {
			t.Errorf("%s: %v with %v, shown as %s, %#v, %s", w.name, g.Relation(), g.Edge(), g, g, g.LogValue())
		}
	}
	self := decide(t, everybody()[11], open())
	for _, r := range privacy.Model() {
		if self.As(privacy.Relation(99), 0).Shows(r.Field) {
			t.Errorf("a relation that there is not sees %s", r.Name)
		}
	}
	if shown := privacy.Guard(uuid.New(), privacy.Bio, marker).LogValue().String(); shown != "[guarded]" {
		t.Errorf("a guarded value shows as %s", shown)
	}
}

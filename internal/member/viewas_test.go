package member_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

// What the owner sees through somebody's eyes is what that somebody gets.
func TestViewAsIsWhatTheyGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	ben, cleo, dan, eve := w.Add("ben"), w.Add("cleo"), w.Add("dan"), w.Add("eve", found(privacy.FoundByEveryone))
	w.Approved(ben, ada)
	w.Approved(eve, ada)
	w.Approved(ada, eve)
	_, err := w.Follow(w.ctx(), dan.Caller, ada.ID)
	w.must(err)
	shy := w.Add("shy", found(privacy.FoundByNobody))
	_, err = w.Follow(w.ctx(), shy.Caller, ada.ID)
	w.must(err)
	w.must(w.Approve(w.ctx(), ada.Caller, shy.ID))

	byRelation := map[privacy.Relation]db.Caller{
		privacy.RelationAnonymous: w.Anonymous, privacy.RelationMember: cleo.Caller, privacy.RelationFollower: ben.Caller,
	}
	for _, change := range []settle{
		found(privacy.FoundByEveryone), found(privacy.FoundByMembers), found(privacy.FoundByFollowers), found(privacy.FoundByNobody), isPrivate,
		showing(privacy.Everyone, privacy.FollowersList, privacy.FollowingList, privacy.Bio, privacy.WeightKG, privacy.Age, privacy.Avatar),
		showing(privacy.Members, privacy.FollowersList, privacy.FollowingList, privacy.Location), showing(privacy.OnlyMe, privacy.DisplayName),
	} {
		s := privacy.DefaultSettings(false)
		s.Discoverability = privacy.FoundByEveryone
		change(&s)
		w.exec(`UPDATE member SET private = $1, discoverability = $2, audiences = $3 WHERE id = $4`,
			s.Private, int16(s.Discoverability), int64(s.Audiences), ada.ID)
		for relation, c := range byRelation {
			v, err := w.ViewAsRelation(w.ctx(), ada.Caller, relation)
			w.must(err)
			w.same(relation.String(), v, c)
		}
		for name, p := range map[string]person{"ben": ben, "cleo": cleo, "dan": dan, "eve": eve, "shy": shy} {
			v, err := w.ViewAsMember(w.ctx(), ada.Caller, name)
			w.must(err)
			w.same(name, v, p.Caller)
		}
	}
}

// same wants ada through somebody's eyes to be what they get.
func (w *world) same(who string, v member.View, theirs db.Caller) {
	w.t.Helper()
	p, g, err := w.Read(w.ctx(), theirs, "ada")
	if !v.Visible {
		w.notFound(who, err)
		return
	}
	w.must(err)
	if diff := cmp.Diff(opened(p, g), opened(v.Profile, v.Grant)); diff != "" {
		w.t.Errorf("%s gets -, but +: %s", who, diff)
	}
	if g.Relation() != v.Grant.Relation() {
		w.t.Errorf("%s is %s, but %s", who, g.Relation(), v.Grant.Relation())
	}
	if g.Relation() != privacy.RelationSelf && v.Look(g).Shows(privacy.Username) {
		w.t.Errorf("%s: a look goes through a grant that is not the owner's", who)
	}
}

func TestViewAsBlockedAndOneself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, dan, rex := w.AddFull("ada"), w.Add("dan"), w.Add("rex")
	w.must(w.Block(w.ctx(), ada.Caller, dan.ID))
	w.must(w.Block(w.ctx(), rex.Caller, ada.ID))
	for _, name := range []string{"dan", dan.ID.String()} {
		v, err := w.ViewAsMember(w.ctx(), ada.Caller, name)
		w.must(err)
		if v.Visible || v.Grant.Relation() != privacy.RelationBlocked {
			t.Errorf("as whom she blocked: %v, %s", v.Visible, v.Grant.Relation())
		}
	}
	_, err := w.ViewAsMember(w.ctx(), ada.Caller, "rex")
	w.notFound("as who blocked her", err)
	v, err := w.ViewAsMember(w.ctx(), ada.Caller, "ada")
	w.must(err)
	w.same("herself", v, ada.Caller)
	_, theirs, err := w.Read(w.ctx(), w.Add("cleo").Caller, "ada")
	w.must(err)
	if v.Look(theirs).Shows(privacy.Username) {
		t.Error("her look goes through a grant that is not hers")
	}
	for _, r := range []privacy.Relation{privacy.RelationSelf, privacy.RelationBlocked, privacy.RelationNone} {
		_, err := w.ViewAsRelation(w.ctx(), ada.Caller, r)
		w.refused(r.String(), err, fault.KindInvalid, "no_such_relation")
	}
	_, err = w.ViewAsRelation(w.ctx(), w.Anonymous, privacy.RelationMember)
	w.refused("nobody", err, fault.KindUnauthenticated, "login_required")
}

// What is between two others is not to be learned by looking through the eyes of one.
func TestViewAsTellsNothingOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben, cleo := w.Add("ada"), w.Add("ben"), w.Add("cleo")
	w.Approved(ben, ada)
	w.Approved(cleo, ada)
	look := func() map[string]any {
		v, err := w.ViewAsMember(w.ctx(), ada.Caller, "ben")
		w.must(err)
		return opened(v.Profile, v.Grant)
	}
	before := look()
	w.must(w.Block(w.ctx(), cleo.Caller, ben.ID))
	if diff := cmp.Diff(before, look()); diff != "" {
		t.Errorf("a block between them shows: %s", diff)
	}
	if before["followers"] != 2 {
		t.Errorf("she counts %v", before["followers"])
	}
}

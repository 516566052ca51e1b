package member_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// breakTheDatabasesWall makes PostgreSQL show every row to everybody, as if
// row-level security and the functions that it asks were not there.
func (w *world) breakTheDatabasesWall() {
	w.t.Helper()
	for _, table := range []string{"member", "member_key", "profile", "avatar", "edge", "auth.account"} {
		w.exec(`ALTER TABLE ` + table + ` DISABLE ROW LEVEL SECURITY`)
	}
	w.exec(`CREATE OR REPLACE FUNCTION lowest_by(viewer uuid, owner uuid, bits smallint) RETURNS smallint
		LANGUAGE sql IMMUTABLE RETURN 0::smallint`)
	w.exec(`CREATE OR REPLACE FUNCTION found_by(viewer uuid, owner uuid, discoverability smallint, bits smallint) RETURNS boolean
		LANGUAGE sql IMMUTABLE RETURN true`)
	w.exec(`CREATE OR REPLACE FUNCTION search_page(low text, high text, after_name text, after_username text, most integer)
		RETURNS SETOF member_seen LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
		SELECT p.* FROM member_seen p
		WHERE p.username >= low AND p.username < high OR p.search_name >= low AND p.search_name < high $$`)
}

// The policy holds alone: what the database shows by mistake is still refused,
// and closed. A list that would hold what it may not is an internal error.
func TestThePolicyHoldsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada", found(privacy.FoundByNobody), showing(privacy.Everyone, privacy.DisplayName))
	ben := w.AddFull("ben", showing(privacy.OnlyMe, privacy.DisplayName, privacy.Avatar, privacy.FollowersList))
	cleo, dan := w.Add("cleo"), w.Add("dan")
	w.rename(ben, "Benedict")
	w.must(w.Block(w.ctx(), ben.Caller, dan.ID))
	w.exec(`INSERT INTO edge VALUES ($1, $2, 1, now()), ($2, $1, 16, now())`, ben.ID, ada.ID)
	w.breakTheDatabasesWall()

	for _, c := range []struct {
		who, name string
		person
	}{{"a stranger", "ada", cleo}, {"a blocked", "ben", dan}} {
		_, _, err := w.Read(w.ctx(), c.Caller, c.name)
		w.notFound(c.who+" reads", err)
		_, _, err = w.Avatar(w.ctx(), c.Caller, c.name)
		w.notFound(c.who+" gets the picture", err)
		_, err = w.Followers(w.ctx(), c.Caller, c.name, first(5))
		w.notFound(c.who+" lists followers", err)
		_, err = w.ViewAsMember(w.ctx(), c.Caller, c.name)
		w.notFound(c.who+" looks as", err)
		id := map[string]person{"ada": ada, "ben": ben}[c.name].ID
		_, err = w.Follow(w.ctx(), c.Caller, id)
		w.notFound(c.who+" follows", err)
	}
	p, g, err := w.Read(w.ctx(), cleo.Caller, "ben")
	w.must(err)
	if diff := cmp.Diff([]string{"id", "username"}, keys(opened(p, g))); diff != "" {
		t.Errorf("ben shows %s", diff)
	}
	_, _, err = w.Avatar(w.ctx(), cleo.Caller, "ben")
	w.notFound("ben's picture", err)
	_, err = w.Followers(w.ctx(), cleo.Caller, "ben", first(5))
	w.notFound("ben's followers", err)
	for name, list := range map[string]func() error{
		"search by username":      func() error { _, err := w.Search(w.ctx(), cleo.Caller, "ada", first(5)); return err },
		"search by display name":  func() error { _, err := w.Search(w.ctx(), cleo.Caller, "ada l", first(5)); return err },
		"search by a hidden name": func() error { _, err := w.Search(w.ctx(), cleo.Caller, "bene", first(5)); return err },
		"whom ben follows": func() error {
			w.exec(`UPDATE edge SET bits = bits | 16 WHERE member_id = $1 AND other_id = $2`, ben.ID, ada.ID)
			w.exec(`UPDATE member SET audiences = $1 WHERE id = $2`, int64(privacy.Audiences(0).With(privacy.FollowingList, privacy.Members)), ben.ID)
			_, err := w.Following(w.ctx(), cleo.Caller, "ben", first(5))
			return err
		},
	} {
		if err := list(); err == nil || fault.KindOf(err) != fault.KindInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

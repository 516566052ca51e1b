package member_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// The directory is in step with every edit of names and settings, in the same
// transaction; and whoever hides is not in it. What it has no entry for is unlisted.
func TestTheDirectoryFollowsEveryEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	entries := func(what string, want int) {
		t.Helper()
		var names, wrong int
		w.must(w.super.QueryRow(w.ctx(), `SELECT count(d.name), count(*) FILTER (WHERE (d.name, d.username, d.reach, d.display_name, d.search_name)
				IS DISTINCT FROM (e.name, e.username, e.reach, e.display_name, e.search_name))
			FROM directory d FULL JOIN directory_entry e USING (member_id, kind)`).Scan(&names, &wrong))
		if names != want || wrong != 0 {
			t.Errorf("%s: %d names in the directory, want %d; %d of them wrong or missing", what, names, want, wrong)
		}
		w.must(w.super.QueryRow(w.ctx(), `SELECT count(u.name), count(*) FILTER (WHERE (u.name, u.username, u.display_name, u.search_name)
				IS DISTINCT FROM (e.name, e.username, e.display_name, e.search_name))
			FROM unlisted u FULL JOIN unlisted_entry e USING (member_id, kind)`).Scan(&names, &wrong))
		if names != 2-want || wrong != 0 {
			t.Errorf("%s: %d names unlisted, want %d; %d of them wrong or missing", what, names, 2-want, wrong)
		}
	}
	set := func(e member.SettingsEdit) {
		t.Helper()
		_, _, err := w.EditSettings(w.ctx(), ada.Caller, e, nothing[privacy.Guarded[privacy.Settings]])
		w.must(err)
	}
	shows := func(a privacy.Audience) map[privacy.Field]privacy.Audience {
		return map[privacy.Field]privacy.Audience{privacy.DisplayName: a}
	}
	entries("a new account", 2)
	w.rename(ada, "Countess")
	entries("renamed", 2)
	set(member.SettingsEdit{Audiences: shows(privacy.Followers)})
	entries("the display name for followers", 1)
	set(member.SettingsEdit{Audiences: shows(privacy.Everyone), Discoverability: new(privacy.FoundByEveryone)})
	entries("for everyone", 2)
	set(member.SettingsEdit{Private: new(true)})
	entries("private", 1)
	for _, by := range []privacy.Discoverability{privacy.FoundByFollowers, privacy.FoundByMembers, privacy.FoundByNobody} {
		set(member.SettingsEdit{Discoverability: &by})
		entries(by.String(), max(0, int(by)-1))
	}
}

// The directory proposes, the rules decide: an entry of somebody who hides, as the
// programs before this one leave it, finds nobody; and pages stay full.
func TestAStaleEntryFindsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cleo := w.Add("cleo")
	want := []string{}
	for i := range 12 {
		p := w.Add(fmt.Sprintf("usr%02d", i), found(privacy.FoundByEveryone), showing(privacy.Everyone, privacy.DisplayName))
		switch i % 3 {
		case 0:
			want = append(want, p.Name)
		case 1:
			w.exec(`UPDATE member SET discoverability = 0 WHERE id = $1`, p.ID)
		default:
			w.must(w.Block(w.ctx(), p.Caller, cleo.ID))
		}
	}
	for _, text := range []string{"usr", "the usr"} {
		var got []string
		for r := first(3); ; {
			p, err := w.Search(w.ctx(), cleo.Caller, text, r)
			w.must(err)
			got = append(got, usernames(p)...)
			if p.Next == "" {
				break
			}
			if len(p.Items) != 3 {
				t.Errorf("a page of %d", len(p.Items))
			}
			r.Cursor = p.Next
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", text, got, want)
		}
	}
	_, err := w.Search(w.ctx(), cleo.Caller, "usr", page.Request{Limit: 1})
	w.must(err)
}

// A block holds as its owner's side has it, and nobody is found by a side of the
// viewer's alone.
func TestTheOwnersSideDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cleo := w.Add("cleo")
	open, blocking := w.Add("usr-open"), w.Add("usr-blocking")
	hidden := w.Add("usr-hidden", found(privacy.FoundByNobody))
	w.exec(`INSERT INTO edge VALUES ($1, $2, 4, now())`, blocking.ID, cleo.ID)
	w.exec(`INSERT INTO edge VALUES ($1, $2, 1, now())`, cleo.ID, hidden.ID)
	w.exec(`INSERT INTO edge VALUES ($1, $2, 16, now())`, cleo.ID, open.ID)
	for _, text := range []string{"usr", "the usr"} {
		if got := w.search(cleo.Caller, text); !slices.Equal(got, []string{"usr-open"}) {
			t.Errorf("%q finds %v", text, got)
		}
	}
}

// Whom only an edge makes found is found by it: followers-only members by who
// follows them, hidden ones by whom they follow or ask, everybody by themselves.
func TestEdgesFindWhoIsNotInTheDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shy := w.Add("usr-shy", found(privacy.FoundByFollowers))
	hidden := w.Add("usr-hidden", found(privacy.FoundByNobody))
	ben, cleo := w.Add("ben"), w.Add("cleo")
	w.exec(`INSERT INTO edge VALUES ($1, $2, 1, now()), ($2, $1, 16, now())`, shy.ID, ben.ID)
	_, err := w.Follow(w.ctx(), hidden.Caller, ben.ID)
	w.must(err)
	for viewer, want := range map[*person][]string{
		&ben: {"usr-hidden", "usr-shy"}, &cleo: {}, &shy: {"usr-shy"}, &hidden: {"usr-hidden"}, {Caller: w.Anonymous}: {},
	} {
		if got := w.search(viewer.Caller, "usr"); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", viewer.Name, got, want)
		}
		if got := w.search(viewer.Caller, "the usr"); !slices.Equal(got, want) {
			t.Errorf("%q finds %v by display name, want %v", viewer.Name, got, want)
		}
	}
}

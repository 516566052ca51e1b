package member_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

// opened is what a grant opens of a profile, by the field of the model.
func opened(p member.Profile, g privacy.Grant) map[string]any {
	out := map[string]any{}
	add(out, g, privacy.ID, p.ID)
	add(out, g, privacy.Username, p.Username)
	add(out, g, privacy.DisplayName, p.DisplayName)
	add(out, g, privacy.Avatar, p.HasAvatar)
	add(out, g, privacy.Bio, p.Bio)
	add(out, g, privacy.Location, p.Location)
	add(out, g, privacy.Gender, p.Gender)
	add(out, g, privacy.Age, p.Age)
	add(out, g, privacy.HeightCM, p.HeightCM)
	add(out, g, privacy.WeightKG, p.WeightKG)
	add(out, g, privacy.RestingHR, p.RestingHR)
	add(out, g, privacy.MaxHR, p.MaxHR)
	add(out, g, privacy.FTPWatts, p.FTPWatts)
	add(out, g, privacy.Email, p.Email)
	add(out, g, privacy.BirthDate, p.BirthDate)
	add(out, g, privacy.FollowersList, p.Followers)
	add(out, g, privacy.FollowingList, p.Following)
	if s, ok := p.Settings.Open(g); ok {
		out["settings"] = s
	}
	return out
}

func add[T any](out map[string]any, g privacy.Grant, f privacy.Field, v privacy.Guarded[T]) {
	if value, ok := v.Open(g); ok {
		out[f.String()] = value
	}
}

func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// full is an edit that gives every value there is.
var full = member.Edit{
	DisplayName: member.To("Ada L."),
	Bio:         member.To("Rides before breakfast."),
	Location:    member.To(member.Location{City: "Utrecht", Country: "NL"}),
	Gender:      member.To(member.Woman),
	HeightCM:    member.To(171.5),
	WeightKG:    member.To(62.5),
	RestingHR:   member.To(52),
	MaxHR:       member.To(188),
	FTPWatts:    member.To(231),
}

// AddFull makes a member with every value, a picture too.
func (w *world) AddFull(name string, settings ...settle) person {
	w.t.Helper()
	p := w.Add(name, settings...)
	_, _, err := w.Edit(w.ctx(), p.Caller, full, nothing[member.Profile])
	w.must(err)
	w.must(w.SetAvatar(w.ctx(), p.Caller, "image/png", tinyPNG))
	return p
}

func TestOwnProfileHoldsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada")
	p, g, err := w.Own(w.ctx(), ada.Caller)
	w.must(err)
	want := map[string]any{
		"id": ada.ID, "username": "ada", "display_name": "Ada L.", "avatar": true, "bio": "Rides before breakfast.",
		"location": member.Location{City: "Utrecht", Country: "NL"}, "gender": member.Woman, "age": 32,
		"height_cm": 171.5, "weight_kg": 62.5, "resting_hr": 52, "max_hr": 188, "ftp_watts": 231,
		"email": "ada@demo.test", "birth_date": time.Date(1994, 3, 2, 0, 0, 0, 0, time.UTC),
		"followers": 0, "following": 0, "settings": privacy.DefaultSettings(false),
	}
	if diff := cmp.Diff(want, opened(p, g)); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"ada", "ADA", ada.ID.String()} {
		q, h, err := w.Read(w.ctx(), ada.Caller, name)
		w.must(err)
		if diff := cmp.Diff(want, opened(q, h)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	_, _, err = w.Own(w.ctx(), w.Anonymous)
	w.refused("nobody's own profile", err, fault.KindUnauthenticated, "login_required")
	_, _, err = w.Own(w.ctx(), db.WithToken("made up", noon))
	w.refused("a made-up token", err, fault.KindUnauthenticated, "invalid_token")
}

// Values that were never given are absent, for the owner too.
func TestValuesNeverGivenAreAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, g, err := w.Own(w.ctx(), w.Add("ada").Caller)
	w.must(err)
	want := []string{"age", "birth_date", "display_name", "email", "followers", "following", "id", "settings", "username"}
	if diff := cmp.Diff(want, keys(opened(p, g))); diff != "" {
		t.Error(diff)
	}
}

// Each field, under each audience and relation, private or not, against the
// model's own words: who is how near, and how near an audience asks to be.
func TestEachFieldObeysItsAudience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada", found(privacy.FoundByEveryone))
	ben := w.Add("ben")
	w.Approved(ben, ada)
	viewers := map[string]struct {
		caller db.Caller
		near   privacy.Audience // the narrowest audience that includes them
	}{
		"owner": {ada.Caller, privacy.OnlyMe}, "follower": {ben.Caller, privacy.Followers},
		"member": {w.Add("cleo").Caller, privacy.Members}, "anonymous": {w.Anonymous, privacy.Everyone},
	}

	always := []string{"id", "username"} // everyone may find ada
	ownerOnly := []string{"email", "birth_date", "settings"}
	var choosable []privacy.Field
	for _, r := range privacy.Model() {
		if r.Subject == "profile" && r.Field.Widenable() && r.Field != privacy.Groups && r.Field != privacy.Stats {
			choosable = append(choosable, r.Field)
		}
	}
	for _, private := range []bool{false, true} {
		for audience := privacy.OnlyMe; audience <= privacy.Everyone; audience++ {
			for _, odd := range choosable {
				s := privacy.Settings{Private: private, Discoverability: privacy.FoundByEveryone}
				s.Audiences = s.Audiences.With(odd, audience) // all others: only_me
				w.exec(`UPDATE member SET private = $1, audiences = $2 WHERE id = $3`, private, int64(s.Audiences), ada.ID)
				for name, v := range viewers {
					p, g, err := w.Read(w.ctx(), v.caller, "ada")
					w.must(err)
					want := slices.Clone(always)
					reach := audience
					if private {
						reach = min(reach, privacy.Followers)
					}
					if v.near == privacy.OnlyMe {
						want = append(want, ownerOnly...)
						for _, f := range choosable {
							want = append(want, f.String())
						}
					} else if reach >= v.near {
						want = append(want, odd.String())
					}
					slices.Sort(want)
					if got := keys(opened(p, g)); !slices.Equal(got, want) {
						t.Errorf("%s for %s, private %v, as %s: %v, want %v", odd, audience, private, name, got, want)
					}
				}
			}
		}
	}
}

// Whoever can't find a member gets, from every operation that names one, what a
// made-up name gets.
func TestHiddenIsAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.AddFull("ada", found(privacy.FoundByFollowers), showing(privacy.Everyone, privacy.FollowersList, privacy.FollowingList, privacy.Avatar))
	ben, cleo, dan := w.Add("ben"), w.Add("cleo"), w.Add("dan")
	w.exec(`UPDATE member SET discoverability = 2 WHERE id = $1`, ada.ID)
	w.Approved(ben, ada)
	w.Approved(dan, ada)
	w.must(w.Block(w.ctx(), ada.Caller, dan.ID))
	w.exec(`UPDATE member SET discoverability = 1 WHERE id = $1`, ada.ID)

	if _, _, err := w.Read(w.ctx(), ben.Caller, "ada"); err != nil {
		t.Errorf("a follower can't read her: %v", err)
	}
	for who, c := range map[string]db.Caller{"a stranger": cleo.Caller, "a blocked": dan.Caller, "anonymous": w.Anonymous} {
		for _, name := range []string{"ada", ada.ID.String(), "nobody-there", uuid.NewString(), "é", "", "a\x00b"} {
			_, _, err := w.Read(w.ctx(), c, name)
			w.notFound(who+" reads "+name, err)
			_, _, err = w.Avatar(w.ctx(), c, name)
			w.notFound(who+" gets the picture of "+name, err)
			_, err = w.Followers(w.ctx(), c, name, first(5))
			w.notFound(who+" lists the followers of "+name, err)
			_, err = w.Following(w.ctx(), c, name, first(5))
			w.notFound(who+" lists whom follows "+name, err)
			if c.Anonymous() {
				continue
			}
			_, err = w.ViewAsMember(w.ctx(), c, name)
			w.notFound(who+" looks as "+name, err)
		}
		if c.Anonymous() {
			continue
		}
		for _, id := range []uuid.UUID{ada.ID, uuid.New(), uuid.Nil} {
			_, err := w.Follow(w.ctx(), c, id)
			w.notFound(who+" follows", err)
			w.notFound(who+" unfollows", w.Unfollow(w.ctx(), c, id))
			w.notFound(who+" approves", w.Approve(w.ctx(), c, id))
			w.notFound(who+" removes", w.RemoveFollower(w.ctx(), c, id))
			w.notFound(who+" unblocks", w.Unblock(w.ctx(), c, id))
		}
	}
}

// Whoever follows or asks to follow somebody has shown them who they are.
func TestFollowerDisclosesThemself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada"), w.Add("ben", found(privacy.FoundByNobody))
	_, _, err := w.Read(w.ctx(), ada.Caller, "ben")
	w.notFound("before", err)
	_, err = w.Follow(w.ctx(), ben.Caller, ada.ID)
	w.must(err)
	p, g, err := w.Read(w.ctx(), ada.Caller, "ben")
	w.must(err)
	if got := keys(opened(p, g)); !slices.Equal(got, []string{"display_name", "id", "username"}) {
		t.Errorf("she sees %v", got)
	}
}

// A count counts whom the viewer can find, as the list lists them.
func TestCountsAreOfTheVisible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada", found(privacy.FoundByEveryone), showing(privacy.Everyone, privacy.FollowersList, privacy.FollowingList))
	ben, cleo := w.Add("ben", found(privacy.FoundByEveryone)), w.Add("cleo")
	dan, eve := w.Add("dan"), w.Add("eve")
	for _, p := range []person{ben, cleo, dan} {
		w.Approved(p, ada)
		w.Approved(ada, p)
	}
	w.exec(`UPDATE member SET discoverability = 0 WHERE id = $1`, dan.ID)
	w.must(w.Block(w.ctx(), cleo.Caller, eve.ID))
	for name, c := range map[string]struct {
		caller               db.Caller
		followers, following []string
	}{
		"owner":     {ada.Caller, []string{"ben", "cleo", "dan"}, []string{"ben", "cleo", "dan"}},
		"anonymous": {w.Anonymous, []string{"ben"}, []string{"ben"}},
		"ben":       {ben.Caller, []string{"ben", "cleo"}, []string{"ben", "cleo"}},
		"dan":       {dan.Caller, []string{"ben", "cleo", "dan"}, []string{"ben", "cleo", "dan"}},
		"eve":       {eve.Caller, []string{"ben"}, []string{"ben"}}, // cleo blocked her
	} {
		p, g, err := w.Read(w.ctx(), c.caller, "ada")
		w.must(err)
		followers, err := w.Followers(w.ctx(), c.caller, "ada", first(10))
		w.must(err)
		following, err := w.Following(w.ctx(), c.caller, "ada", first(10))
		w.must(err)
		got := opened(p, g)
		gotFollowers, gotFollowing := usernames(followers), usernames(following)
		slices.Sort(gotFollowers)
		slices.Sort(gotFollowing)
		if !slices.Equal(gotFollowers, c.followers) || got["followers"] != len(c.followers) {
			t.Errorf("%s sees the followers %v and counts %v, want %v", name, gotFollowers, got["followers"], c.followers)
		}
		if !slices.Equal(gotFollowing, c.following) || got["following"] != len(c.following) {
			t.Errorf("%s sees the followed %v and counts %v, want %v", name, gotFollowing, got["following"], c.following)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		born, now string
		want      int
	}{
		{"2008-05-02", "2026-05-01", 17},
		{"2008-05-01", "2026-05-01", 18},
		{"2008-12-31", "2026-05-01", 17},
		{"2008-02-29", "2026-02-28", 17},
		{"2008-02-29", "2026-03-01", 18},
		{"2008-02-29", "2028-02-29", 20},
		{"2026-05-01", "2026-05-01", 0},
	} {
		if got := member.Age(day(c.born), day(c.now)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.now, got, c.want)
		}
	}
	early := time.Date(2026, 5, 1, 1, 0, 0, 0, time.FixedZone("", 2*60*60)) // still April in UTC
	if got := member.Age(day("2008-05-01"), early); got != 17 {
		t.Errorf("the age is not that in UTC: %d", got)
	}
}

// What the table holds of sealed values tells none of them, and a value moved to
// another member or column opens nowhere.
func TestSealedValuesStayWhereTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.AddFull("ada"), w.AddFull("ben")
	var dump []byte
	w.must(w.super.QueryRow(w.ctx(), `SELECT string_agg(convert_to(p::text, 'UTF8')
		|| location_sealed || gender_sealed || birth_date_sealed || height_sealed || weight_sealed, '') FROM profile p`).Scan(&dump))
	for _, plain := range []string{"Utrecht", "woman", "1994-03-02", "171.5", "62.5"} {
		if bytes.Contains(dump, []byte(plain)) {
			t.Errorf("the table holds %s", plain)
		}
	}
	for _, move := range []string{
		`UPDATE profile SET weight_sealed = (SELECT weight_sealed FROM profile WHERE member_id = $2) WHERE member_id = $1`,
		`UPDATE profile SET weight_sealed = height_sealed WHERE member_id = $1 AND $2::uuid IS NOT NULL`,
	} {
		w.exec(move, ada.ID, ben.ID)
		if _, _, err := w.Own(w.ctx(), ada.Caller); fault.KindOf(err) != fault.KindInternal || err == nil {
			t.Errorf("a moved value gave %v", err)
		}
		// Whoever may not see the weight doesn't notice: it is not decrypted for them.
		if _, _, err := w.Read(w.ctx(), ben.Caller, "ada"); err != nil {
			t.Errorf("a reader who may not see it noticed: %v", err)
		}
	}
}

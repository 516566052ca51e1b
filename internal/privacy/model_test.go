package privacy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paceline/paceline/internal/privacy"
)

// The model as the design writes it down, in words of its own: subject, field,
// where its audience comes from, its default, the scope, and whether it is sealed.
// A change of the model is a change here, seen by whoever reviews it.
var written = []string{
	"profile id discoverability members profile:read",
	"profile username discoverability members profile:read",
	"profile display_name setting members profile:read",
	"profile avatar setting members profile:read",
	"profile bio setting followers profile:read",
	"profile location setting only_me location:read sealed",
	"profile gender setting only_me profile:private sealed",
	"profile age setting only_me profile:private sealed",
	"profile height_cm setting only_me health:read sealed",
	"profile weight_kg setting only_me health:read sealed",
	"profile resting_hr setting only_me health:read sealed",
	"profile max_hr setting only_me health:read sealed",
	"profile ftp_watts setting only_me health:read",
	"profile email fixed only_me account:read",
	"profile birth_date fixed only_me account:read sealed",
	"profile followers setting followers social:read",
	"profile following setting followers social:read",
	"profile groups setting only_me social:read",
	"profile stats setting followers workouts:read",
	"workout workout object followers workouts:read",
	"workout effort object followers workouts:read sealed",
	"workout heart_rate setting only_me health:read sealed",
	"workout route setting only_me location:read sealed",
	"workout device fixed only_me workouts:read sealed",
	"workout provenance object followers workouts:read",
	"workout sync fixed only_me sync",
	"class leaderboard setting followers workouts:read",
	"profile privacy_zones fixed only_me location:read sealed",
	"workout merge fixed only_me workouts:read",
	"profile notifications fixed only_me social:read",
	"workout likes object followers social:read",
	"workout comments object followers social:read",
	"class booking fixed only_me bookings:read",
	"profile followed_instructors fixed only_me social:read",
	"profile instructor_page fixed only_me account:read",
	"group presence group only_me social:read",
	"group coaching fixed only_me social:read",
}

var sourceNames = map[privacy.Source]string{
	privacy.FromDiscoverability: "discoverability", privacy.FromSetting: "setting",
	privacy.FromObject: "object", privacy.Fixed: "fixed", privacy.FromGroup: "group",
}

func TestTheTableIsTheModel(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range privacy.Model() {
		line := r.Subject + " " + r.Name + " " + sourceNames[r.Source] + " " + r.Default.String() + " " + r.Scope.String()
		if r.Sealed {
			line += " sealed"
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(written, got); diff != "" {
		t.Errorf("the table is not the model (-model +table):\n%s", diff)
	}
}

func TestRowsAndSlotsAreInPlace(t *testing.T) {
	t.Parallel()
	slots := map[int]privacy.Field{}
	for i, r := range privacy.Model() {
		if int(r.Field) != i+1 {
			t.Errorf("%s stands in row %d", r.Name, i+1)
		}
		if parsed, ok := privacy.ParseField(r.Name); !ok || parsed != r.Field {
			t.Errorf("%s isn't found by its name", r.Name)
		}
		if r.Slot == privacy.NoSlot {
			continue
		}
		if other, taken := slots[r.Slot]; taken {
			t.Errorf("%s and %s share slot %d", r.Name, other, r.Slot)
		}
		if r.Slot < 0 || r.Slot > 30 {
			t.Errorf("%s: slot %d doesn't fit in a signed column of 64 bits", r.Name, r.Slot)
		}
		slots[r.Slot] = r.Field
	}
}

// Slots are stored. Whoever renumbers them opens old accounts.
func TestSlotsNeverMove(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"display_name": 0, "avatar": 1, "bio": 2, "location": 3, "gender": 4, "age": 5, "height_cm": 6,
		"weight_kg": 7, "resting_hr": 8, "max_hr": 9, "ftp_watts": 10, "followers": 11, "following": 12,
		"groups": 13, "stats": 14, "workout": 15, "heart_rate": 16, "route": 17, "leaderboard": 18,
	}
	got := map[string]int{}
	for _, r := range privacy.Model() {
		if r.Slot != privacy.NoSlot {
			got[r.Name] = r.Slot
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesRoundTrip(t *testing.T) {
	t.Parallel()
	for a := privacy.OnlyMe; a <= privacy.Everyone; a++ {
		if got, err := privacy.ParseAudience(a.String()); err != nil || got != a {
			t.Errorf("audience %s reads as %s, %v", a, got, err)
		}
		d := privacy.Discoverability(a)
		if got, err := privacy.ParseDiscoverability(d.String()); err != nil || got != d {
			t.Errorf("discoverability %s reads as %s, %v", d, got, err)
		}
	}
	for _, bad := range []string{"", "nobody", "Everyone", "all"} {
		if a, err := privacy.ParseAudience(bad); err == nil || a != privacy.OnlyMe {
			t.Errorf("%q reads as audience %s", bad, a)
		}
	}
	for _, bad := range []string{"", "only_me", "Nobody"} {
		if d, err := privacy.ParseDiscoverability(bad); err == nil || d != privacy.FoundByNobody {
			t.Errorf("%q reads as discoverability %s", bad, d)
		}
	}
	if privacy.Audience(9).String() != "only_me" || privacy.Discoverability(9).String() != "nobody" {
		t.Error("what is out of range must read as the narrowest")
	}
}

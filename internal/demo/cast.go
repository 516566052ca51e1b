package demo

import "strings"

type about struct {
	fields  map[string]any
	privacy map[string]any
}

// display is the name to show; the account's own with a capital where none is set.
func (a about) display(name string) string {
	if shown, ok := a.fields["display_name"].(string); ok {
		return shown
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

var profiles = map[string]about{
	"ada": {
		fields: map[string]any{
			"display_name": "Ada L.", "bio": "Early rides, long climbs.", "gender": "woman",
			"location":  map[string]any{"city": "Winterthur", "country": "CH"},
			"height_cm": 168.5, "weight_kg": 59.25, "resting_hr": 48, "max_hr": 187, "ftp_watts": 242,
		},
		privacy: map[string]any{"private": true},
	},
	"ben": {fields: map[string]any{
		"display_name": "Ben", "bio": "Chasing Ada uphill.", "gender": "man",
		"location":  map[string]any{"city": "Baden", "country": "CH"},
		"height_cm": 181.0, "weight_kg": 78.75, "resting_hr": 55, "max_hr": 192, "ftp_watts": 251,
	}},
	"cleo": {fields: map[string]any{"display_name": "Cleo", "bio": "Rows, mostly.", "weight_kg": 64.125}},
	"dan":  {fields: map[string]any{"display_name": "Dan", "bio": "Looking for everybody's times."}},
	"eve": {
		fields: map[string]any{
			"display_name": "Eve Open", "bio": "Nothing to hide.", "gender": "woman",
			"location":  map[string]any{"city": "Lausanne", "country": "CH"},
			"height_cm": 172.0, "weight_kg": 63.5, "resting_hr": 51, "max_hr": 189, "ftp_watts": 260,
		},
		privacy: map[string]any{"discoverability": "everyone", "audiences": everything("everyone")},
	},
}

func everything(audience string) map[string]any {
	all := map[string]any{}
	for _, field := range []string{
		"display_name", "avatar", "bio", "location", "gender", "age", "height_cm", "weight_kg", "resting_hr", "max_hr",
		"ftp_watts", "followers", "following", "groups", "stats", "workout", "heart_rate", "route", "leaderboard",
	} {
		all[field] = audience
	}
	return all
}

var principals = []string{"ada", "ben", "cleo", "dan", "eve"}

var extras = []string{
	"finn", "gina", "hugo", "ines", "jonas", "kira", "luca", "mila", "nils", "olga", "paul", "rosa",
}

func names() []string { return append(append([]string(nil), principals...), extras...) }

// follows are who follows whom. They are asked for and approved.
func follows() [][2]string {
	pairs := [][2]string{{"ben", "ada"}, {"ada", "ben"}, {"ben", "eve"}, {"cleo", "eve"}, {"cleo", "ben"}}
	for i, name := range extras {
		pairs = append(pairs, [2]string{name, "eve"}, [2]string{name, extras[(i+1)%len(extras)]})
		if i%3 == 0 {
			pairs = append(pairs, [2]string{"ben", name})
		}
	}
	return pairs
}

// rides is how many recordings a member has.
func rides(name string) int {
	switch name {
	case "ada", "ben", "eve":
		return 8
	case "cleo", "dan":
		return 3
	}
	return 2
}

var titles = []string{"Morning ride", "Hill repeats", "Easy spin", "Tempo", "Long way home", "Lunch loop"}

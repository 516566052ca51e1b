package privacy

import "testing"

// A name that is read is one that is written; any other is the narrowest there is.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"everyone", "only_me", "nobody", "Everyone", "weight", "", "followers ", "id"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if a, err := ParseAudience(name); (err == nil) != (a.String() == name) || err != nil && a != OnlyMe {
			t.Fatalf("%q is the audience %v, %v", name, a, err)
		}
		if d, err := ParseDiscoverability(name); (err == nil) != (d.String() == name) || err != nil && d != FoundByNobody {
			t.Fatalf("%q is the discoverability %v, %v", name, d, err)
		}
		if field, ok := ParseField(name); ok != (name != "" && field.String() == name) || !ok && field.rule().Source != FromNowhere {
			t.Fatalf("%q is the field %v, %t", name, field, ok)
		}
	})
}

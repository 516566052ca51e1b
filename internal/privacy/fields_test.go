package privacy_test

import (
	"testing"

	"github.com/paceline/paceline/internal/privacy"
)

// A set holds the fields of the table and nothing else, whatever bits it has.
func TestASetHoldsFieldsAlone(t *testing.T) {
	t.Parallel()
	bits, none := ^privacy.Fields(0), privacy.Fields(0)
	beyond := privacy.Field(len(privacy.Model()) + 1) //nolint:gosec // a few dozen
	for _, f := range []privacy.Field{0, beyond} {
		if bits.Has(f) || none.With(f) != none || privacy.FieldsOf(f) != none {
			t.Errorf("%d is a field", f)
		}
	}
	for _, r := range privacy.Model() {
		one := none.With(r.Field)
		if !bits.Has(r.Field) || none.Has(r.Field) || !one.Has(r.Field) || privacy.FieldsOf(r.Field) != one || privacy.FieldsNamed([]string{r.Name, "no field"}) != one {
			t.Errorf("%s is not in its set", r.Name)
		}
		for _, other := range privacy.Model() {
			if other != r && one.Has(other.Field) {
				t.Errorf("%s is in the set of %s", other.Name, r.Name)
			}
		}
	}
}

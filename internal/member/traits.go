package member

import (
	"time"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
)

// Traits are what a list can be narrowed by: a gender, an age from and below a number of years, both or neither.
type Traits struct {
	Gender      *Gender
	From, Below *int // whole years
}

// Sealed are the columns that Traits are held against, as they lie in a row of a profile.
type Sealed struct{ Gender, BirthDate []byte }

// Fit says whether somebody has these traits, by what their grant opens and nothing else: who doesn't show the very field
// fits no trait, whatever theirs is.
func (t Traits) Fit(ring *seal.Ring, of db.Subject, g privacy.Grant, sealed Sealed, now time.Time) (bool, error) {
	b := &box{ring: ring, member: of.MemberID, wrapped: query.Subject(of).Wrapped}
	fits := true
	if t.Gender != nil {
		var same bool
		_, err := privacy.Convert(g, unseal[Gender](b, g, privacy.Gender, gender, sealed.Gender), func(v Gender) (*bool, error) {
			same = v == *t.Gender
			return &same, nil
		})
		if err != nil {
			return false, err
		}
		fits = same
	}
	if t.From != nil || t.Below != nil {
		var within bool
		_, err := privacy.Convert(g, unseal[string](b, g, privacy.Age, birthDate, sealed.BirthDate), func(date string) (*bool, error) {
			day, err := parseDate(date)
			if err != nil {
				return nil, err
			}
			years := Age(*day, now)
			within = (t.From == nil || years >= *t.From) && (t.Below == nil || years < *t.Below)
			return &within, nil
		})
		if err != nil {
			return false, err
		}
		fits = fits && within
	}
	return fits, b.err
}

package account

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/text"
)

// Registration is what somebody says of themselves to get an account.
type Registration struct {
	Email       string
	Password    string
	Username    string
	DisplayName string
	BirthDate   time.Time // a date: what is below a day is not looked at
}

const (
	dateOnly = time.DateOnly
	minAge   = 13 // years
	adultAge = 18
	maxAge   = 120
)

// check gives a typed fault for the first thing that is wrong, at a moment.
func (r Registration) check(now time.Time) error {
	if err := r.checkPerson(now); err != nil {
		return err
	}
	return checkPassword("/password", r.Password, r.Email, r.Username, r.DisplayName)
}

// checkPerson is check without the password.
func (r Registration) checkPerson(now time.Time) error {
	if err := checkEmail(r.Email); err != nil {
		return err
	}
	if err := checkUsername(r.Username); err != nil {
		return err
	}
	if err := checkDisplayName(r.DisplayName); err != nil {
		return err
	}
	switch years := age(r.BirthDate, now); {
	case years < 0 || years > maxAge:
		return fault.Unprocessable("invalid_birth_date", "nobody was born on that day",
			fault.At("/birth_date", "out_of_range", "is in the future, or too long ago"))
	case years < minAge:
		return fault.Unprocessable("too_young", "an account needs an age of 13 years",
			fault.At("/birth_date", "too_young", "is less than 13 years ago"))
	}
	return nil
}

// usernames have at most 30 characters, so none reads as a UUID, which has 32 or more.
var usernamePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{1,28}[a-z0-9]$`)

func checkUsername(username string) error {
	if !usernamePattern.MatchString(username) {
		return fault.Unprocessable("invalid_username", "that can't be a username",
			fault.At("/username", "invalid", "needs 3 to 30 of a-z, 0-9, '_', '.', '-', with a letter or digit at both ends"))
	}
	return nil
}

func checkDisplayName(name string) error {
	if utf8.RuneCountInString(name) > 50 || text.Line(name) != nil {
		return fault.Unprocessable("invalid_display_name", "that can't be a display name",
			fault.At("/display_name", "invalid", "needs 1 to 50 characters on one line, some of them visible and none a control character"))
	}
	return nil
}

// age is whole years between two days; a birthday of 29 February is kept on 1 March.
func age(birth, now time.Time) int {
	now = now.UTC()
	years := now.Year() - birth.Year()
	if now.Month() < birth.Month() || now.Month() == birth.Month() && now.Day() < birth.Day() {
		years--
	}
	return years
}

// reserved names would let somebody pass for the service, or shadow a page of it.
var reserved = func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`
		about abuse account accounts admin administrator anonymous api app apps auth billing blog careers class classes
		console contact demo dev docs everyone feed group groups guest help helpdesk home info instructor legal login
		logout mail me member members moderator news noreply no-reply nobody null official operator paceline postmaster
		press privacy profile register root search security self service session settings signup staff status support
		system team terms test undefined unknown user users verified webmaster workout workouts www`) {
		names[name] = true
	}
	return names
}()

// isReserved looks through marks, so that p.a.c.e.l.i.n.e is reserved too.
func isReserved(username string) bool {
	return reserved[username] || reserved[strings.NewReplacer("_", "", ".", "", "-", "").Replace(username)]
}

package build

import (
	"crypto/sha256"
	"time"

	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/seal"
)

// sealed is a value in a column of a profile; nil stays NULL.
func sealed[T any](r *row, key *seal.Key, column string, v *T) error {
	box, err := seal.SealOptional(key, seal.Context{Column: "profile." + column, Row: key.Member()}, v)
	r.bytes(box)
	return err
}

func (b *builder) members() []fill {
	w := b.world
	each := func(table, columns string, add func(r *row, i int) error) fill {
		return fill{table: table, columns: columns, count: w.Members, add: add}
	}
	return []fill{
		each("public.member", "id, private, minor, discoverability, audiences, created_at", func(r *row, i int) error {
			m := w.Member(i)
			r.begin(6)
			r.id(m.ID)
			r.flag(m.Settings.Private)
			r.flag(m.Settings.Minor)
			r.small(int(m.Settings.Discoverability))
			r.big(int64(m.Settings.Audiences)) //nolint:gosec // the same bits
			r.time(m.CreatedAt)
			return nil
		}),
		each("public.member_key", "member_id, wrapped", func(r *row, i int) error {
			r.begin(2)
			r.id(w.MemberID(i))
			r.bytes(b.keys[i])
			return nil
		}),
		each("public.profile", "member_id, username, display_name, search_name, bio, ftp_watts, location_sealed, gender_sealed, "+
			"birth_date_sealed, height_sealed, weight_sealed, resting_hr_sealed, max_hr_sealed, updated_at", b.profile),
		each("auth.account", "member_id, email, created_at", func(r *row, i int) error {
			m := w.Member(i)
			r.begin(3)
			r.id(m.ID)
			r.text(m.Email)
			r.time(m.CreatedAt)
			return nil
		}),
		each("auth.credential", "member_id, password_hash, password_changed_at", func(r *row, i int) error {
			r.begin(3)
			r.id(w.MemberID(i))
			r.text(b.password)
			r.time(w.Base)
			return nil
		}),
		each("auth.email_claim", "email, member_id", func(r *row, i int) error {
			r.begin(2)
			r.text(w.Email(i))
			r.id(w.MemberID(i))
			return nil
		}),
		each("auth.username_claim", "username, member_id", func(r *row, i int) error {
			r.begin(2)
			r.text(w.Username(i))
			r.id(w.MemberID(i))
			return nil
		}),
	}
}

func (b *builder) profile(r *row, i int) error {
	m := b.world.Member(i)
	key, err := b.ring.Unwrap(m.ID, b.keys[i])
	if err != nil {
		return err
	}
	r.begin(14)
	r.id(m.ID)
	r.text(m.Username)
	r.text(m.DisplayName)
	r.text(member.SearchName(m.DisplayName))
	r.optional(m.Bio)
	r.integer(m.FTPWatts)
	var location *member.Location
	if m.City != "" {
		location = &member.Location{City: m.City, Country: m.Country}
	}
	for _, add := range []func() error{
		func() error { return sealed(r, key, "location_sealed", location) },
		func() error { return sealed(r, key, "gender_sealed", m.Gender) },
		func() error { return sealed(r, key, "birth_date_sealed", &m.Born) },
		func() error { return sealed(r, key, "height_sealed", m.HeightCM) },
		func() error { return sealed(r, key, "weight_sealed", m.WeightKG) },
		func() error { return sealed(r, key, "resting_hr_sealed", m.RestingHR) },
		func() error { return sealed(r, key, "max_hr_sealed", m.MaxHR) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	r.time(m.CreatedAt)
	return nil
}

// sessionLife is how long the world's sessions live, and with them the database: a production
// access token ends after ten minutes.
const sessionLife = 60 * 24 * time.Hour

func (b *builder) sessions() []fill {
	w := b.world
	ends := w.Base.Add(sessionLife)
	return []fill{
		{"auth.session", "member_id, id, kind, label, created_at, last_used_at, expires_at", w.Sessions, func(r *row, i int) error {
			r.begin(7)
			r.id(w.MemberID(i % w.Members))
			r.id(w.SessionID(i))
			r.text("bearer")
			r.text("Bench")
			r.time(w.Base)
			r.time(w.Base)
			r.time(ends)
			return nil
		}},
		{"auth.token", "hash, member_id, session_id, kind, created_at, expires_at", w.Sessions, func(r *row, i int) error {
			hash := sha256.Sum256([]byte(w.Token(i)))
			r.begin(6)
			r.bytes(hash[:])
			r.id(w.MemberID(i % w.Members))
			r.id(w.SessionID(i))
			r.text("access")
			r.time(w.Base)
			r.time(ends)
			return nil
		}},
	}
}

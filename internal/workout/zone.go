package workout

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/place"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/text"
	"github.com/paceline/paceline/internal/workout/query"
)

// What bounds a member's zones.
const (
	maxZones      = 10
	maxRemembered = 20
)

// Zone is a privacy zone as its member keeps it: a point, and how far around it nothing is to show.
// The name is a note to self.
type Zone struct {
	ID        uuid.UUID
	Lat, Lon  float64
	RadiusM   int
	Name      *string
	CreatedAt time.Time
}

// ZoneEntry is a zone to be made.
type ZoneEntry struct {
	Lat, Lon float64
	RadiusM  int
	Name     *string
}

// ZonePatch is what its member changes of a zone: never its point, for the same shift around two
// points would tell whoever knows the one where the other is.
type ZonePatch struct {
	RadiusM *int
	Name    Change[string]
}

// sealedZone is what is sealed of a zone. The shift was made for a radius and stays, whatever
// becomes of the zone's own.
type sealedZone struct {
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	RadiusM  int     `json:"radius_m"`
	ShiftedM int     `json:"shifted_m"`
	Secret   []byte  `json:"secret"`
	Name     *string `json:"name,omitempty"`
}

func (z sealedZone) point() place.Point { return place.Point{Lat: z.Lat, Lon: z.Lon} }

// zone is a row, open. A removed one cuts nothing.
type zone struct {
	sealedZone
	id      uuid.UUID
	removed bool
	made    time.Time
	shifted place.Zone
}

func (z zone) closed(owner uuid.UUID) privacy.Guarded[Zone] {
	return privacy.Guard(owner, privacy.PrivacyZones, Zone{
		ID: z.id, Lat: z.Lat, Lon: z.Lon, RadiusM: z.RadiusM, Name: z.Name, CreatedAt: z.made.UTC(),
	})
}

type zones []zone

// shifted are the circles that cut.
func (all zones) shifted() (out []place.Zone) {
	for _, z := range all {
		if !z.removed {
			out = append(out, z.shifted)
		}
	}
	return out
}

func zoneAt(id uuid.UUID) seal.Context {
	return seal.Context{Column: "privacy_zone.zone_sealed", Row: id}
}

// readZones gives the member's zones, the removed ones as well, the oldest first.
func readZones(ctx context.Context, tx *db.Tx, by self) (zones, error) {
	rows, err := query.New(tx).ReadZones(ctx, by.id)
	if err != nil {
		return nil, err
	}
	out := make(zones, 0, len(rows))
	for _, row := range rows {
		z := zone{id: row.ID, removed: row.Removed, made: row.CreatedAt}
		if z.sealedZone, err = seal.OpenValue[sealedZone](by.key, zoneAt(row.ID), row.ZoneSealed); err != nil {
			return nil, err
		}
		if z.shifted, err = place.New(z.point(), z.ShiftedM, z.Secret); err != nil {
			return nil, err
		}
		if z.shifted, err = z.shifted.Resized(z.RadiusM); err != nil {
			return nil, err
		}
		out = append(out, z)
	}
	return out, nil
}

// Zones are the caller's own, the oldest first.
func (s *Service) Zones(ctx context.Context, c db.Caller) (out []privacy.Guarded[Zone], grant privacy.Grant, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		all, err := readZones(ctx, tx, by)
		for _, z := range all {
			if !z.removed {
				out = append(out, z.closed(by.id))
			}
		}
		grant = by.grant
		return err
	})
	return out, grant, err
}

// AddZone makes a zone, and cuts all workouts of the caller's by it. A point within the radius of another
// zone, or of one that was, is the same place: it takes over the shift, for a second one would
// narrow the place down to where both are possible.
func (s *Service) AddZone(ctx context.Context, c db.Caller, e ZoneEntry, r Repeat) (privacy.Guarded[Zone], privacy.Grant, error) {
	var made uuid.UUID
	return s.changeZones(ctx, c, func(ctx context.Context, tx *db.Tx, by self, all zones) (uuid.UUID, error) {
		ids, err := r.once(ctx, tx, by, func() ([]uuid.UUID, error) {
			if len(all.shifted()) >= maxZones {
				return nil, fault.Conflict("too_many_zones", "remove a zone before you add another")
			}
			id, err := uuid.NewRandom()
			if err != nil {
				return nil, err
			}
			z := sealedZone{Lat: e.Lat, Lon: e.Lon, RadiusM: e.RadiusM, ShiftedM: e.RadiusM, Secret: make([]byte, place.SecretBytes), Name: e.Name}
			if err := z.check(); err != nil {
				return nil, err
			}
			rand.Read(z.Secret) // never fails
			forget := z.takeOver(all)
			if err := query.New(tx).ForgetZones(ctx, by.id, forget); err != nil {
				return nil, err
			}
			sealed, err := seal.SealValue(by.key, zoneAt(id), z)
			if err != nil {
				return nil, err
			}
			return []uuid.UUID{id}, query.New(tx).AddZone(ctx, query.AddZoneParams{MemberID: by.id, ID: id, ZoneSealed: sealed, CreatedAt: tx.Now()})
		})
		if err == nil {
			made = ids[0]
		}
		return made, err
	}, fault.Conflict("gone", "what this made has been deleted since"))
}

// check refuses a zone that can't be.
func (z sealedZone) check() error {
	var c complaints
	if z.Name != nil {
		c.text("/name", z.Name, text.Line)
	}
	return c.fault()
}

// takeOver gives the zone the shift of the nearest one at the same place, and says which removed ones it
// stands for.
func (z *sealedZone) takeOver(all zones) (forget []uuid.UUID) {
	forget = []uuid.UUID{}
	near := slices.DeleteFunc(slices.Clone(all), func(o zone) bool {
		return place.Distance(z.point(), o.point()) > float64(max(z.RadiusM, o.RadiusM))
	})
	if len(near) == 0 {
		return forget
	}
	first := slices.MinFunc(near, func(a, b zone) int {
		return cmp.Compare(place.Distance(z.point(), a.point()), place.Distance(z.point(), b.point()))
	})
	z.Secret, z.ShiftedM = first.Secret, first.ShiftedM
	for _, o := range near {
		if o.removed && subtle.ConstantTimeCompare(o.Secret, z.Secret) == 1 {
			forget = append(forget, o.id)
		}
	}
	return forget
}

// EditZone changes a zone of the caller's. NotFound for any other.
func (s *Service) EditZone(ctx context.Context, c db.Caller, id uuid.UUID, p ZonePatch) (privacy.Guarded[Zone], privacy.Grant, error) {
	return s.changeZones(ctx, c, func(ctx context.Context, tx *db.Tx, by self, all zones) (uuid.UUID, error) {
		z, err := all.find(id)
		if err != nil {
			return uuid.Nil, err
		}
		if p.RadiusM != nil {
			z.RadiusM = *p.RadiusM
		}
		p.Name.apply(&z.Name)
		if err := z.check(); err != nil {
			return uuid.Nil, err
		}
		return id, z.keep(ctx, tx, by)
	}, fault.NotFound())
}

// RemoveZone takes a zone of the caller's away: what it cut shows again. Its point and its shift are
// remembered, sealed, for a zone at the same place.
func (s *Service) RemoveZone(ctx context.Context, c db.Caller, id uuid.UUID) error {
	_, _, err := s.changeZones(ctx, c, func(ctx context.Context, tx *db.Tx, by self, all zones) (uuid.UUID, error) {
		z, err := all.find(id)
		if err != nil {
			return uuid.Nil, err
		}
		z.removed, z.Name = true, nil
		if err := z.keep(ctx, tx, by); err != nil {
			return uuid.Nil, err
		}
		forget := []uuid.UUID{}
		for _, o := range slices.Backward(all) {
			if o.removed {
				forget = append(forget, o.id)
			}
		}
		return uuid.Nil, query.New(tx).ForgetZones(ctx, by.id, forget[min(len(forget), maxRemembered-1):])
	}, nil)
	return err
}

func (all zones) find(id uuid.UUID) (zone, error) {
	i := slices.IndexFunc(all, func(z zone) bool { return z.id == id && !z.removed })
	if i < 0 {
		return zone{}, fault.NotFound()
	}
	return all[i], nil
}

func (z zone) keep(ctx context.Context, tx *db.Tx, by self) error {
	sealed, err := seal.SealValue(by.key, zoneAt(z.id), z.sealedZone)
	if err != nil {
		return err
	}
	return query.New(tx).ChangeZone(ctx, query.ChangeZoneParams{MemberID: by.id, ID: z.id, ZoneSealed: sealed, Removed: z.removed})
}

// changeZones changes zones while nobody writes a workout of the member's, cuts by them what there is,
// and gives the zone that the change was of, or the fault where there is none by now.
func (s *Service) changeZones(ctx context.Context, c db.Caller,
	change func(context.Context, *db.Tx, self, zones) (uuid.UUID, error), gone error,
) (out privacy.Guarded[Zone], grant privacy.Grant, err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := query.New(tx).LockZones(ctx); err != nil {
			return err
		}
		by, err := s.readSelf(ctx, tx)
		if err != nil {
			return err
		}
		before, err := readZones(ctx, tx, by)
		if err != nil {
			return err
		}
		id, err := change(ctx, tx, by, before)
		if err != nil {
			return err
		}
		after, err := readZones(ctx, tx, by)
		if err != nil {
			return err
		}
		if !slices.Equal(before.shifted(), after.shifted()) {
			if err := cutAll(ctx, tx, by, after.shifted()); err != nil {
				return err
			}
			if err := query.New(tx).PlaceOwn(ctx); err != nil {
				return err
			}
		}
		grant = by.grant
		if id == uuid.Nil {
			return nil
		}
		z, err := after.find(id)
		if err != nil {
			return gone
		}
		out = z.closed(by.id)
		return nil
	})
	return out, grant, err
}

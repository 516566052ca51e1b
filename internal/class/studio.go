package class

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/query"
	"github.com/paceline/paceline/internal/class/recur"
	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/page"
)

func studioOf(row query.ReadStudioRow) Studio {
	return Studio{
		ID: row.ID, State: State(row.State), Name: row.Name, City: row.City, Country: row.Country, TimeZone: row.TimeZone, Places: row.Places,
	}
}

// Studios lists those that are published, by name, without their places; with a country only those in it.
func (s *Service) Studios(ctx context.Context, c db.Caller, country *string, r page.Request) (page.Page[Studio], error) {
	r.Filter = spelled(country)
	return s.studios(ctx, c, nil, public, country, r)
}

// ManageStudios lists studios for class managers, by name: those in a state, or all.
func (s *Service) ManageStudios(ctx context.Context, c db.Caller, state *State, r page.Request) (page.Page[Studio], error) {
	r.Filter = spelled(state)
	return s.studios(ctx, c, &duty, states(state), nil, r)
}

func (s *Service) studios(ctx context.Context, c db.Caller, d *db.Duty, in []string, country *string, r page.Request) (out page.Page[Studio], err error) {
	err = s.db.AsViewer(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if d != nil {
			if err := tx.Demand(*d); err != nil {
				return err
			}
		}
		at, err := after(s, tx, r, named{})
		if err != nil {
			return err
		}
		rows, err := query.New(tx).ListStudios(ctx, query.ListStudiosParams{
			States: in, Country: country, AfterName: at.Name, AfterID: at.ID, Most: oneMore(r.Limit),
		})
		if err != nil {
			return err
		}
		all := make([]Studio, len(rows))
		for i, row := range rows {
			all[i] = Studio{ID: row.ID, State: State(row.State), Name: row.Name, City: row.City, Country: row.Country, TimeZone: row.TimeZone}
		}
		out, err = page.Cut(s.ring, tx.Viewer(), r, all, func(i Studio) named { return named{i.Name, i.ID} })
		return err
	})
	return out, err
}

// Studio is one that is published, with its places.
func (s *Service) Studio(ctx context.Context, c db.Caller, id uuid.UUID) (out Studio, err error) {
	err = s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadStudio(ctx, id, public)
		out = studioOf(row)
		return err
	})
	return out, err
}

// StudioEntry is a studio to be made.
type StudioEntry struct {
	Name, City, Country, TimeZone string
	Places                        []string
}

// StudioPatch is what is changed; nil stays. A studio doesn't move to another time zone: its schedule would.
type StudioPatch struct {
	Name, City, Country *string
	Places              []string
	State               *State
}

func (s Studio) check() error {
	var c complaints
	c.line("/name", s.Name)
	c.line("/city", s.City)
	_, ok := recur.Zone(s.TimeZone)
	c.add(!ok, "/time_zone", "unknown_zone", "is no time zone of the IANA database")
	for i, p := range s.Places {
		c.line(fmt.Sprintf("/places/%d", i), p)
	}
	c.distinct("/places", s.Places)
	return c.fault()
}

func (s Studio) putPlaces(ctx context.Context, q *query.Queries) error {
	labels := append([]string{}, s.Places...)
	if err := q.DropPlaces(ctx, s.ID, labels); err != nil {
		return err
	}
	return q.PutPlaces(ctx, s.ID, labels)
}

// AddStudio makes a draft.
func (s *Service) AddStudio(ctx context.Context, c db.Caller, e StudioEntry, r Repeat) (out Studio, err error) {
	made := Studio{State: Draft, Name: e.Name, City: e.City, Country: e.Country, TimeZone: e.TimeZone, Places: e.Places}
	if err := made.check(); err != nil {
		return Studio{}, err
	}
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		id, err := s.once(ctx, tx, q, r, "studio", func(id uuid.UUID) error {
			made.ID = id
			err := q.AddStudio(ctx, query.AddStudioParams{
				ID: id, Name: made.Name, City: made.City, Country: made.Country, TimeZone: made.TimeZone, Now: tx.Now(),
			})
			if err != nil {
				return err
			}
			return made.putPlaces(ctx, q)
		})
		if err != nil {
			return err
		}
		row, err := q.ReadStudio(ctx, id, kept)
		out = studioOf(row)
		return err
	})
	return out, err
}

// ManageStudio is a studio in any state, for class managers.
func (s *Service) ManageStudio(ctx context.Context, c db.Caller, id uuid.UUID) (out Studio, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, _ *db.Tx, q *query.Queries) error {
		row, err := q.ReadStudio(ctx, id, kept)
		out = studioOf(row)
		return err
	})
	return out, err
}

// EditStudio changes a studio, if check has nothing against it as it is, locked.
func (s *Service) EditStudio(ctx context.Context, c db.Caller, id uuid.UUID, p StudioPatch, check func(Studio) error) (out Studio, err error) {
	err = s.manage(ctx, c, func(ctx context.Context, tx *db.Tx, q *query.Queries) error {
		if _, err := q.LockStudio(ctx, id); err != nil {
			return err
		}
		row, err := q.ReadStudio(ctx, id, kept)
		if err != nil {
			return err
		}
		out = studioOf(row)
		if err := check(out); err != nil {
			return err
		}
		before := out.State
		set(&out.Name, p.Name)
		set(&out.City, p.City)
		set(&out.Country, p.Country)
		if out.State, err = out.State.to(p.State); err != nil {
			return err
		}
		if p.Places != nil {
			out.Places = p.Places
		}
		if err := out.check(); err != nil {
			return err
		}
		if out.State == Retired && before != Retired {
			if err := nothingToCome(ctx, tx, q, id); err != nil {
				return err
			}
		}
		if err := q.ChangeStudio(ctx, query.ChangeStudioParams{
			ID: id, State: string(out.State), Name: out.Name, City: out.City, Country: out.Country, Now: tx.Now(),
		}); err != nil {
			return err
		}
		if p.Places != nil {
			if err := out.putPlaces(ctx, q); err != nil {
				return err
			}
		}
		return note(ctx, tx, "studio.changed", id, string(out.State))
	})
	return out, err
}

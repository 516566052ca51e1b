package workout

import (
	"context"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/seal"
	"github.com/paceline/paceline/internal/workout/query"
)

// Read gives a workout, or NotFound where the viewer may not know of it.
func (s *Service) Read(ctx context.Context, c db.Caller, id uuid.UUID) (Workout, privacy.Grant, error) {
	var out Shown
	err := s.db.Read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		row, err := query.New(tx).ReadWorkout(ctx, id)
		if err != nil {
			return err
		}
		var visible bool
		shown, subject := apart(row)
		if out, visible, err = s.decide(tx, shown, subject, nil); err == nil && !visible {
			err = fault.NotFound()
		}
		return err
	})
	return out.Workout, out.Grant, err
}

// apart is the row of one workout as lists bring it, in two.
func apart(row query.WorkoutSeen) (query.WorkoutShown, query.Subject) {
	return query.WorkoutShown{
			MemberID: row.MemberID, ID: row.ID, Audience: row.Audience, Sport: row.Sport, Indoor: row.Indoor, Title: row.Title,
			StartedAt: row.StartedAt, DurationS: row.DurationS, MovingS: row.MovingS, DistanceM: row.DistanceM,
			CaloriesKcal: row.CaloriesKcal, OutputKj: row.OutputKj, Source: row.Source,
			CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
			Username: row.Username, DisplayName: row.DisplayName, HasAvatar: row.HasAvatar,
			EffortSealed: row.EffortSealed, HeartSealed: row.HeartSealed, RouteSealed: row.RouteSealed,
			DeviceSealed: row.DeviceSealed, RouteDistanceM: row.RouteDistanceM,
		}, query.Subject{
			MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
			Audiences: row.Audiences, Edge: row.Edge, Wrapped: row.Wrapped, SeenBy: row.SeenBy,
		}
}

// look is a grant seen through somebody else's eyes; nil is one's own.
type look func(privacy.Grant) privacy.Grant

// decide asks the policy about a row and opens the seals of what it may show. A workout that it
// hides comes back empty, and not visible.
func (s *Service) decide(tx *db.Tx, row query.WorkoutShown, subject query.Subject, through look) (Shown, bool, error) {
	return s.decideAmong(tx, row, subject, privacy.Among{}, through)
}

// decideAmong is decide for what is of a group.
func (s *Service) decideAmong(tx *db.Tx, row query.WorkoutShown, subject query.Subject, among privacy.Among, through look) (Shown, bool, error) {
	owner := db.Subject(subject)
	grant, err := owner.DecideAs(tx, among)
	if err != nil {
		return Shown{}, false, err
	}
	if through != nil {
		grant = through(grant)
	}
	audience := db.Audience(row.Audience)
	if !grant.ShowsWithin(privacy.Workout, audience) {
		return Shown{}, false, nil
	}
	w, cut, err := s.guard(row, owner, grant)
	if err != nil {
		return Shown{}, false, err
	}
	return Shown{Workout: w, Grant: grant, at: position{row.StartedAt, row.ID}, cut: cut}, true, nil
}

// guard puts each value of a row under its field, and unseals what the grant opens. Of a workout that
// zones cut, whoever may open the device's part, its owner, gets the whole.
func (s *Service) guard(row query.WorkoutShown, owner db.Subject, grant privacy.Grant) (w Workout, cut bool, err error) {
	audience := db.Audience(row.Audience)
	o := opener{ring: s.ring, owner: owner, grant: grant, workout: row.ID, audience: audience}
	var whole *Whole
	device, err := privacy.Convert(grant, o.closed(privacy.Device, row.DeviceSealed), func(sealed []byte) (*Device, error) {
		key, err := o.unwrap()
		if err != nil {
			return nil, err
		}
		d, err := seal.OpenValue[Device](key, summaryAt(privacy.Device, row.ID), sealed)
		whole, d.Whole = d.Whole, nil
		return &d, err
	})
	if err != nil {
		return Workout{}, false, err
	}
	if whole != nil {
		return whole.guard(row, device), true, nil
	}
	w = guardFacts(row, audience)
	w.Device = device
	if w.Effort, err = unseal[Effort](&o, privacy.Effort, row.EffortSealed); err != nil {
		return Workout{}, false, err
	}
	if w.Heart, err = unseal[Heart](&o, privacy.HeartRate, row.HeartSealed); err != nil {
		return Workout{}, false, err
	}
	w.Route, err = unseal[Route](&o, privacy.Route, row.RouteSealed)
	return w, false, err
}

// guard puts the whole in the place of what others see.
func (w Whole) guard(row query.WorkoutShown, device privacy.Guarded[Device]) Workout {
	row.Audience, row.StartedAt, row.DurationS, row.MovingS = w.Audience, w.StartedAt, w.DurationS, w.MovingS
	row.DistanceM, row.RouteDistanceM, row.CaloriesKcal, row.OutputKj = w.DistanceM, w.TrackM, w.CaloriesKcal, w.OutputKJ
	audience := db.Audience(row.Audience)
	out := guardFacts(row, audience)
	out.Device = device
	out.Effort = privacy.GuardOptional(row.MemberID, privacy.Effort, audience, w.Effort)
	out.Heart = privacy.GuardOptional(row.MemberID, privacy.HeartRate, audience, w.Heart)
	out.Route = privacy.GuardOptional(row.MemberID, privacy.Route, audience, w.Route)
	return out
}

// guardFacts guards what is not sealed.
func guardFacts(row query.WorkoutShown, audience privacy.Audience) Workout {
	w := Workout{
		ID:     row.ID,
		Owner:  guardOwner(row),
		Facts:  privacy.GuardWithin(row.MemberID, privacy.Workout, audience, facts(row)),
		Source: privacy.GuardWithin(row.MemberID, privacy.Provenance, audience, Source(row.Source)),
		Keeping: privacy.GuardWithin(row.MemberID, privacy.Device, audience,
			Keeping{Audience: audience, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC()}),
		DistanceM: privacy.GuardOptional(row.MemberID, privacy.Workout, audience, row.DistanceM),
	}
	if row.DistanceM == nil {
		w.tracked = true
		w.DistanceM = privacy.GuardOptional(row.MemberID, privacy.Route, audience, row.RouteDistanceM)
	}
	return w
}

func facts(row query.WorkoutShown) Facts {
	return Facts{
		Sport: Sport(row.Sport), Indoor: row.Indoor, Title: row.Title, StartedAt: row.StartedAt.UTC(),
		DurationS: row.DurationS, MovingS: row.MovingS, CaloriesKcal: row.CaloriesKcal, OutputKJ: row.OutputKj,
	}
}

// guardOwner: there is no name where row-level security hides the profile.
func guardOwner(row query.WorkoutShown) Owner {
	var picture *uuid.UUID
	if row.HasAvatar {
		picture = &row.MemberID
	}
	return Owner{
		ID:          privacy.Guard(row.MemberID, privacy.ID, row.MemberID),
		Username:    privacy.GuardOptional(row.MemberID, privacy.Username, privacy.Everyone, row.Username),
		DisplayName: privacy.GuardOptional(row.MemberID, privacy.DisplayName, privacy.Everyone, row.DisplayName),
		Avatar:      privacy.GuardOptional(row.MemberID, privacy.Avatar, privacy.Everyone, picture),
	}
}

// opener unseals the parts of one workout. The key is unwrapped once, when something opens.
type opener struct {
	ring     *seal.Ring
	owner    db.Subject
	grant    privacy.Grant
	workout  uuid.UUID
	audience privacy.Audience
	key      *seal.Key
}

func (o *opener) unwrap() (*seal.Key, error) {
	if o.key != nil {
		return o.key, nil
	}
	key, err := o.ring.Unwrap(o.owner.MemberID, o.owner.Wrapped)
	o.key = key
	return key, err
}

// closed is sealed bytes under a field; NULL is nothing to open.
func (o *opener) closed(f privacy.Field, sealed []byte) privacy.Guarded[[]byte] {
	var value *[]byte
	if sealed != nil {
		value = &sealed
	}
	return privacy.GuardOptional(o.owner.MemberID, f, o.audience, value)
}

func unseal[T any](o *opener, f privacy.Field, sealed []byte) (privacy.Guarded[T], error) {
	return unsealAt[T](o, f, sealed, summaryAt(f, o.workout))
}

func unsealAt[T any](o *opener, f privacy.Field, sealed []byte, at seal.Context) (privacy.Guarded[T], error) {
	return privacy.Convert(o.grant, o.closed(f, sealed), func(sealed []byte) (*T, error) {
		key, err := o.unwrap()
		if err != nil {
			return nil, err
		}
		value, err := seal.OpenValue[T](key, at, sealed)
		return &value, err
	})
}

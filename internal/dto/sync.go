package dto

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// SyncOutcome is what an item of a batch came to: why it was rejected, else what it is now.
type SyncOutcome struct {
	ClientID *uuid.UUID // as it was sent; nil where that can't be read
	Part     *int
	Rejected *fault.Error
	Synced   privacy.Guarded[workout.Synced]
	Grant    privacy.Grant
}

// SyncBody is the results of a batch. It is the empty body where the grant for an item that was taken
// doesn't show what became of it.
func SyncBody(outcomes []SyncOutcome, offsetS float64) Body {
	var s shower
	out := SyncResults{Items: make([]SyncResult, 0, len(outcomes)), ClockOffsetS: offsetS}
	for _, o := range outcomes {
		r := SyncResult{ClientID: o.ClientID, Part: o.Part, Status: SyncStatus(workout.SyncRejected)}
		if o.Rejected != nil {
			r.Code, r.Detail = new(string(o.Rejected.Code)), &o.Rejected.Message
			for _, f := range o.Rejected.Fields {
				r.Errors = append(r.Errors, ProblemError{Pointer: f.Pointer, Code: string(f.Code), Detail: f.Message})
			}
		} else {
			synced := opened(s.by(o.Grant), o.Synced)
			if synced == nil {
				return Body{}
			}
			r.Status, r.WorkoutID = SyncStatus(synced.Status), synced.WorkoutID
			r.Version, r.Complete = &synced.Version, &synced.Complete
			for _, gap := range synced.Missing {
				r.Missing = append(r.Missing, PartRange(gap))
			}
		}
		out.Items = append(out.Items, r)
	}
	return s.body(out)
}

// SyncChangesBody is a page of changes: what the grant opens of each.
func SyncChangesBody(c workout.Changes) Body {
	var s shower
	by := s.by(c.Grant)
	out := SyncChanges{Items: make([]SyncChange, 0, len(c.Items)), ResumeCursor: c.Resume}
	if c.More {
		out.NextCursor = &c.Resume
	}
	for _, item := range c.Items {
		facts := opened(by, item)
		if facts == nil {
			return Body{}
		}
		out.Items = append(out.Items, SyncChange{WorkoutID: facts.WorkoutID, ClientIds: facts.ClientIDs, Deleted: facts.Deleted, ChangedAt: facts.ChangedAt})
	}
	return s.body(out)
}

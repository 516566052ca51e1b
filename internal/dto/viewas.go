package dto

import (
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/workout"
)

// ViewAsBody is the caller's profile and workouts through somebody else's eyes:
// the bodies that those would get. Where they get nothing there is neither.
func ViewAsBody(v member.View, workouts []workout.Shown) Body {
	var looks shower // at themselves: nobody else is shown, and so nobody is noted
	out := ViewAs{Relation: relationOf(v.Grant), Visible: v.Visible}
	if !v.Visible {
		return bodyOf(out)
	}
	items, ok := workoutModels(workouts, &looks)
	if out.Profile = profileOf(v.Profile, looks.by(v.Grant)); out.Profile == nil || !ok {
		return Body{}
	}
	out.Workouts = items
	return bodyOf(out)
}

package dto

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// TwinListBody is a workout's twins, for its owner. For anybody else there is no such body.
func TwinListBody(twins privacy.Guarded[workout.Twins], grant privacy.Grant) Body {
	var s shower
	t := opened(s.by(grant), twins)
	if t == nil {
		return Body{}
	}
	list := TwinList{MergedFrom: append([]uuid.UUID{}, t.MergedFrom...), Items: []Twin{}}
	for _, twin := range t.Items {
		list.Items = append(list.Items, Twin{WorkoutID: twin.WorkoutID, Overlap: twin.Overlap, Agreement: twin.Agreement})
	}
	return s.body(list)
}

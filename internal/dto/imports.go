package dto

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// ImportStateBody is an import for its owner, with its id. For anybody else there is no such body.
func ImportStateBody(guarded privacy.Guarded[workout.Import], grant privacy.Grant) (Body, uuid.UUID) {
	var s shower
	i := opened(s.by(grant), guarded)
	if i == nil {
		return Body{}, uuid.Nil
	}
	return s.body(importModel(*i)), i.ID
}

// ImportListBody is an owner's imports; what the grant doesn't open is absent.
func ImportListBody(list page.Page[privacy.Guarded[workout.Import]], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	out := ImportList{Items: []Import{}, NextCursor: unlessEmpty(list.Next)}
	for _, guarded := range list.Items {
		if i := opened(g, guarded); i != nil {
			out.Items = append(out.Items, importModel(*i))
		}
	}
	return s.body(out)
}

// ImportFileListBody is what became of the files of an owner's import.
func ImportFileListBody(list page.Page[privacy.Guarded[workout.ImportFile]], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	out := ImportFileList{Items: []ImportFile{}, NextCursor: unlessEmpty(list.Next)}
	for _, guarded := range list.Items {
		if f := opened(g, guarded); f != nil {
			out.Items = append(out.Items, ImportFile{
				Index: f.Place, Name: unlessEmpty(f.Name), Outcome: ImportOutcome(f.Outcome), Code: f.Code,
				Workouts: f.Workouts, Duplicates: f.Duplicates,
			})
		}
	}
	return s.body(out)
}

func importModel(i workout.Import) Import {
	m := Import{
		ID: i.ID, State: ImportState(i.State), Code: i.Code, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
		Retryable: i.Kept && (i.State == workout.Partly || i.State == workout.Failed),
		Files: ImportCounts{
			Total: i.Files, Created: i.Created, Duplicate: i.Duplicate, Rejected: i.Rejected, Ignored: i.Ignored,
		},
	}
	if i.Audience != nil {
		m.Audience = new(Audience(i.Audience.String()))
	}
	return m
}

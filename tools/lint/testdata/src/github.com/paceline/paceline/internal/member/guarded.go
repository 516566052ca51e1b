package member

import (
	"context"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/privacy"
)

func sealed(g privacy.Grant, v privacy.Guarded[[]byte]) {
	_, _ = privacy.Convert(g, v, func([]byte) (*string, error) { return nil, nil })
	_ = g.As(1)
}

func opens(g privacy.Grant, v privacy.Guarded[string]) {
	_, _ = v.Open(g) // want `internal/privacy.Guarded.Open is not for here`
	open := v.Open   // want `internal/privacy.Guarded.Open is not for here`
	_, _ = open(g)
	_, _ = privacy.Decide(privacy.Viewer{}, privacy.Subject{}) // want `internal/privacy.Decide is not for here`
	_ = privacy.NewViewer("somebody")                          // want `internal/privacy.NewViewer is not for here`
	_ = privacy.Anonymous()                                    // want `internal/privacy.Anonymous is not for here`
}

func unseen(ctx context.Context, d *db.DB) {
	_ = db.WithToken("token")         // want `internal/db.WithToken is not for here`
	_ = d.AsSystem(ctx, "login", nil) // want `internal/db.DB.AsSystem is not for here`
	_ = d.Once("limit")               // want `internal/db.DB.Once is not for here`
	_ = d.AsWorker(ctx, "mail", nil)  // want `internal/db.DB.AsWorker is not for here`
}

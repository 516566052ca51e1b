package dto

import "github.com/paceline/paceline/internal/privacy"

func opened[T any](g privacy.Grant, v privacy.Guarded[T]) *T {
	value, ok := v.Open(g)
	if !ok {
		return nil
	}
	return &value
}

func short(g privacy.Grant, v privacy.Guarded[[]byte]) {
	_, _ = v.Open(g)                                                                // want `internal/privacy.Guarded.Open is not for here`
	_, _ = privacy.Convert(g, v, func([]byte) (*string, error) { return nil, nil }) // want `internal/privacy.Convert is not for here`
	_ = g.As(1)                                                                     // want `internal/privacy.Grant.As is not for here`
}

package dto

import (
	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/staff"
)

// SecondFactorsBody is an owner's second factors, without what makes their codes.
func SecondFactorsBody(factors privacy.Guarded[account.Factors], grant privacy.Grant) Body {
	var shows shower
	f := opened(shows.by(grant), factors)
	if f == nil {
		return Body{}
	}
	list := SecondFactors{Items: []SecondFactor{}, RecoveryCodesLeft: f.Codes}
	for _, one := range f.Factors {
		list.Items = append(list.Items, SecondFactor{ID: one.ID, Name: one.Name, CreatedAt: one.CreatedAt, Confirmed: one.Confirmed})
	}
	return shows.body(list)
}

// EnrolledFactorBody is a new factor's secret for who enrolled it: made for this answer, it is
// shown never again.
func EnrolledFactorBody(f account.Enrolled) Body {
	return bodyOf(EnrolledFactor{ID: f.ID, Secret: f.Secret.Reveal(), URI: f.URI.Reveal()})
}

// RecoveryCodesBody is new recovery codes for their owner: made for this answer, they exist
// nowhere else.
func RecoveryCodesBody(codes []account.Secret) Body {
	out := RecoveryCodes{Codes: make([]string, len(codes))}
	for i, code := range codes {
		out.Codes[i] = code.Reveal()
	}
	return bodyOf(out)
}

// AccessLogBody is who read what of an owner; what the grant doesn't open is absent.
func AccessLogBody(list page.Page[privacy.Guarded[staff.Look]], grant privacy.Grant) Body {
	var shows shower
	g := shows.by(grant)
	out := AccessLog{Items: []AccessLogEntry{}, NextCursor: unlessEmpty(list.Next)}
	for _, guarded := range list.Items {
		if l := opened(g, guarded); l != nil {
			out.Items = append(out.Items, AccessLogEntry{
				Hour: l.Hour, Who: l.Who, Through: l.Through, Scope: l.Scope, Kind: l.Kind, Times: l.Times, Reason: unlessEmpty(l.Reason),
			})
		}
	}
	return shows.body(out)
}

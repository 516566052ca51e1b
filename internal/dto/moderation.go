package dto

import (
	"github.com/paceline/paceline/internal/moderation"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// ReportBody is a report for whoever made it. For anybody else there is no such body.
func ReportBody(r privacy.Guarded[moderation.Report], grant privacy.Grant) Body {
	var s shower
	one := opened(s.by(grant), r)
	if one == nil {
		return Body{}
	}
	return s.body(reportModel(*one))
}

// ReportListBody is a member's reports, for themselves.
func ReportListBody(p page.Page[privacy.Guarded[moderation.Report]], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	list := ReportList{Items: []Report{}, NextCursor: nextCursor(p.Next)}
	for _, r := range p.Items {
		if one := opened(g, r); one != nil {
			list.Items = append(list.Items, reportModel(*one))
		}
	}
	return s.body(list)
}

func reportModel(r moderation.Report) Report {
	return Report{
		ID: r.ID, Kind: ReportKind(r.Kind), ObjectID: r.Object, Reason: ReportReason(r.Reason), State: ReportState(r.State), CreatedAt: r.CreatedAt,
	}
}

// SanctionBody is a decision for whom it is against.
func SanctionBody(x privacy.Guarded[moderation.Sanction], grant privacy.Grant) Body {
	var s shower
	one := opened(s.by(grant), x)
	if one == nil {
		return Body{}
	}
	return s.body(sanctionModel(*one))
}

// SanctionListBody is what was decided against a member, for themselves.
func SanctionListBody(p page.Page[privacy.Guarded[moderation.Sanction]], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	list := SanctionList{Items: []Sanction{}, NextCursor: nextCursor(p.Next)}
	for _, x := range p.Items {
		if one := opened(g, x); one != nil {
			list.Items = append(list.Items, sanctionModel(*one))
		}
	}
	return s.body(list)
}

func sanctionModel(x moderation.Sanction) Sanction {
	return Sanction{
		ID: x.ID, Kind: SanctionKind(x.Kind), Words: x.Words, CreatedAt: x.MadeAt, EndsAt: x.EndsAt, LiftedAt: x.LiftedAt,
		Appeal: AppealState(x.Appeal), AppealedAt: x.AppealedAt,
	}
}

// CaseBody is a case for a moderator: it names no member, and holds no more of one than the words that
// were reported.
func CaseBody(c moderation.Case) Body { return bodyOf(caseModel(c)) }

// CaseListBody is the open cases, for moderators.
func CaseListBody(p page.Page[moderation.Case]) Body {
	list := CaseList{Items: []Case{}, NextCursor: nextCursor(p.Next)}
	for _, c := range p.Items {
		list.Items = append(list.Items, caseModel(c))
	}
	return bodyOf(list)
}

func caseModel(c moderation.Case) Case {
	out := Case{
		ID: c.ID, Kind: ReportKind(c.Kind), State: ReportState(c.State), OpenedAt: c.OpenedAt, Mine: c.Mine,
		Reasons: []ReasonCount{}, Evidence: evidenceModel(c.Evidence), Said: c.Said,
	}
	for _, r := range c.Reasons {
		out.Reasons = append(out.Reasons, ReasonCount{Reason: ReportReason(r.Reason), Reports: int(r.Reports)})
	}
	if c.Action != nil {
		out.Action = new(CaseAction(*c.Action))
	}
	return out
}

func evidenceModel(all []moderation.Piece) (out []EvidencePiece) {
	for _, p := range all {
		out = append(out, EvidencePiece{What: p.What, Text: p.Text})
	}
	return out
}

// AppealListBody is the open appeals, for moderators.
func AppealListBody(p page.Page[moderation.Objection]) Body {
	list := AppealList{Items: []Appeal{}, NextCursor: nextCursor(p.Next)}
	for _, o := range p.Items {
		list.Items = append(list.Items, Appeal{
			ID: o.ID, Kind: SanctionKind(o.Kind), Words: o.Words, Said: o.Said, CreatedAt: o.MadeAt, AppealedAt: o.AppealedAt,
			Of: ReportKind(o.Of), Evidence: evidenceModel(o.Evidence),
		})
	}
	return bodyOf(list)
}

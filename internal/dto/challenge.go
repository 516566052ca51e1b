package dto

import (
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/page"
)

// ChallengeBody is a challenge as its reader gets it, with how far they came themselves.
func ChallengeBody(c group.Challenge) Body {
	var s shower
	out := challengeOf(c)
	if c.Progress != nil {
		score := opened(s.by(c.Progress.Grant), c.Progress.Score)
		if score == nil {
			return Body{}
		}
		out.Progress = &ChallengeProgress{Value: score.Value, Reached: score.Reached}
	}
	return s.body(out)
}

func challengeOf(c group.Challenge) Challenge {
	return Challenge{
		ID: c.ID, GroupID: c.Group, Title: c.Title, Metric: GroupMetric(c.Metric), Target: int(c.Target),
		From: openapi_types.Date{Time: c.From}, To: openapi_types.Date{Time: c.To}, TimeZone: c.Zone,
		State: ChallengeState(c.State), DaysLeft: c.DaysLeft, Joined: c.Joined,
	}
}

// ChallengeListBody is a page of a group's challenges.
func ChallengeListBody(p page.Page[group.Challenge]) Body {
	list := ChallengeList{Items: []Challenge{}, NextCursor: nextCursor(p.Next)}
	for _, c := range p.Items {
		list.Items = append(list.Items, challengeOf(c))
	}
	return bodyOf(list)
}

// ChallengeStandingsBody is a page of standings, each place under a grant of its own.
func ChallengeStandingsBody(p group.Standings) Body {
	var s shower
	out := ChallengeStandings{State: ChallengeState(p.State), Items: []ChallengePlace{}, NextCursor: nextCursor(p.Next)}
	for _, place := range p.Items {
		item := challengePlace(place, &s)
		if item == nil {
			return Body{}
		}
		out.Items = append(out.Items, *item)
	}
	if p.Own != nil {
		out.Own = challengePlace(*p.Own, &s)
	}
	return s.body(out)
}

func challengePlace(p group.Place, s *shower) *ChallengePlace {
	g := s.by(p.Grant)
	id, score := opened(g, p.ID), opened(g, p.Score)
	if id == nil || score == nil {
		return nil
	}
	return &ChallengePlace{ID: *id, Rank: int(score.Rank), Value: score.Value, Reached: score.Reached, Member: groupPerson(g, p.Person)}
}

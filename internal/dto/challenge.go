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
	return bodyOf(ChallengeList{Items: models(p.Items, challengeOf), NextCursor: nextCursor(p.Next)})
}

// ChallengeStandingsBody is a page of standings, each place under a grant of its own.
func ChallengeStandingsBody(p group.Standings) Body {
	var s shower
	items, own, ok := showPlaces(&s, p.Items, p.Own, func(p shownPlace) ChallengePlace {
		return ChallengePlace{ID: p.id, Rank: int(p.score.Rank), Value: p.score.Value, Reached: p.score.Reached, Member: p.member}
	})
	if !ok {
		return Body{}
	}
	return s.body(ChallengeStandings{State: ChallengeState(p.State), Items: items, Own: own, NextCursor: nextCursor(p.Next)})
}

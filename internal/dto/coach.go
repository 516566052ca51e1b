package dto

import (
	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// CoachGrantListBody is a page of what a member grants coaches, for that member.
func CoachGrantListBody(p page.Page[privacy.Guarded[group.CoachGrant]], grant privacy.Grant) Body {
	var s shower
	by := s.by(grant)
	list := CoachGrantList{Items: []CoachGrant{}, NextCursor: nextCursor(p.Next)}
	for _, guarded := range p.Items {
		g := opened(by, guarded)
		if g == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		item := CoachGrant{GroupID: g.Group, GroupName: unlessEmpty(g.GroupName), CoachID: g.Coach, GrantedAt: g.GrantedAt}
		for _, name := range g.Fields {
			item.Fields = append(item.Fields, CoachField(name))
		}
		list.Items = append(list.Items, item)
	}
	return s.body(list)
}

// AthleteBody is an athlete as their coach sees them.
func AthleteBody(a member.Athlete, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	id := opened(g, a.Membership)
	if id == nil {
		return Body{}
	}
	p := a.Profile
	out := Athlete{
		ID: *id, Member: groupPerson(g, group.Person{ID: p.ID, Username: p.Username, DisplayName: p.DisplayName, HasAvatar: p.HasAvatar}),
		Age: opened(g, p.Age), HeightCm: opened(g, p.HeightCM), WeightKg: opened(g, p.WeightKG),
		RestingHr: opened(g, p.RestingHR), MaxHr: opened(g, p.MaxHR), FtpWatts: opened(g, p.FTPWatts),
		Gender: as(opened(g, p.Gender), func(v member.Gender) Gender { return Gender(v) }),
	}
	return s.body(out)
}

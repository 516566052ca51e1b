package dto

import (
	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/group"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// GroupBody is a group as its reader gets it: what it says of anybody is what its reader is to it.
func GroupBody(g group.Group) Body { return bodyOf(groupOf(g)) }

func groupOf(g group.Group) Group {
	out := Group{ID: g.ID, Kind: GroupKind(g.Kind), Name: g.Name, Description: g.Description, CreatedAt: g.CreatedAt}
	if g.Role != "" {
		role := GroupRole(g.Role)
		out.Role = &role
	}
	if g.Offered {
		out.Offered = &g.Offered
	}
	return out
}

// GroupListBody is a page of groups.
func GroupListBody(p page.Page[group.Group]) Body {
	return bodyOf(GroupList{Items: models(p.Items, groupOf), NextCursor: nextCursor(p.Next)})
}

// MemberGroupsBody is a page of the groups that a member shows on their profile.
func MemberGroupsBody(p page.Page[privacy.Guarded[group.Group]], grant privacy.Grant) Body {
	var s shower
	by := s.by(grant)
	list := GroupList{Items: []Group{}, NextCursor: nextCursor(p.Next)}
	for _, guarded := range p.Items {
		g := opened(by, guarded)
		if g == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		list.Items = append(list.Items, groupOf(*g))
	}
	return s.body(list)
}

// GroupMemberListBody is a page of who is in a group, each under a grant of its own.
func GroupMemberListBody(p page.Page[group.Membership]) Body {
	var s shower
	list := GroupMemberList{Items: []GroupMember{}, NextCursor: nextCursor(p.Next)}
	for _, m := range p.Items {
		g := s.by(m.Grant)
		id, role, since := opened(g, m.ID), opened(g, m.Role), opened(g, m.Since)
		if id == nil || role == nil || since == nil {
			return Body{}
		}
		list.Items = append(list.Items, GroupMember{ID: *id, Role: GroupRole(*role), Since: *since, Member: groupPerson(g, m.Person)})
	}
	return s.body(list)
}

// groupPerson is somebody by name, nil for whom their reader can't find.
func groupPerson(g opener, p group.Person) *GroupPerson {
	id, username := opened(g, p.ID), opened(g, p.Username)
	if id == nil || username == nil {
		return nil
	}
	return &GroupPerson{ID: *id, Username: *username, DisplayName: opened(g, p.DisplayName), AvatarURL: avatarURL(*id, opened(g, p.HasAvatar) != nil)}
}

// GroupLeaderboardBody is a page of a group's board, each place under a grant of its own.
func GroupLeaderboardBody(b group.Board, m group.Metric, p group.Period) Body {
	var s shower
	items, own, ok := showPlaces(&s, b.Items, b.Own, func(p shownPlace) GroupPlace {
		return GroupPlace{ID: p.id, Rank: int(p.score.Rank), Value: p.score.Value, Member: p.member}
	})
	if !ok {
		return Body{}
	}
	return s.body(GroupLeaderboard{
		Metric: GroupMetric(m), Period: GroupPeriod(p), From: b.From, Until: b.Until, Items: items, Own: own, NextCursor: nextCursor(b.Next),
	})
}

// shownPlace is a place that its own grant opened.
type shownPlace struct {
	id     uuid.UUID
	score  group.Score
	member *GroupPerson
}

func showPlace(p group.Place, s *shower) *shownPlace {
	g := s.by(p.Grant)
	id, score := opened(g, p.ID), opened(g, p.Score)
	if id == nil || score == nil {
		return nil
	}
	return &shownPlace{*id, *score, groupPerson(g, p.Person)}
}

// showPlaces are those of a page, and the reader's own if there is one; not ok where one of the page doesn't open.
func showPlaces[T any](s *shower, all []group.Place, own *group.Place, model func(shownPlace) T) (items []T, self *T, ok bool) {
	items = []T{}
	for _, p := range all {
		shown := showPlace(p, s)
		if shown == nil {
			return nil, nil, false
		}
		items = append(items, model(*shown))
	}
	if own != nil {
		self = as(showPlace(*own, s), model)
	}
	return items, self, true
}

// GroupInviteBody is an invite with its secret, for who made it.
func GroupInviteBody(i group.Invite, code group.Code) Body {
	return bodyOf(GroupInviteMade{ID: i.ID, Used: i.Used, Most: i.Most, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, Code: code.Reveal()})
}

// GroupInviteListBody is a page of invites.
func GroupInviteListBody(p page.Page[group.Invite]) Body {
	list := GroupInviteList{Items: []GroupInvite{}, NextCursor: nextCursor(p.Next)}
	for _, i := range p.Items {
		list.Items = append(list.Items, GroupInvite{
			ID: i.ID, Used: i.Used, Most: i.Most, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, RevokedAt: i.RevokedAt,
		})
	}
	return bodyOf(list)
}

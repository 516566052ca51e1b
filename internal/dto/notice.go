package dto

import (
	"github.com/paceline/paceline/internal/notice/inbox"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// NotificationListBody is a page of a member's notices, for themselves: each thing under its owner's grant,
// and each actor under theirs.
func NotificationListBody(p page.Page[inbox.Item], unread inbox.Unread) Body {
	var s shower
	count := opened(s.by(unread.Grant), unread.Count)
	if count == nil {
		return Body{}
	}
	list := NotificationList{Items: []Notification{}, Unread: *count, NextCursor: nextCursor(p.Next)}
	for _, item := range p.Items {
		told, thing := opened(s.by(item.Grant), item.Told), opened(s.by(item.ThingGrant), item.Thing)
		if told == nil || thing == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		m := Notification{
			ID: told.ID, Kind: NotificationKind(told.Kind), At: told.At, Read: told.Read, ObjectID: thing.Object, PartID: thing.Part,
		}
		if thing.About != "" {
			m.About = new(NotificationAbout(thing.About))
		}
		if item.Actor != nil {
			if m.Actor = summaryModel(*item.Actor, &s); m.Actor == nil {
				return Body{}
			}
		}
		list.Items = append(list.Items, m)
	}
	return s.body(list)
}

// NotificationSettingsBody is what a member is told of, for themselves.
func NotificationSettingsBody(settings privacy.Guarded[inbox.Settings], g privacy.Grant) Body {
	var s shower
	all := opened(s.by(g), settings)
	if all == nil {
		return Body{}
	}
	out := NotificationSettings{Items: []NotificationSetting{}}
	for _, set := range *all {
		out.Items = append(out.Items, NotificationSetting{Kind: NotificationKind(set.Kind), Told: set.Told, Mailed: set.Mailed})
	}
	return s.body(out)
}

package dto

import (
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/social"
)

// LikeListBody is who likes a workout, each under a grant of their own, and how many.
func LikeListBody(l social.Likes) Body {
	var s shower
	sums := opened(s.by(l.Grant), l.Summed)
	if sums == nil {
		return Body{}
	}
	list := LikeList{Items: []MemberSummary{}, Count: sums.Count, Liked: sums.Liked, NextCursor: nextCursor(l.Next)}
	for _, m := range l.Items {
		one := summaryModel(m, &s)
		if one == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		list.Items = append(list.Items, *one)
	}
	return s.body(list)
}

// CommentBody is a comment. Of one whose workout the grant doesn't show there is no body: it is the empty
// one, which can't be sent.
func CommentBody(c social.Comment) Body {
	var s shower
	m := commentModel(c, &s)
	if m == nil {
		return Body{}
	}
	return s.body(*m)
}

// CommentListBody is a page of comments.
func CommentListBody(l social.Comments) Body {
	var s shower
	if opened(s.by(l.Grant), l.There) == nil {
		return Body{}
	}
	list := CommentList{Items: []Comment{}, NextCursor: nextCursor(l.Next)}
	for _, c := range l.Items {
		m := commentModel(c, &s)
		if m == nil {
			return Body{}
		}
		list.Items = append(list.Items, *m)
	}
	return s.body(list)
}

func commentModel(c social.Comment, s *shower) *Comment {
	g := s.by(c.Grant)
	said := opened(g, c.Said)
	if said == nil {
		return nil
	}
	m := &Comment{
		ID: c.ID, WorkoutID: said.Workout, Text: said.Text, CreatedAt: said.CreatedAt, EditedAt: said.EditedAt,
		Hidden: opened(g, c.Hidden),
	}
	if c.Author != nil {
		m.Author = summaryModel(*c.Author, s)
	}
	for _, one := range c.Mentioned {
		if named := summaryModel(one, s); named != nil {
			m.Mentions = append(m.Mentions, *named)
		}
	}
	return m
}

// summaryModel is a member as an entry, nil where the grant doesn't show them.
func summaryModel(m member.Summary, s *shower) *MemberSummary {
	g := s.by(m.Grant)
	id, username := opened(g, m.ID), opened(g, m.Username)
	if id == nil || username == nil {
		return nil
	}
	return &MemberSummary{
		ID: *id, Username: *username, DisplayName: opened(g, m.DisplayName),
		AvatarURL: avatarURL(*id, opened(g, m.HasAvatar) != nil),
	}
}

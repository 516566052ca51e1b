package dto

import (
	"time"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// ProfileBody is a member as the grant shows them. Of a member whom it doesn't
// show at all there is no body: it is the empty one, which can't be sent.
func ProfileBody(p member.Profile, g privacy.Grant) Body {
	var s shower
	body := profileOf(p, s.by(g))
	if body == nil {
		return Body{}
	}
	return s.body(body)
}

func profileOf(p member.Profile, g opener) *Profile {
	id, username := opened(g, p.ID), opened(g, p.Username)
	if id == nil || username == nil {
		return nil
	}
	out := &Profile{
		ID:             *id,
		Username:       *username,
		DisplayName:    opened(g, p.DisplayName),
		AvatarURL:      avatarURL(*id, opened(g, p.HasAvatar) != nil),
		Bio:            opened(g, p.Bio),
		Location:       as(opened(g, p.Location), locationOf),
		Gender:         as(opened(g, p.Gender), func(v member.Gender) Gender { return Gender(v) }),
		Age:            opened(g, p.Age),
		HeightCm:       opened(g, p.HeightCM),
		WeightKg:       opened(g, p.WeightKG),
		RestingHr:      opened(g, p.RestingHR),
		MaxHr:          opened(g, p.MaxHR),
		FtpWatts:       opened(g, p.FTPWatts),
		Email:          opened(g, p.Email),
		BirthDate:      as(opened(g, p.BirthDate), func(v time.Time) openapi_types.Date { return openapi_types.Date{Time: v} }),
		FollowersCount: opened(g, p.Followers),
		FollowingCount: opened(g, p.Following),
		Relation:       relationOf(g.Grant),
		Audiences:      as(opened(g, p.Settings), audiencesOf),
	}
	return out
}

// relationOf is what the viewer is to the owner, in the contract's words.
func relationOf(g privacy.Grant) Relation {
	if g.Relation() == privacy.RelationMember && g.Edge().Has(privacy.EdgeAsked) {
		return RelationRequested
	}
	return Relation(g.Relation().String())
}

// locationOf leaves out what is empty.
func locationOf(l member.Location) Location {
	var out Location
	if l.City != "" {
		out.City = &l.City
	}
	if l.Country != "" {
		out.Country = &l.Country
	}
	return out
}

// avatarURL is where a picture is, for whoever may see that there is one.
func avatarURL(id uuid.UUID, shown bool) *string {
	if !shown {
		return nil
	}
	url := "/v1/members/" + id.String() + "/avatar"
	return &url
}

// PictureBody is a picture that a grant opens, as it is; fault.NotFound otherwise.
func PictureBody(image privacy.Guarded[[]byte], g privacy.Grant) (Body, error) {
	var s shower
	encoded := opened(s.by(g), image)
	if encoded == nil {
		return Body{}, fault.NotFound()
	}
	return Body{raw: *encoded, shown: s.members}, nil
}

// MemberListBody is a page of members, each under a grant of its own.
func MemberListBody(p page.Page[member.Summary]) Body {
	var s shower
	list := MemberList{Items: []MemberSummary{}, NextCursor: nextCursor(p.Next)}
	for _, m := range p.Items {
		g := s.by(m.Grant)
		id, username := opened(g, m.ID), opened(g, m.Username)
		if id == nil || username == nil {
			return Body{} // a list that would skip a row can't be sent
		}
		list.Items = append(list.Items, MemberSummary{
			ID: *id, Username: *username, DisplayName: opened(g, m.DisplayName),
			AvatarURL: avatarURL(*id, opened(g, m.HasAvatar) != nil),
		})
	}
	return s.body(list)
}

// BlockListBody is a page of whom the owner of the grant blocked.
func BlockListBody(p page.Page[member.Block], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	list := BlockList{Items: []BlockedMember{}, NextCursor: nextCursor(p.Next)}
	for _, b := range p.Items {
		id := opened(g, b.ID)
		if id == nil {
			return Body{}
		}
		list.Items = append(list.Items, BlockedMember{ID: *id, Username: opened(g, b.Username)})
	}
	return s.body(list)
}

// FollowStateBody is what the caller is to somebody now.
func FollowStateBody(s member.FollowState) Body {
	return bodyOf(FollowState{State: FollowStateValue(s)})
}

func nextCursor(next string) *string {
	if next == "" {
		return nil
	}
	return &next
}

// as converts a value that is there.
func as[T, U any](v *T, convert func(T) U) *U {
	if v == nil {
		return nil
	}
	u := convert(*v)
	return &u
}

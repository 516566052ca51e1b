package dto

import (
	"encoding/hex"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/paceline/paceline/internal/audit"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/staff"
)

// The bodies of what staff do among themselves hold nothing that a member guards: who holds
// which duty, who asked for what. Only StaffProfileBody does, and it takes a grant.

// RoleListBody is who holds which duty.
func RoleListBody(roles []staff.Role) Body {
	out := RoleList{Items: []Role{}}
	for _, r := range roles {
		out.Items = append(out.Items, Role{MemberID: r.Member, Role: StaffRole(r.Role), Since: r.Since})
	}
	return bodyOf(out)
}

// RoleRequestListBody is the duties that wait for a second admin.
func RoleRequestListBody(requests []staff.RoleRequest) Body {
	out := RoleRequestList{Items: []RoleRequest{}}
	for _, r := range requests {
		out.Items = append(out.Items, RoleRequest{
			ID: r.ID, MemberID: r.Member, Role: StaffRole(r.Role), Reason: r.Reason, AskedBy: r.AskedBy, AskedAt: r.AskedAt,
		})
	}
	return bodyOf(out)
}

// MadeBody is the id of something that staff made.
func MadeBody(id uuid.UUID) Body { return bodyOf(Made{ID: id}) }

// FoundMemberBody is a member by the name that they were asked for by: it says that there is one.
func FoundMemberBody(m staff.Member) Body {
	return bodyOf(FoundMember{MemberID: m.ID, Name: m.Username})
}

// AccessGrantBody is an access grant for who opened it.
func AccessGrantBody(a staff.Access) Body { return bodyOf(accessGrant(a)) }

// AccessGrantListBody is the access grants that somebody opened.
func AccessGrantListBody(list []staff.Access) Body {
	out := AccessGrantList{Items: []AccessGrant{}}
	for _, a := range list {
		out.Items = append(out.Items, accessGrant(a))
	}
	return bodyOf(out)
}

func accessGrant(a staff.Access) AccessGrant {
	out := AccessGrant{
		ID: a.ID, MemberID: a.Member, Reason: a.Reason, Fields: make([]AccessField, len(a.Fields)),
		OpenedAt: a.OpenedAt, ExpiresAt: a.ExpiresAt, EndedAt: a.EndedAt,
	}
	for i, f := range a.Fields {
		out.Fields[i] = AccessField(f)
	}
	return out
}

// StaffProfileBody is what an access grant opens of a member, and nothing else of them.
func StaffProfileBody(p member.Profile, grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	body := StaffProfile{
		Username: opened(g, p.Username), DisplayName: opened(g, p.DisplayName), Bio: opened(g, p.Bio), Age: opened(g, p.Age),
		HeightCm: opened(g, p.HeightCM), WeightKg: opened(g, p.WeightKG), RestingHr: opened(g, p.RestingHR), MaxHr: opened(g, p.MaxHR),
		FtpWatts: opened(g, p.FTPWatts), Email: opened(g, p.Email),
	}
	if l := opened(g, p.Location); l != nil {
		body.City, body.Country = unlessEmpty(l.City), unlessEmpty(l.Country)
	}
	if gender := opened(g, p.Gender); gender != nil {
		body.Gender = new(string(*gender))
	}
	if born := opened(g, p.BirthDate); born != nil {
		body.BirthDate = &openapi_types.Date{Time: *born}
	}
	return s.body(body)
}

// AuditListBody is what staff did, for admins.
func AuditListBody(list page.Page[audit.Row]) Body {
	out := AuditList{Items: []AuditEntry{}, NextCursor: unlessEmpty(list.Next)}
	known := func(id uuid.UUID) *uuid.UUID {
		if id == uuid.Nil {
			return nil
		}
		return &id
	}
	for _, r := range list.Items {
		out.Items = append(out.Items, AuditEntry{
			Seq: r.Seq, At: r.At, Actor: known(r.Actor), Duties: r.Duties, Act: r.Act, Subject: known(r.Subject),
			Object: r.Object, Details: r.Details, Hash: hex.EncodeToString(r.Hash),
		})
	}
	return bodyOf(out)
}

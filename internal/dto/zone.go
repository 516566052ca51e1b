package dto

import (
	"github.com/paceline/paceline/internal/privacy"
	"github.com/paceline/paceline/internal/workout"
)

// PrivacyZoneBody is a zone for its member. For anybody else there is no such body.
func PrivacyZoneBody(zone privacy.Guarded[workout.Zone], grant privacy.Grant) Body {
	var s shower
	z := opened(s.by(grant), zone)
	if z == nil {
		return Body{}
	}
	return s.body(zoneModel(*z))
}

// PrivacyZoneListBody is a member's zones, for themselves.
func PrivacyZoneListBody(zones []privacy.Guarded[workout.Zone], grant privacy.Grant) Body {
	var s shower
	g := s.by(grant)
	list := PrivacyZoneList{Items: []PrivacyZone{}}
	for _, zone := range zones {
		if z := opened(g, zone); z != nil {
			list.Items = append(list.Items, zoneModel(*z))
		}
	}
	return s.body(list)
}

func zoneModel(z workout.Zone) PrivacyZone {
	return PrivacyZone{ID: z.ID, Lat: z.Lat, Lon: z.Lon, RadiusM: z.RadiusM, Name: z.Name, CreatedAt: z.CreatedAt}
}

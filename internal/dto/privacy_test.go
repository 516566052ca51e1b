package dto

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

// Every field that an owner chooses an audience for has its place in the
// contract, under the model's name, and no other field has one.
func TestAudiencesHavePlaces(t *testing.T) {
	t.Parallel()
	var s privacy.Settings
	for _, r := range privacy.Model() {
		s.Audiences = s.Audiences.With(r.Field, privacy.Members)
	}
	encoded, err := json.Marshal(audiencesOf(s))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for _, r := range privacy.Model() {
		if (got[r.Name] == "members") != r.Field.Widenable() {
			t.Errorf("%s: %q", r.Name, got[r.Name])
		}
		delete(got, r.Name)
	}
	if len(got) != 0 {
		t.Errorf("not in the model: %v", got)
	}
}

// Settings that go out and come back are the same.
func TestSettingsRoundTrip(t *testing.T) {
	t.Parallel()
	s := privacy.DefaultSettings(false)
	out := audiencesOf(s)
	d := Discoverability(s.Discoverability.String())
	edit, err := PrivacyPatch{Private: new(true), Discoverability: &d, Audiences: &out}.SettingsEdit()
	if err != nil || !*edit.Private || *edit.Discoverability != s.Discoverability {
		t.Fatalf("%+v, %v", edit, err)
	}
	for field, a := range edit.Audiences {
		if a != s.Audiences.Chosen(field) {
			t.Errorf("%s: %s", field, a)
		}
	}
	for _, wrong := range []PrivacyPatch{
		{Discoverability: new(Discoverability("only_me"))}, {Audiences: &Audiences{Bio: new(Audience("nobody"))}},
	} {
		if _, err := wrong.SettingsEdit(); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}

// Bodies of what the grant doesn't show can't be sent.
func TestClosedBodiesCannotBeSent(t *testing.T) {
	t.Parallel()
	owner := uuid.New()
	p := member.Profile{ID: privacy.Guard(owner, privacy.ID, owner), Username: privacy.Guard(owner, privacy.Username, "ada")}
	var none privacy.Grant
	for name, body := range map[string]Body{
		"profile":  ProfileBody(p, none),
		"settings": PrivacyBody(privacy.Guard(owner, privacy.Email, privacy.Settings{}), none),
		"view-as":  ViewAsBody(member.View{Visible: true, Profile: p}, nil),
	} {
		if encoded, err := body.Encode(); err == nil {
			t.Errorf("%s: %s", name, encoded)
		}
	}
	if _, err := PictureBody(privacy.Guard(owner, privacy.Avatar, []byte("x")), none); err == nil {
		t.Error("a closed picture is sent")
	}
}

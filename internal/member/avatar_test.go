package member_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

var tinyPNG = func() []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		panic(err)
	}
	return out.Bytes()
}()

func TestAvatarStandsUnderItsAudience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben, cleo := w.Add("ada", found(privacy.FoundByEveryone)), w.Add("ben"), w.Add("cleo")
	w.Approved(ben, ada)
	_, _, err := w.Avatar(w.ctx(), ada.Caller, "ada")
	w.notFound("no picture", err)
	w.must(w.SetAvatar(w.ctx(), ada.Caller, "image/png", tinyPNG))
	w.must(w.SetAvatar(w.ctx(), ada.Caller, "image/png", tinyPNG)) // again
	for audience, readers := range map[privacy.Audience][]db.Caller{
		privacy.OnlyMe:    {ada.Caller},
		privacy.Followers: {ada.Caller, ben.Caller},
		privacy.Members:   {ada.Caller, ben.Caller, cleo.Caller},
		privacy.Everyone:  {ada.Caller, ben.Caller, cleo.Caller, w.Anonymous},
	} {
		w.must(w.choose(ada.Caller, member.SettingsEdit{Audiences: audiences{privacy.Avatar: audience}}))
		for i, c := range []db.Caller{ada.Caller, ben.Caller, cleo.Caller, w.Anonymous} {
			image, g, err := w.Avatar(w.ctx(), c, "ada")
			if i >= len(readers) {
				w.notFound("reader "+audience.String(), err)
				continue
			}
			w.must(err)
			encoded, ok := image.Open(g)
			if !ok {
				t.Fatalf("%s: reader %d can't open it", audience, i)
			}
			if config, err := jpeg.DecodeConfig(bytes.NewReader(encoded)); err != nil || config.Width != 512 || config.Height != 512 {
				t.Errorf("it is %+v, %v", config, err)
			}
		}
	}
	w.must(w.DeleteAvatar(w.ctx(), cleo.Caller)) // none; and not ada's
	_, _, err = w.Avatar(w.ctx(), ada.Caller, "ada")
	w.must(err)
	w.must(w.DeleteAvatar(w.ctx(), ada.Caller))
	_, _, err = w.Avatar(w.ctx(), ada.Caller, "ada")
	w.notFound("deleted", err)
	w.refused("nobody's", w.SetAvatar(w.ctx(), w.Anonymous, "image/png", tinyPNG), fault.KindUnauthenticated, "login_required")
	w.refused("not a picture", w.SetAvatar(w.ctx(), ada.Caller, "image/png", []byte("x")), fault.KindUnsupportedMedia, "picture_type_differs")
}

package privacy_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/paceline/paceline/internal/privacy"
)

const marker = "MARKER-5f1c"

func TestGuardedShowsNothing(t *testing.T) {
	t.Parallel()
	g := privacy.Guard(owner, privacy.Bio, marker)
	holder := struct {
		Name string
		G    privacy.Guarded[string]
		P    *privacy.Guarded[string]
	}{"x", g, &g}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb, g)
		fmt.Fprintf(&out, verb, &g)
		fmt.Fprintf(&out, verb, holder)
		fmt.Fprintf(&out, verb, []privacy.Guarded[string]{g})
		fmt.Fprintf(&out, verb, map[string]privacy.Guarded[string]{"k": g})
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("message", "g", g, "p", &g, slog.Any("holder", holder))
	}
	if strings.Contains(out.String(), marker) || strings.Contains(out.String(), owner.String()) {
		t.Errorf("printed: %s", out.String())
	}
	if fmt.Sprint(g) != "[guarded]" {
		t.Errorf("shows %q", fmt.Sprint(g))
	}
}

func TestGuardedCantBeMarshalled(t *testing.T) {
	t.Parallel()
	g := privacy.Guard(owner, privacy.Bio, marker)
	for name, marshal := range map[string]func(any) ([]byte, error){
		"json": json.Marshal, "json v2": func(v any) ([]byte, error) { return jsonv2.Marshal(v) },
		"gob": func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(v)
			return b.Bytes(), err
		},
	} {
		for _, v := range []any{g, &g, []privacy.Guarded[string]{g}, struct{ G privacy.Guarded[string] }{g}} {
			out, err := marshal(v)
			if !errors.Is(err, privacy.ErrGuarded) {
				t.Errorf("%s of %T: %v", name, v, err)
			}
			if bytes.Contains(out, []byte(marker)) {
				t.Errorf("%s of %T wrote it", name, v)
			}
		}
	}
	if _, err := g.MarshalText(); !errors.Is(err, privacy.ErrGuarded) {
		t.Error(err)
	}
	if _, err := g.MarshalBinary(); !errors.Is(err, privacy.ErrGuarded) {
		t.Error(err)
	}
}

func TestGuardedCantBeCompared(t *testing.T) {
	t.Parallel()
	if reflect.TypeFor[privacy.Guarded[int]]().Comparable() {
		t.Error("== on guarded values is an oracle")
	}
}

func TestConvertLooksOnlyWhereTheGrantOpens(t *testing.T) {
	t.Parallel()
	for _, w := range everybody() {
		s := privacy.Settings{}
		s.Audiences = s.Audiences.With(privacy.Location, privacy.Followers)
		g := decide(t, w, s)
		looked := false
		got, err := privacy.Convert(g, privacy.Guard(owner, privacy.Location, []byte("sealed")), func([]byte) (*string, error) {
			looked = true
			v := marker
			return &v, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		v, ok := got.Open(g)
		if want := g.Shows(privacy.Location); looked != want || ok != want || (v == marker) != want {
			t.Errorf("%s: shows %t, looked %t, opened %t", w.name, want, looked, ok)
		}
		// The converted value is as guarded as the first.
		if _, ok := got.Open(decide(t, everybody()[1], s)); ok {
			t.Errorf("%s: anonymous opened what came of it", w.name)
		}
	}
	mine := decide(t, everybody()[11], open())
	failed := errors.New("can't be unsealed")
	if _, err := privacy.Convert(mine, privacy.Guard(owner, privacy.Bio, 1), func(int) (*int, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("the error was lost: %v", err)
	}
}

func TestViewersAndGrantsNameNobody(t *testing.T) {
	t.Parallel()
	v := privacy.NewViewer(privacy.ActorSession, owner, session, 0)
	g := decide(t, who{viewer: v}, open())
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "viewer", v, "grant", g)
	fmt.Fprintf(&out, "%v %s %#v %v %s %#v", v, v, v, g, g, g)
	if strings.Contains(out.String(), owner.String()) || strings.Contains(out.String(), session.String()) {
		t.Errorf("printed: %s", out.String())
	}
}

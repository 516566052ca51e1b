package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/seal"
)

var (
	ada  = uuid.MustParse("11111111-1111-4111-8111-111111111111")
	ben  = uuid.MustParse("22222222-2222-4222-8222-222222222222")
	ride = seal.Context{Column: "workouts.place", Row: uuid.MustParse("01890000-0000-7000-8000-000000000001")}
)

func must[T any](t testing.TB, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func memberKey(t testing.TB, ring *seal.Ring, member uuid.UUID) *seal.Key {
	t.Helper()
	wrapped, err := ring.NewMemberKey(member)
	key, err2 := ring.Unwrap(member, must(t, wrapped, err))
	return must(t, key, err2)
}

func wantErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestSealedValueOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	key := memberKey(t, ring, ada)
	plain := []byte("52.5200 13.4050")
	sealed, err := key.Seal(plain, ride)
	must(t, sealed, err)

	got, err := key.Open(sealed, ride)
	if !bytes.Equal(must(t, got, err), plain) {
		t.Errorf("opened %q", got)
	}
	if bytes.Contains(sealed, plain[:7]) {
		t.Error("the sealed value shows its text")
	}

	_, err = key.Open(sealed, seal.Context{Column: "workouts.heart", Row: ride.Row})
	wantErr(t, "another column", err, seal.ErrOpen)
	_, err = key.Open(sealed, seal.Context{Column: ride.Column, Row: ada})
	wantErr(t, "another row", err, seal.ErrOpen)
	_, err = memberKey(t, ring, ben).Open(sealed, ride)
	wantErr(t, "another member", err, seal.ErrOpen)
	_, err = memberKey(t, ring, ada).Open(sealed, ride)
	wantErr(t, "another key of the same member", err, seal.ErrOpen)
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	key := memberKey(t, ring, ada)
	sealed, err := key.Seal([]byte("61"), ride)
	must(t, sealed, err)
	system, err := ring.SealSystem("outbox", []byte("7"), []byte("61"))
	must(t, system, err)
	wrapped, err := ring.NewMemberKey(ada)
	must(t, wrapped, err)
	for _, c := range []struct {
		name   string
		record []byte
		open   func([]byte) error
	}{
		{"member value", sealed, func(b []byte) error { _, err := key.Open(b, ride); return err }},
		{"system", system, func(b []byte) error { _, err := ring.OpenSystem("outbox", []byte("7"), b); return err }},
		{"wrapped key", wrapped, func(b []byte) error { _, err := ring.Unwrap(ada, b); return err }},
	} {
		for bit := range len(c.record) * 8 {
			bad := bytes.Clone(c.record)
			bad[bit/8] ^= 1 << (bit % 8)
			wantErr(t, fmt.Sprintf("%s, bit %d", c.name, bit), c.open(bad), seal.ErrOpen)
		}
		for n := range c.record {
			wantErr(t, fmt.Sprintf("%s, first %d bytes", c.name, n), c.open(c.record[:n]), seal.ErrOpen)
		}
	}
}

func TestWrappedKeyStaysWithItsMember(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	wrapped, err := ring.NewMemberKey(ada)
	must(t, wrapped, err)
	_, err = ring.Unwrap(ben, wrapped)
	wantErr(t, "ada's key as ben's", err, seal.ErrOpen)
	_, _, err = ring.Rewrap(ben, wrapped)
	wantErr(t, "ada's key wrapped again as ben's", err, seal.ErrOpen)
	_, err = ring.NewMemberKey(uuid.Nil)
	wantErr(t, "a key for nobody", err, seal.ErrContext)
	if id, err := wrapped.KeyID(); err != nil || id != ring.Primary() {
		t.Errorf("KeyID() = %q, %v; want %q", id, err, ring.Primary())
	}
}

func TestUnknownRingKeyIsTyped(t *testing.T) {
	t.Parallel()
	wrapped, err := seal.NewRing().NewMemberKey(ada)
	must(t, wrapped, err)
	_, err = seal.NewRing().Unwrap(ada, wrapped)
	unknown, ok := errors.AsType[*seal.UnknownKeyError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	if id, _ := wrapped.KeyID(); unknown.ID != id {
		t.Errorf("names %q, want %q", unknown.ID, id)
	}
	wantErr(t, "unknown key", err, seal.ErrOpen)
}

func TestZeroKeysRefuse(t *testing.T) {
	t.Parallel()
	for _, key := range []*seal.Key{nil, {}} {
		_, err := key.Seal(nil, ride)
		wantErr(t, "seal with no key", err, seal.ErrNoKey)
		_, err = key.Open(make([]byte, 64), ride)
		wantErr(t, "open with no key", err, seal.ErrNoKey)
	}
	for _, ring := range []*seal.Ring{nil, {}} {
		_, err := ring.NewMemberKey(ada)
		wantErr(t, "wrap with no ring", err, seal.ErrNoKey)
		_, err = ring.OpenToken("cursor", nil, "AQ")
		wantErr(t, "token with no ring", err, seal.ErrNoKey)
	}
	key := memberKey(t, seal.NewRing(), ada)
	for _, where := range []seal.Context{{}, {Column: "a.b"}, {Row: ada}} {
		_, err := key.Seal(nil, where)
		wantErr(t, "no context", err, seal.ErrContext)
	}
	_, err := seal.NewRing().SealSystem("", nil, nil)
	wantErr(t, "no purpose", err, seal.ErrContext)
}

func TestSystemRecordsAndTokensAreBound(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	ad := seal.Bind("viewer", "listWorkouts", "type=ride")
	record, err := ring.SealSystem("outbox", ad, []byte("x"))
	must(t, record, err)
	token, err := ring.Token("cursor", ad, []byte("x"))
	must(t, token, err)

	if got, err := ring.OpenSystem("outbox", ad, record); err != nil || string(got) != "x" {
		t.Errorf("OpenSystem = %q, %v", got, err)
	}
	if got, err := ring.OpenToken("cursor", ad, token); err != nil || string(got) != "x" {
		t.Errorf("OpenToken = %q, %v", got, err)
	}
	if strings.ContainsAny(token, "+/=") {
		t.Errorf("token %q is not safe in a URL", token)
	}
	_, err = ring.OpenSystem("other", ad, record)
	wantErr(t, "another purpose", err, seal.ErrOpen)
	_, err = ring.OpenSystem("outbox", nil, record)
	wantErr(t, "another row", err, seal.ErrOpen)
	_, err = ring.OpenToken("cursor", seal.Bind("viewer", "listWorkouts", "type=run"), token)
	wantErr(t, "another filter", err, seal.ErrOpen)
	_, err = ring.OpenToken("outbox", ad, base64.RawURLEncoding.EncodeToString(record))
	wantErr(t, "a record as a token", err, seal.ErrOpen)
	for _, bad := range []string{"", "!", token + "=", token + "\n", token[1:], strings.Repeat("A", 5000)} {
		_, err = ring.OpenToken("cursor", ad, bad)
		wantErr(t, "token "+bad[:min(len(bad), 9)], err, seal.ErrOpen)
	}
}

func TestBindIsInjective(t *testing.T) {
	t.Parallel()
	lists := [][]string{{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"ab", ""}, {"", "ab"}, {"\x01a", "b"}}
	seen := map[string]int{}
	for i, parts := range lists {
		key := string(seal.Bind(parts...))
		if j, ok := seen[key]; ok {
			t.Errorf("%q and %q bind alike", lists[j], parts)
		}
		seen[key] = i
	}
}

func TestTypedValues(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	key := memberKey(t, ring, ada)
	birth := time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC)

	sealed, err := seal.SealValue(key, ride, birth)
	must(t, sealed, err)
	if got, err := seal.OpenValue[time.Time](key, ride, sealed); err != nil || !got.Equal(birth) {
		t.Errorf("time: %v, %v", got, err)
	}
	_, err = seal.OpenValue[int](key, ride, sealed)
	wantErr(t, "a time as an int", err, seal.ErrOpen)

	none, err := seal.SealOptional[int](key, ride, nil)
	if err != nil || none != nil {
		t.Errorf("sealed nil is %v, %v", none, err)
	}
	if got, err := seal.OpenOptional[int](key, ride, nil); err != nil || got != nil {
		t.Errorf("opened NULL is %v, %v", got, err)
	}
	weight := 71.5
	some, err := seal.SealOptional(key, ride, &weight)
	must(t, some, err)
	if got, err := seal.OpenOptional[float64](key, ride, some); err != nil || *got != weight {
		t.Errorf("optional: %v, %v", got, err)
	}
	_, err = seal.OpenOptional[float64](key, ride, []byte{})
	wantErr(t, "an empty value is not NULL", err, seal.ErrOpen)

	type mail struct{ To, Code string }
	record, err := seal.SealSystemValue(ring, "outbox", nil, mail{"ada@demo.test", "123"})
	must(t, record, err)
	if got, err := seal.OpenSystemValue[mail](ring, "outbox", nil, record); err != nil || got.Code != "123" {
		t.Errorf("system value: %v, %v", got, err)
	}
	token, err := seal.TokenValue(ring, "cursor", nil, []int{1, 2})
	must(t, token, err)
	if got, err := seal.OpenTokenValue[[]int](ring, "cursor", nil, token); err != nil || got[1] != 2 {
		t.Errorf("token value: %v, %v", got, err)
	}

	_, err = seal.SealValue(key, ride, func() {})
	if err == nil || errors.Is(err, seal.ErrOpen) {
		t.Errorf("sealing a func: %v", err)
	}
}

func TestLengthOfATypedValueTellsNothing(t *testing.T) {
	t.Parallel()
	key := memberKey(t, seal.NewRing(), ada)
	want := 0
	for _, gender := range []string{"", "male", "female", "non-binary", "rather not say"} {
		sealed, err := seal.SealValue(key, ride, gender)
		if must(t, sealed, err); want == 0 {
			want = len(sealed)
		}
		if len(sealed) != want {
			t.Errorf("%q is sealed in %d bytes, the first one in %d", gender, len(sealed), want)
		}
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	ring := seal.NewRing()
	key := memberKey(t, ring, ada)
	for _, v := range []any{key, *key, ring} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			if got := fmt.Sprintf(format, v); got != "[sealed]" {
				t.Errorf("%s of %T prints %q", format, v, got)
			}
		}
		if raw, err := json.Marshal(v); !errors.Is(err, seal.ErrMarshal) {
			t.Errorf("%T marshals to %s", v, raw)
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		if !strings.Contains(out.String(), "v=[sealed]") {
			t.Errorf("%T is logged as %s", v, &out)
		}
	}
}

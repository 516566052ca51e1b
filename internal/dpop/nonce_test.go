package dpop_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

// A console whose clock stands at 1970 gets in with a nonce, and with nothing else.
func TestNonceStandsInForTheClock(t *testing.T) {
	t.Parallel()
	v := verifier(t)
	s := signer(t, edKey)
	wrong := ask
	wrong.At = time.Unix(0, 0)
	nonce := v.Nonce(now)
	for name, c := range map[string]struct {
		nonce string
		at    time.Time
		want  error
	}{
		"no nonce":             {"", now, dpop.ErrOld},
		"at once":              {nonce, now, nil},
		"at the end":           {nonce, now.Add(dpop.NonceLife), nil},
		"after the end":        {nonce, now.Add(dpop.NonceLife + time.Nanosecond), dpop.ErrNonce},
		"a replica behind":     {nonce, now.Add(-time.Minute), nil},
		"before it was issued": {nonce, now.Add(-time.Minute - time.Nanosecond), dpop.ErrNonce},
		"changed":              {"B" + nonce[1:], now, dpop.ErrNonce},
		"shorter":              {nonce[1:], now, dpop.ErrNonce},
		"longer":               {nonce + "A", now, dpop.ErrNonce},
		"made up":              {strings.Repeat("A", len(nonce)), now, dpop.ErrNonce},
		"line breaks":          {nonce[:len(nonce)-4] + "\n\n\n\n", now, dpop.ErrNonce},
		"a line break inside":  {nonce[:4] + "\n" + nonce[4:], now, dpop.ErrNonce},
	} {
		proof, err := s.Sign(wrong, c.nonce)
		if err != nil {
			t.Fatal(err)
		}
		r := ask
		r.At = c.at
		p, err := v.Verify([]string{proof}, r)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if want := now.Add(dpop.NonceLife + time.Minute); err == nil && !p.Until.Equal(want) {
			t.Errorf("%s: remembered until %s, want %s", name, p.Until, want)
		}
	}
}

// A nonce that isn't ours is refused though iat is good: a proof is judged by one of them.
func TestForeignNonce(t *testing.T) {
	t.Parallel()
	other, err := dpop.NewVerifier([]byte(strings.Repeat("o", 32)))
	if err != nil {
		t.Fatal(err)
	}
	proof, err := signer(t, ecKey).Sign(ask, other.Nonce(now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifier(t).Verify([]string{proof}, ask); !errors.Is(err, dpop.ErrNonce) {
		t.Error(err)
	}
}

func TestShortNonceKey(t *testing.T) {
	t.Parallel()
	if _, err := dpop.NewVerifier(make([]byte, 31)); err == nil {
		t.Error("a short key is taken")
	}
}

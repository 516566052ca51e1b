package dpop_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

// RFC 9449: figures 2 and 13 are proofs by one key, whose jkt figure 8 gives; the token is figure 13's.
const (
	figureHeader = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZ" +
		"OXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
	figure2 = figureHeader + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29t" +
		"L3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
	figure13 = figureHeader + ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9y" +
		"Zy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9" +
		".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
	figureJKT   = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
	figureToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
)

func TestProofsOfTheRFC(t *testing.T) {
	t.Parallel()
	v := verifier(t)
	endpoint := dpop.Request{Method: "POST", URL: "https://server.example.com/token", At: time.Unix(1562262616, 0)}
	resource := dpop.Request{
		Method: "GET", URL: "https://resource.example.org/protectedresource", AccessToken: figureToken,
		At: time.Unix(1562262618, 0),
	}
	first, err := v.Verify([]string{figure2}, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	second, err := v.Verify([]string{figure13}, resource)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []dpop.Proof{first, second} {
		if p.JKT != figureJKT || p.BoundTo(figureJKT) != nil {
			t.Errorf("jkt %s", p.JKT)
		}
	}
	if first.Replay == second.Replay {
		t.Error("two jti have one replay key")
	}
	if _, err := v.Verify([]string{figure2}, resource); err == nil {
		t.Error("a proof for the token endpoint opens a resource")
	}
	resource.AccessToken += "x"
	if _, err := v.Verify([]string{figure13}, resource); !errors.Is(err, dpop.ErrHash) {
		t.Errorf("another token: %v", err)
	}
}

// RFC 8037, appendix A.3: the thumbprint of an Ed25519 key; A.1 has its seed.
func TestThumbprintOfRFC8037(t *testing.T) {
	t.Parallel()
	seed, err := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	s := signer(t, ed25519.NewKeyFromSeed(seed))
	if got := s.JKT(); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Error(got)
	}
	proof, err := s.Sign(ask, "")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := verifier(t).Verify([]string{proof}, ask); err != nil || p.JKT != s.JKT() {
		t.Error(p.JKT, err)
	}
}

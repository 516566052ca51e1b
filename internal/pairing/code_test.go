package pairing_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/pairing"
)

const alphabet = "BCDFGHJKLMNPQRSTVWXZ"

func TestTypedUserCodes(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"BCDF-GHJK":                  "BCDF-GHJK",
		"bcdf-ghjk":                  "BCDF-GHJK",
		"BcDfGhJk":                   "BCDF-GHJK",
		" bcdf ghjk\r\n":             "BCDF-GHJK",
		"b c d f g h j k":            "BCDF-GHJK",
		"b-c-d-f--ghjk-":             "BCDF-GHJK",
		"BCDF\u2010GHJK":             "BCDF-GHJK", // hyphen
		"BCDF\u2013GHJK":             "BCDF-GHJK", // en dash, by a phone's correction
		"BCDF\u2014GHJK":             "BCDF-GHJK",
		"BCDF\u2212GHJK":             "BCDF-GHJK",
		"BCDF\u30fcGHJK":             "BCDF-GHJK",
		"BCDF\uff0dGHJK":             "BCDF-GHJK", // full-width dash
		"BCDF\u00a0GHJK":             "BCDF-GHJK",
		"BCDF\u3000GHJK":             "BCDF-GHJK",
		"\ufeffBCDF\u200bGHJK\u00ad": "BCDF-GHJK",
		"\uff22\uff23\uff24\uff26\u3000\uff47\uff48\uff4a\uff4b": "BCDF-GHJK", // ＢＣＤＦ　ｇｈｊｋ
		"\u24b7CDFGHJK": "BCDF-GHJK", // a letter in a circle is that letter
		"LMNP-QRST":     "LMNP-QRST",
		"VWXZ-VWXZ":     "VWXZ-VWXZ",

		"":                                   "",
		"----":                               "",
		"BCDF-GHJ":                           "",
		"BCDF-GHJKL":                         "",
		"BCDF-GHJA":                          "", // no vowels
		"BCDF-GHJ0":                          "",
		"BCDF-GHJ1":                          "",
		"BCDF-GHJY":                          "",
		"BCDF_GHJK":                          "",
		"BCDF.GHJK":                          "",
		"BCDF/GHJK":                          "",
		"BCDF-GHJK\x00":                      "",
		"BCDF-GHJ\xff":                       "",
		"\u0412CDF-GHJK":                     "", // a Cyrillic letter
		"B\u0301CDF-GHJK":                    "", // with an accent
		"BCDFGHJ\U00010000":                  "",
		"BCDF'; DROP TABLE x;":               "",
		"BCDFGHJK" + strings.Repeat("-", 56): "BCDF-GHJK",
		"BCDFGHJK" + strings.Repeat("-", 57): "",
		strings.Repeat("B", 1<<20):           "",
	} {
		got, err := pairing.ParseUserCode(typed)
		if got.Show() != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, pairing.ErrCode) {
			t.Errorf("%.80q is %s (%v), want %s", typed, got.Show(), err, want)
		}
	}
}

// A chi-square over the letters: 19 degrees of freedom go above 60 once in 200,000 runs. A byte
// modulo 20 without refusing any would come to 150 and more.
func TestUserCodesAreWithoutBias(t *testing.T) {
	t.Parallel()
	const codes = 20_000
	counts, seen := map[rune]int{}, map[string]bool{}
	for range codes {
		code := strings.ReplaceAll(pairing.NewUserCode().Show(), "-", "")
		if len(code) != 8 {
			t.Fatal(code)
		}
		seen[code] = true
		for _, r := range code {
			counts[r]++
		}
	}
	expected, chi := float64(codes*8)/20, 0.0
	for _, r := range alphabet {
		d := float64(counts[r]) - expected
		chi += d * d / expected
	}
	if len(counts) != 20 || chi > 60 {
		t.Errorf("%d letters, chi-square %.1f", len(counts), chi)
	}
	// Two equal ones among 20,000 of 20^8 come once in 128 runs; four once in 10^8.
	if len(seen) < codes-3 {
		t.Errorf("%d of %d are apart", len(seen), codes)
	}
}

func TestDeviceCodes(t *testing.T) {
	t.Parallel()
	one, two := pairing.NewDeviceCode(), pairing.NewDeviceCode()
	code := one.Reveal()
	if code == two.Reveal() || len(code) != len("pl_dc_")+43 {
		t.Errorf("%s and %s", code, two.Reveal())
	}
	if back, err := pairing.ParseDeviceCode(code); err != nil || back != one {
		t.Error(err)
	}
	for _, sent := range []string{
		"", "pl_dc_", code[6:], code[:len(code)-1], code + "A", "pl_at_" + code[6:], strings.ToUpper(code),
		" " + code, code[:len(code)-1] + "\n", code[:len(code)-4] + "\n\n\n\n", code[:len(code)-1] + "=", code[:len(code)-1] + "/",
		"pl_dc_" + strings.Repeat("A", 42) + "B", strings.Repeat("A", 1<<20),
	} {
		if _, err := pairing.ParseDeviceCode(sent); !errors.Is(err, pairing.ErrCode) {
			t.Errorf("%.60q: %v", sent, err)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte("k"), 32)
	h, err := pairing.NewHasher(key)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("user code v1:BCDFGHJK"))
	code := pairing.Letters("BCDFGHJK")
	if got := h.UserCode(code); !bytes.Equal(got, mac.Sum(nil)) {
		t.Errorf("%x", got)
	}
	typed, err := pairing.ParseUserCode("bcdf ghjk")
	if err != nil || !bytes.Equal(h.UserCode(typed), h.UserCode(code)) {
		t.Error("what is typed has another hash", err)
	}
	device := pairing.NewDeviceCode()
	mac.Reset()
	mac.Write([]byte("device code v1:" + device.Reveal()))
	if got := h.DeviceCode(device); !bytes.Equal(got, mac.Sum(nil)) {
		t.Errorf("%x", got)
	}
	key[0] = 'x'
	other, err := pairing.NewHasher(key)
	if err != nil || bytes.Equal(h.UserCode(code), other.UserCode(code)) {
		t.Error("another key gives the same hash", err)
	}
	if _, err := pairing.NewHasher(key[1:]); err == nil {
		t.Error("a short key is taken")
	}
}

func TestCodesDontPrint(t *testing.T) {
	t.Parallel()
	user, device := pairing.NewUserCode(), pairing.NewDeviceCode()
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d", user, user, user, user, user, user, []any{user, &user})
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d", device, device, device, device, device, device, []any{device, &device})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "user", user, "device", device)
	plain := strings.ReplaceAll(user.Show(), "-", "")
	for _, secret := range []string{plain, fmt.Sprintf("%x", plain), device.Reveal(), fmt.Sprintf("%x", device.Reveal())} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s: it prints", out.String())
		}
	}
	if (pairing.UserCode{}).Show() != "" {
		t.Error("no code shows")
	}
}

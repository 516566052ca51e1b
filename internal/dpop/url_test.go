package dpop_test

import (
	"testing"

	"github.com/paceline/paceline/internal/dpop"
)

// By RFC 3986, 6.2.2 and 6.2.3, worked out by hand; "" is what no proof can be about.
func TestNormal(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://a.test/x":                      "https://a.test/x",
		"HTTPS://A.Test/X":                      "https://a.test/X",
		"https://a.test:443/x":                  "https://a.test/x",
		"http://a.test:80/x":                    "http://a.test/x",
		"https://a.test:80/x":                   "https://a.test:80/x",
		"http://a.test:443/x":                   "http://a.test:443/x",
		"https://a.test:8443/x":                 "https://a.test:8443/x",
		"https://a.test:/x":                     "https://a.test/x",
		"https://a.test":                        "https://a.test/",
		"https://a.test/":                       "https://a.test/",
		"https://a.test/x/":                     "https://a.test/x/",
		"https://a.test//x":                     "https://a.test//x",
		"https://a.test/%7Eada/%2d%5F%41%7a%30": "https://a.test/~ada/-_Az0",
		"https://a.test/a%2fb":                  "https://a.test/a%2Fb",
		"https://a.test/a%2Fb":                  "https://a.test/a%2Fb",
		"https://a.test/%c3%a9":                 "https://a.test/%C3%A9",
		"https://a.test/%252F":                  "https://a.test/%252F",
		"https://a.test/%00":                    "https://a.test/%00",
		"https://a.test/a%3Fb%23":               "https://a.test/a%3Fb%23",
		"https://a.test/a;b=c,d@e:f!$&'()*+":    "https://a.test/a;b=c,d@e:f!$&'()*+",
		"https://a.test/a%3B":                   "https://a.test/a%3B",
		"https://a.test/..a/.b/c..":             "https://a.test/..a/.b/c..",
		"https://[2001:DB8::1]:443/x":           "https://[2001:db8::1]/x",
		"https://[::443]/x":                     "https://[::443]/x",
		"https://xn--mnchen-3ya.example/x":      "https://xn--mnchen-3ya.example/x",
		"https://a.test./x":                     "https://a.test./x",

		"":                                "",
		"/x":                              "",
		"//a.test/x":                      "",
		"a.test/x":                        "",
		"https:a.test/x":                  "",
		"https:///x":                      "",
		"https://:443/x":                  "",
		"ftp://a.test/x":                  "",
		"wss://a.test/x":                  "",
		"https://ada@a.test/x":            "",
		"https://@a.test/x":               "",
		"https://a.test/x?":               "",
		"https://a.test/x?q=1":            "",
		"https://a.test/x#f":              "",
		"https://a.test/x#":               "",
		"https://a.test/./x":              "",
		"https://a.test/x/..":             "",
		"https://a.test/x/%2e%2E/y":       "",
		"https://a.test/x/.%2e":           "",
		"https://a.test/%":                "",
		"https://a.test/%4":               "",
		"https://a.test/%zz":              "",
		"https://a.test\\@evil.test/x":    "",
		"https://a.test/x y":              "",
		"https://a.test/x\n":              "",
		" https://a.test/x":               "",
		"https://m\u00fcnchen.example/x":  "", // a URL is ASCII; the Punycode of it is above
		"https://\u212Aing.test/x":        "", // the Kelvin sign, which ToLower makes a k
		"https://\uff41.test/x":           "", // a full-width a
		"https://a\u3002test/x":           "", // an ideographic full stop
		"https://%61.test/x":              "",
		"https://m%C3%BCnchen.example/x":  "",
		"https://a.test/\u00e9":           "",
		"https://a.test:443:443/x":        "",
		"https://a.test:port/x":           "",
		"https://[fe80::1%25eth0]/x":      "",
		"https://[::1/x":                  "",
		"https://a.test/x\u2028":          "",
		"javascript://a.test/%0aalert(1)": "",
	} {
		got, ok := dpop.Normal(raw)
		if got != want || ok != (want != "") {
			t.Errorf("%q is %q %t, want %q", raw, got, ok, want)
		}
	}
}

// The server's own URL goes by the same rules: neither side's spelling matters.
func TestBothSidesAreNormal(t *testing.T) {
	t.Parallel()
	s := signer(t, ecKey)
	proof, err := s.Sign(dpop.Request{Method: "GET", URL: "HTTPS://Ride.example.com:443/v1/%7eada?q=1#top", At: now}, "")
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]bool{
		"https://ride.example.com/v1/~ada":      true,
		"https://ride.example.com:443/v1/~ada":  true,
		"https://ride.example.com/v1/~Ada":      false,
		"http://ride.example.com/v1/~ada":       false,
		"https://ride.example.com/v1/~ada?q=1":  false,
		"https://evil.example.com/v1/~ada":      false,
		"https://ride.example.com/v1//~ada":     false,
		"https://ride.example.com/v1/~ada/":     false,
		"https://ride.example.com:8443/v1/~ada": false,
		"":                                      false,
	} {
		_, err := verifier(t).Verify([]string{proof}, dpop.Request{Method: "GET", URL: url, At: now})
		if (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
}

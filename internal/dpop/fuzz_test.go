package dpop_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/dpop"
)

// Whatever a header and claims say, signed by the right key: it is refused by an Error, or it holds
// all that the package promises.
func FuzzVerify(f *testing.F) {
	ec := header("ES256", jwk(ecKey))
	for _, head := range []string{ec, strings.Replace(ec, "{", `{"crit":[],`, 1), "", "{}", "[", header("none", "{}")} {
		f.Add(head, payload(), "")
	}
	f.Add(ec, payload("1800000000", "1e308"), "")
	f.Add(ec, payload(target, "https://a\u3002test/%2e"), "")
	f.Add(ec, payload(`{"jti"`, `{"jti":1,"jti"`), "")
	f.Add("", "", figure13)
	f.Add("", "", "..")
	f.Fuzz(func(t *testing.T, head, claims, raw string) {
		v := verifier(t)
		for _, proof := range []string{raw, sealed(ecKey, head, claims)} {
			p, err := v.Verify([]string{proof}, ask)
			if err != nil {
				if _, typed := errors.AsType[dpop.Error](err); !typed || p != (dpop.Proof{}) {
					t.Fatalf("%q: %v", proof, err)
				}
				continue
			}
			if len(proof) > dpop.MaxProof || len(p.JKT) != 43 || !p.Until.After(ask.At) || p.Until.After(ask.At.Add(dpop.NonceLife+dpop.Window)) {
				t.Fatalf("%q holds: %+v", proof, p)
			}
			for _, not := range []dpop.Request{
				{Method: "GET", URL: target, AccessToken: token, At: now},
				{Method: method, URL: target + "/x", AccessToken: token, At: now},
				{Method: method, URL: target, AccessToken: token + "x", At: now},
				{Method: method, URL: target, AccessToken: token, At: now.Add(2*dpop.Window + 1)},
				{Method: method, URL: target, AccessToken: token, At: now.Add(-2*dpop.Window - 1)},
			} {
				if _, err := v.Verify([]string{proof}, not); err == nil {
					t.Fatalf("%q holds for %+v, too", proof, not)
				}
			}
		}
	})
}

// What is normal stays what it is, and is spelt in one way.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{target, "HTTP://[::1]:80/%7e", "https://a.test:/%2f", "https://a::443", "https://a.test:443:", "http://[::1%25a]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once, ok := dpop.Normal(raw)
		if !ok {
			return
		}
		if twice, ok := dpop.Normal(once); !ok || twice != once {
			t.Fatalf("%q is %q, and that is %q", raw, once, twice)
		}
		authority, _, _ := strings.Cut(once[strings.Index(once, "://")+3:], "/")
		if authority == "" || strings.ContainsAny(once, "?#\\ \n") || strings.ContainsAny(authority, "@%") || authority != strings.ToLower(authority) {
			t.Fatalf("%q is %q", raw, once)
		}
	})
}

package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
)

// Where a request comes from is what the connection says, unless a configured
// proxy says otherwise; nobody else's header counts.
func TestForwardedHeadersFromConfiguredProxiesOnly(t *testing.T) {
	t.Parallel()
	const direct = "198.51.100.7"
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for name, c := range map[string]struct {
		trusted         []netip.Prefix
		peer, forwarded string
		want            string
	}{
		"nothing configured":         {nil, direct, "1.2.3.4", direct},
		"nothing configured, local":  {nil, "127.0.0.1", "1.2.3.4", "127.0.0.1"},
		"a spoofed header":           {proxy, direct, "1.2.3.4", direct},
		"a proxy":                    {proxy, "10.1.2.3", "203.0.113.9", "203.0.113.9"},
		"a proxy by IPv6":            {proxy, "2001:db8::5", "203.0.113.9", "203.0.113.9"},
		"spoofed behind a proxy":     {proxy, "10.1.2.3", "1.2.3.4, 203.0.113.9", "203.0.113.9"},
		"a proxy that isn't ours":    {proxy, "192.168.0.1", "203.0.113.9", "192.168.0.1"},
		"loopback isn't trusted":     {proxy, "127.0.0.1", "203.0.113.9", "127.0.0.1"},
		"a proxy that says nothing":  {proxy, "10.1.2.3", "", "10.1.2.3"},
		"a proxy that says nonsense": {proxy, "10.1.2.3", "nonsense", "10.1.2.3"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(c.peer), 4711).String()
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		r.Header.Set("X-Real-Ip", "9.9.9.9")
		r.Header.Set("Forwarded", "for=9.9.9.9")
		s := &Server{Options: Options{TrustedProxies: c.trusted}}
		if got := s.address()(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A request that brings two proofs is not asked which one it means.
func TestOneAuthorizationHeader(t *testing.T) {
	t.Parallel()
	s := &Server{Options: Options{Now: time.Now}}
	for name, headers := range map[string][]string{
		"a token and another": {"Bearer one", "Bearer two"}, "the same twice": {"Bearer one", "Bearer one"},
		"a token and nothing": {"Bearer one", ""}, "one of each scheme": {"Bearer one", "Basic b25lOnR3bw=="},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = headers
		r.AddCookie(&http.Cookie{Name: CookieName, Value: "cookie"})
		c := echo.New().NewContext(r, httptest.NewRecorder())
		if err := s.readCaller(c); fault.KindOf(err) != fault.KindUnauthenticated {
			t.Errorf("%s: %v, taken for %v", name, err, caller(c))
		}
	}
}

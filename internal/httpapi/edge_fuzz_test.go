package httpapi

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/privacy"
)

// A tag is matched by a list that has it, weakened or not, or by a star, and by
// nothing that another tag could be read into.
func FuzzEntityTags(f *testing.F) {
	for _, seed := range []string{`"a"`, `W/"a", "b"`, `*`, `"a,b"`, `,,`, `"aaaaaaaaaaaaaaaaaaaaaa"`} {
		f.Add(seed, []byte("body"))
	}
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		tag := entityTag(body)
		if len(tag) != 24 || strings.ContainsAny(tag[1:23], `",`) {
			t.Fatalf("a tag %s", tag)
		}
		if matches(header, tag) && !strings.Contains(header, tag) && !strings.Contains(header, "*") {
			t.Fatalf("%q matches %s", header, tag)
		}
		if !matches(header+", "+tag, tag) || !matches("W/"+tag+","+header, tag) {
			t.Fatalf("%q hides %s", header, tag)
		}
		if matches(tag, entityTag(append([]byte{0}, body...))) {
			t.Fatal("two bodies have one tag")
		}
	})
}

// Whoever isn't a configured proxy is where the request comes from, whatever its
// headers say; behind one it is always an address.
func FuzzForwardedFor(f *testing.F) {
	f.Add("1.2.3.4, 203.0.113.9", "9.9.9.9", true)
	f.Add("::ffff:10.0.0.1,,[2001:db8::1]:80", "for=x", true)
	f.Add("10.0.0.1, 10.0.0.2", "", false)
	from := (&Server{Options: Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}).address()
	f.Fuzz(func(t *testing.T, forwarded, real string, proxied bool) {
		r := &http.Request{Header: http.Header{"X-Forwarded-For": strings.Split(forwarded, "\n"), "X-Real-Ip": {real}, "Forwarded": {real}}}
		peer := "198.51.100.7"
		if proxied {
			peer = "10.1.2.3"
		}
		r.RemoteAddr = peer + ":4711"
		got := from(r)
		if !proxied && got != peer {
			t.Fatalf("a stranger's header made %s of %s", got, peer)
		}
		if _, err := netip.ParseAddr(got); err != nil {
			t.Fatalf("%q is no address", got)
		}
	})
}

// A request's proof is refused, or one token of bounded length, or none.
func FuzzAuthorization(f *testing.F) {
	f.Add("Bearer pl_at_x", "cookie")
	f.Add("bearer  x ", "")
	f.Add("Basic eDp4", "x")
	f.Add("", strings.Repeat("x", maxToken+1))
	s := &Server{Options: Options{Now: time.Now}}
	f.Fuzz(func(t *testing.T, header, cookie string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if header != "" {
			r.Header["Authorization"] = []string{header}
		}
		r.Header["Cookie"] = []string{CookieName + "=" + cookie}
		c := echo.New().NewContext(r, httptest.NewRecorder())
		if err := s.readCaller(c); err != nil {
			refusedOnly(t, err, fault.KindUnauthenticated)
			if caller(c).TokenHash() != nil {
				t.Fatal("refused, and yet somebody")
			}
			return
		}
		if header != "" && caller(c).Anonymous() {
			t.Fatalf("%q is nobody's", header)
		}
		if header != "" && !strings.EqualFold(header[:min(6, len(header))], "bearer") {
			t.Fatalf("%q was taken for a bearer's", header)
		}
	})
}

// A form that breaks off, holds more than it may or holds it twice is refused; one
// that is taken gives exactly the file's bytes.
func FuzzImportForm(f *testing.F) {
	for _, parts := range [][][2]string{{{"file", "FIT"}}, {{"audience", "only_me"}, {"file", "GPX"}}, {{"file", "a"}, {"file", "b"}}, {{"audience", "x"}}} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		if err := w.SetBoundary("b"); err != nil {
			f.Fatal(err)
		}
		for _, p := range parts {
			part, _ := w.CreateFormField(p[0])
			_, _ = io.WriteString(part, p[1])
		}
		_ = w.Close()
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		read := func(body io.Reader) (file []byte, audience *privacy.Audience, err error) {
			ending := &endingReader{Reader: body, want: "--b--"}
			form := &importForm{body: ending, parts: multipart.NewReader(ending, "b")}
			content, err := form.File()
			if err != nil {
				return nil, nil, err
			}
			if file, err = io.ReadAll(content); err != nil {
				return nil, nil, err
			}
			audience, err = form.Audience()
			return file, audience, err
		}
		file, audience, err := read(bytes.NewReader(body))
		if err != nil {
			refusedOnly(t, err, fault.KindInvalid, fault.KindTooLarge)
			return
		}
		if len(file) > len(body) || audience != nil && *audience > privacy.Everyone {
			t.Fatalf("%d bytes of file for %v out of %d", len(file), audience, len(body))
		}
		// What ends before its end is refused, wherever it is cut.
		whole := bytes.LastIndex(body, []byte("--b--"))
		if whole < 0 {
			t.Fatal("a form without an end was taken")
		}
		for _, cut := range []int{0, whole / 2, whole, whole + 4} {
			if _, _, err := read(bytes.NewReader(body[:cut])); err == nil && !bytes.Contains(body[:cut], []byte("--b--")) {
				t.Fatalf("cut at %d of %d it was taken", cut, len(body))
			}
		}
	})
}

package dpop

import (
	"net/url"
	"strings"
)

// normal is a URL as htu is compared, and whether it is one that a proof can be about.
//
// By RFC 3986, 6.2.2 and 6.2.3: the scheme and the host in small letters, the scheme's own port left
// out, %-escapes in capitals and undone where they stand for a letter, digit or -._~, no path the
// same as "/". Escapes of anything else stay: a%2Fb is one segment, a/b are two.
//
// Not taken, since no client that follows the RFCs sends it, and since it is where two parsers come
// to differ: a query or fragment (RFC 9449, 4.2), a user, a segment "." or "..", and anything but
// visible ASCII. A host of other letters is written in Punycode in a URL.
func normal(raw string) (string, bool) {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c > '~' || strings.IndexByte("\"<>\\^`{|}?#", c) >= 0 {
			return "", false
		}
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" || u.Hostname() == "" {
		return "", false
	}
	port, known := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	authority, _, _ := strings.Cut(strings.TrimPrefix(raw[len(u.Scheme):], "://"), "/")
	if !known || strings.Contains(authority, "%") {
		return "", false
	}
	host := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(authority), ":"), port)
	path := unescaped(u.EscapedPath())
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return "", false
		}
	}
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + host + path, true
}

// unescaped is a path, whose escapes are whole, with each of them in its one form.
func unescaped(path string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) {
			out.WriteByte(path[i])
			continue
		}
		high, low := strings.IndexByte(digits, upper(path[i+1])), strings.IndexByte(digits, upper(path[i+2]))
		if c := byte(high<<4 | low); unreserved(c) { //nolint:gosec // two digits make a byte
			out.WriteByte(c)
		} else {
			out.WriteString("%" + digits[high:high+1] + digits[low:low+1])
		}
		i += 2
	}
	return out.String()
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

// unreserved is RFC 3986, 2.3.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

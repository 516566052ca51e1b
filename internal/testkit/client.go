package testkit

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Client asks the server over HTTP, as somebody or as nobody.
type Client struct {
	t     testing.TB
	base  string
	token string
	host  string // said in the request; empty is the server's own
	key   *Key   // of a console, whose requests bring proofs of it
	http  *http.Client
}

// Response is an answer, whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// As is the same client with a token; "" is nobody.
func (c *Client) As(token string) *Client {
	copied := *c
	copied.token = token
	return &copied
}

// Address is where the server listens, host and port.
func (c *Client) Address() string { return strings.TrimPrefix(c.base, "http://") }

// Named is the same client, which says another host than it asks.
func (c *Client) Named(host string) *Client {
	copied := *c
	copied.host = host
	return &copied
}

// Do sends a request. A body that is []byte goes as it is, with the content type
// among the headers; any other goes as JSON. Headers come in pairs.
func (c *Client) Do(method, path string, body any, headers ...string) Response {
	c.t.Helper()
	var reader io.Reader
	media := ""
	switch b := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		reader, media = bytes.NewReader(encoded), "application/json"
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.host != "" {
		r.Host = c.host
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	switch {
	case c.key != nil:
		c.key.sign(c.t, r, c.token)
	case c.token != "":
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return Response{answer.StatusCode, answer.Header, got}
}

// Get is Do without a body.
func (c *Client) Get(path string) Response {
	c.t.Helper()
	return c.Do(http.MethodGet, path, nil)
}

// Upload sends a file the way a browser or curl -F does, with further fields in pairs.
func (c *Client) Upload(path, name string, file []byte, fields ...string) Response {
	c.t.Helper()
	body, media := Multipart(c.t, name, file, fields...)
	return c.Do(http.MethodPost, path, body, "Content-Type", media)
}

// Multipart is a form with a file in it and the content type it goes with.
func Multipart(t testing.TB, name string, file []byte, fields ...string) (body []byte, media string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), form.FormDataContentType()
}

// Want fails the test unless the status is one of these.
func (r Response) Want(t testing.TB, status ...int) Response {
	t.Helper()
	if !slices.Contains(status, r.Status) {
		t.Fatalf("status %d, not %v: %s", r.Status, status, r.Body)
	}
	return r
}

// JSON reads the body into v.
func (r Response) JSON(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
}

// Map is the body as a JSON object.
func (r Response) Map(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	r.JSON(t, &m)
	return m
}

// Same says how two answers differ, "" if in nothing but the date.
func (r Response) Same(other Response) string {
	a, b := maps.Clone(r.Header), maps.Clone(other.Header)
	delete(a, "Date")
	delete(b, "Date")
	var differ []string
	if r.Status != other.Status {
		differ = append(differ, http.StatusText(r.Status)+" against "+http.StatusText(other.Status))
	}
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			differ = append(differ, "header "+name)
		}
	}
	for name := range b {
		if _, has := a[name]; !has {
			differ = append(differ, "header "+name)
		}
	}
	if !bytes.Equal(r.Body, other.Body) {
		differ = append(differ, "body "+string(r.Body)+" against "+string(other.Body))
	}
	return strings.Join(differ, "; ")
}

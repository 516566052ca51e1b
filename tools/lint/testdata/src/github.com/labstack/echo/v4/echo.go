// Package echo has the names that the rules know of the router.
package echo

import "net/http"

type Context interface {
	Request() *http.Request
	Response() *Response
	Set(key string, v any)
	JSON(code int, i any) error
	String(code int, s string) error
	NoContent(code int) error
	Redirect(code int, url string) error
}

type Response struct{ Writer http.ResponseWriter }

func (*Response) Header() http.Header               { return nil }
func (*Response) WriteHeader(code int)              {}
func (*Response) Write(b []byte) (n int, err error) { return 0, nil }
func (*Response) Flush()                            {}

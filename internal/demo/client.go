package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
)

// client asks the service in its own process, past no check.
type client struct {
	handler http.Handler
	token   string
	key     string // of a create that may come again
}

type answer struct {
	status int
	body   []byte
}

func (c client) send(ctx context.Context, method, path, media string, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Body.Bytes()}, nil
}

func (c client) do(ctx context.Context, method, path string, body any) (answer, error) {
	if body == nil {
		return c.send(ctx, method, path, "", nil)
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	return c.send(ctx, method, path, "application/json", encoded)
}

func (c client) want(ctx context.Context, method, path string, body any, status ...int) error {
	got, err := c.do(ctx, method, path, body)
	return expect(got, err, method, path, status)
}

func (c client) patch(ctx context.Context, path string, body any) error {
	return c.want(ctx, http.MethodPatch, path, body, http.StatusOK)
}

func (c client) read(ctx context.Context, method, path string, body, to any) error {
	got, err := c.do(ctx, method, path, body)
	return into(got, err, to, method, path, http.StatusOK)
}

// into decodes an answer that has a status.
func into(got answer, err error, to any, method, path string, status ...int) error {
	if err := expect(got, err, method, path, status); err != nil {
		return err
	}
	return json.Unmarshal(got.body, to)
}

func (c client) upload(ctx context.Context, path, name string, file []byte, to any, status ...int) error {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := part.Write(file); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	got, err := c.send(ctx, http.MethodPost, path, form.FormDataContentType(), b.Bytes())
	return into(got, err, to, http.MethodPost, path, status...)
}

func expect(got answer, err error, method, path string, status []int) error {
	if err == nil && !slices.Contains(status, got.status) {
		err = fmt.Errorf("%s %s: status %d: %.300s", method, path, got.status, got.body)
	}
	return err
}

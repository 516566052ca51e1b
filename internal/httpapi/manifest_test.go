package httpapi

import (
	"bytes"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/api"
)

// A contract in which an operation doesn't say who may call it starts no server.
func TestAnOperationWithoutAccessStartsNoServer(t *testing.T) {
	t.Parallel()
	if _, err := readManifest(api.Document); err != nil {
		t.Fatal(err)
	}
	const entry = "x-access: {auth: none, scope: workouts:read, object: workout, quota: read, cache: no-store}"
	for name, broken := range map[string]string{
		"no entry":            "",
		"an unknown auth":     strings.Replace(entry, "auth: none", "auth: maybe", 1),
		"no auth":             strings.Replace(entry, "auth: none, ", "", 1),
		"no scope":            strings.Replace(entry, "scope: workouts:read, ", "", 1),
		"an unknown object":   strings.Replace(entry, "object: workout", "object: anything", 1),
		"an unknown quota":    strings.Replace(entry, "quota: read", "quota: none", 1),
		"a cache of its own":  strings.Replace(entry, "cache: no-store", "cache: forever", 1),
		"an entry of nothing": "x-access: {}",
	} {
		document := bytes.Replace(api.Document, []byte(entry), []byte(broken), 1)
		if bytes.Equal(document, api.Document) {
			t.Fatal("the entry to break is not in the contract")
		}
		if _, err := readManifest(document); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

// Routes and contract are the same set, in both directions.
func TestRoutesAreTheContracts(t *testing.T) {
	t.Parallel()
	m, err := readManifest(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	RegisterHandlers(e, &Server{})
	if err := m.agreesWith(e.Routes()); err != nil {
		t.Errorf("they differ: %v", err)
	}
	e.GET("/v1/members/:ref/secrets", func(echo.Context) error { return nil })
	if err := m.agreesWith(e.Routes()); err == nil || !strings.Contains(err.Error(), "/v1/members/:ref/secrets") {
		t.Errorf("a route beside the contract: %v", err)
	}
	if err := m.agreesWith(e.Routes()[1:]); err == nil || !strings.Contains(err.Error(), "has no route") {
		t.Errorf("an operation without a route: %v", err)
	}
}

package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/fault"
)

func TestHiddenAndAbsentAreTheSame(t *testing.T) {
	t.Parallel()
	hidden := fault.NotFound().Because(errors.New("hidden from the viewer"))
	absent := fault.NotFound().With(fault.At("/id", "unknown", "no such id"))
	if !reflect.DeepEqual(hidden, absent) {
		t.Errorf("%#v is not %#v", hidden, absent)
	}
	if hidden.Error() != "not_found: not found" {
		t.Errorf("Error() = %q", hidden.Error())
	}
}

func TestNotFoundIsNotShared(t *testing.T) {
	t.Parallel()
	fault.NotFound().Message = "changed by a careless caller"
	if got := fault.NotFound().Message; got != "not found" {
		t.Errorf("the next NotFound says %q", got)
	}
}

func TestCauseIsReachableButNotPrinted(t *testing.T) {
	t.Parallel()
	err := error(fault.Conflict("username_taken", "that name is taken").Because(
		fmt.Errorf("Key (email)=(ada@example.test): %w", io.ErrUnexpectedEOF)))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	for _, format := range []string{"%v", "%s", "%q"} {
		if text := fmt.Sprintf(format, err); strings.Contains(text, "ada@") {
			t.Errorf("%s prints the cause: %s", format, text)
		}
	}
	if got, want := err.Error(), "conflict (username_taken): that name is taken"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestIsComparesKindAndCode(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reading: %w", fault.Conflict("a", "one message"))
	if !errors.Is(err, fault.Conflict("a", "another message")) {
		t.Error("same kind and code, but not the same to errors.Is")
	}
	if errors.Is(err, fault.Conflict("b", "")) || errors.Is(err, fault.Invalid("a", "")) {
		t.Error("another code or kind is the same to errors.Is")
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	deadline := fmt.Errorf("query: %w", context.DeadlineExceeded)
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{fmt.Errorf("wrapped: %w", fault.NotFound()), fault.KindNotFound},
		{deadline, fault.KindUnavailable},
		{errors.New("anything"), fault.KindInternal},
		{fault.Unprocessable("order", "ends before it starts"), fault.KindUnprocessable},
		{nil, fault.KindInternal},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %v, want %v", c.err, got, c.want)
		}
	}
	if fault.Of(nil) != nil {
		t.Error("Of(nil) is not nil")
	}
	if e := fault.Of(errors.New("secret")); e.Message != "internal error" || strings.Contains(e.Error(), "secret") {
		t.Errorf("an unknown error shows as %q", e.Error())
	}
}

func TestWithCopies(t *testing.T) {
	t.Parallel()
	base := fault.Invalid("invalid_body", "some members are wrong", fault.At("/a", "x", "m"))
	one, two := base.With(fault.At("/b", "x", "m")), base.With(fault.At("/c", "x", "m"))
	if len(base.Fields) != 1 || one.Fields[1].Pointer != "/b" || two.Fields[1].Pointer != "/c" {
		t.Errorf("With shares memory: %v %v %v", base.Fields, one.Fields, two.Fields)
	}
}

func TestEveryKindHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range fault.Kinds() {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d is named %q", k, k)
		}
		seen[k.String()] = true
	}
	if fault.Kind(250).String() != "internal" {
		t.Error("an unknown kind is not internal")
	}
}

package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/seal"
)

// sentinels are errors whose text is a constant that says enough.
var sentinels = []struct {
	err  error
	name string
}{
	{context.Canceled, "canceled"},
	{context.DeadlineExceeded, "deadline_exceeded"},
	{io.ErrUnexpectedEOF, "unexpected_eof"},
	{io.EOF, "eof"},
	{net.ErrClosed, "connection_closed"},
	{os.ErrNotExist, "file_not_found"},
	{os.ErrPermission, "file_permission"},
	{pgx.ErrNoRows, "no_rows"},
	{seal.ErrOpen, "seal_open"},
	{seal.ErrNoKey, "seal_no_key"},
	{seal.ErrContext, "seal_context"},
}

// Describe says what an error is without its text: the types it is made of, and the parts that
// are known to be constants (SQLSTATE, constraint, errno, fault code, sentinel).
func Describe(err error) slog.Value {
	attrs := []slog.Attr{slog.String("type", types(err))}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		attrs = append(attrs, slog.String("sqlstate", constant(pg.Code)))
		if pg.ConstraintName != "" {
			attrs = append(attrs, slog.String("constraint", constant(pg.ConstraintName)))
		}
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		attrs = append(attrs, slog.String("kind", f.Kind.String()), slog.String("code", constant(string(f.Code))))
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		attrs = append(attrs, slog.String("errno", errno.Error()))
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			attrs = append(attrs, slog.String("is", s.name))
			break
		}
	}
	return slog.GroupValue(attrs...)
}

// constant lets a name of the program or the schema through, and nothing else.
func constant(s string) string {
	if !plainPattern.holds(s) || hasID(s) {
		return "[dropped]"
	}
	return s
}

// types lists an error's types from the outside in, as "*fmt.wrapError > *pgconn.PgError".
func types(err error) string {
	var names []string
	var walk func(error)
	walk = func(err error) {
		if err == nil || len(names) == 8 {
			return
		}
		names = append(names, fmt.Sprintf("%T", err))
		switch e := err.(type) { //nolint:errorlint // it walks the chain itself
		case interface{ Unwrap() error }:
			walk(e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	return strings.Join(names, " > ")
}

// panicked is what recover gave.
type panicked struct{ value any }

func (p panicked) describe() slog.Value {
	if err, ok := p.value.(error); ok {
		return Describe(err)
	}
	return slog.GroupValue(slog.String("type", fmt.Sprintf("%T", p.value)))
}

// stack is a list of functions, made by callers only.
type stack []string

// callers names the functions on the way here, the innermost first, without their arguments.
func callers() stack {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var out stack
	for {
		frame, more := frames.Next()
		if frame.Function != "" {
			out = append(out, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
		if !more {
			return out
		}
	}
}

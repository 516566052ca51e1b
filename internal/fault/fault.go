// Package fault is the one error that crosses a layer on purpose.
//
// A feature answers a caller's mistake with an *Error: a kind (which the HTTP layer turns into
// a status), a code that clients may rely on, and a message that is safe for any outsider to
// read. Every other error is internal: outside it is "internal error" and nothing else.
//
//   - Code and Message are constants of the program or values the caller sent itself. They
//     never hold what was read from the database.
//   - The cause is for the log. Error never includes it, so that printing a fault cannot print
//     what a driver quoted.
//   - What is hidden from the viewer and what does not exist give the same NotFound. It takes no
//     arguments and carries no cause, so there is nothing in which two of them could differ.
package fault

import (
	"context"
	"errors"
	"time"
)

// Code names a fault for programs. It is stable once released: "username_taken".
type Code string

// Field is one mistake at one place of the request.
type Field struct {
	Pointer string // JSON pointer (RFC 6901) into the body, or "?name" for a query parameter
	Code    Code
	Message string
}

// At says that the member at the JSON pointer is wrong, and how.
func At(pointer string, code Code, message string) Field {
	return Field{Pointer: pointer, Code: code, Message: message}
}

// Error is a fault. Make one with the constructors: the zero Error is internal.
type Error struct {
	Kind       Kind
	Code       Code
	Message    string        // safe for outsiders
	Fields     []Field       // the single mistakes, where there are some to name
	RetryAfter time.Duration // when to come back, for TooMany and Unavailable; 0 says nothing

	cause error
}

// Error gives kind, code and safe message. It leaves the cause out: that one may quote data.
func (e *Error) Error() string {
	text := e.Kind.String()
	if e.Code != "" && string(e.Code) != text {
		text += " (" + string(e.Code) + ")"
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Is makes two faults of the same kind and code equal to errors.Is, whatever their message.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Code == e.Code
}

// Because returns the same fault with a cause for the log. NotFound stays without one.
func (e *Error) Because(cause error) *Error {
	if e.Kind == KindNotFound {
		return e
	}
	out := *e
	out.cause = cause
	return &out
}

// With returns the same fault that also names these fields.
func (e *Error) With(fields ...Field) *Error {
	if e.Kind == KindNotFound {
		return e
	}
	out := *e
	out.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &out
}

// Of turns any error into the fault to answer with: the *Error in its chain, Unavailable when a
// deadline ran out, and Internal for everything else. Nil stays nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Unavailable("timeout", "this took too long; try again", 0).Because(err)
	}
	return Internal(err)
}

// KindOf gives the kind that err would be answered with.
func KindOf(err error) Kind {
	if err == nil {
		return KindInternal
	}
	return Of(err).Kind
}

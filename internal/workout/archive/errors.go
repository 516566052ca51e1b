package archive

import (
	"errors"
	"io"
)

// Code names for programs why an archive, or an item of it, is not taken. Codes are stable.
type Code string

// What can be wrong.
const (
	Malformed     Code = "malformed_archive"
	Encrypted     Code = "encrypted"
	TooManyFiles  Code = "too_many_files"
	ExpandsTooFar Code = "expands_too_far"
	Nested        Code = "nested_archive"
	BadRow        Code = "malformed_row"
)

var messages = map[Code]string{
	Malformed:     "the archive is damaged, or is none",
	Encrypted:     "the file is encrypted",
	TooManyFiles:  "the archive holds more files than are taken",
	ExpandsTooFar: "the archive unpacks to more than is taken",
	Nested:        "an archive within an archive is not taken; upload it by itself",
	BadRow:        "the row does not say when the workout was, or for how long",
}

// Error says why an archive is refused. Its text is safe for anybody.
type Error struct {
	Code  Code
	cause error
}

// Message is a sentence for whoever sent the archive.
func (e *Error) Message() string { return messages[e.Code] }

// Error gives code and message.
func (e *Error) Error() string { return "archive: " + string(e.Code) + ": " + e.Message() }

// Unwrap gives what the decoder said.
func (e *Error) Unwrap() error { return e.cause }

func refuse(code Code, cause error) *Error { return &Error{code, cause} }

// sourceError is the trouble of whoever holds the bytes, not of the bytes.
type sourceError struct{ error }

func (e sourceError) Unwrap() error { return e.error }

// source marks what goes wrong while the archive is fetched.
type source struct{ r io.ReaderAt }

func (s source) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 { // where an archive says that something of it lies
		return 0, refuse(Malformed, nil)
	}
	n, err := s.r.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = sourceError{err}
	}
	return n, err
}

// judge tells the trouble of the source from that of the archive.
func judge(err error) error {
	if broken, ok := errors.AsType[sourceError](err); ok {
		return broken.error
	}
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	return refuse(Malformed, err)
}

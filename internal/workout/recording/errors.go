package recording

// Code names for programs what is wrong with a file. Codes are stable.
type Code string

// What can be wrong with a file.
const (
	BadChecksum       Code = "bad_checksum"
	Truncated         Code = "truncated"
	Malformed         Code = "malformed"
	UnsupportedFormat Code = "unsupported_format"
	NotAnActivity     Code = "not_an_activity"
	NoSamples         Code = "no_samples"
	NoTimes           Code = "no_times"
	Implausible       Code = "implausible"
	TooLarge          Code = "too_large"
	ExpandsTooFar     Code = "expands_too_far"
	TooManyRecords    Code = "too_many_records"
	TooDeep           Code = "too_deep"
	DoctypeRefused    Code = "doctype_refused"
)

var messages = map[Code]string{
	BadChecksum:       "the file's checksum does not match its content: it was damaged",
	Truncated:         "the file ends too early: a part of it is missing",
	Malformed:         "the file breaks the rules of its format",
	UnsupportedFormat: "this is no FIT, TCX or GPX file",
	NotAnActivity:     "the file holds no workout that was done: it is a course, a plan or settings",
	NoSamples:         "there is no workout in the file",
	NoTimes:           "the file doesn't say when the workout was",
	Implausible:       "the workout contradicts itself: its times or heart rates can't be",
	TooLarge:          "the file is larger than is taken",
	ExpandsTooFar:     "the compressed file holds more than is taken",
	TooManyRecords:    "the file has more records, laps or workouts than are taken",
	TooDeep:           "the file's elements are nested deeper than is taken",
	DoctypeRefused:    "files with a document type declaration are not taken",
}

// Codes lists every code.
func Codes() []Code {
	return []Code{
		BadChecksum, Truncated, Malformed, UnsupportedFormat, NotAnActivity, NoSamples, NoTimes,
		Implausible, TooLarge, ExpandsTooFar, TooManyRecords, TooDeep, DoctypeRefused,
	}
}

// Error says why a file was refused. Its text is safe for anybody; the cause is for the log of
// a developer and may quote the file.
type Error struct {
	Code  Code
	cause error
}

// Message is a sentence for whoever sent the file.
func (e *Error) Message() string { return messages[e.Code] }

// Error gives code and message, without the cause.
func (e *Error) Error() string { return "recording: " + string(e.Code) + ": " + e.Message() }

// Unwrap gives what the decoder said, nil when the refusal is our own.
func (e *Error) Unwrap() error { return e.cause }

// Is makes two refusals with the same code equal to errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func refuse(code Code) *Error { return &Error{Code: code} }

func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

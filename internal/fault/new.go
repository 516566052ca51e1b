package fault

import "time"

// Internal wraps an error that says nothing to outsiders.
func Internal(cause error) *Error {
	return &Error{Kind: KindInternal, Code: "internal", Message: "internal error", cause: cause}
}

// Invalid is a request that does not have the form asked for.
func Invalid(code Code, message string, fields ...Field) *Error {
	return &Error{Kind: KindInvalid, Code: code, Message: message, Fields: fields}
}

// Unauthenticated is a request by nobody we know. The code says no more than the message.
func Unauthenticated(code Code, message string) *Error {
	return &Error{Kind: KindUnauthenticated, Code: code, Message: message}
}

// Forbidden is for callers who can see the thing already. Everyone else gets NotFound.
func Forbidden(code Code, message string) *Error {
	return &Error{Kind: KindForbidden, Code: code, Message: message}
}

// NotFound is the answer for the hidden and for the absent.
func NotFound() *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Message: "not found"}
}

// Conflict contradicts what is stored.
func Conflict(code Code, message string) *Error {
	return &Error{Kind: KindConflict, Code: code, Message: message}
}

// PreconditionFailed is a lost race: the version named by the caller is not the current one.
func PreconditionFailed() *Error {
	return &Error{
		Kind: KindPreconditionFailed, Code: "precondition_failed",
		Message: "it has changed since you read it; read it again",
	}
}

// Unprocessable is well formed but makes no sense.
func Unprocessable(code Code, message string, fields ...Field) *Error {
	return &Error{Kind: KindUnprocessable, Code: code, Message: message, Fields: fields}
}

// Illegible is words that package text refuses.
func Illegible(pointer string) *Error {
	return Unprocessable("invalid_text", "that can't be written",
		At(pointer, "invalid_text", "give visible characters, and none a control character"))
}

// TooLarge is over a stated limit of bytes or records.
func TooLarge(code Code, message string) *Error {
	return &Error{Kind: KindTooLarge, Code: code, Message: message}
}

// UnsupportedMedia is content of a type that is not taken.
func UnsupportedMedia(code Code, message string) *Error {
	return &Error{Kind: KindUnsupportedMedia, Code: code, Message: message}
}

// TooMany is more than is allowed in so short a time. It says when to come back and nothing of
// what was counted.
func TooMany(retryAfter time.Duration) *Error {
	return &Error{
		Kind: KindTooMany, Code: "rate_limited", Message: "too many requests; come back later",
		RetryAfter: max(retryAfter, time.Second),
	}
}

// Unavailable is a trouble of ours that passes; retryAfter 0 leaves the moment open.
func Unavailable(code Code, message string, retryAfter time.Duration) *Error {
	return &Error{Kind: KindUnavailable, Code: code, Message: message, RetryAfter: retryAfter}
}

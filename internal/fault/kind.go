package fault

// Kind is the sort of fault. The HTTP layer gives each the status named beside it.
type Kind uint8

const (
	KindInternal           Kind = iota // 500; the zero value, so that an unset kind tells nothing
	KindInvalid                        // 400: the request is not of the form the contract asks for
	KindUnauthenticated                // 401: who asks is not known
	KindForbidden                      // 403: the caller may see it, but may not do that to it
	KindNotFound                       // 404: hidden or absent, which is the same
	KindConflict                       // 409: it contradicts what is there
	KindPreconditionFailed             // 412: If-Match named another version
	KindTooLarge                       // 413: more bytes or records than are taken
	KindUnsupportedMedia               // 415: a type of content that is not taken
	KindUnprocessable                  // 422: well formed, but the values make no sense together
	KindTooMany                        // 429: more than is allowed in so short a time
	KindUnavailable                    // 503: not now; nothing is wrong with the request
)

var kindNames = [...]string{
	KindInternal:           "internal",
	KindInvalid:            "invalid",
	KindUnauthenticated:    "unauthenticated",
	KindForbidden:          "forbidden",
	KindNotFound:           "not_found",
	KindConflict:           "conflict",
	KindPreconditionFailed: "precondition_failed",
	KindTooLarge:           "too_large",
	KindUnsupportedMedia:   "unsupported_media",
	KindUnprocessable:      "unprocessable",
	KindTooMany:            "too_many",
	KindUnavailable:        "unavailable",
}

// String gives the name in snake case; an unknown kind is "internal".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindInternal]
}

// Kinds lists every kind, so that a table over them can be tested for gaps.
func Kinds() []Kind {
	all := make([]Kind, len(kindNames))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

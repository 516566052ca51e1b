package observe

import "log/slog"

// shape is what a value may be to leave under its key.
type shape uint8

const (
	number  shape = iota + 1 // also booleans, times and durations
	word                     // a constant of the program in lower case: a code, a reason, a phase
	pattern                  // a route pattern, a method, an operation's id
	listen                   // an address of our own
	failure                  // an error; only its description leaves
	trace                    // a stack made by this package
	group                    // attributes that are looked at one by one
)

// keys is everything that a log line may hold besides time, level and msg. A key is added here
// only when no value it could ever get is about a member or a client.
var keys = map[string]shape{
	"method": pattern, "route": pattern, "operation": pattern, "status": number, "bytes": number,
	"duration_ms": number, "code": word, "actor": word, "request_id": word,

	"event": word, "kind": word, "outcome": word, "reason": word,
	"error": failure, "err": failure, "stack": trace,

	"component": word, "phase": word, "version": listen, "addr": listen, "private_addr": listen,
	"signal": word, "production": number,
	"role": word, "pool": word, "migration": number, "key_id": word, "primary": word,
	"job": word, "template": word, "format": word, "attempt": number, "depth": number,
	"count": number, "records": number, "limit": number, "elapsed_ms": number, "wait_ms": number,

	"http": group, "db": group, "mail": group, "import": group,
}

// A charset is the bytes that a text may be made of. Regular expressions would cost more than
// the rest of the log line.
type charset [256]bool

func chars(ranges string, others string) (set charset) {
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := int(ranges[i]); c <= int(ranges[i+1]); c++ {
			set[c] = true
		}
	}
	for _, c := range []byte(others) {
		set[c] = true
	}
	return set
}

var (
	plainWord    = chars("az09", "_.-")
	plainPattern = chars("azAZ09", "_./{}:*-")
	plainListen  = chars("azAZ09", "_.:+()[]/-")
	// plainText has no digits: a message is a constant, and what gets formatted into one by
	// mistake (an address, a date, a place, an id) mostly has some.
	plainText = chars("azAZ", " ,;:'()/_.-")
)

func (set *charset) holds(s string) bool {
	if len(s) > 120 {
		return false
	}
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return true
}

// hasID finds what begins like a UUID: an id is never logged, not even under a key that is
// allowed.
func hasID(s string) bool {
	run := 0 // hexadecimal digits just before i
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
			run++
		case c == '-' && run >= 8:
			return true
		default:
			run = 0
		}
	}
	return run >= 32 // without its hyphens
}

// allowed says whether a resolved value may leave under a key of that shape.
func (s shape) allowed(v slog.Value) bool {
	switch s {
	case number:
		switch v.Kind() {
		case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
			return true
		default:
			return false
		}
	case word:
		return text(v, &plainWord)
	case pattern:
		return text(v, &plainPattern)
	case listen:
		return text(v, &plainListen)
	case trace:
		_, ok := v.Any().(stack)
		return ok
	case failure, group: // handled by who asks
	}
	return false
}

func text(v slog.Value, set *charset) bool {
	return v.Kind() == slog.KindString && set.holds(v.String()) && !hasID(v.String())
}

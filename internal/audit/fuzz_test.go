package audit_test

import (
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/audit"
)

// A head that is taken is one that Verify could have printed.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{"0:" + strings.Repeat("0f", 32), "12:" + strings.Repeat("AB", 32), "-1:00", ":", "1", "1:zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		head, err := audit.ParseHead(text)
		if err == nil && (head.Seq < 0 || len(head.Hash) != 32) {
			t.Fatalf("%q is row %d with %d bytes", text, head.Seq, len(head.Hash))
		}
		if again, err := audit.ParseHead(head.String()); head.Hash != nil && (err != nil || again.String() != head.String()) {
			t.Fatalf("%q is printed as %q", text, head)
		}
	})
}

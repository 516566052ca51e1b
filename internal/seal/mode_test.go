package seal

import (
	"io/fs"
	"testing"
)

func TestPrivateMode(t *testing.T) {
	t.Parallel()
	const root, service = 0, 65532
	for _, c := range []struct {
		mode  fs.FileMode
		owner int
		as    int
		want  bool
	}{
		{0o600, service, service, true},
		{0o640, service, service, false},
		{0o640, root, service, true},
		{0o440, root, service, true},
		{0o660, root, service, false},
		{0o644, root, service, false},
		{0o640, root, root, false},
	} {
		if got := privateMode(c.mode, c.owner, c.as); got != c.want {
			t.Errorf("mode %o of %d, read by %d: %v", c.mode, c.owner, c.as, got)
		}
	}
}

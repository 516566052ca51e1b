package hole

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Open is a bench for the repository that the command was called in, with a folder
// of its own, which done takes away.
func Open(ctx context.Context, prefix string, limit time.Duration) (b Bench, done func(), err error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return Bench{}, nil, err
	}
	folder, err := os.MkdirTemp("", prefix+"-")
	if err != nil {
		return Bench{}, nil, err
	}
	b = Bench{Root: filepath.Dir(strings.TrimSpace(string(out))), Folder: folder, Limit: limit}
	return b, func() { _ = os.RemoveAll(folder) }, nil
}

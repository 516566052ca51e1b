package recording

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// Fingerprint tells recordings apart by what was recorded: SHA-256 over sport, start and
// duration in whole seconds, and every sample. Title, device, what was computed and how the
// file was made don't count: the same workout in a file that an app rewrote is the same.
func (r *Recording) Fingerprint() [32]byte {
	hash := sha256.New()
	fmt.Fprintln(hash, r.Sport, r.StartedAt.Unix(), math.Round(r.DurationS))
	buf := make([]byte, 0, 4096)
	put := func(v int64) {
		if buf = binary.AppendVarint(buf, v); len(buf) > cap(buf)-binary.MaxVarintLen64 {
			hash.Write(buf)
			buf = buf[:0]
		}
	}
	for _, table := range r.Samples {
		put(int64(table.Family))
		put(int64(len(table.T)))
		for _, t := range table.T {
			put(int64(t))
		}
		put(int64(len(table.Columns)))
		for _, column := range table.Columns {
			put(int64(column.Channel))
			for _, v := range column.V {
				put(int64(v))
			}
		}
	}
	hash.Write(buf)
	return [32]byte(hash.Sum(nil))
}

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
	put := func(v uint32) {
		if buf = binary.LittleEndian.AppendUint32(buf, v); len(buf) == cap(buf) {
			hash.Write(buf)
			buf = buf[:0]
		}
	}
	for _, table := range r.Samples {
		put(uint32(table.Family))
		put(uint32(len(table.T)))
		for _, t := range table.T {
			put(t)
		}
		put(uint32(len(table.Columns)))
		for _, column := range table.Columns {
			put(uint32(column.Channel))
			for _, v := range column.V {
				put(uint32(v))
			}
		}
	}
	hash.Write(buf)
	return [32]byte(hash.Sum(nil))
}

package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/paceline/paceline/internal/text"
)

// Limits bound what is taken from one archive.
type Limits struct {
	DirectoryBytes int64 // read to list it: each entry takes some hundred bytes of memory
	Items          int
	ExpandedBytes  int64 // of all items together
	Ratio          int64 // of what they unpack to, by the archive's own size
	TableBytes     int64 // of all tables together
}

// DefaultLimits take the rides of decades.
func DefaultLimits() Limits {
	return Limits{DirectoryBytes: 4 << 20, Items: 10_000, ExpandedBytes: 8 << 30, Ratio: 100, TableBytes: 16 << 20}
}

// freely is how much an archive may unpack to, whatever its ratio.
const freely = 64 << 20

// maxName is how much of a file's name is kept, in bytes.
const maxName = 200

// Item is what an archive holds for an import: a file, a row of a table, or what is refused
// without a look into it.
type Item struct {
	Entry   int    // of the archive's directory
	Name    string // for the member's eyes; may be empty
	Title   string // as a table calls it; may be empty
	Notes   string
	Row     *Ride // of a table: there are no samples to read
	Refused Code  // empty for what can be read
}

// Archive is an open archive.
type Archive struct {
	entries []*zip.File
	limits  Limits
	Items   []Item
	Ignored int // files that are no items
}

// Looks says whether a file that begins so is an archive: a zip begins with an entry.
func Looks(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// Open lists what is in an archive. An archive that can't be taken as a whole is an *Error; any
// other error came from r.
func Open(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	if size <= 0 {
		return nil, refuse(Malformed, nil)
	}
	// The reader of the directory goes on to its end, whatever number of entries was announced.
	directory := &budget{source{r}, limits.DirectoryBytes}
	z, err := zip.NewReader(directory, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, judge(err)
	}
	directory.left = -1
	a := &Archive{entries: z.File, limits: limits}
	if err := a.list(size); err != nil {
		return nil, judge(err)
	}
	return a, nil
}

// budget bounds what is read, while left is not negative.
type budget struct {
	r    io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			b.left = 0
			return 0, refuse(TooManyFiles, nil)
		}
	}
	return b.r.ReadAt(p, at)
}

// list finds the items, and refuses what would be too much before any of it is unpacked.
func (a *Archive) list(size int64) error {
	var expanded uint64
	names := map[string]note{}
	for i, f := range a.entries {
		kind := kindOf(f.Name)
		switch {
		case strings.HasSuffix(f.Name, "/"):
			continue
		case kind == other:
			a.Ignored++
			continue
		}
		// Each is a claim, which Read holds the entry to.
		if expanded += min(f.UncompressedSize64, 1<<50); expanded > uint64(a.limits.ExpandedBytes) || //nolint:gosec // no limit is negative
			expanded > freely && expanded > uint64(a.limits.Ratio*size) { //nolint:gosec // as above
			return refuse(ExpandsTooFar, nil)
		}
		var err error
		switch {
		case kind == table:
			err = a.listTable(i, names)
		case kind == archive:
			err = a.add(Item{Entry: i, Name: shown(f.Name), Refused: Nested})
		case f.Flags&1 != 0:
			err = a.add(Item{Entry: i, Name: shown(f.Name), Refused: Encrypted})
		default:
			err = a.add(Item{Entry: i, Name: shown(f.Name)})
		}
		if err != nil {
			return err
		}
	}
	for i := range a.Items {
		if known, is := names[a.entries[a.Items[i].Entry].Name]; is && a.Items[i].Row == nil {
			a.Items[i].Title, a.Items[i].Notes = known.title, known.notes
		}
	}
	return nil
}

func (a *Archive) add(item Item) error {
	if len(a.Items) >= a.limits.Items {
		return refuse(TooManyFiles, nil)
	}
	a.Items = append(a.Items, item)
	return nil
}

// Read opens a file of the archive. It gives no more than the directory says.
func (a *Archive) Read(item Item) (io.ReadCloser, error) {
	if item.Entry < 0 || item.Entry >= len(a.entries) || item.Row != nil || item.Refused != "" {
		return nil, refuse(Malformed, nil)
	}
	f := a.entries[item.Entry]
	in, err := f.Open()
	if err != nil {
		return nil, judge(err)
	}
	return &expanding{in, int64(min(f.UncompressedSize64, 1<<50))}, nil
}

// expanding ends an entry that unpacks to more than was announced.
type expanding struct {
	io.ReadCloser
	left int64
}

func (e *expanding) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if e.left -= int64(n); e.left < 0 {
		return 0, refuse(ExpandsTooFar, nil)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = judge(err)
	}
	return n, err
}

type kind int

const (
	other kind = iota
	recorded
	table
	archive
)

// kindOf is what a name promises.
func kindOf(name string) kind {
	name = strings.ToLower(path.Base(name))
	if strings.HasPrefix(name, ".") { // what systems leave beside the files
		return other
	}
	switch path.Ext(strings.TrimSuffix(name, ".gz")) {
	case ".fit", ".tcx", ".gpx":
		return recorded
	case ".csv":
		if strings.HasSuffix(name, ".csv") {
			return table
		}
	case ".zip":
		return archive
	}
	return other
}

// shown is a name as its member may read it: of text alone, and not too long of it.
func shown(name string) string {
	name = strings.ToValidUTF8(name, "")
	if len(name) > maxName {
		name = name[len(name)-maxName:]
		for len(name) > 0 && !utf8.RuneStart(name[0]) {
			name = name[1:]
		}
	}
	if text.Line(name) != nil {
		return ""
	}
	return name
}

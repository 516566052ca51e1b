package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/workout/archive"
)

func packed(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(file []byte, l archive.Limits) (*archive.Archive, error) {
	return archive.Open(bytes.NewReader(file), int64(len(file)), l)
}

func codeOf(err error) archive.Code {
	own, _ := errors.AsType[*archive.Error](err)
	if own == nil {
		return ""
	}
	return own.Code
}

func TestItemsOfAnArchive(t *testing.T) {
	t.Parallel()
	a, err := open(packed(t,
		"activities.csv", "Filename,Activity Name,Filename\nactivities/1.FIT.GZ,\"Home\u202e\",x\nactivities/2.gpx,Along  the\nactivities/none.fit,nobody's\n",
		"activities/1.FIT.GZ", "one", "activities/2.gpx", "two", "__MACOSX/._2.gpx", "fork", "x/inner.ZIP", "z", "notes.txt", "n", "dir/", "",
		strings.Repeat("é", 300)+".tcx", "three", "a\x00b.fit", "four", "broken.csv", "",
	), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range a.Items {
		got = append(got, i.Name+"|"+i.Title+"|"+string(i.Refused))
		if i.Refused != "" {
			continue
		}
		in, err := a.Read(i)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil || len(content) < 3 {
			t.Errorf("%s holds %q, %v", i.Name, content, err)
		}
	}
	want := []string{
		"activities/1.FIT.GZ||", // a title that hides something is none
		"activities/2.gpx|Along the|", "x/inner.ZIP||nested_archive", strings.Repeat("é", 98) + ".tcx||", "||",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || a.Ignored != 3 {
		t.Errorf("items\n%s\nand %d ignored", strings.Join(got, "\n"), a.Ignored)
	}
	for _, i := range []archive.Item{{Entry: -1}, {Entry: 99}, {Entry: 1, Refused: archive.Nested}} {
		if _, err := a.Read(i); codeOf(err) != archive.Malformed {
			t.Errorf("%+v is read: %v", i, err)
		}
	}
}

func TestArchivesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	l := archive.DefaultLimits()
	few := l
	few.Items, few.DirectoryBytes, few.ExpandedBytes, few.TableBytes = 2, 70<<10, 1000, 100
	many := make([]string, 0, 6000)
	for range 3000 {
		many = append(many, strings.Repeat("n", 30)+".txt", "")
	}
	zeros := strings.Repeat("\x00", 40<<20)
	for name, c := range map[string]struct {
		file []byte
		l    archive.Limits
		code archive.Code
	}{
		"no bytes":              {nil, l, archive.Malformed},
		"no archive":            {[]byte("PK\x03\x04" + zeros[:9999]), l, archive.Malformed},
		"three items":           {packed(t, "1.fit", "", "2.fit", "", "3.fit", ""), few, archive.TooManyFiles},
		"a directory of 3000":   {packed(t, many...), few, archive.TooManyFiles},
		"more than is unpacked": {packed(t, "1.fit", zeros[:1001]), few, archive.ExpandsTooFar},
		"beyond any ratio":      {packed(t, "1.fit", zeros, "2.fit", zeros), l, archive.ExpandsTooFar},
		"a table that unpacks":  {packed(t, "1.csv", "Filename\n"+zeros[:100]), few, archive.ExpandsTooFar},
		"tables taken together": {packed(t, "1.csv", "Filename\n"+zeros[:50], "2.csv", "Filename\n"+zeros[:50]), few, archive.ExpandsTooFar},
		"rows of a table":       {packed(t, "1.csv", "Workout Timestamp\n1\n2\n3\n"), few, archive.TooManyFiles},
		"cut in its directory":  {packed(t, "1.fit", "x")[:60], l, archive.Malformed},
	} {
		if _, err := open(c.file, c.l); codeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// What an entry says of its size binds it, and listing a directory that goes on beyond what was
// announced stays within its bounds.
func TestAnArchiveIsTakenAtItsWord(t *testing.T) {
	t.Parallel()
	file := packed(t, "1.fit", strings.Repeat("x", 5000))
	at := bytes.Index(file, []byte("PK\x01\x02"))
	file[at+24], file[at+25] = 10, 0 // of 5000 bytes it announces 10
	a, err := open(file, archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	in, err := a.Read(a.Items[0])
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(in); err == nil || len(content) > 4096 {
		t.Errorf("%d bytes of 10, %v", len(content), err)
	}

	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	endless := bytes.Repeat(entry, 3<<20) // 138 MiB of directory
	end := append([]byte("PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00"), byte(len(endless)), byte(len(endless)>>8), byte(len(endless)>>16), byte(len(endless)>>24), 0, 0, 0, 0, 0, 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = open(append(endless, end...), archive.DefaultLimits())
	runtime.ReadMemStats(&after)
	if codeOf(err) != archive.TooManyFiles {
		t.Errorf("an endless directory: %v", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 400<<20 { // with the archive itself
		t.Errorf("it took %d MiB", grown>>20)
	}
}

// failing is a source that breaks off.
type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestATroubledSourceIsNoBadArchive(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database is away")
	if _, err := archive.Open(failing{broken}, 1000, archive.DefaultLimits()); !errors.Is(err, broken) || codeOf(err) != "" {
		t.Errorf("%v", err)
	}
}

// Whatever the bytes: items or a reason, within the limits, and never a panic.
func FuzzOpen(f *testing.F) {
	f.Add(packed(f, "activities.csv", "Filename,Activity Name\n1.fit,x\n", "1.fit", "x", "2.zip", "y"))
	f.Add(packed(f, "w.csv", "Workout Timestamp,Length (minutes)\n2021-01-05 07:12 (EST),30\n"))
	f.Add([]byte("Workout Timestamp,Length (minutes),Distance (mi)\n2021-01-05 07:12 (-05),30,1e308\n\"\n"))
	f.Add([]byte("PK\x03\x04"))
	// An entry that lies before the archive.
	f.Add([]byte("PK\x01\x020000000000000000000000\x00\x00\x0e\x00\x00\x00\x00\x00000000000\x00\x00\x000000000000.CsvPK\x01\x02000000000000000000000000\x05\x00\x00\x00\x00\x0000000000000000000PK\x01\x02000000000000000000000000\x05\x00\x00\x00\x00\x0000000000000000000PK\x05\x06000000\x03\x00\xa2\x00\x00\x001000\x00\x00"))
	l := archive.Limits{DirectoryBytes: 100 << 10, Items: 50, ExpandedBytes: 1 << 20, Ratio: 100, TableBytes: 64 << 10}
	f.Fuzz(func(t *testing.T, file []byte) {
		archive.Looks(file)
		archive.LooksTable(file)
		table, err := archive.OpenTable(bytes.NewReader(file), l)
		check(t, table, err, l, len(file))
		a, err := open(file, l)
		check(t, a, err, l, len(file))
		if err != nil {
			return
		}
		total := int64(0)
		for _, i := range a.Items {
			in, err := a.Read(i)
			if err != nil {
				continue
			}
			n, _ := io.Copy(io.Discard, in)
			total += n
		}
		if total > l.ExpandedBytes {
			t.Fatalf("%d bytes came out", total)
		}
	})
}

func check(t *testing.T, a *archive.Archive, err error, l archive.Limits, size int) {
	t.Helper()
	switch {
	case err != nil && codeOf(err) == "":
		t.Fatalf("an error that is no reason: %v", err)
	case err == nil && len(a.Items) > l.Items:
		t.Fatalf("%d items of %d bytes", len(a.Items), size)
	case err != nil:
		return
	}
	for _, i := range a.Items {
		if len(i.Name) > 200 || len([]rune(i.Title)) > 100 || i.Row != nil && (i.Row.DurationS <= 0 || i.Row.StartedAt.IsZero()) {
			t.Fatalf("an item %+v", i)
		}
	}
}

package recording

import (
	"io"
	"time"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// MaxDuration is the longest a recording may last.
const MaxDuration = 31 * 24 * time.Hour

// Limits bound what Parse takes from one file.
type Limits struct {
	MaxBytes         int64 // bytes as sent
	MaxExpandedBytes int64 // bytes of a compressed file once unpacked
	MaxRecords       int   // samples in all, at most series.MaxSamples
	MaxLaps          int   // laps in all
	MaxRecordings    int   // sessions, activities or tracks
	MaxNesting       int   // depth of XML elements
}

// DefaultLimits take more than a day at one record per second in any of the formats.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes:         64 << 20,
		MaxExpandedBytes: 64 << 20,
		MaxRecords:       250_000,
		MaxLaps:          2_000,
		MaxRecordings:    50,
		MaxNesting:       32,
	}
}

// within returns the limits with MaxRecords brought down to what a blob can hold.
func (l Limits) within() Limits {
	l.MaxRecords = min(l.MaxRecords, series.MaxSamples)
	return l
}

// capped reads at most left bytes of r and answers with a refusal when there are more.
type capped struct {
	r    io.Reader
	left int64
	code Code
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, refuse(c.code)
	}
	// One byte over the limit is asked for, to tell the end of the file from the end of patience.
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return 0, refuse(c.code)
	}
	return n, err
}

// source marks what goes wrong while reading the input as the input's trouble: a connection
// that broke is not a malformed file.
type source struct{ r io.Reader }

// readError is an error of the reader that Parse was given.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

func (s source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = readError{err}
	}
	return n, err
}

// How much a compressed file may hold whatever its size, and how many times its size beyond: recordings
// come to some thirty times. In an archive of many such files nothing else tells how much they hold.
const (
	expandsFreely = 1 << 20
	maxExpansion  = 200
)

// counted counts what was read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// proportionate ends what unpacks to out of all proportion to what was sent.
type proportionate struct {
	r    io.Reader
	sent *counted
	got  int64
}

func (p *proportionate) Read(to []byte) (int, error) {
	n, err := p.r.Read(to)
	if p.got += int64(n); p.got > expandsFreely && p.got > maxExpansion*p.sent.n {
		return 0, refuse(ExpandsTooFar)
	}
	return n, err
}

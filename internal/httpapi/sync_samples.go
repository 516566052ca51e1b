package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/workout/recording"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// maxColumn is the contract's bound for the samples of an item.
const maxColumn = 50_000

// maxMoment is the contract's bound for a moment, in milliseconds: a week.
const maxMoment = 604_800_000

// readSamples reads the columns of an item straight into tables: values by the hundred thousand, for
// which the way of bind, through values of any kind, would take a hundred times their size. What it
// refuses, the contract's schema refuses (a test holds the two together).
func readSamples(raw jsontext.Value) ([]series.Table, []fault.Field) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	if raw.Kind() != '{' {
		return nil, []fault.Field{fault.At("/samples", "wrong_type", "has to be an object")}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, []fault.Field{fault.At("/samples", "invalid", "can't be read")}
	}
	var axis []uint32
	var columns [series.Channels][]int32
	var problems []fault.Field
	for d.PeekKind() == '"' && len(problems) < maxValues {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		at := pointer([]string{"samples", name.String()})
		channel, known := series.ChannelNamed(name.String())
		switch {
		case name.String() == "t_ms":
			axis, err = column(d, func(v float64, null bool) (uint32, error) {
				if null || v != math.Trunc(v) || v < 0 || v > maxMoment {
					return 0, errNoSample
				}
				return uint32(v), nil
			})
		case known:
			low, high := recording.Plausible(channel)
			columns[channel], err = column(d, func(v float64, null bool) (int32, error) {
				switch {
				case null:
					return series.Absent, nil
				case !(v >= low && v <= high):
					return 0, errNoSample
				}
				return channel.Steps(v), nil
			})
		default:
			problems = append(problems, fault.At(at, "unknown_member", "is not a member of this body"))
			err = d.SkipValue()
		}
		if err != nil {
			return nil, append(problems, fault.At(at, "invalid", "has to be a list of as many numbers as are taken, each one that the channel can have"))
		}
	}
	if axis == nil && len(problems) == 0 {
		problems = append(problems, fault.At("/samples/t_ms", "required", "is missing"))
	}
	for c, v := range columns {
		if v != nil && len(v) != len(axis) {
			problems = append(problems, fault.At("/samples/"+series.Channel(c).String(), "uneven", "has another length than t_ms"))
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return tablesOf(axis, columns), nil
}

var errNoSample = errors.New("no sample")

// column reads a list of numbers and nulls.
func column[T any](d *jsontext.Decoder, take func(v float64, null bool) (T, error)) ([]T, error) {
	if t, err := d.ReadToken(); err != nil || t.Kind() != '[' {
		return nil, errNoSample
	}
	out := []T{}
	for {
		t, err := d.ReadToken()
		switch {
		case err != nil:
			return nil, err
		case t.Kind() == ']':
			return out, nil
		case len(out) == maxColumn, t.Kind() != '0' && t.Kind() != 'n':
			return nil, errNoSample
		}
		var number float64
		if t.Kind() == '0' {
			if number, err = t.Float(); err != nil {
				return nil, fmt.Errorf("a number: %w", err)
			}
		}
		v, err := take(number, t.Kind() == 'n')
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// tablesOf puts the columns into the tables of their families, each with the moments at which it has a value.
func tablesOf(axis []uint32, columns [series.Channels][]int32) []series.Table {
	var out []series.Table
	for _, family := range series.Families() {
		table := series.Table{Family: family}
		var from [][]int32
		for c, v := range columns {
			if channel := series.Channel(c); v != nil && channel.Family() == family {
				table.Columns, from = append(table.Columns, series.Column{Channel: channel}), append(from, v)
			}
		}
		for i, t := range axis {
			some := false
			for _, v := range from {
				some = some || v[i] != series.Absent
			}
			if !some {
				continue
			}
			table.T = append(table.T, t)
			for c, v := range from {
				table.Columns[c].V = append(table.Columns[c].V, v[i])
			}
		}
		if len(table.T) > 0 {
			out = append(out, table)
		}
	}
	return out
}

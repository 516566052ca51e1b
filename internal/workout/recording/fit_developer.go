package recording

import (
	"github.com/muktihari/fit/profile/mesgdef"
	"github.com/muktihari/fit/proto"

	"github.com/paceline/paceline/internal/workout/recording/series"
)

// FITApplication is the id (a UUID) of the application whose developer fields hold what the
// native fields of a record can't. Package export writes them.
const FITApplication = "\x6d\xa2\xba\x38\x37\xe5\x43\xba\xb6\x89\xbe\xb3\xed\xb0\xc9\xe0"

// The developer fields of FITApplication that stand for no native field, by their numbers. They
// are in files that others keep: never change one.
const (
	// FITMilliseconds (uint16, ms) is what the timestamp of a record, in whole seconds, leaves out.
	FITMilliseconds byte = 0
	// FITAltitude (float32, m) is an altitude between the native field's steps of 0.2 m.
	FITAltitude byte = 1
)

// application notes whose developer fields an index stands for.
func (f *fitContent) application(mesg *proto.Message) {
	d := mesgdef.NewDeveloperDataId(mesg)
	f.own[d.DeveloperDataIndex] = string(d.ApplicationId) == FITApplication
}

// restore takes a developer field of our own into the sample of its record.
func (f *fitContent) restore(s *sample, field *proto.DeveloperField) {
	d, known := f.developer[developerKey{field.DeveloperDataIndex, field.Num}]
	if !known || !f.own[field.DeveloperDataIndex] {
		return
	}
	v, valid := number(field.Value, d.base)
	switch {
	case !valid:
	case field.Num == FITMilliseconds && v < 1000 && s.at != 0:
		s.at += moment(v)
	case field.Num == FITAltitude:
		s.set(series.AltitudeM, v)
	}
}

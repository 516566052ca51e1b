package class

import (
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/class/lesson"
)

// State says to whom something shows.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired"
)

// The states that the public reads, and those that class managers do.
var (
	public = []string{string(Published)}
	kept   = []string{string(Draft), string(Published), string(Retired)}
)

// ScheduleState is what becomes of one class of the schedule.
type ScheduleState string

const (
	NotYetShown ScheduleState = "draft"
	Scheduled   ScheduleState = "scheduled"
	Cancelled   ScheduleState = "cancelled"
)

// Instructor is somebody who gives classes, as they are shown. The id is no member's.
type Instructor struct {
	ID          uuid.UUID
	State       State
	Name, Bio   string
	Disciplines []string
	Pictured    bool
}

// Studio is where classes are given. Places are nil in lists.
type Studio struct {
	ID                            uuid.UUID
	State                         State
	Name, City, Country, TimeZone string
	Places                        []string
}

// Class is one of the catalogue. Plan and Music are nil in lists; By is nil where the instructor doesn't show.
type Class struct {
	ID                             uuid.UUID
	State                          State
	Title, Description, Discipline string
	DurationS, Difficulty          int
	By                             *Named
	Language                       string
	Equipment, Tags                []string
	Live                           bool
	Plan                           lesson.Plan
	Music                          lesson.Music
	PublishedAt                    *time.Time
}

// Named is a thing by its name.
type Named struct {
	ID   uuid.UUID
	Name string
}

// Given is one class at one time. Studio is nil where it is given online.
type Given struct {
	ID                                        uuid.UUID
	State                                     ScheduleState
	Class                                     Class
	By                                        *Named
	Studio                                    *Studio
	StartsAt, EndsAt                          time.Time
	TimeZone                                  string
	Capacity                                  int
	BookingOpensAt, CancelUntil, PromoteUntil time.Time
}

// Series is a class that is given again and again. StartsLocal is a wall clock's time, as if in UTC.
type Series struct {
	ID          uuid.UUID
	State       State
	Class       uuid.UUID
	Studio      *uuid.UUID
	RRule       string
	StartsLocal time.Time
	TimeZone    string
	Capacity    int
	Before      Before
	CreatedAt   time.Time
}

// Before are the seconds before a start at which booking opens, cancelling in time ends, and the waiting list ends.
type Before struct{ OpensS, CancelS, PromoteS int }

package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Thing is what the members of an object in an answer tell about.
type Thing struct {
	Of      *Person
	Ceiling int
	ID      string // of the workout or member
	Kind    string // member, workout or membership; else the name of the answer's schema
	Coach   bool   // in an answer for coaches
}

// Seen is one member of an answer: where, about what, under which mark.
type Seen struct {
	Path  string // within its thing: laps[].power_avg_w
	At    string // in the answer: items[].laps[].power_avg_w
	Mark  string
	About Thing
	Value any
}

// Judge walks a JSON answer beside its schema and says for each member what it
// tells about. An object with an id under the mark `id` is a member, one with an
// id under `workout` a workout; what lies in it is about that, until something
// else begins. The answer as a whole is about start.
type Judge struct {
	c      *Cast
	o      Operation
	Faults []string
	Seen   []Seen
}

// Judge judges a JSON answer of an operation. Its faults are members that the
// contract doesn't name, marks that the model has no rule for, and ids of nobody
// in the cast.
func (c *Cast) Judge(o Operation, body []byte, start Thing) *Judge {
	j := &Judge{c: c, o: o}
	value, err := plain(body)
	if err != nil {
		j.Faults = append(j.Faults, err.Error())
		return j
	}
	j.walk(o.Schema, value, "", "", start)
	return j
}

// thingOf is what an object is about, if it says so by its id.
func (j *Judge) thingOf(s *openapi3.Schema, v map[string]any, around Thing) Thing {
	id, _ := v["id"].(string)
	if id == "" {
		return around
	}
	switch kindOf(s) {
	case "member":
		for _, p := range j.c.People {
			if p.ID == id {
				return Thing{Of: p, Ceiling: 3, ID: id, Kind: "member"}
			}
		}
	case "workout":
		for _, p := range j.c.People {
			for _, w := range p.Workouts {
				if w.ID == id {
					return Thing{Of: p, Ceiling: w.Audience, ID: id, Kind: "workout"}
				}
			}
		}
	case "membership":
		for _, p := range j.c.People {
			for _, g := range j.c.Crews {
				if g.Memberships[p.Name] == id {
					return Thing{Of: p, Ceiling: 3, ID: id, Kind: "membership"}
				}
			}
		}
	default:
		return around
	}
	j.Faults = append(j.Faults, "names "+id+", which is nobody's in the cast")
	return around
}

func (j *Judge) walk(ref *openapi3.SchemaRef, value any, at, path string, about Thing) {
	s := ref.Value
	switch v := value.(type) {
	case []any:
		if s.Items == nil {
			return
		}
		for _, item := range v {
			if name, ok := item.(string); ok { // a list of names of members stands under theirs
				if m := j.named(s.Items, name); m != "" {
					j.Seen = append(j.Seen, Seen{Path: path + "[" + name + "]", At: at + "[" + name + "]", Mark: m, About: about, Value: name})
				}
				continue
			}
			j.walk(s.Items, item, at+"[]", path+"[]", about)
		}
	case map[string]any:
		inner := j.thingOf(s, v, about)
		inner.Coach = j.o.Object == "athlete"
		if inner.ID != about.ID || inner.Kind != about.Kind {
			path = ""
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			member := s.Properties[name]
			where, within := join(at, name), join(path, name)
			if member == nil {
				if len(s.Properties) > 0 {
					j.Faults = append(j.Faults, where+": the contract doesn't name it")
				}
				continue
			}
			m := mark(member)
			if !Ruled(m) {
				j.Faults = append(j.Faults, fmt.Sprintf("%s: its mark %q has no row in the table of docs/privacy-model.md", where, m))
			}
			if !container(member) { // a list of things with ids of their own is as they are
				j.Seen = append(j.Seen, Seen{Path: within, At: where, Mark: m, About: inner, Value: v[name]})
			}
			j.walk(member, v[name], where, within, inner)
		}
	}
}

// named is the mark of the channel that a name in a list stands for.
func (j *Judge) named(items *openapi3.SchemaRef, name string) string {
	if refName(items) != "ChannelName" {
		return ""
	}
	if channel := j.o.schemas["Streams"].Value.Properties[name]; channel != nil {
		return mark(channel)
	}
	return ""
}

// container says whether a member is a list of members or workouts.
func container(ref *openapi3.SchemaRef) bool {
	items := ref.Value.Items
	return items != nil && kindOf(items.Value) != ""
}

func join(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }

// Things lists the members or workouts that an answer's list holds, in order.
func (o Operation) Things(body []byte) []string {
	var ids []string
	for name, member := range o.Schema.Value.Properties {
		if !container(member) {
			continue
		}
		value, err := plain(body)
		if err != nil {
			return nil
		}
		m, _ := value.(map[string]any)
		items, _ := m[name].([]any)
		for _, item := range items {
			entry, _ := item.(map[string]any)
			id, _ := entry["id"].(string)
			ids = append(ids, id)
		}
	}
	return ids
}

// Lists says whether the operation's answer is a list of members or workouts.
func (o Operation) Lists() bool {
	if o.Schema == nil {
		return false
	}
	for _, member := range o.Schema.Value.Properties {
		if container(member) {
			return true
		}
	}
	return false
}

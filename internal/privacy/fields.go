package privacy

// Fields is a set of fields. The zero value holds none.
type Fields uint64

// FieldsOf is the set of some fields.
func FieldsOf(all ...Field) (s Fields) {
	for _, f := range all {
		s = s.With(f)
	}
	return s
}

// FieldsNamed is the set of the fields with these names; what is no field's name is in no set.
func FieldsNamed(names []string) (s Fields) {
	for _, name := range names {
		if f, ok := ParseField(name); ok {
			s = s.With(f)
		}
	}
	return s
}

// With is the set with one more field.
func (s Fields) With(f Field) Fields {
	if f <= noField || f >= fieldCount {
		return s
	}
	return s | 1<<f
}

// Has says whether the field is in the set.
func (s Fields) Has(f Field) bool { return f > noField && f < fieldCount && s&(1<<f) != 0 }

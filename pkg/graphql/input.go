package graphql

import "github.com/prisma1-go/prisma1/pkg/scalar"

// An Input is an argument's value after coercion: literal and variable look
// alike, defaults are filled in, single values are wrapped where a list is
// expected, and every leaf has passed its scalar's check. The zero Input is
// one that was not given.
type Input struct {
	Kind   InputKind
	Value  scalar.Value // of a Leaf
	Items  []Input      // of a List
	Fields []InputField // of an Object, in the order they were written, then those with defaults
}

// InputKind is the shape of an Input.
type InputKind uint8

const (
	Absent InputKind = iota
	NullInput
	Leaf
	List
	Object
)

// An InputField is one field of an input object. Fields that were not given and
// have no default are left out.
type InputField struct {
	Name  string
	Value Input
}

// Given tells whether the input was written at all; null counts as given.
func (i Input) Given() bool { return i.Kind != Absent }

// IsNull tells whether the input is null or was not given.
func (i Input) IsNull() bool { return i.Kind == Absent || i.Kind == NullInput }

// Field returns an object's field; the zero Input when it was not given.
func (i Input) Field(name string) Input {
	for _, f := range i.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return Input{}
}

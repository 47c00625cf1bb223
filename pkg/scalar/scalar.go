// Package scalar holds the scalar types of a datamodel and their values: how they are parsed, compared and printed.
package scalar

// A Type is a scalar type of the datamodel language. The zero Type belongs to null.
type Type uint8

// The scalar types. Enum stands for the values of any enum.
const (
	Null Type = iota
	String
	Int
	Float
	Boolean
	DateTime
	Json
	ID
	UUID
	Enum

	// Prisma 1 had not these.
	Long    // whole numbers of 64 bits
	Decimal // exact numbers, 35 digits before the point and 30 behind it
	Date    // days without a time
)

var names = [...]string{"Null", "String", "Int", "Float", "Boolean", "DateTime", "Json", "ID", "UUID", "Enum", "Long", "Decimal", "Date"}

// String returns the name that people write in a datamodel.
func (t Type) String() string {
	if int(t) < len(names) {
		return names[t]
	}
	return "Type?"
}

// Code returns the name that Prisma 1 stores and prints in some messages: like
// String, but GraphQLID for ID (TypeIdentifier.scala).
func (t Type) Code() string {
	if t == ID {
		return "GraphQLID"
	}
	return t.String()
}

// Parse returns the type that a datamodel or a stored schema calls name. It
// knows the codes too; Enum and Null are no names a person can write.
func Parse(name string) (Type, bool) {
	if name == "GraphQLID" {
		return ID, true
	}
	for t := String; t < Enum; t++ {
		if names[t] == name {
			return t, true
		}
	}
	return Null, false
}

// ParseAdded returns the type, one of those that Prisma 1 had not, that is called name.
func ParseAdded(name string) (Type, bool) {
	for t := Long; t <= Date; t++ {
		if names[t] == name {
			return t, true
		}
	}
	return Null, false
}

// IsText tells whether values of the type live in Value.Text.
func (t Type) IsText() bool {
	switch t {
	case String, Json, ID, UUID, Enum:
		return true
	}
	return false
}

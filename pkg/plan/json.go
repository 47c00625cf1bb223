package plan

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// JSONPath is a condition on what a Json field holds at a path: keys of
// objects, and indexes of lists as decimal numbers. It is never unknown (null).
type JSONPath struct {
	Field *schema.Field
	Path  []string
	Op    JSONOp
	// Value is a String, Float or Boolean, or null for JSON's null. Only a value
	// of its own type is compared with it; one of another is different from it.
	Value scalar.Value
}

func (JSONPath) filter() {}

// JSONOp is a condition on a JSON value.
type JSONOp uint8

const (
	JSONExists JSONOp = iota // also null; Value is unused
	JSONEqual
	JSONLess // of numbers and texts, as the next ones
	JSONLessOrEqual
	JSONGreater
	JSONGreaterOrEqual
	JSONContains // of texts, as the next ones
	JSONStartsWith
	JSONEndsWith
)

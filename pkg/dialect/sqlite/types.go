package sqlite

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// types are the declared types of columns. SQLite takes any name; what counts
// is that the right affinity follows from it and that Inspect can tell the
// scalar types apart. Those of Prisma 1 are used where they do both.
var types = map[scalar.Type]string{
	scalar.String:   "text",
	scalar.Int:      "int",
	scalar.Float:    "real",
	scalar.Boolean:  "boolean",
	scalar.DateTime: "datetime(3)", // ms since 1970 as a whole number
	scalar.Json:     "json text",
	scalar.ID:       "char(25)",
	scalar.UUID:     "char(36)",
	scalar.Enum:     "varchar(191)",

	scalar.Long: "long int",
	scalar.Date: "date text",
}

// generatedType is the only declared type with which SQLite counts ids up.
const generatedType = "INTEGER"

// typeOf is the inverse of types. Names that are not ours are read by the rules
// of column affinity (sqlite.org/datatype3.html); Null is none of them.
func typeOf(native string) scalar.Type {
	for t, name := range types {
		if strings.EqualFold(name, native) {
			return t
		}
	}
	upper := strings.ToUpper(native)
	contains := func(part string) bool { return strings.Contains(upper, part) }
	switch {
	case contains("JSON"):
		return scalar.Json
	case contains("INT"):
		return scalar.Int
	case contains("CHAR"), contains("CLOB"), contains("TEXT"):
		return scalar.String
	case contains("REAL"), contains("FLOA"), contains("DOUB"), contains("DECIMAL"), contains("NUMERIC"):
		return scalar.Float
	case contains("BOOL"):
		return scalar.Boolean
	case contains("DATE"), contains("TIMESTAMP"):
		return scalar.DateTime
	}
	return scalar.Null
}

// nativeType returns the declared type of a column.
func nativeType(c *relational.Column) string {
	switch {
	case c.Generated:
		return generatedType
	case c.Type == scalar.Null && c.Native != "":
		return c.Native
	}
	return types[c.Type]
}

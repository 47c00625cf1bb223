package postgres

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// types are the types of columns as Prisma 1 makes them (PostgresTypeMapper.scala).
// Json and Enum are text, so that Inspect reads them as String.
var types = map[scalar.Type]string{
	scalar.String:   "text",
	scalar.Int:      "int",
	scalar.Float:    "decimal(65,30)",
	scalar.Boolean:  "boolean",
	scalar.DateTime: "timestamp(3)", // UTC without saying so
	scalar.Json:     "text",
	scalar.ID:       "varchar(25)",
	scalar.UUID:     "uuid",
	scalar.Enum:     "text",

	scalar.Long:    "bigint",
	scalar.Decimal: "decimal(65,30)",
	scalar.Date:    "date",
}

// casts are the types that members of a list are read as, where that is not the
// column's own. A whole number too large for a column is no error, only no match.
var casts = map[scalar.Type]string{
	scalar.Int:      "bigint",
	scalar.Float:    "numeric",
	scalar.Boolean:  "boolean",
	scalar.DateTime: "timestamp",
	scalar.UUID:     "uuid",
	scalar.Long:     "bigint",
	scalar.Decimal:  "numeric",
	scalar.Date:     "date",
}

// typeOf is the inverse of types for names as format_type prints them. Types
// that are not ours are read as the nearest; Null is none of them.
func typeOf(native string) scalar.Type {
	if native == "character varying(25)" {
		return scalar.ID
	}
	if strings.HasSuffix(native, "[]") {
		return scalar.Null
	}
	name, _, _ := strings.Cut(native, "(")
	switch name {
	case "text", "character varying", "character", "bpchar", "citext":
		return scalar.String
	case "smallint", "integer", "bigint":
		return scalar.Int
	case "numeric", "real", "double precision":
		return scalar.Float
	case "boolean":
		return scalar.Boolean
	case "date", "timestamp", "timestamp without time zone", "timestamp with time zone":
		return scalar.DateTime
	case "json", "jsonb":
		return scalar.Json
	case "uuid":
		return scalar.UUID
	}
	if strings.HasPrefix(name, "timestamp") {
		return scalar.DateTime
	}
	return scalar.Null
}

// nativeType returns the type of a column in a statement.
func nativeType(c *relational.Column) string {
	if c.Type == scalar.Null && c.Native != "" {
		return c.Native
	}
	return types[c.Type]
}

package mysql

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

const (
	// ids have three bytes per character at most, so that they fit into keys.
	idText    = " CHARACTER SET utf8 COLLATE utf8_general_ci"
	plainText = " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
)

// types are the types of columns as Prisma 1 makes them (MySqlTypeMapper.scala).
var types = map[scalar.Type]string{
	scalar.String:   "mediumtext" + plainText,
	scalar.Int:      "int",
	scalar.Float:    "decimal(65,30)",
	scalar.Boolean:  "boolean",
	scalar.DateTime: "datetime(3)",
	scalar.Json:     "mediumtext" + plainText,
	scalar.ID:       "char(25)" + idText,
	scalar.UUID:     "char(36)" + idText,
	scalar.Enum:     "varchar(191)" + plainText,

	scalar.Long:    "bigint",
	scalar.Decimal: "decimal(65,30)",
	scalar.Date:    "date",
}

// typeOf is the inverse of types, but that Json comes back as String. Types that
// are not ours are read as Prisma 1 read them; Null is none of them.
func typeOf(native string) scalar.Type {
	switch native {
	case "char(25)":
		return scalar.ID
	case "char(36)":
		return scalar.UUID
	case "varchar(191)":
		return scalar.Enum
	case "bit(1)", "tinyint(1)":
		return scalar.Boolean
	}
	name, _, _ := strings.Cut(native, "(")
	name, _, _ = strings.Cut(name, " ")
	switch name {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return scalar.Int
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return scalar.String
	case "decimal", "numeric", "float", "double":
		return scalar.Float
	case "date", "datetime", "timestamp":
		return scalar.DateTime
	case "json":
		return scalar.Json
	case "uuid":
		return scalar.UUID
	case "enum":
		return scalar.Enum
	}
	return scalar.Null
}

// nativeType returns the type of a column: the one it has, or the one we give.
func nativeType(c *relational.Column) string {
	if c.Native != "" {
		return c.Native
	}
	return types[c.Type]
}

// isLong tells whether an index on a column covers only the start of its values.
func isLong(c *relational.Column) bool {
	native := strings.ToLower(nativeType(c))
	name, _, _ := strings.Cut(native, " ")
	return strings.HasSuffix(name, "text") || strings.HasSuffix(name, "blob")
}

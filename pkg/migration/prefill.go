package migration

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// prefill returns what existing nodes get in a field that is or becomes
// required: its default, else a fixed value per type (MigrationValueGenerator.scala).
func prefill(f *schema.Field) scalar.Value {
	if !f.Default.IsNull() {
		return f.Default
	}
	switch f.Type {
	case scalar.String:
		return scalar.OfString("")
	case scalar.Int:
		return scalar.OfInt(0)
	case scalar.Long:
		return scalar.OfLong(0)
	case scalar.Decimal:
		return scalar.OfDecimal("0")
	case scalar.Date:
		return scalar.Value{Type: scalar.Date, Text: "1970-01-01"}
	case scalar.Float:
		return scalar.OfFloat(0)
	case scalar.Boolean:
		return scalar.OfBool(false)
	case scalar.DateTime:
		return scalar.OfDateTime(0)
	case scalar.Json:
		return scalar.OfJSON("{}")
	case scalar.ID:
		return scalar.OfID("DefaultCUIDMigrationValue")
	case scalar.UUID:
		return scalar.OfUUID("550e8400-e29b-11d4-a716-446655440000")
	case scalar.Enum:
		if len(f.Enum.Values) > 0 {
			return scalar.OfEnum(f.Enum.Values[0])
		}
	}
	return scalar.Value{}
}

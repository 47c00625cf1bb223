package migration

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// sameModel tells whether nothing about a model differs, down to the defaults
// of its fields and their order. Hidden back fields may stand in any order.
func sameModel(a, b *schema.Model) bool {
	return a.Name == b.Name && a.DBName == b.DBName && a.Embedded == b.Embedded &&
		slices.EqualFunc(visible(a), visible(b), equalField) && sameHidden(a, b) && sameUniques(a, b) && slices.Equal(fieldNames(a.FullText), fieldNames(b.FullText))
}

// unhide returns a model of datamodel 1.0 as 1.1 writes it: fields that it had
// without naming them stand where the next model names them.
func unhide(before, after *schema.Model) *schema.Model {
	shown := &schema.Model{Name: before.Name, DBName: before.DBName, Embedded: before.Embedded}
	shown.Fields = slices.DeleteFunc(slices.Clone(before.Fields), func(f *schema.Field) bool { return f.Hidden && !f.IsRelation() })
	for i, f := range after.Fields {
		old := before.Field(f.Name)
		if old == nil || !old.Hidden || old.IsRelation() {
			continue
		}
		named := *old
		named.Hidden = false
		shown.Fields = slices.Insert(shown.Fields, min(i, len(shown.Fields)), &named)
	}
	return shown
}

// visible returns the fields of a model but its back fields.
func visible(m *schema.Model) []*schema.Field {
	return slices.DeleteFunc(slices.Clone(m.Fields), isBackField)
}

func sameHidden(a, b *schema.Model) bool {
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	for _, f := range a.Fields {
		if isBackField(f) && b.Field(f.Name) == nil {
			return false
		}
	}
	return true
}

// equalField tells whether nothing about a field differs.
func equalField(a, b *schema.Field) bool {
	if !sameField(a, b) || a.Hidden != b.Hidden || a.Default != b.Default || a.IsRelation() != b.IsRelation() {
		return false
	}
	if a.IsRelation() {
		return a.Relation.Name == b.Relation.Name && a.Side == b.Side
	}
	if a.Enum != nil && b.Enum != nil {
		return sameEnum(a.Enum, b.Enum)
	}
	return a.Enum == b.Enum
}

// sameField tells whether a field needs no step. Defaults, enums and where a
// relation leads do not count.
func sameField(a, b *schema.Field) bool {
	return a.Name == b.Name && a.TypeCode() == b.TypeCode() && a.Unique == b.Unique && a.Required == b.Required &&
		a.List == b.List && a.DBName == b.DBName && sameBehaviour(a.Behaviour, b.Behaviour)
}

func sameBehaviour(a, b schema.Behaviour) bool {
	idA, okA := a.(schema.ID)
	idB, okB := b.(schema.ID)
	if !okA || !okB {
		return a == b
	}
	if idA.Strategy != idB.Strategy || (idA.Sequence == nil) != (idB.Sequence == nil) {
		return false
	}
	return idA.Sequence == nil || *idA.Sequence == *idB.Sequence
}

func sameEnum(a, b *schema.Enum) bool {
	return a.Name == b.Name && slices.Equal(a.Values, b.Values)
}

// sameRelation tells whether a relation needs no step. What happens on delete does not count.
func sameRelation(a, b *schema.Relation) bool {
	return a.Name == b.Name && a.ModelA.Name == b.ModelA.Name && a.ModelB.Name == b.ModelB.Name && sameLink(a.Link, b.Link)
}

func sameLink(a, b schema.Link) bool {
	switch a := a.(type) {
	case *schema.Inline:
		b, ok := b.(*schema.Inline)
		return ok && a.Model.Name == b.Model.Name && a.Column == b.Column
	case *schema.LinkTable:
		b, ok := b.(*schema.LinkTable)
		return ok && *a == *b
	}
	return false
}

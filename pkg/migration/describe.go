package migration

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// An APIStep is a step with all that the management API tells about it. Type
// says which fields are meant: those of the GraphQL type of that name. In the
// Update types a nil field is one that did not change.
type APIStep struct {
	Type       string // "CreateModel" …
	Name       string
	NewName    *string
	IsEmbedded *bool
	Values     []string // of CreateEnum and UpdateEnum; nil when unchanged
	Model      string
	TypeName   *string // "Enum" for any enum, the model's name for a relation
	IsRequired *bool
	IsList     *bool
	Unique     *bool
	Enum       *string
	Default    *string // as Prisma 1 prints its own values: Some(IntGCValue(1)), None
	Relation   *string
	LeftModel  string
	RightModel string
	Before     *APILink
	After      *APILink
	Message    string
}

// An APILink is the link of a relation as the management API tells it.
type APILink struct {
	Type         string // "LinkTable" or "Inline"
	Table        string
	ModelAColumn string
	ModelBColumn string
	IDColumn     *string
	Model        string // name of the model, not of its table
	Column       string
}

// Describe looks up what the management API tells about a step.
func Describe(step Step, previous, next *schema.Schema) APIStep {
	switch s := step.(type) {
	case CreateModel:
		return APIStep{Type: "CreateModel", Name: s.Model}
	case DeleteModel:
		return APIStep{Type: "DeleteModel", Name: s.Model}
	case UpdateModel:
		return APIStep{Type: "UpdateModel", Name: s.Model, NewName: &s.NewName}
	case CreateField:
		return describeCreateField(s, next)
	case DeleteField:
		return APIStep{Type: "DeleteField", Model: s.Model, Name: s.Field}
	case UpdateField:
		return describeUpdateField(s, previous, next)
	case CreateEnum:
		return APIStep{Type: "CreateEnum", Name: s.Enum, Values: values(next.Enum(s.Enum))}
	case DeleteEnum:
		return APIStep{Type: "DeleteEnum", Name: s.Enum}
	case UpdateEnum:
		return describeUpdateEnum(s, previous, next)
	case CreateRelation:
		return describeCreateRelation(s, next)
	case DeleteRelation:
		return APIStep{Type: "DeleteRelation", Name: s.Relation}
	case UpdateRelation:
		return APIStep{
			Type: "UpdateRelation", Name: s.Relation, NewName: text(s.NewName),
			Before: describeLink(previous.Relation(s.Relation)), After: describeLink(next.Relation(s.Next())),
		}
	case UpdateSecrets:
		return APIStep{Type: "UpdateSecrets", Message: "Secrets have been updated."}
	}
	return APIStep{}
}

func describeCreateField(s CreateField, next *schema.Schema) APIStep {
	step := APIStep{Type: "CreateField", Model: s.Model, Name: s.Field}
	f := field(next, s.Model, s.Field)
	if f == nil {
		return step
	}
	step.TypeName = new(typeName(f))
	step.IsRequired, step.IsList, step.Unique = new(f.Required), new(f.List), new(f.Unique)
	step.Enum, step.Relation = enumName(f), relationOf(f)
	step.Default = new("None")
	if !f.Default.IsNull() {
		step.Default = new("Some(" + debugValue(f.Default) + ")")
	}
	return step
}

func describeUpdateField(s UpdateField, previous, next *schema.Schema) APIStep {
	step := APIStep{Type: "UpdateField", Model: s.Model, Name: s.Field, NewName: text(s.NewName)}
	before, after := s.fields(previous, next)
	if before == nil || after == nil {
		return step
	}
	step.TypeName = changed(typeName(before), typeName(after))
	step.IsRequired = changed(before.Required, after.Required)
	step.IsList = changed(before.List, after.List)
	step.Unique = changed(before.Unique, after.Unique)
	step.Enum = changedText(enumName(before), enumName(after))
	step.Relation = changedText(relationOf(before), relationOf(after))
	if before.Default != after.Default && !after.Default.IsNull() {
		step.Default = new(debugValue(after.Default))
	}
	return step
}

func describeUpdateEnum(s UpdateEnum, previous, next *schema.Schema) APIStep {
	step := APIStep{Type: "UpdateEnum", Name: s.Enum, NewName: text(s.NewName)}
	before, after := previous.Enum(s.Enum), next.Enum(s.Next())
	if before != nil && after != nil && !sameEnum(&schema.Enum{Name: after.Name, Values: before.Values}, after) {
		step.Values = values(after)
	}
	return step
}

func describeCreateRelation(s CreateRelation, next *schema.Schema) APIStep {
	step := APIStep{Type: "CreateRelation", Name: s.Relation}
	if r := next.Relation(s.Relation); r != nil {
		step.LeftModel, step.RightModel, step.After = r.ModelA.Name, r.ModelB.Name, describeLink(r)
	}
	return step
}

func describeLink(r *schema.Relation) *APILink {
	if r == nil {
		return nil
	}
	switch link := r.Link.(type) {
	case *schema.Inline:
		return &APILink{Type: "Inline", Model: link.Model.Name, Column: link.Column}
	case *schema.LinkTable:
		return &APILink{
			Type: "LinkTable", Table: link.Table,
			ModelAColumn: link.ColumnA, ModelBColumn: link.ColumnB, IDColumn: text(link.ID),
		}
	}
	return nil
}

func typeName(f *schema.Field) string {
	if f.Type == scalar.Enum {
		return scalar.Enum.String()
	}
	return f.TypeName()
}

func enumName(f *schema.Field) *string {
	if f.Enum == nil {
		return nil
	}
	return &f.Enum.Name
}

func relationOf(f *schema.Field) *string {
	if f.Relation == nil {
		return nil
	}
	return &f.Relation.Name
}

func values(e *schema.Enum) []string {
	if e == nil {
		return []string{}
	}
	return e.Values
}

// text returns nil for "".
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// changed returns after where it differs.
func changed[T comparable](before, after T) *T {
	if before == after {
		return nil
	}
	return &after
}

func changedText(before, after *string) *string {
	if before != nil && after != nil && *before == *after {
		return nil
	}
	return after
}

// valueClasses are the names of Prisma 1's classes of values (GCValues.scala).
var valueClasses = map[scalar.Type]string{
	scalar.String: "StringGCValue", scalar.Int: "IntGCValue", scalar.Float: "FloatGCValue",
	scalar.Boolean: "BooleanGCValue", scalar.DateTime: "DateTimeGCValue", scalar.Json: "JsonGCValue",
	scalar.ID: "StringIdGCValue", scalar.UUID: "UuidGCValue", scalar.Enum: "EnumGCValue",
	scalar.Long: "LongGCValue", scalar.Decimal: "DecimalGCValue", scalar.Date: "DateGCValue",
}

func debugValue(v scalar.Value) string {
	return valueClasses[v.Type] + "(" + valueText(v) + ")"
}

// valueText prints a value bare; a whole Float keeps its point.
func valueText(v scalar.Value) string {
	s := v.String()
	if v.Type == scalar.Float && v.Number == float64(int64(v.Number)) {
		return s + ".0"
	}
	return s
}

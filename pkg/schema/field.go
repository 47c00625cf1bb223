package schema

import "github.com/prisma1-go/prisma1/pkg/scalar"

// A Field is one field of a model: scalar, enum, list of either, or relation.
type Field struct {
	Name   string
	Model  *Model // whose field this is
	DBName string // name of the column when it differs from Name, "" otherwise

	Type      scalar.Type // Null for a relation field
	Enum      *Enum       // of an enum field
	List      bool
	Required  bool         // never with List
	Unique    bool         // declared unique or the id
	Hidden    bool         // exists for the server alone (see Relation.HiddenField)
	Generated bool         // value comes from the database: Int ids
	Default   scalar.Value // null when there is none
	Behaviour Behaviour    // nil when there is none

	Relation *Relation // nil for a scalar field
	Side     Side      // the side of Relation on which Model stands
}

// Behaviour is what a field does by itself. The set is closed: ID, CreatedAt, UpdatedAt, ScalarList.
type Behaviour interface{ behaviour() }

type (
	// ID marks the primary key.
	ID struct {
		Strategy Strategy
		Sequence *Sequence // of Int ids that the database generates
	}
	CreatedAt  struct{} // set once, when the node is created
	UpdatedAt  struct{} // set whenever a scalar of the node is written
	ScalarList struct{ Strategy ListStrategy }
)

func (ID) behaviour()         {}
func (CreatedAt) behaviour()  {}
func (UpdatedAt) behaviour()  {}
func (ScalarList) behaviour() {}

// Strategy is who makes a node's id. The texts are those of stored schemas.
type Strategy string

const (
	StrategyAuto     Strategy = "Auto"     // the server: cuid or UUID; the database for Int
	StrategyNone     Strategy = "None"     // the client
	StrategySequence Strategy = "Sequence" // a sequence of the database
)

// ListStrategy is where the values of a scalar list lie. The texts are those of stored schemas.
type ListStrategy string

const (
	ListRelation ListStrategy = "Relation" // a table of their own
	ListEmbedded ListStrategy = "Embedded" // only in stored schemas of document databases
)

// A Sequence generates the ids of an Int id field.
type Sequence struct {
	Name           string
	InitialValue   int64
	AllocationSize int64 // stored, never used in SQL
}

// Column returns the name of the field's column. For a relation field it is
// meaningful only where the field owns an inline column.
func (f *Field) Column() string {
	if f.DBName != "" {
		return f.DBName
	}
	return f.Name
}

// IsRelation tells whether the field leads to another node.
func (f *Field) IsRelation() bool { return f.Relation != nil }

// IsScalar tells whether the field holds one scalar or enum value.
func (f *Field) IsScalar() bool { return f.Relation == nil && !f.List }

// IsScalarList tells whether the field holds a list of scalar or enum values.
func (f *Field) IsScalarList() bool { return f.Relation == nil && f.List }

// IsID tells whether the field is the primary key.
func (f *Field) IsID() bool { _, ok := f.Behaviour.(ID); return ok }

// IsCreatedAt tells whether the field is set when a node is created.
func (f *Field) IsCreatedAt() bool { _, ok := f.Behaviour.(CreatedAt); return ok }

// IsUpdatedAt tells whether the field is set when a node is written.
func (f *Field) IsUpdatedAt() bool { _, ok := f.Behaviour.(UpdatedAt); return ok }

// IsWritable tells whether a client may set the field after the node was created.
func (f *Field) IsWritable() bool { return !f.IsID() && !f.IsCreatedAt() && !f.IsUpdatedAt() }

// ListTable returns the name of the table that holds a scalar list's values.
func (f *Field) ListTable() string { return f.Model.Table() + "_" + f.Column() }

// Columns of a scalar list's table.
const (
	ListNode     = "nodeId"
	ListPosition = "position" // 1000, 2000, …
	ListValue    = "value"
)

// OtherModel returns the model a relation field leads to.
func (f *Field) OtherModel() *Model { return f.Relation.Model(f.Side.Other()) }

// Back returns the field at the other end of the relation. It is hidden where
// the datamodel declares only one end, and never nil in a completed schema.
func (f *Field) Back() *Field { return f.Relation.Field(f.Side.Other()) }

// TypeName returns the field's type as written in a datamodel, without modifiers.
func (f *Field) TypeName() string {
	switch {
	case f.Relation != nil:
		return f.OtherModel().Name
	case f.Enum != nil:
		return f.Enum.Name
	}
	return f.Type.String()
}

// TypeCode returns the stored name of the field's type (TypeIdentifier.scala).
func (f *Field) TypeCode() string {
	if f.Relation != nil {
		return "Relation"
	}
	return f.Type.Code()
}

package plan

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Write is what one mutation field does, in one transaction. The set is
// closed: Create, Update, Upsert, Delete, CreateMany, UpdateMany, DeleteMany.
type Write interface{ write() }

type (
	// Create makes one node.
	Create struct {
		Model  *schema.Model
		ID     scalar.Value // null when the database generates it
		Values []Assignment // timestamps and defaults included, without the id
		Lists  []ListAssignment
		Nested []Nested // in order of execution
	}
	// Update changes one node. Values hold updatedAt where Prisma 1 sets it.
	Update struct {
		Model    *schema.Model
		Selector Selector // unused where the node is reached through a relation
		Values   []Assignment
		Lists    []ListAssignment
		Nested   []Nested
	}
	Upsert struct {
		Selector Selector
		Create   *Create
		Update   *Update
	}
	Delete struct {
		Model    *schema.Model
		Selector Selector
	}
	CreateMany struct{ Creates []*Create } // of one model, in this order
	UpdateMany struct {
		Model  *schema.Model
		Filter Filter
		Values []Assignment
		Lists  []ListAssignment
	}
	DeleteMany struct {
		Model  *schema.Model
		Filter Filter
	}
)

func (*Create) write()     {}
func (*Update) write()     {}
func (*Upsert) write()     {}
func (*Delete) write()     {}
func (*CreateMany) write() {}
func (*UpdateMany) write() {}
func (*DeleteMany) write() {}

// An Assignment sets one scalar field.
type Assignment struct {
	Field *schema.Field
	Value scalar.Value
}

// A ListAssignment replaces the values of one scalar list.
type ListAssignment struct {
	Field  *schema.Field
	Values []scalar.Value
}

// A Nested is a write on the nodes behind a relation field of the node that is
// written. The set is closed. They run in the order in which they stand, which
// plan.Make chose: all creates, then updates, upserts, deletes, connects, sets,
// disconnects, updateManys, deleteManys (DatabaseMutactions.scala).
type Nested interface{ nested() }

type (
	NestedCreate struct {
		Field  *schema.Field
		Create *Create
	}
	NestedUpdate struct {
		Field    *schema.Field
		Selector *Selector // nil on a to-one field
		Update   *Update
	}
	NestedUpsert struct {
		Field    *schema.Field
		Selector *Selector // nil on a to-one field
		Create   *Create
		Update   *Update
	}
	NestedDelete struct {
		Field    *schema.Field
		Selector *Selector // nil on a to-one field
	}
	NestedConnect struct {
		Field    *schema.Field
		Selector Selector
	}
	NestedSet struct {
		Field     *schema.Field
		Selectors []Selector
	}
	NestedDisconnect struct {
		Field    *schema.Field
		Selector *Selector // nil on a to-one field
	}
	NestedUpdateMany struct {
		Field  *schema.Field
		Filter Filter
		Values []Assignment
		Lists  []ListAssignment
	}
	NestedDeleteMany struct {
		Field  *schema.Field
		Filter Filter
	}
)

func (*NestedCreate) nested()     {}
func (*NestedUpdate) nested()     {}
func (*NestedUpsert) nested()     {}
func (*NestedDelete) nested()     {}
func (*NestedConnect) nested()    {}
func (*NestedSet) nested()        {}
func (*NestedDisconnect) nested() {}
func (*NestedUpdateMany) nested() {}
func (*NestedDeleteMany) nested() {}

// Package plan turns a checked operation into a tree of reads and writes with names and values, and no SQL.
//
//	graphql.Document + variables → Make → *Plan → connector
package plan

import "github.com/prisma1-go/prisma1/pkg/graphql"

// A Plan is one operation. Fields stand in response order; mutation fields run
// one after the other, query fields in any order.
type Plan struct {
	Mutation bool
	Fields   []Field
	later    func(i int) Field // plans a field when Field asks for it; nil when all are planned
}

// Field returns the i-th field. It is planned for whoever asks, and not kept:
// what a hundred fields make of one large variable would be there a hundred times.
func (p *Plan) Field(i int) *Field {
	if p.later == nil {
		return &p.Fields[i]
	}
	f := p.later(i)
	return &f
}

// Whole plans all fields, for who needs them together.
func (p *Plan) Whole() *Plan {
	if p.later == nil {
		return p
	}
	whole := &Plan{Mutation: p.Mutation, Fields: make([]Field, len(p.Fields))}
	for i := range whole.Fields {
		whole.Fields[i] = p.later(i)
	}
	return whole
}

// A Field is one root field of an operation.
type Field struct {
	Key      string // response key
	At       Position
	NonNull  bool // the field's type is non-null: an error makes data null
	Read     *Read
	Write    Write // of a mutation; Read then says what is answered
	Count    bool  // answers { count } of a many-mutation: Shape says how
	Shape    []Entry
	TypeName string         // of a __typename root field
	IsRaw    bool           // executeRaw
	Raw      string         // its SQL
	Node     []*Read        // of node(id:), not nil there: the first that finds a node answers
	JSON     graphql.Sheets // answer known without the database: introspection
	Err      error          // a fault found while planning; the field fails with it
}

// A Position is where a field stands in the query text.
type Position struct{ Line, Column int } // 1-based

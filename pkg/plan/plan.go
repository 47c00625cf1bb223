// Package plan turns a checked operation into a tree of reads and writes with names and values, and no SQL.
//
//	graphql.Document + variables → Make → *Plan → connector
package plan

// A Plan is one operation. Fields stand in response order; mutation fields run
// one after the other, query fields in any order.
type Plan struct {
	Mutation bool
	Fields   []Field
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
	TypeName string  // of a __typename root field
	IsRaw    bool    // executeRaw
	Raw      string  // its SQL
	Node     []*Read // of node(id:), not nil there: the first that finds a node answers
	JSON     []byte  // answer known without the database: introspection
	Err      error   // a fault found while planning; the field fails with it
}

// A Position is where a field stands in the query text.
type Position struct{ Line, Column int } // 1-based

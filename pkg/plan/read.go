package plan

import (
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Read fetches the nodes of one level: one statement, whatever the number of parents.
type Read struct {
	Model    *schema.Model
	Via      *schema.Field // relation field of the parent's model that leads here; nil at the root
	Selector *Selector     // the one node to read; nil reads a list
	Filter   Filter        // nil for all
	Page     Page
	One      bool // at most one node per parent: a selector or a to-one field

	// What each node must bring. Every field stands once; the connector adds
	// what it needs itself (ids, link columns, order keys).
	Columns  []*schema.Field // scalar fields
	Lists    []*schema.Field // scalar lists, one statement each
	Children []*Read         // relation fields; two aliases of one field with other arguments are two reads

	Shape      []Entry     // the JSON object of a node, in selection order; of a connection see there
	Connection *Connection // not nil when the result is a connection
	Err        error       // a fault in the arguments: every place where the result would stand fails with it

	Memo   *Memo         // nil when the Read is used once
	Fixed  *Memo         // of a root field, for what follows from its arguments, too; nil where variables are in them
	source graphql.Field // whose arguments were read
	varies bool          // they, or those of a child, depend on variables; known in what was prepared
}

// A Page is which nodes of a list are asked for, in which order.
type Page struct {
	Order  *schema.Field // nil orders by id
	Desc   bool
	Sort   []SortKey // instead of Order and Desc, where there are any
	Skip   int
	First  int          // NoLimit for all
	Last   int          // NoLimit for all; never together with First
	After  scalar.Value // id of the cursor node, null for none
	Before scalar.Value
}

// A SortKey is one thing that a list is sorted by.
type SortKey struct {
	Path  []*schema.Field // relation fields on the way from the nodes of the list; none for a field of their own
	Field *schema.Field   // scalar; nil: the number of nodes behind the last of Path, the only list among them
	Desc  bool
}

// NoLimit is the First and Last of a page without an end.
const NoLimit = -1

// IsAll tells whether the page is the whole list.
func (p *Page) IsAll() bool {
	return p.Skip == 0 && p.First == NoLimit && p.Last == NoLimit && p.After.IsNull() && p.Before.IsNull()
}

// An Entry is one key of a JSON object.
type Entry struct {
	Key   string // response key
	At    Position
	Kind  EntryKind
	Index int     // into Columns, Lists or Children of the Read, or into the Connection's Shapes, as Kind says
	Text  string  // of a TypeName
	Shape []Entry // of PageInfo, Edges and Aggregate: their own entries
}

// EntryKind is where the value of an entry comes from.
type EntryKind uint8

const (
	ColumnEntry   EntryKind = iota // Columns[Index]
	ListEntry                      // Lists[Index]
	ChildEntry                     // Children[Index]
	TypeNameEntry                  // Text

	// Inside a Connection and its parts only.
	EdgesEntry
	NodeEntry   // the node of an edge, written as Shapes[Index]
	CursorEntry // the id as a string
	PageInfoEntry
	HasNextEntry
	HasPreviousEntry
	StartCursorEntry
	EndCursorEntry
	AggregateEntry // also an object inside a group
	CountEntry
	ValueEntry  // a cell of the Grouping
	GroupsEntry // Groups[Index]
)

// A Connection is a list with its edges, page info and count.
type Connection struct {
	Shapes [][]Entry // how nodes are written, in terms of the Read
	Shape  []Entry
	Nodes  bool // edges or pageInfo are asked for: the list is read
	Count  bool // aggregate { count } is asked for: the list is counted

	Total  Grouping    // what is asked for beside the count, over the whole page
	Groups []*Grouping // groupBy; two aliases are two groupings
}

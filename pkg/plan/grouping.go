package plan

import "github.com/prisma1-go/prisma1/pkg/schema"

// A Grouping is what is computed over the nodes of a page: one row of cells for
// each group, or one for all nodes when By is empty. The cells are the values
// of By, then those of Aggregates; a ValueEntry names one of them.
type Grouping struct {
	By         []*schema.Field
	Aggregates []Aggregate
	ByCount    bool // ordered by the number of nodes, then by By; else by By
	Desc       bool // the first order is descending
	Skip       int
	First      int // NoLimit for all
	Shape      []Entry
}

// An Aggregate is one number over the nodes of a group; null where no node has a value.
type Aggregate struct {
	Op    AggregateOp
	Field *schema.Field // nil for Count
}

// AggregateOp is how an Aggregate is computed.
type AggregateOp uint8

const (
	Count AggregateOp = iota // nodes
	Sum
	Avg
	Min
	Max
)

package plan

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
)

// Prepared is an operation of which everything is planned that does not depend
// on variables. Goroutines may share it.
type Prepared struct {
	api    *opencrud.API
	writes bool // nothing is planned
	plan   *Plan
	fields []preparedField
	cases  *cases // of which each is planned, where variables decide what is selected; nil elsewhere
}

// cases are what an operation may select.
type cases struct {
	conditions []string // variables that decide
	mu         sync.Mutex
	prepared   map[uint64]*Prepared // by which of the conditions hold
}

// mostCases is how many cases of an operation are kept.
const mostCases = 8

// A preparedField tells what is left to do for a root field.
type preparedField struct {
	source graphql.Field
	state  state
}

type state uint8

const (
	finished state = iota // nothing depends on variables
	rebound               // arguments of reads do
	anew                  // plan it again
)

// Prepare plans an operation with the variables of its first request.
func Prepare(api *opencrud.API, op *graphql.Operation, first *graphql.Selection) *Prepared {
	if op.Kind != graphql.Query {
		return &Prepared{api: api, writes: true}
	}
	if conditions := op.Conditions(); len(conditions) > 0 {
		return &Prepared{api: api, cases: &cases{conditions: conditions, prepared: make(map[uint64]*Prepared)}}
	}
	return prepare(api, first)
}

// prepare plans what an operation selects, whatever the variables are.
func prepare(api *opencrud.API, first *graphql.Selection) *Prepared {
	first, forget := first.Copy()
	defer forget()
	p := &Prepared{api: api, plan: Make(api, first)}
	for i, source := range first.Fields() {
		f := &p.plan.Fields[i]
		prepared := preparedField{source: source}
		switch {
		case source.Name == "__schema" || source.Name == "__type": // has megabytes, and a cache of its own
			*f, prepared.state = Field{}, anew
		case !source.VariesWithin():
		case f.Read != nil && f.Read.Connection == nil:
			prepared.state = rebound
			f.Read.noteVariables()
			f.Err = nil
		default:
			*f, prepared.state = Field{}, anew
		}
		if prepared.state == finished && f.Read != nil {
			f.Read.Fixed = new(Memo)
		}
		p.fields = append(p.fields, prepared)
	}
	return p
}

// noteVariables notes which reads depend on variables, and tells whether one
// does. What the first request's made of their arguments, it forgets.
func (r *Read) noteVariables() bool {
	r.varies = r.source.Varies()
	if r.varies {
		r.Filter, r.Page, r.Err = nil, wholeList(), nil
		if r.Selector != nil {
			r.Selector = new(Selector)
		}
	}
	for _, child := range r.Children {
		r.varies = child.noteVariables() || r.varies
	}
	return r.varies
}

// Plan returns the plan for the variables of sel, which selects the operation
// that was prepared. The caller does not change it.
func (p *Prepared) Plan(sel *graphql.Selection) *Plan {
	if p.writes {
		return p.fresh(sel)
	}
	if p.cases != nil {
		prepared := p.cases.find(p.api, sel)
		if prepared == nil {
			return p.fresh(sel)
		}
		p = prepared
	}
	if !slices.ContainsFunc(p.fields, func(f preparedField) bool { return f.state != finished }) {
		return p.plan
	}
	m := &maker{api: p.api}
	return &Plan{Fields: p.plan.Fields, later: func(i int) Field {
		f := p.plan.Fields[i]
		switch p.fields[i].state {
		case rebound:
			f.Read = m.reboundRead(f.Read, sel)
			f.Err = f.Read.Err
		case anew:
			return m.root(p.fields[i].source.With(sel), sel)
		}
		return f
	}}
}

// fresh plans a selection of which nothing is kept.
func (p *Prepared) fresh(sel *graphql.Selection) *Plan {
	m := &maker{api: p.api}
	fields := sel.Fields()
	return &Plan{
		Mutation: sel.Kind == graphql.Mutation,
		Fields:   make([]Field, len(fields)),
		later:    func(i int) Field { return m.root(fields[i], sel) },
	}
}

// find returns what is prepared for the case that a selection is of, nil where
// that is not kept.
func (c *cases) find(api *opencrud.API, sel *graphql.Selection) *Prepared {
	if len(c.conditions) > 64 {
		return nil
	}
	var which uint64
	for i, variable := range c.conditions {
		if sel.Holds(variable) {
			which |= 1 << i
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.prepared[which]
	if p == nil && len(c.prepared) < mostCases {
		p = prepare(api, sel)
		c.prepared[which] = p
	}
	return p
}

func (m *maker) reboundRead(read *Read, sel *graphql.Selection) *Read {
	if !read.varies {
		return read
	}
	bound := *read
	if read.source.Varies() {
		m.arguments(&bound, read.source.With(sel))
	}
	bound.Children = make([]*Read, len(read.Children))
	for i, child := range read.Children {
		bound.Children[i] = m.reboundRead(child, sel)
	}
	return &bound
}

// A Memo is where who runs plans keeps what it derived from a Read: without its
// arguments its columns, children and shape. Goroutines may share it.
type Memo struct{ kept atomic.Value }

// Keep returns what make returned the first time. Later calls get the same,
// except that some at the same time may each make their own.
func Keep[T any](m *Memo, make func() T) T {
	if kept, ok := m.kept.Load().(T); ok {
		return kept
	}
	made := make()
	m.kept.Store(made)
	return made
}

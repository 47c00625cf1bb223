// Package opencrud makes the GraphQL schema that a service gets from its models: types, inputs, filters and their names.
package opencrud

import (
	"fmt"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Capabilities are what the API of a service can do beyond its models.
type Capabilities struct {
	RawAccess bool     // executeRaw is there
	Databases []string // names of the configured databases; nil stands for "default"
}

// An API is the GraphQL API of one schema: its types and what their names mean.
// It does not change; goroutines may share it.
type API struct {
	Schema *graphql.Schema

	roots   map[graphql.Kind]map[string]Root
	filters map[*schema.Model]map[string]FilterKey
	nodes   []*schema.Model
}

// An Action is what a root field does.
type Action uint8

// The actions of root fields.
const (
	One        Action = iota // m(where:)
	Many                     // ms(…)
	Connection               // msConnection(…)
	Node                     // node(id:)
	Create
	Update
	Delete
	Upsert
	UpdateMany
	DeleteMany
	CreateMany
	ExecuteRaw
	Subscribe // m(where:) of Subscription
)

// A Root is the meaning of a root field.
type Root struct {
	Action Action
	Model  *schema.Model // nil for Node and ExecuteRaw
}

// New makes the API of a schema. An error means that two names of the API are
// the same; it is a *Clash where one of them comes from the datamodel.
func New(s *schema.Schema, c Capabilities) (*API, error) {
	api := &API{
		roots:   map[graphql.Kind]map[string]Root{graphql.Query: {}, graphql.Mutation: {}, graphql.Subscription: {}},
		filters: make(map[*schema.Model]map[string]FilterKey, len(s.Models)),
	}
	for _, m := range s.Models {
		if implementsNode(m) {
			api.nodes = append(api.nodes, m)
		}
	}
	b := newBuilder(api, s, c)
	b.build()
	if b.clashingTypes(); b.clashed != nil {
		return nil, b.clashed
	}
	types, err := graphql.NewSchema(b.doc)
	if err != nil {
		return nil, fmt.Errorf("make API schema: %w", err)
	}
	api.Schema = types
	return api, nil
}

// Root returns the meaning of a root field.
func (a *API) Root(kind graphql.Kind, name string) (Root, bool) {
	root, ok := a.roots[kind][name]
	return root, ok
}

// Filter returns the meaning of a member of a model's where input.
func (a *API) Filter(m *schema.Model, key string) (FilterKey, bool) {
	meaning, ok := a.filters[m][key]
	return meaning, ok
}

// Order returns the field and direction that a value of a model's order enum names.
func (a *API) Order(m *schema.Model, value string) (f *schema.Field, desc, ok bool) {
	name, desc := strings.CutSuffix(value, descending)
	if !desc {
		name = strings.TrimSuffix(value, ascending)
	}
	f = m.Field(name)
	return f, desc, f != nil && name != value && isOrderable(f)
}

// Nodes returns the models that node(id:) can find, in schema order.
func (a *API) Nodes() []*schema.Model { return a.nodes }

// implementsNode tells whether the nodes of a model are Nodes: their id is
// called id and is text (ObjectTypeBuilder.scala).
func implementsNode(m *schema.Model) bool {
	id := m.ID()
	return id != nil && !id.Hidden && id.Name == "id" && (id.Type == scalar.ID || id.Type == scalar.String)
}

// isOrderable tells whether nodes can be ordered by a field. Those that models of
// datamodel 1.0 have without naming them are among them (OrderByInput in Prisma 1).
func isOrderable(f *schema.Field) bool { return f.IsScalar() }

// uniques returns the fields that select one node of a model.
func uniques(m *schema.Model) []*schema.Field {
	var fields []*schema.Field
	for _, f := range m.Fields {
		if f.IsScalar() && !f.Hidden && (f.Unique || f.IsID()) {
			fields = append(fields, f)
		}
	}
	return fields
}

// visible returns the fields of a model that clients know.
func visible(m *schema.Model) []*schema.Field {
	fields := make([]*schema.Field, 0, len(m.Fields))
	for _, f := range m.Fields {
		if !f.Hidden {
			fields = append(fields, f)
		}
	}
	return fields
}

package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// mergeable checks that fields of one key can be one field of the answer:
// OverlappingFieldsCanBeMerged of the specification.
//
// Fields are grouped by key and compared with the first of their group, so the
// work grows with the number of fields and not with its square (the algorithm
// of Simon Adameit that graphql-java uses too). The document has passed all
// other rules, and Limits.Fields bounds what its fragments spread to.
func (d *Document) mergeable() Errors {
	m := &merger{document: d, budget: 10 * d.limits.Fields}
	for _, op := range d.document.Operations {
		root := d.schema.types.Types[d.schema.root(kindOf(op.Operation)).Name]
		var fields []placed
		m.gather(&fields, op.SelectionSet, root, map[string]bool{})
		m.shapes(fields)
		m.sameFields(fields)
	}
	if m.budget < 0 {
		return Errors{{Message: "The query has too many overlapping fields."}}
	}
	return m.errs
}

// placed is a field and the type in whose selection it stands.
type placed struct {
	field  *ast.Field
	parent *ast.Definition
}

type merger struct {
	document *Document
	budget   int // fields that may still be looked at
	errs     Errors
}

// done tells whether going on is pointless.
func (m *merger) done() bool { return m.budget < 0 || len(m.errs) > 0 }

// gather adds the fields of a selection set, fragments spread.
func (m *merger) gather(fields *[]placed, set ast.SelectionSet, parent *ast.Definition, seen map[string]bool) {
	for _, selection := range set {
		m.budget--
		if m.done() {
			return
		}
		switch selection := selection.(type) {
		case *ast.Field:
			*fields = append(*fields, placed{selection, parent})
		case *ast.InlineFragment:
			m.gather(fields, selection.SelectionSet, m.conditioned(selection.TypeCondition, parent), seen)
		case *ast.FragmentSpread:
			if !seen[selection.Name] {
				seen[selection.Name] = true
				m.gather(fields, selection.Definition.SelectionSet, m.conditioned(selection.Definition.TypeCondition, parent), seen)
			}
		}
	}
}

func (m *merger) conditioned(condition string, parent *ast.Definition) *ast.Definition {
	if condition == "" {
		return parent
	}
	return m.document.schema.types.Types[condition]
}

// below gathers what the fields of one group select.
func (m *merger) below(group []placed) []placed {
	var fields []placed
	seen := map[string]bool{}
	for _, p := range group {
		if p.field.SelectionSet != nil && p.field.Definition != nil {
			m.gather(&fields, p.field.SelectionSet, m.document.schema.types.Types[p.field.Definition.Type.Name()], seen)
		}
	}
	return fields
}

// byKey groups fields by their key, in order of first appearance.
func byKey(fields []placed) [][]placed {
	index := make(map[string]int, len(fields))
	var groups [][]placed
	for _, p := range fields {
		i, ok := index[p.field.Alias]
		if !ok {
			i = len(groups)
			index[p.field.Alias] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// shapes checks that the fields of each key answer values of one shape.
func (m *merger) shapes(fields []placed) {
	for _, group := range byKey(fields) {
		if m.done() {
			return
		}
		for _, p := range group[1:] {
			if !m.sameShape(typeOf(group[0]), typeOf(p)) {
				m.conflict(group[0], p, fmt.Sprintf("they return conflicting types '%s' and '%s'", typeOf(group[0]), typeOf(p)))
				return
			}
		}
		if below := m.below(group); len(below) > 0 {
			m.shapes(below)
		}
	}
}

func typeOf(p placed) *ast.Type {
	if p.field.Definition == nil {
		return ast.NonNullNamedType("String", nil)
	}
	return p.field.Definition.Type
}

func (m *merger) sameShape(a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return m.sameShape(a.Elem, b.Elem)
	}
	da, db := m.document.schema.types.Types[a.NamedType], m.document.schema.types.Types[b.NamedType]
	if da == nil || db == nil || !da.IsLeafType() && !db.IsLeafType() {
		return true
	}
	return da == db
}

// sameFields checks that fields which can meet in one object are the same field
// with the same arguments.
func (m *merger) sameFields(fields []placed) {
	for _, group := range byKey(fields) {
		for _, together := range byParent(group) {
			if m.done() {
				return
			}
			for _, p := range together[1:] {
				if reason := differ(together[0].field, p.field); reason != "" {
					m.conflict(together[0], p, reason)
					return
				}
			}
			if below := m.below(together); len(below) > 0 {
				m.sameFields(below)
			}
		}
	}
}

// byParent splits a group into fields that can meet in one object: per object
// type, each together with the fields of interfaces.
func byParent(group []placed) [][]placed {
	var abstract []placed
	var parents []*ast.Definition
	concrete := map[*ast.Definition][]placed{}
	for _, p := range group {
		if p.parent.IsAbstractType() {
			abstract = append(abstract, p)
			continue
		}
		if concrete[p.parent] == nil {
			parents = append(parents, p.parent)
		}
		concrete[p.parent] = append(concrete[p.parent], p)
	}
	if len(parents) == 0 {
		return [][]placed{abstract}
	}
	groups := make([][]placed, len(parents))
	for i, parent := range parents {
		groups[i] = append(concrete[parent], abstract...)
	}
	return groups
}

// differ says why two fields are not the same, "" when they are.
func differ(a, b *ast.Field) string {
	if a == b {
		return ""
	}
	if a.Name != b.Name {
		return fmt.Sprintf("'%s' and '%s' are different fields", a.Name, b.Name)
	}
	if len(a.Arguments) == len(b.Arguments) {
		same := true
		for _, argument := range a.Arguments {
			other := b.Arguments.ForName(argument.Name)
			same = same && other != nil && render(argument.Value) == render(other.Value)
		}
		if same {
			return ""
		}
	}
	return "they have differing arguments"
}

func (m *merger) conflict(a, b placed, reason string) {
	message := fmt.Sprintf("Field '%s' conflict because %s. Use different aliases on the fields to fetch both if this was intentional.",
		a.field.Alias, reason)
	e := m.document.at(a.field.Position, message)
	e.Message += "\n" + place(m.document.text, b.field.Position.Line, b.field.Position.Column)
	m.errs = append(m.errs, e)
}

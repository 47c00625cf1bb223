package datamodel

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A collision is a table or column that two parts of a schema want.
type collision struct {
	model, field string // who comes second; field "" for the model itself
	kind         string // table or column
	name         string
	owner        string // who has it, for a sentence
}

// names remembers who took which table or column.
type names struct {
	kind       string
	folded     bool // names that differ in case are the same
	owners     map[string]string
	collisions *[]collision
}

func (n names) take(name, model, field, owner string) {
	key := name
	if n.folded {
		key = strings.ToLower(name)
	}
	if taken, found := n.owners[key]; found {
		*n.collisions = append(*n.collisions, collision{model, field, n.kind, name, taken})
		return
	}
	n.owners[key] = owner
}

// collisions returns the collisions of a schema's tables, then of each model's columns.
func collisions(s *schema.Schema, folded bool) []collision {
	var found []collision
	tables := names{"table", folded, map[string]string{}, &found}
	for _, m := range s.Models {
		tables.take(m.Table(), m.Name, "", "the type `"+m.Name+"`")
	}
	for _, r := range s.Relations {
		if link, ok := r.Link.(*schema.LinkTable); ok {
			f := visible(r)
			tables.take(link.Table, f.Model.Name, f.Name, "the relation `"+r.Name+"`")
		}
	}
	for _, m := range s.Models {
		columns := names{"column", folded, map[string]string{}, &found}
		for _, f := range m.Fields {
			owner := "the field `" + f.Name + "` of the type `" + m.Name + "`"
			switch {
			case f.IsScalarList():
				tables.take(f.ListTable(), m.Name, f.Name, owner)
			case f.IsScalar():
				columns.take(f.Column(), m.Name, f.Name, owner)
			case f.OwnsColumn():
				columns.take(f.Relation.Link.(*schema.Inline).Column, m.Name, f.Name, owner)
			}
		}
	}
	return found
}

// visible returns the field of a relation that the datamodel declares; of two that of side A.
func visible(r *schema.Relation) *schema.Field {
	if f := r.Field(schema.SideA); !f.Hidden {
		return f
	}
	return r.Field(schema.SideB)
}

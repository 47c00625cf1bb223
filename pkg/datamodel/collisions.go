package datamodel

import (
	"fmt"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A misfit is a table or column that a part of a schema cannot have.
type misfit struct {
	model, field string // whose it is to be; field "" for the model itself
	kind         string // table or column
	name         string
	why          string // end of a sentence
}

// taken remembers who has which table, or which column of a table.
type taken struct {
	kind    string
	rules   Rules
	owners  map[string]string
	misfits *[]misfit
}

func (t *taken) take(name, model, field, owner string) {
	if why := t.rules.Names.wrong(t.kind, name); why != "" {
		t.note(name, model, field, why)
	}
	key := name
	if t.rules.FoldedNames {
		key = strings.ToLower(name)
	}
	if other, found := t.owners[key]; found {
		t.note(name, model, field, fmt.Sprintf(", which %s has already", other))
		return
	}
	t.owners[key] = owner
	if limit := t.rules.MaxColumns; t.kind == column && limit > 0 && len(t.owners) == limit+1 {
		t.note(name, model, field, fmt.Sprintf(", and the database takes %d columns in a table", limit))
	}
}

func (t *taken) note(name, model, field, why string) {
	*t.misfits = append(*t.misfits, misfit{model, field, t.kind, name, why})
}

const (
	table  = "table"
	column = "column"
)

// misfits returns what cannot be of a schema's tables, then of each table's columns.
func misfits(s *schema.Schema, rules Rules) []misfit {
	var found []misfit
	tables := taken{table, rules, map[string]string{}, &found}
	for _, m := range s.Models {
		tables.take(m.Table(), m.Name, "", "the type `"+m.Name+"`")
	}
	for _, r := range s.Relations {
		if link, ok := r.Link.(*schema.LinkTable); ok {
			f := visible(r)
			tables.take(link.Table, f.Model.Name, f.Name, "the relation `"+r.Name+"`")
			columns := taken{column, rules, map[string]string{}, &found}
			for _, name := range []string{link.ID, link.ColumnA, link.ColumnB} {
				if name != "" {
					columns.take(name, r.Name, "", "another field of it")
				}
			}
		}
	}
	for _, m := range s.Models {
		columns := taken{column, rules, map[string]string{}, &found}
		for _, f := range m.Fields {
			owner := "the field `" + f.Name + "` of the type `" + m.Name + "`"
			switch {
			case f.IsScalarList():
				tables.take(f.ListTable(), m.Name, f.Name, owner)
			case f.IsScalar():
				if id, ok := f.Behaviour.(schema.ID); ok && id.Sequence != nil && hasControl(id.Sequence.Name) {
					found = append(found, misfit{m.Name, f.Name, "sequence", id.Sequence.Name, noControl})
				}
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

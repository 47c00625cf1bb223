package introspect

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// baseModel returns the model that the existing datamodel has for a table, or nil.
func (r *reader) baseModel(table string) *schema.Model {
	i := slices.IndexFunc(r.Base.Models, func(m *schema.Model) bool { return m.Table() == table })
	if i < 0 {
		return nil
	}
	return r.Base.Models[i]
}

// baseField returns the field that the existing datamodel has for a column, or
// for the table of a list, or nil.
func (r *reader) baseField(table, column string) *schema.Field {
	m := r.baseModel(table)
	if m == nil {
		return nil
	}
	for _, f := range m.Fields {
		if f.Relation == nil && f.Column() == column {
			return f
		}
		if link, ok := inlineOf(f); ok && link.Column == column && f.OwnsColumn() {
			return f
		}
	}
	return nil
}

func inlineOf(f *schema.Field) (*schema.Inline, bool) {
	if f.Relation == nil {
		return nil, false
	}
	link, ok := f.Relation.Link.(*schema.Inline)
	return link, ok
}

// baseInline returns the relation that the existing datamodel has in a column, or nil.
func (r *reader) baseInline(table, column string) *schema.Relation {
	return r.baseRelation(func(link schema.Link) bool {
		inline, ok := link.(*schema.Inline)
		return ok && inline.Model.Table() == table && inline.Column == column
	})
}

// baseLink returns the relation that the existing datamodel has in a table, or nil.
func (r *reader) baseLink(table string) *schema.Relation {
	return r.baseRelation(func(link schema.Link) bool {
		l, ok := link.(*schema.LinkTable)
		return ok && l.Table == table
	})
}

func (r *reader) baseRelation(is func(schema.Link) bool) *schema.Relation {
	i := slices.IndexFunc(r.Base.Relations, func(b *schema.Relation) bool { return is(b.Link) })
	if i < 0 {
		return nil
	}
	return r.Base.Relations[i]
}

// baseEnums takes over all enums: the database may hold them as text.
func (r *reader) baseEnums() {
	for _, e := range r.Base.Enums {
		r.out.Enums = append(r.out.Enums, &schema.Enum{Name: e.Name, Values: e.Values})
	}
}

// tellBase says what the existing datamodel has and the database has not.
func (r *reader) tellBase() {
	for _, base := range r.Base.Models {
		m := r.models[base.Table()]
		if m == nil {
			r.end("The existing datamodel has the type %s, but there is no table %s with a key.", base.Name, base.Table())
			continue
		}
		for _, f := range base.Fields {
			if f.Hidden || m.Field(f.Name) != nil {
				continue
			}
			text := f.TypeName()
			switch {
			case f.List:
				text = "[" + text + "]"
			case f.Required:
				text += "!"
			}
			r.inside(m, "Only in the existing datamodel: %s: %s", f.Name, text)
		}
	}
}

package datamodel

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Renames are the earlier names that a datamodel gives with @rename(oldName:)
// and @relation(oldName:). All maps lead from new to old; names that stay are
// left out.
type Renames struct {
	Models    map[string]string
	Fields    map[string]map[string]string // by the new name of the model
	Enums     map[string]string
	Relations map[string]string
}

// Renames returns the document's renames as far as they are still to be done: a
// directive that was left in the text after its deploy (the previous schema has
// the new name and not the old one) is passed over. Prisma 1 took the model or
// field for new then and lost its data. previous may be nil.
func (d *Document) Renames(previous *schema.Schema) Renames {
	if previous == nil {
		previous = &schema.Schema{}
	}
	r := Renames{
		Models: map[string]string{}, Fields: map[string]map[string]string{},
		Enums: map[string]string{}, Relations: map[string]string{},
	}
	for _, e := range d.enums {
		old := oldName(e.directives)
		if previous.Enum(e.name) != nil && previous.Enum(old) == nil {
			continue
		}
		note(r.Enums, e.name, old)
	}
	for _, t := range d.models() {
		old := oldName(t.directives)
		if previous.Model(t.name) == nil || previous.Model(old) != nil {
			note(r.Models, t.name, old)
		}
		d.fieldRenames(t, previous.Model(r.model(t.name)), r)
	}
	return r
}

func (d *Document) fieldRenames(t *typeDef, previous *schema.Model, r Renames) {
	fields := map[string]string{}
	for _, f := range t.fields {
		if old, ok := argument(f.directives, "relation", "oldName"); ok && f.relationName() != "" {
			note(r.Relations, f.relationName(), old)
		}
		old := oldName(f.directives)
		if previous != nil && previous.Field(f.name) != nil && previous.Field(old) == nil {
			continue
		}
		note(fields, f.name, old)
	}
	if len(fields) > 0 {
		r.Fields[t.name] = fields
	}
}

func note(names map[string]string, name, old string) {
	if _, found := names[name]; old != "" && old != name && !found {
		names[name] = old
	}
}

// model returns the earlier name of a model.
func (r Renames) model(name string) string { return earlier(r.Models, name) }

// field returns the earlier name of a field.
func (r Renames) field(model, name string) string { return earlier(r.Fields[model], name) }

// relation returns the earlier name of a relation.
func (r Renames) relation(name string) string { return earlier(r.Relations, name) }

func earlier(names map[string]string, name string) string {
	if old, found := names[name]; found {
		return old
	}
	return name
}

// oldName returns the first argument of @rename, whatever it is called.
func oldName(directives ast.DirectiveList) string {
	value := firstRename(directives)
	if value == nil || !isString(value) {
		return ""
	}
	return value.Raw
}

// firstRename returns the first argument of @rename, nil when there is none.
func firstRename(directives ast.DirectiveList) *ast.Value {
	rename := directives.ForName("rename")
	if rename == nil || len(rename.Arguments) == 0 {
		return nil
	}
	return rename.Arguments[0].Value
}

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
		note(r.Enums, e.name, oldName(e.directives), func(name string) bool { return previous.Enum(name) != nil })
	}
	for _, t := range d.models() {
		note(r.Models, t.name, oldName(t.directives), func(name string) bool { return previous.Model(name) != nil })
		d.fieldRenames(t, previous, r)
	}
	return r
}

func (d *Document) fieldRenames(t *typeDef, previous *schema.Schema, r Renames) {
	fields := map[string]string{}
	was := previous.Model(r.model(t.name))
	for _, f := range t.fields {
		note(fields, f.name, oldName(f.directives), func(name string) bool { return was != nil && was.Field(name) != nil })
		if old, ok := argument(f.directives, "relation", "oldName"); ok && f.relationName() != "" {
			note(r.Relations, f.relationName(), old, func(name string) bool { return previous.Relation(name) != nil })
		}
	}
	if len(fields) > 0 {
		r.Fields[t.name] = fields
	}
}

// note adds a rename unless it is done already. was tells whether the previous schema had a name.
func note(names map[string]string, name, old string, was func(string) bool) {
	_, found := names[name]
	if old == "" || old == name || found || was(name) && !was(old) {
		return
	}
	names[name] = old
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

package datamodel

import (
	"cmp"

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

// Follow tells the document the text of the last deploy: what is renamed there
// is not to be renamed once more.
func (d *Document) Follow(text string) {
	d.last, _ = Parse(text)
}

// Renames returns the document's renames as far as they are still to be done: a
// directive that was left in the text after its deploy (the previous schema has
// the new name and not the old one, or the text that it follows has the same
// directive) is passed over. Prisma 1 took the model or field for new then and
// lost its data, and exchanged two names again in every deploy. previous may be nil.
func (d *Document) Renames(previous *schema.Schema) Renames {
	if previous == nil {
		previous = &schema.Schema{}
	}
	r := Renames{
		Models: map[string]string{}, Fields: map[string]map[string]string{},
		Enums: map[string]string{}, Relations: map[string]string{},
	}
	last := cmp.Or(d.last, &Document{})
	for _, e := range d.enums {
		old := oldName(e.directives)
		if was := last.enumByName[e.name]; was == nil || oldName(was.directives) != old {
			note(r.Enums, e.name, old, func(name string) bool { return previous.Enum(name) != nil })
		}
	}
	for _, t := range d.models() {
		old := oldName(t.directives)
		if was := last.typeByName[t.name]; was == nil || oldName(was.directives) != old {
			note(r.Models, t.name, old, func(name string) bool { return previous.Model(name) != nil })
		}
		d.fieldRenames(t, previous, last.typeByName[r.model(t.name)], r)
	}
	return r
}

// fieldRenames notes the renames of a type's fields and their relations. last is
// the type in the text that the document follows, nil when it is not there.
func (d *Document) fieldRenames(t *typeDef, previous *schema.Schema, last *typeDef, r Renames) {
	fields, told := map[string]string{}, map[string]*fieldDef{}
	if last != nil {
		told = byName(last.fields)
	}
	was := previous.Model(r.model(t.name))
	for _, f := range t.fields {
		before := cmp.Or(told[f.name], &fieldDef{})
		if old := oldName(f.directives); old != oldName(before.directives) {
			note(fields, f.name, old, func(name string) bool { return was != nil && was.Field(name) != nil })
		}
		old, ok := argument(f.directives, "relation", "oldName")
		if done, _ := argument(before.directives, "relation", "oldName"); ok && old != done && f.relationName() != "" {
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

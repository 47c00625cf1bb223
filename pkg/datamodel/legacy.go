package datamodel

import (
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Names of fields that do something by themselves in datamodel 1.0.
const (
	idName        = "id"
	createdAtName = "createdAt"
	updatedAtName = "updatedAt"
)

// readAs10 returns the document as a server of Prisma 1.30 or older read it,
// written in the words of 1.1: ids and times follow from the names of fields,
// every model has them (hidden where the text does not name them), and texts
// may stand for defaults of other types. How a relation lies in the database is
// settled in legacyLink.
func (d *Document) readAs10() *Document {
	read := &Document{
		enums: d.enums, enumByName: d.enumByName, typeByName: map[string]*typeDef{},
		written: d, adopts: d.adopts, last: d.last,
	}
	for _, t := range d.types {
		now := read.read10(t)
		read.types = append(read.types, now)
		if read.typeByName[t.name] == nil {
			read.typeByName[t.name] = now
		}
	}
	read.relate()
	return read
}

// names10Tables tells whether a text describes tables that are there already.
// Such a text was for servers that did not migrate: nothing is implied in it.
func (d *Document) names10Tables() bool {
	return slices.ContainsFunc(d.types, func(t *typeDef) bool {
		return carries(t.directives, directives10) ||
			slices.ContainsFunc(t.fields, func(f *fieldDef) bool { return carries(f.directives, directives10) })
	})
}

func (d *Document) read10(t *typeDef) *typeDef {
	now := &typeDef{doc: d, name: t.name, at: t.at, directives: renamedDirectives(t.directives, "pgTable", "db")}
	for _, f := range t.fields {
		copied := *f
		copied.owner = now
		copied.directives = d.directivesOf10(f)
		now.fields = append(now.fields, &copied)
	}
	if d.adopts || t.isEmbedded() {
		return now
	}
	for _, implied := range []fieldDef{
		{name: idName, typeName: scalar.ID.String()},
		{name: updatedAtName, typeName: scalar.DateTime.String()},
		{name: createdAtName, typeName: scalar.DateTime.String()},
	} {
		if slices.ContainsFunc(t.fields, func(f *fieldDef) bool { return f.name == implied.name }) {
			continue
		}
		implied.owner, implied.at = now, t.at
		implied.required, implied.hidden = true, true
		implied.directives = ast.DirectiveList{{Name: implied.name}}
		now.fields = append(now.fields, &implied)
	}
	return now
}

// directivesOf10 returns the directives of 1.1 that mean what a field of 1.0 means.
// @pgColumn names the columns of values, @pgRelation those of relations.
func (d *Document) directivesOf10(f *fieldDef) ast.DirectiveList {
	directives := f.directives
	if !f.relation {
		directives = renamedDirectives(directives, "pgColumn", "db")
	} else if column, ok := argument(directives, "pgRelation", "column"); ok {
		directives = append(slices.Clip(directives), &ast.Directive{Name: "db", Arguments: stringArgument("name", column)})
	}
	switch f.name {
	case idName, createdAtName, updatedAtName:
		directives = append(slices.Clip(directives), &ast.Directive{Name: f.name})
	}
	if i := slices.IndexFunc(directives, func(d *ast.Directive) bool { return d.Name == "default" }); i >= 0 {
		directives = slices.Clone(directives)
		converted := *directives[i]
		converted.Arguments = slices.Clone(converted.Arguments)
		for j, arg := range converted.Arguments {
			converted.Arguments[j] = &ast.Argument{Name: arg.Name, Value: d.default10(f, arg.Value)}
		}
		directives[i] = &converted
	}
	return directives
}

// renamedDirectives returns a copy in which one directive has another name.
func renamedDirectives(directives ast.DirectiveList, old, name string) ast.DirectiveList {
	copied := slices.Clone(directives)
	for i, directive := range copied {
		if directive.Name == old {
			now := *directive
			now.Name = name
			copied[i] = &now
		}
	}
	return copied
}

func stringArgument(name, value string) ast.ArgumentList {
	return ast.ArgumentList{{Name: name, Value: &ast.Value{Kind: ast.StringValue, Raw: value}}}
}

// default10 returns the literal of 1.1 for one of 1.0, in which a text may
// stand for a value of every type: "42", "true", "NEW".
func (d *Document) default10(f *fieldDef, literal *ast.Value) *ast.Value {
	if literal == nil || !isSingle(literal) {
		return literal
	}
	kind, raw := literal.Kind, literal.Raw
	switch t, isScalar := f.scalarType(); {
	case t == scalar.String:
		kind = ast.StringValue
	case !isString(literal):
	case t == scalar.Int:
		if n, err := strconv.ParseInt(raw, 10, 32); err == nil {
			kind, raw = ast.IntValue, strconv.FormatInt(n, 10) // without + and zeros before it
		}
	case t == scalar.Long:
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			kind, raw = ast.IntValue, strconv.FormatInt(n, 10)
		}
	case t == scalar.Float:
		if n, err := strconv.ParseFloat(raw, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			kind, raw = ast.FloatValue, scalar.OfFloat(n).String()
		}
	case t == scalar.Boolean && (literal.Raw == "true" || literal.Raw == "false"):
		kind = ast.BooleanValue
	case !isScalar && d.isEnum(f):
		kind = ast.EnumValue
	}
	return &ast.Value{Kind: kind, Raw: raw, Position: literal.Position}
}

// legacyLink returns how a relation of datamodel 1.0 lies in the database: in a
// table of its own whose rows have ids, unless the text names something else.
func (in *inferrer) legacyLink(r *schema.Relation, fields []*fieldDef) schema.Link {
	for _, f := range fields {
		if column, ok := f.inlineColumn10(); ok {
			return &schema.Inline{Model: in.modelByName[f.owner.name], Column: column}
		}
	}
	for _, f := range fields {
		if table, ok := argument(f.directives, "pgRelationTable", "table"); ok {
			return in.namedTable(r, f, table)
		}
	}
	return schema.LegacyLink(r.Name)
}

// inlineColumn10 returns the column that a relation field of 1.0 names; of
// several fields the first counts.
func (f *fieldDef) inlineColumn10() (string, bool) {
	column, ok := argument(f.directives, "pgRelation", "column")
	return column, ok && !f.list
}

// namedTable returns the table that @pgRelationTable names. Its relationColumn
// holds the id of the field's own model.
func (in *inferrer) namedTable(r *schema.Relation, f *fieldDef, table string) *schema.LinkTable {
	own, _ := argument(f.directives, "pgRelationTable", "relationColumn")
	other, _ := argument(f.directives, "pgRelationTable", "targetColumn")
	if own == "" {
		own = "A"
	}
	if other == "" {
		other = "B"
	}
	if in.fields[f].Side == schema.SideB {
		own, other = other, own
	}
	return &schema.LinkTable{Table: table, ColumnA: own, ColumnB: other}
}

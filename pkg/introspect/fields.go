package introspect

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// readModel adds the scalar fields of a table. Columns that refer to other
// models are left for relate.
func (r *reader) readModel(t *relational.Table) {
	m := r.models[t.Name]
	if a := r.aside(t.Name, relational.TableComment); a != nil {
		r.notes.Models[m.Name] = append(r.notes.Models[m.Name], a.Detail...)
	}
	r.keepNames(m, t)
	for i := range t.Columns {
		c := &t.Columns[i]
		switch {
		case c.Name == r.ids[t.Name]:
			r.readID(m, t, c)
		case r.reference(t, c.Name) != nil:
		case c.Type == scalar.Null:
			r.unsupported(m, c)
		default:
			r.readColumn(m, t, c)
		}
	}
	for _, x := range t.Indexes {
		if x.Unique && len(x.Columns) > 1 {
			r.inside(m, "Unique together: %s", strings.Join(x.Columns, ", "))
		}
	}
	if len(t.PrimaryKey) > 1 && !r.alone {
		r.inside(m, "Primary key of the table: %s", strings.Join(t.PrimaryKey, ", "))
	}
}

// keepNames takes the names that are given already: by the existing datamodel,
// or because a column is called as its field would be.
func (r *reader) keepNames(m *schema.Model, t *relational.Table) {
	for _, c := range t.Columns {
		if base := r.baseField(t.Name, c.Name); base != nil && r.fields[m].take(base.Name) {
			r.kept[[2]string{t.Name, c.Name}] = base.Name
		}
	}
	for _, c := range t.Columns {
		wanted := fieldName(c.Name, r.reference(t, c.Name) != nil)
		if r.kept[[2]string{t.Name, c.Name}] == "" && wanted == c.Name && r.fields[m].take(wanted) {
			r.kept[[2]string{t.Name, c.Name}] = wanted
		}
	}
}

// unsupported tells of a column whose type no field has.
func (r *reader) unsupported(m *schema.Model, c *relational.Column) {
	if c.Native == "" {
		r.inside(m, "Column %s has no type", c.Name)
		return
	}
	r.inside(m, "Type %s is not supported", c.Native)
	name, mark, db := fieldName(c.Name, false), "!", ""
	if c.Nullable {
		mark = ""
	}
	if name != c.Name {
		db = " @db(name: " + strconv.Quote(c.Name) + ")"
	}
	r.inside(m, "%s: %s%s%s", name, strings.ReplaceAll(c.Native, " ", "_"), mark, db)
}

// columnName takes a name for a column's field.
func (r *reader) columnName(m *schema.Model, t *relational.Table, c *relational.Column, names ...string) string {
	if kept := r.kept[[2]string{t.Name, c.Name}]; kept != "" {
		return kept
	}
	return r.fields[m].first(names...)
}

func (r *reader) readID(m *schema.Model, t *relational.Table, c *relational.Column) {
	wanted := c.Name
	if !graphQLName.MatchString(wanted) {
		wanted = fieldName(c.Name, false)
	}
	f := &schema.Field{Name: r.columnName(m, t, c, wanted), Model: m, Type: r.storedID(c), Required: true, Unique: true}
	f.DBName = differing(c.Name, f.Name)
	id := schema.ID{Strategy: strategy(f.Type, c)}
	f.Generated = f.Type == scalar.Int && c.Generated
	implicit := m.Name + "_" + f.Name + "_seq"
	if s := c.Sequence; f.Generated && s != nil && (s.Name != implicit || s.InitialValue != 1) {
		id = schema.ID{Strategy: schema.StrategySequence, Sequence: s}
	}
	if base := r.baseField(t.Name, c.Name); base != nil && base.IsID() && base.Type == f.Type {
		id, f.Generated = base.Behaviour.(schema.ID), base.Generated
	}
	f.Behaviour = id
	m.Fields = append(m.Fields, f)
	if len(t.PrimaryKey) != 1 || t.PrimaryKey[0] != c.Name {
		r.note(m, f.Name, "Not the primary key of the table, but unique")
	}
	if key := slices.IndexFunc(t.ForeignKeys, func(k relational.ForeignKey) bool { return k.Column == c.Name }); key >= 0 {
		r.note(m, f.Name, "Refers to %s (%s). An id cannot be a relation", t.ForeignKeys[key].Table, t.ForeignKeys[key].Reference)
	}
	r.tell(m, f, r.Details.Detail(t.Name, c.Name))
}

// storedID returns the type of an id. Texts that could be UUIDs are ids where UUIDs are none.
func (r *reader) storedID(c *relational.Column) scalar.Type {
	if t := idType(c); t != scalar.UUID || r.UUIDs {
		return t
	}
	return scalar.ID
}

var textLength = regexp.MustCompile(`(?i)^(.*?)\((\d+)\)`)

// strategy says who makes the values of an id. A column that is too short for
// the ids of a server, or that pads them, takes those of its clients.
func strategy(t scalar.Type, c *relational.Column) schema.Strategy {
	const cuidLength = 25
	switch t {
	case scalar.Int:
		if c.Generated {
			return schema.StrategyAuto
		}
		return schema.StrategyNone
	case scalar.ID:
		found := textLength.FindStringSubmatch(c.Native)
		if found == nil {
			return schema.StrategyAuto
		}
		length, err := strconv.Atoi(found[2])
		if err != nil || length < cuidLength || found[1] == "character" && length != cuidLength {
			return schema.StrategyNone
		}
	}
	return schema.StrategyAuto
}

// readColumn adds the field of a column.
func (r *reader) readColumn(m *schema.Model, t *relational.Table, c *relational.Column) {
	detail := r.Details.Detail(t.Name, c.Name)
	wanted := fieldName(c.Name, false)
	f := &schema.Field{Name: r.columnName(m, t, c, wanted, c.Name), Model: m, Required: !c.Nullable, Unique: t.UniqueIndex(c.Name) != nil}
	f.DBName = differing(c.Name, f.Name)
	base := r.baseField(t.Name, c.Name)
	if base == nil && f.Name != wanted {
		r.note(m, f.Name, "Field name normalization failed because of a conflicting field name.")
	}
	r.readType(f, t, c, detail)
	r.readDefault(f, detail)
	switch {
	case base != nil && base.Relation == nil && base.Type == f.Type:
		f.Behaviour, f.Default = base.Behaviour, base.Default
		if base.IsID() {
			f.Behaviour = nil
		}
	case f.Type == scalar.DateTime && c.Name == "createdAt":
		f.Behaviour, f.Default = schema.CreatedAt{}, scalar.Value{}
	case f.Type == scalar.DateTime && c.Name == "updatedAt":
		f.Behaviour, f.Default = schema.UpdatedAt{}, scalar.Value{}
	}
	m.Fields = append(m.Fields, f)
	if i := slices.IndexFunc(t.ForeignKeys, func(k relational.ForeignKey) bool { return k.Column == c.Name }); i >= 0 {
		r.lostReference(f, t.ForeignKeys[i])
	}
	r.tell(m, f, detail)
}

// lostReference says why a foreign key is no relation.
func (r *reader) lostReference(f *schema.Field, key relational.ForeignKey) {
	other := r.models[key.Table]
	switch {
	case r.alone:
		r.note(f.Model, f.Name, "Refers to %s (%s)", key.Table, key.Reference)
		return
	case other == nil:
		r.note(f.Model, f.Name, "Refers to %s (%s), which is no type", key.Table, key.Reference)
		return
	}
	r.note(f.Model, f.Name, "Relation %s.%s -> %s.%s does not target the id field of %s", f.Model.Table(), key.Column, key.Table, key.Reference, other.Name)
}

// tell adds what a field cannot say.
func (r *reader) tell(m *schema.Model, f *schema.Field, detail relational.ColumnDetails) {
	if detail.Comment != "" {
		r.note(m, f.Name, "%s", detail.Comment)
	}
	if detail.Values != nil && f.Enum == nil && f.Type != scalar.Enum {
		r.note(m, f.Name, "Values in the database: %s", strings.Join(quotedAll(detail.Values), ", "))
	}
	if f.Behaviour != nil || !f.Default.IsNull() {
		return
	}
	switch {
	case detail.Computed != "":
		r.note(m, f.Name, "Default in the database: %s", detail.Computed)
	case detail.Default != nil:
		r.note(m, f.Name, "Default in the database: %s", strconv.Quote(*detail.Default))
	}
}

func quotedAll(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = strconv.Quote(t)
	}
	return quoted
}

// readType gives a field the type of its column. The existing datamodel knows
// more where it fits: enums and Json lie in columns of text.
func (r *reader) readType(f *schema.Field, t *relational.Table, c *relational.Column, detail relational.ColumnDetails) {
	f.Type = c.Type
	if f.Type == scalar.ID || f.Type == scalar.Enum || f.Type == scalar.UUID && strings.Contains(c.Native, "char") && !r.UUIDs {
		f.Type = scalar.String
	}
	if detail.Values != nil {
		if f.Enum = r.enum(t.Name, c.Name, detail); f.Enum != nil {
			f.Type = scalar.Enum
		}
		return
	}
	base := r.baseField(t.Name, c.Name)
	if base == nil || base.Relation != nil || base.List || f.Type != scalar.String {
		return
	}
	if base.Type.IsText() {
		f.Type = base.Type
	}
	if base.Enum != nil {
		f.Enum = r.out.Enum(base.Enum.Name)
	}
}

// enumValue is what a value of an enum can be.
var enumValue = regexp.MustCompile(`^[A-Za-z][a-zA-Z0-9_]*$`)

// enum returns the enum of a column, nil where its values are no names.
func (r *reader) enum(table, column string, detail relational.ColumnDetails) *schema.Enum {
	for _, value := range detail.Values {
		if !enumValue.MatchString(value) || slices.Contains([]string{"true", "false", "null"}, value) {
			return nil
		}
	}
	if e := r.enums[detail.Enum]; e != nil && detail.Enum != "" {
		return e
	}
	if base := r.baseField(table, column); base != nil && base.Enum != nil {
		e := r.out.Enum(base.Enum.Name)
		e.Values = detail.Values
		return e
	}
	wanted := capital(camel(special.ReplaceAllString(table, ""))) + capital(camel(special.ReplaceAllString(column, ""))) + "Enum"
	if detail.Enum != "" {
		wanted = capital(camel(special.ReplaceAllString(detail.Enum, "")))
	}
	e := &schema.Enum{Name: r.types.first(named(wanted, "Enum")), Values: detail.Values}
	r.out.Enums = append(r.out.Enums, e)
	if detail.Enum != "" {
		r.enums[detail.Enum] = e
	}
	return e
}

// readDefault gives a field the default of its column where it is a literal of the field's type.
func (r *reader) readDefault(f *schema.Field, detail relational.ColumnDetails) {
	if detail.Default == nil {
		return
	}
	text := *detail.Default
	switch f.Type {
	case scalar.String:
		f.Default = scalar.OfString(text)
	case scalar.Int:
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			f.Default = scalar.OfInt(n)
		}
	case scalar.Float:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			f.Default = scalar.OfFloat(n)
		}
	case scalar.Boolean:
		if yes, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			f.Default = scalar.OfBool(yes)
		}
	case scalar.DateTime:
		if ms, err := scalar.ParseDateTime(strings.Replace(text, " ", "T", 1)); err == nil {
			f.Default = scalar.OfDateTime(ms)
		}
	case scalar.Json:
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(text)) == nil {
			f.Default = scalar.OfJSON(compact.String())
		}
	case scalar.Enum:
		if f.Enum != nil && slices.Contains(f.Enum.Values, text) {
			f.Default = scalar.OfEnum(text)
		}
	}
}

// readLists adds the scalar lists.
func (r *reader) readLists() {
	for _, t := range r.listTables {
		key := r.reference(t, schema.ListNode)
		m := r.models[key.Table]
		if m == nil {
			r.keyless = append(r.keyless, t)
			continue
		}
		column := strings.TrimPrefix(t.Name, key.Table+"_")
		f := &schema.Field{Model: m, List: true, Behaviour: schema.ScalarList{Strategy: schema.ListRelation}}
		if base := r.baseField(key.Table, column); base != nil {
			f.Name = base.Name
		} else {
			f.Name = r.fields[m].first(fieldName(column, false), column)
		}
		f.DBName = differing(column, f.Name)
		value := t.Column(schema.ListValue)
		detail := r.Details.Detail(t.Name, schema.ListValue)
		r.readType(f, &relational.Table{Name: key.Table}, &relational.Column{Name: column, Type: value.Type, Native: value.Native}, detail)
		if base := r.baseField(key.Table, column); base != nil && base.IsScalarList() && base.Type.IsText() && f.Type == scalar.String {
			f.Type = base.Type
			if base.Enum != nil {
				f.Enum = r.out.Enum(base.Enum.Name)
			}
		}
		m.Fields = append(m.Fields, f)
	}
}

// tellTheRest adds comments on what has no place: tables without a key, views,
// foreign keys of several columns, what the existing datamodel has in excess.
func (r *reader) tellTheRest() {
	for _, a := range r.Details.Asides {
		m := r.models[a.Table]
		switch {
		case a.Kind == relational.WideKey && m != nil:
			r.inside(m, "Foreign key (%s) -> %s cannot be a relation", strings.Join(a.Detail, ", "), a.Target)
		case a.Kind == relational.View:
			r.end("View %s (%s) is not shown: only tables can be types.", a.Table, strings.Join(a.Detail, ", "))
		}
	}
	for _, t := range r.keyless {
		r.endKeyless(t)
	}
	r.tellBase()
}

// endKeyless shows a table that cannot be a type as if it were one.
func (r *reader) endKeyless(t *relational.Table) {
	why := "has no key"
	if len(t.PrimaryKey) > 1 {
		why = "has a primary key of several columns (" + strings.Join(t.PrimaryKey, ", ") + ") and no other key"
	} else if len(t.PrimaryKey) == 1 {
		why = "has a primary key of a type that no id has"
	}
	as := &reader{
		Input: Input{Details: r.Details, Base: &schema.Schema{}}, out: &schema.Schema{}, types: taken{}, fields: map[*schema.Model]taken{},
		models: map[string]*schema.Model{}, enums: map[string]*schema.Enum{}, notes: &datamodel.Notes{
			Models: map[string][]string{}, Fields: map[[2]string][]string{}, Inside: map[string][]string{},
		},
	}
	as.alone, as.kept = true, map[[2]string]string{}
	as.modelTables = []*relational.Table{t}
	as.nameModels()
	as.readModel(t)
	as.tellTheRest()
	as.order()
	as.out.Enums, as.notes.End = nil, nil
	r.end("Table %s %s, so that it cannot be a type:\n\n%s", t.Name, why, datamodel.RenderWithNotes(as.out, as.notes))
}

package management

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// checkTables compares a schema with the tables it is to be used on (deploy
// with noMigration): first all models, then all fields, then all relations
// (DatabaseSchemaValidator.scala).
//
// Unlike there, an enum fits a text column, and a required inline relation fits
// a nullable one: those are the columns that a migration makes.
func checkTables(s *schema.Schema, tables []*relational.Table) []migration.Problem {
	c := &adoption{tables: tables}
	for _, m := range s.Models {
		if c.table(m.Table()) == nil {
			c.report(m.Name, "", "Could not find the table for the model `%s` in the database.", m.Name)
		}
	}
	for _, m := range s.Models {
		if table := c.table(m.Table()); table != nil {
			c.fields(m, table)
		}
	}
	for _, r := range s.Relations {
		if link, ok := r.Link.(*schema.LinkTable); ok {
			c.linkTable(r, link)
		}
	}
	return c.problems
}

const requiredColumn = "The underlying column for the field `%[1]s` is required but the field is declared optional. Please declare it as required: `%[1]s: %[2]s!`."

// adoption compares and gathers what does not fit.
type adoption struct {
	tables   []*relational.Table
	problems []migration.Problem
}

func (c *adoption) report(model, field, format string, args ...any) {
	c.problems = append(c.problems, migration.Problem{Type: model, Field: field, Description: fmt.Sprintf(format, args...)})
}

func (c *adoption) table(name string) *relational.Table {
	i := slices.IndexFunc(c.tables, func(t *relational.Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return c.tables[i]
}

func (c *adoption) fields(m *schema.Model, table *relational.Table) {
	for _, f := range m.Fields {
		switch {
		case f.IsScalar():
			c.column(f, table)
		case f.IsScalarList():
			c.listTable(f)
		case f.IsRelation():
			c.inline(f, table)
		}
	}
}

func (c *adoption) column(f *schema.Field, table *relational.Table) {
	column := table.Column(f.Column())
	switch {
	case column == nil || column.Type == scalar.Null:
		c.report(f.Model.Name, f.Name, "Could not find the column for the field `%s` in the database.", f.Name)
	case !fits(f.Type, column):
		c.report(f.Model.Name, f.Name, "The underlying column for the field `%s` has an incompatible type. The field has type `%s` and the column has type `%s`.", f.Name, f.TypeCode(), columnCode(column))
	case !column.Nullable && !f.Required:
		c.report(f.Model.Name, f.Name, requiredColumn, f.Name, f.TypeName())
	case column.Nullable && f.Required:
		c.report(f.Model.Name, f.Name, "The underlying column for the field `%[1]s` is optional but the field is declared required. Please declare it as optional by removing the `!`: `%[1]s: %[2]s`.", f.Name, f.TypeName())
	}
}

// isText tells whether a column holds text: also such as a migration makes for
// ids, enums and, where there is no such type, UUIDs.
func isText(c *relational.Column) bool {
	switch c.Type {
	case scalar.String, scalar.ID:
		return true
	case scalar.Enum, scalar.UUID:
		return strings.Contains(c.Native, "char")
	}
	return false
}

// fits tells whether values of a field can lie in a column. Prisma 1 took no
// enum for any column, and no UUID for one of text.
func fits(field scalar.Type, c *relational.Column) bool {
	switch {
	case field == scalar.UUID:
		return c.Type == scalar.UUID
	case isText(c):
		return field.IsText()
	case c.Type == scalar.Enum: // of the database's own
		return field == scalar.Enum || field == scalar.String
	case field == scalar.Boolean:
		return c.Type == scalar.Boolean || strings.HasPrefix(c.Native, "tinyint")
	}
	return c.Holds(field)
}

// columnCode returns the type of a column as messages call it.
func columnCode(c *relational.Column) string {
	if isText(c) {
		return scalar.String.Code()
	}
	return c.Type.Code()
}

func (c *adoption) listTable(f *schema.Field) {
	table := c.table(f.ListTable())
	if table == nil {
		c.report(f.Model.Name, f.Name, "Could not find the underlying table for the scalar list field `%s`.", f.Name)
		return
	}
	for _, want := range []relational.Column{
		{Name: schema.ListNode, Type: f.Model.ID().Type}, // Prisma 1 wants text, whatever the id is
		{Name: schema.ListPosition, Type: scalar.Int},
		{Name: schema.ListValue, Type: f.Type},
	} {
		column := table.Column(want.Name)
		switch {
		case column == nil || column.Type == scalar.Null:
			c.report(f.Model.Name, f.Name, "The underlying table for the scalar list field `%s` is missing the required column `%s`.", f.Name, want.Name)
		case !fits(want.Type, column):
			c.report(f.Model.Name, f.Name, "The column `%s` in the underlying table for the scalar list field `%s` has the wrong type. It has the type `%s` but it should have the type `%s`.", want.Name, f.Name, columnCode(column), want.Type.Code())
		}
	}
}

func (c *adoption) inline(f *schema.Field, table *relational.Table) {
	link, ok := f.Relation.Link.(*schema.Inline)
	if !ok || f.Hidden || f.Relation.Owner() != f.Side {
		return
	}
	column := table.Column(link.Column)
	if column == nil {
		c.report(f.Model.Name, f.Name, "Could not find the column for the inline relation field `%s` in the database.", f.Name)
		return
	}
	c.reference(table, link.Column, f.OtherModel(), reference{
		model: f.Model.Name, field: f.Name,
		none:        fmt.Sprintf("The column for the inline relation field `%s` is missing a foreign key constraint.", f.Name),
		wrongTable:  fmt.Sprintf("The column for the inline relation field `%s` is not referencing the right table. ", f.Name),
		wrongColumn: fmt.Sprintf("The column for the inline relation field `%s` is not referencing a valid column. Those columns must always reference the column of the id field of related model. ", f.Name),
		required:    !column.Nullable && !f.Required,
	})
}

func (c *adoption) linkTable(r *schema.Relation, link *schema.LinkTable) {
	table := c.table(link.Table)
	if table == nil {
		c.report(r.Name, "", "Could not find the table `%s` for the relation `%s` in the database.", link.Table, r.Name)
		return
	}
	if link.ID != "" && table.Column(link.ID) == nil {
		c.report(r.Name, link.ID, "The link table `%s` is missing the column `%s`.", r.Name, link.ID)
	}
	for _, side := range []schema.Side{schema.SideA, schema.SideB} {
		column := r.Column(side)
		if table.Column(column) == nil {
			c.report(r.Name, column, "The link table `%s` is missing the column `%s`.", r.Name, column)
			continue
		}
		c.reference(table, column, r.Model(side), reference{
			model: r.Name, field: column,
			none:        fmt.Sprintf("The column `%s` for the relation table `%s` is missing a foreign key constraint.", column, table.Name),
			wrongTable:  fmt.Sprintf("The column `%s` of the relation table `%s` is not referencing the right table. ", column, table.Name),
			wrongColumn: fmt.Sprintf("The column `%s` of the relation table `%s` is not referencing a valid column. Those columns must always reference the column of the id field of the related model. ", column, table.Name),
		})
	}
}

// A reference is where and how to complain about a foreign key.
type reference struct {
	model, field                  string
	none, wrongTable, wrongColumn string
	required                      bool // the column is, and the field is not
}

// reference checks that a column refers to the id of a model. Of several keys
// on a column the right one counts.
func (c *adoption) reference(table *relational.Table, column string, to *schema.Model, say reference) {
	id := to.ID().Column()
	key, any := relational.ForeignKey{}, false
	for _, k := range table.ForeignKeys {
		if k.Column == column && (!any || k.Table == to.Table()) {
			key, any = k, true
		}
	}
	switch {
	case any && key.Table != to.Table():
		c.report(say.model, say.field, "%sIt should reference the table of model `%s` but is referencing the table `%s`.", say.wrongTable, to.Name, key.Table)
	case any && key.Reference != id:
		c.report(say.model, say.field, "%sSo it should reference `%s` instead of `%s`.", say.wrongColumn, id, key.Reference)
	case say.required:
		c.report(say.model, say.field, requiredColumn, say.field, to.Name)
	case !any:
		c.report(say.model, say.field, "%s", say.none)
	}
}

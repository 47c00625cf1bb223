package migration_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestGolden runs testdata/migration: two datamodels, one after the other, the
// steps between them and the changes of tables. What is in a case besides
// (rows.sql, warnings.txt, sqlite.sql) is run by the connector's test.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		previous, _ := mustInfer(t, c.Get("before.prisma"), &schema.Schema{})
		next, renames := mustInfer(t, c.Get("after.prisma"), previous)
		steps, err := migration.Infer(previous, next, renames)
		if err != nil {
			c.Want(t, "fault.txt", err.Error())
			return
		}
		c.Want(t, "steps.txt", dumpSteps(steps, previous, next))
		tables := relational.Tables(previous, relational.Naming{})
		planned, err := migration.Changes(steps, previous, next, relational.Naming{}, tables)
		if err != nil {
			t.Fatal(err)
		}
		c.Want(t, "changes.txt", dumpChanges(planned))
		checkContinuity(t, tables, planned)
		for _, one := range []struct {
			text string
			s    *schema.Schema
		}{{c.Get("before.prisma"), previous}, {c.Get("after.prisma"), next}} {
			if one.s.Legacy && !isTurned(one.s) {
				checkUpgrade(t, one.text, one.s)
			}
		}
	})
}

// isTurned tells whether a relation has its sides from before a model got another
// name. No text says so; the upgrade exchanges the columns' names then.
func isTurned(s *schema.Schema) bool {
	return slices.ContainsFunc(s.Relations, func(r *schema.Relation) bool { return r.ModelB.Name < r.ModelA.Name })
}

// checkUpgrade upgrades a deployed datamodel 1.0: nothing may be left to do.
func checkUpgrade(t *testing.T, text string, s *schema.Schema) {
	t.Helper()
	edits, problems, syntax := datamodel.Upgrade(text)
	if syntax != nil || len(problems) > 0 {
		t.Fatal(syntax, problems)
	}
	upgraded := datamodel.Apply(text, edits)
	next, renames := mustInfer(t, upgraded, s)
	steps, err := migration.Infer(s, next, renames)
	if err != nil {
		t.Fatal(err)
	}
	warnings, refused, err := migration.Warnings(t.Context(), steps, s, next, allOrNothing(true))
	if len(steps)+len(warnings)+len(refused) > 0 || err != nil {
		t.Errorf("the upgrade takes %v, with warnings %v, problems %v (%v)\n%s", steps, warnings, refused, err, upgraded)
	}
}

func mustInfer(t *testing.T, text string, previous *schema.Schema) (*schema.Schema, datamodel.Renames) {
	t.Helper()
	if strings.TrimSpace(text) == "" {
		return &schema.Schema{}, datamodel.Renames{}
	}
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		t.Fatal(syntax)
	}
	document = document.After(previous)
	if problems := document.Check(datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true, Decimals: true, Features: schema.Features()}); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	s, err := datamodel.Infer(document, previous)
	if err != nil {
		t.Fatal(err)
	}
	return s, document.Renames(previous)
}

// checkContinuity plays the changes through: each must begin where the one
// before ended.
func checkContinuity(t *testing.T, tables []*relational.Table, planned []migration.StepChanges) {
	t.Helper()
	there := map[string]*relational.Table{}
	for _, table := range tables {
		there[table.Name] = table
	}
	for _, step := range planned {
		for _, change := range step.Changes {
			switch c := change.(type) {
			case relational.CreateTable:
				there[c.Table.Name] = c.Table
			case relational.DropTable:
				delete(there, c.Table.Name)
			case relational.RenameTable:
				there[c.Name] = there[c.Before.Name]
				delete(there, c.Before.Name)
			case relational.AlterTable:
				after := c.Before.Clone()
				for _, e := range c.Edits {
					after.Apply(e)
				}
				after.PrimaryKey = c.After.PrimaryKey
				if got, want := dumpTable(after), dumpTable(c.After); got != want {
					t.Errorf("the edits of %s lead to\n%s\nand not to\n%s", c.Before.Name, got, want)
				}
			}
		}
	}
}

func dumpSteps(steps []migration.Step, previous, next *schema.Schema) string {
	var b strings.Builder
	for _, step := range steps {
		described := reflect.ValueOf(migration.Describe(step, previous, next))
		b.WriteString(described.FieldByName("Type").String())
		dumpFields(&b, described)
		b.WriteString("\n")
	}
	return b.String()
}

// dumpFields writes what is set of an APIStep or APILink.
func dumpFields(b *strings.Builder, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if f.IsZero() || name == "Type" {
			continue
		}
		if f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		if f.Kind() == reflect.Struct {
			fmt.Fprintf(b, " %s=%s(", name, f.FieldByName("Type"))
			dumpFields(b, f)
			b.WriteString(" )")
			continue
		}
		fmt.Fprintf(b, " %s=%v", name, f)
	}
}

func dumpChanges(planned []migration.StepChanges) string {
	var b strings.Builder
	for _, step := range planned {
		if len(step.Changes) > 0 {
			fmt.Fprintf(&b, "%s %v\n", strings.TrimPrefix(fmt.Sprintf("%T", step.Step), "migration."), step.Step)
		}
		for _, change := range step.Changes {
			switch c := change.(type) {
			case relational.CreateTable:
				b.WriteString("  create " + dumpTable(c.Table))
			case relational.DropTable:
				fmt.Fprintf(&b, "  drop table %s\n", c.Table.Name)
			case relational.RenameTable:
				fmt.Fprintf(&b, "  rename table %s to %s\n", c.Before.Name, c.Name)
			case relational.AlterTable:
				fmt.Fprintf(&b, "  alter table %s\n", c.Before.Name)
				for _, edit := range c.Edits {
					fmt.Fprintf(&b, "    %s\n", dumpEdit(edit))
				}
			}
		}
	}
	return b.String()
}

func dumpTable(t *relational.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "table %s\n", t.Name)
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "    %s\n", dumpColumn(c))
	}
	fmt.Fprintf(&b, "    primary key %v\n", t.PrimaryKey)
	for _, x := range t.Indexes {
		fmt.Fprintf(&b, "    %s\n", dumpIndex(x))
	}
	for _, k := range t.ForeignKeys {
		fmt.Fprintf(&b, "    %s\n", dumpKey(k))
	}
	return b.String()
}

func dumpColumn(c relational.Column) string {
	text := c.Name + " " + c.Type.String()
	if !c.Nullable {
		text += " not null"
	}
	if c.Generated {
		text += " generated"
	}
	if c.Sequence != nil {
		text += fmt.Sprintf(" by %s from %d", c.Sequence.Name, c.Sequence.InitialValue)
	}
	return text
}

func dumpIndex(x relational.Index) string {
	if x.Unique {
		return fmt.Sprintf("unique index %s %v", x.Name, x.Columns)
	}
	if x.FullText {
		return fmt.Sprintf("full-text index %s %v", x.Name, x.Columns)
	}
	return fmt.Sprintf("index %s %v", x.Name, x.Columns)
}

func dumpKey(k relational.ForeignKey) string {
	return fmt.Sprintf("foreign key %s to %s(%s) on delete %s", k.Column, k.Table, k.Reference, k.OnDelete)
}

func dumpEdit(edit relational.Edit) string {
	switch e := edit.(type) {
	case relational.AddColumn:
		text := "add column " + dumpColumn(e.Column)
		if !e.Fill.IsNull() {
			text += fmt.Sprintf(" fill %q", e.Fill)
		}
		if e.ForeignKey != nil {
			text += ", " + dumpKey(*e.ForeignKey)
		}
		return text
	case relational.DropColumn:
		return "drop column " + e.Column.Name
	case relational.AlterColumn:
		text := fmt.Sprintf("alter column %s to %s", dumpColumn(e.Before), dumpColumn(e.After))
		if e.Wipe {
			text += " wipe"
		}
		if !e.Fill.IsNull() {
			text += fmt.Sprintf(" fill %q", e.Fill)
		}
		return text
	case relational.AddIndex:
		return "add " + dumpIndex(e.Index)
	case relational.DropIndex:
		return "drop index " + e.Index.Name
	}
	return fmt.Sprintf("%T", edit)
}

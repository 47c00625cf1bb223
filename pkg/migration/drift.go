package migration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Drift tells where tables are not as the schema that was deployed needs them,
// because somebody changed them by hand. What no field needs is not looked at.
func Drift(deployed *schema.Schema, tables []*relational.Table) []Warning {
	d := &drift{tables: tables}
	for _, m := range deployed.Models {
		if m.Embedded {
			continue
		}
		if t := d.table(m.Table()); t != nil {
			d.columns(m, t)
		} else {
			d.differs(m.Name, "", "has no table `%s`", m.Table())
		}
		for _, f := range m.Fields {
			if f.IsScalarList() && d.table(f.ListTable()) == nil {
				d.differs(m.Name, f.Name, "has no table `%s`", f.ListTable())
			}
		}
	}
	for _, r := range deployed.Relations {
		d.link(r)
	}
	return d.warnings
}

type drift struct {
	tables   []*relational.Table
	warnings []Warning
}

func (d *drift) table(name string) *relational.Table {
	i := slices.IndexFunc(d.tables, func(t *relational.Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return d.tables[i]
}

func (d *drift) differs(model, field, format string, args ...any) {
	d.warnings = append(d.warnings, Warning{Type: model, Field: field, Description: "The database was changed since the last deploy: it " +
		fmt.Sprintf(format, args...) + ". Put it back as it was, or deploy with `--force` to go on from the tables as they are."})
}

func (d *drift) columns(m *schema.Model, t *relational.Table) {
	for _, f := range m.Fields {
		if !f.IsScalar() {
			continue
		}
		column := f.Column()
		c := t.Column(column)
		switch {
		case c == nil:
			d.differs(m.Name, f.Name, "has no column `%s` in the table `%s`", column, t.Name)
		case !isCompatible(*c, f.Type):
			d.differs(m.Name, f.Name, "has %s in the column `%s` of the table `%s`, where the field has %s", c.Type, column, t.Name, f.Type)
		case !f.IsID() && c.Nullable && f.Required:
			d.differs(m.Name, f.Name, "allows null in the column `%s` of the table `%s`, though the field is required", column, t.Name)
		case !c.Nullable && !f.Required:
			d.differs(m.Name, f.Name, "forbids null in the column `%s` of the table `%s`, though the field is optional", column, t.Name)
		}
		if c != nil && f.Unique && !f.IsID() && t.UniqueIndex(column) == nil {
			d.differs(m.Name, f.Name, "has no unique index on the column `%s` of the table `%s`", column, t.Name)
		}
	}
	for _, u := range m.Uniques {
		if t.UniqueIndex(u.Columns()...) == nil {
			d.differs(m.Name, "", "has no unique index on the columns `%s` of the table `%s`", strings.Join(u.Columns(), "`, `"), t.Name)
		}
	}
	if columns := m.FullTextColumns(); len(columns) > 0 && t.FullTextIndex(columns) == nil {
		d.differs(m.Name, "", "has no full-text index on the columns `%s` of the table `%s`", strings.Join(columns, "`, `"), t.Name)
	}
}

func (d *drift) link(r *schema.Relation) {
	t := d.table(r.Table())
	if t == nil {
		if _, inline := r.Link.(*schema.Inline); !inline { // else it was said of the model
			d.differs(r.Name, "", "has no table `%s`", r.Table())
		}
		return
	}
	columns := []string{r.Column(schema.SideA), r.Column(schema.SideB)}
	if inline, ok := r.Link.(*schema.Inline); ok {
		columns = []string{inline.Column}
	}
	for _, column := range columns {
		if t.Column(column) == nil {
			d.differs(r.Name, "", "has no column `%s` in the table `%s`", column, t.Name)
		}
	}
}

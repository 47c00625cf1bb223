package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var _ migration.Data = (*Database)(nil)

// HasRows tells whether the model has nodes.
func (d *Database) HasRows(ctx context.Context, m *schema.Model) (bool, error) {
	return d.finds(ctx, m.Table(), nil, d.builder().SQL("SELECT 1 FROM ").Table(m.Table()))
}

// HasNulls tells whether a node has no value in a scalar field, or no related
// node in a relation field.
func (d *Database) HasNulls(ctx context.Context, f *schema.Field) (bool, error) {
	model := f.Model.Table()
	if !f.IsRelation() || f.OwnsColumn() {
		column := f.Column()
		if f.IsRelation() {
			column = f.Relation.Column(f.Side.Other())
		}
		b := d.builder().SQL("SELECT 1 FROM ").Table(model)
		return d.finds(ctx, model, []string{column}, b.SQL(" AS n WHERE ").Column("n", column).SQL(" IS NULL"))
	}
	links := f.Relation.Table()
	linked, err := d.HasLinks(ctx, f.Relation)
	if err != nil {
		return false, err
	}
	if !linked { // nothing links to anything
		return d.HasRows(ctx, f.Model)
	}
	b := d.builder().SQL("SELECT 1 FROM ").Table(model).SQL(" AS n WHERE NOT EXISTS (SELECT 1 FROM ").Table(links)
	b.SQL(" AS l WHERE ").Column("l", f.Relation.Column(f.Side)).SQL(" = ").Column("n", f.Model.ID().Column()).SQL(")")
	return d.finds(ctx, model, nil, b)
}

// HasDuplicates tells whether two nodes share a value in a scalar field, or a
// node has more than one related node in a relation field.
func (d *Database) HasDuplicates(ctx context.Context, f *schema.Field) (bool, error) {
	table, column := f.Model.Table(), f.Column()
	columns := []string{column}
	if f.IsRelation() {
		if f.OwnsColumn() {
			return false, nil
		}
		table, column = f.Relation.Table(), f.Relation.Column(f.Side)
		columns = []string{column, f.Relation.Column(f.Side.Other())}
	}
	b := d.builder().SQL("SELECT 1 FROM ").Table(table).SQL(" AS n WHERE ").Column("n", column)
	b.SQL(" IS NOT NULL GROUP BY ").Column("n", column).SQL(" HAVING COUNT(*) > 1")
	return d.finds(ctx, table, columns, b)
}

// HaveDuplicates tells whether two nodes share values in all of some fields; of
// no fields, whether there are two nodes.
func (d *Database) HaveDuplicates(ctx context.Context, m *schema.Model, fields []*schema.Field) (bool, error) {
	var columns []string
	b := d.builder().SQL("SELECT COUNT(*) FROM ").Table(m.Table()).SQL(" AS n")
	joint := " WHERE "
	for _, f := range fields {
		columns = append(columns, f.Column())
		b.SQL(joint).Column("n", f.Column()).SQL(" IS NOT NULL")
		joint = " AND "
	}
	joint = " GROUP BY "
	for _, f := range fields {
		b.SQL(joint).Column("n", f.Column())
		joint = ", "
	}
	return d.finds(ctx, m.Table(), columns, b.SQL(" HAVING COUNT(*) > 1"))
}

// UsesValue tells whether a node has the value in an enum field, list or not.
func (d *Database) UsesValue(ctx context.Context, f *schema.Field, value string) (bool, error) {
	table, column := f.Model.Table(), f.Column()
	if f.List {
		table, column = f.ListTable(), schema.ListValue
	}
	b := d.builder().SQL("SELECT 1 FROM ").Table(table).SQL(" AS n WHERE ").Column("n", column)
	return d.finds(ctx, table, []string{column}, b.SQL(" = ").Value(scalar.OfEnum(value)))
}

// HasLinks tells whether the relation connects any nodes.
func (d *Database) HasLinks(ctx context.Context, r *schema.Relation) (bool, error) {
	table, a, b := r.Table(), r.Column(schema.SideA), r.Column(schema.SideB)
	q := d.builder().SQL("SELECT 1 FROM ").Table(table).SQL(" AS n WHERE ").Column("n", a)
	q.SQL(" IS NOT NULL AND ").Column("n", b).SQL(" IS NOT NULL")
	return d.finds(ctx, table, []string{a, b}, q)
}

// finds tells whether a query has a row. A table or column that is not there
// has none; the tables are looked at only when the query fails, because a deploy
// asks thousands of questions. Columns are qualified: SQLite takes a plain name
// that it does not know for a text.
func (d *Database) finds(ctx context.Context, table string, columns []string, query *dialect.Builder) (bool, error) {
	found, failed := d.asks(ctx, query.SQL(" LIMIT 1").Statement())
	if failed == nil {
		return found, nil
	}
	there, err := d.has(ctx, table, columns...)
	if err == nil && !there {
		return false, nil
	}
	return false, failed
}

func (d *Database) asks(ctx context.Context, query dialect.Statement) (bool, error) {
	s, done, err := d.read(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	v, err := one(ctx, s, query, scalar.Int)
	return !v.IsNull(), err
}

// has tells whether a table with some columns is there.
func (d *Database) has(ctx context.Context, table string, columns ...string) (bool, error) {
	tables, err := d.Inspect(ctx)
	if err != nil {
		return false, err
	}
	i := indexOf(tables, table)
	if i < 0 {
		return false, nil
	}
	for _, c := range columns {
		if tables[i].Column(c) == nil {
			return false, nil
		}
	}
	return true, nil
}

func indexOf(tables []*relational.Table, name string) int {
	for i, t := range tables {
		if t.Name == name {
			return i
		}
	}
	return -1
}

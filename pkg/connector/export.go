package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/ndf"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Slice is a part of the elements of an export. Both are counts.
type Slice struct{ Offset, Limit int }

// ExportNodes returns nodes of a model, by id, with their scalar values.
func (d *Database) ExportNodes(ctx context.Context, m *schema.Model, s Slice) ([]ndf.Node, error) {
	id := m.ID()
	fields := []*schema.Field{id}
	for _, f := range m.Fields {
		if f.IsScalar() && f != id {
			fields = append(fields, f)
		}
	}
	b := d.builder()
	b.SQL("SELECT ")
	for i, f := range fields {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(f.Column())
	}
	b.SQL("\nFROM ").Table(m.Table()).SQL("\nORDER BY ").Name(id.Column())
	writeSlice(b, s)
	var nodes []ndf.Node
	err := d.scan(ctx, b.Statement(), func(r rows) (err error) {
		n := ndf.Node{Model: m}
		if n.ID, err = r.value(0, id.Type); err != nil {
			return err
		}
		for i, f := range fields[1:] {
			v, err := r.value(i+1, f.Type)
			if err != nil {
				return err
			}
			n.Values = append(n.Values, ndf.Value{Field: f, Value: v})
		}
		nodes = append(nodes, n)
		return nil
	})
	return nodes, err
}

// ExportLists returns the values of a scalar list field, by node; a slice
// counts nodes. Nodes without values are not among them.
func (d *Database) ExportLists(ctx context.Context, f *schema.Field, s Slice) ([]ndf.List, error) {
	b := d.builder()
	b.SQL("SELECT ").Column("l", schema.ListNode).SQL(", ").Column("l", schema.ListValue)
	b.SQL("\nFROM (SELECT DISTINCT ").Name(schema.ListNode).SQL(" FROM ").Table(f.ListTable())
	b.SQL(" ORDER BY ").Name(schema.ListNode)
	writeSlice(b, s)
	b.SQL(") AS p\nJOIN ").Table(f.ListTable()).SQL(" AS l ON ").Column("l", schema.ListNode).SQL(" = ").Column("p", schema.ListNode)
	b.SQL("\nORDER BY ").Column("l", schema.ListNode).SQL(", ").Column("l", schema.ListPosition)
	var lists []ndf.List
	err := d.scan(ctx, b.Statement(), func(r rows) error {
		id, err := r.value(0, f.Model.ID().Type)
		if err != nil {
			return err
		}
		v, err := r.value(1, f.Type)
		if err != nil {
			return err
		}
		if len(lists) == 0 || lists[len(lists)-1].ID != id {
			lists = append(lists, ndf.List{Field: f, ID: id})
		}
		last := &lists[len(lists)-1]
		last.Values = append(last.Values, v)
		return nil
	})
	return lists, err
}

// ExportLinks returns the links of a relation by the node on side A, those of
// one node in the order in which they were made where the database knows that.
func (d *Database) ExportLinks(ctx context.Context, relation *schema.Relation, s Slice) ([]ndf.Link, error) {
	a, other := relation.Column(schema.SideA), relation.Column(schema.SideB)
	b := d.builder()
	b.SQL("SELECT ").Names(a, other).SQL("\nFROM ").Table(relation.Table())
	b.SQL("\nWHERE ").Name(a).SQL(" IS NOT NULL AND ").Name(other).SQL(" IS NOT NULL\nORDER BY ").Name(a)
	if made := b.Facts().RowOrder; made != "" {
		b.SQL(", ").SQL(made)
	} else {
		b.SQL(", ").Name(other)
	}
	writeSlice(b, s)
	var links []ndf.Link
	err := d.scan(ctx, b.Statement(), func(r rows) (err error) {
		l := ndf.Link{Relation: relation}
		if l.A, err = r.value(0, relation.ModelA.ID().Type); err != nil {
			return err
		}
		l.B, err = r.value(1, relation.ModelB.ID().Type)
		links = append(links, l)
		return err
	})
	return links, err
}

func writeSlice(b *dialect.Builder, s Slice) {
	b.SQL("\nLIMIT ").Value(scalar.OfInt(int64(s.Limit))).SQL(" OFFSET ").Value(scalar.OfInt(int64(s.Offset)))
}

// scan reads the database as it is now.
func (d *Database) scan(ctx context.Context, st dialect.Statement, row func(rows) error) error {
	s, done, err := d.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	return scan(ctx, s, st, row)
}

package connector

import (
	"cmp"
	"context"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A groupRow is what was computed over one group: cells as JSON, as plan.Grouping has them.
type groupRow [][]byte

// groupings computes everything that a connection asks beside its nodes and their count.
func (r *reader) groupings(ctx context.Context, l *layer) error {
	c := l.read.Connection
	if len(c.Total.Aggregates) > 0 {
		rows, err := r.grouping(ctx, l.read, &c.Total)
		if err != nil {
			return err
		}
		l.total = rows[0]
	}
	for _, g := range c.Groups {
		rows, err := r.grouping(ctx, l.read, g)
		if err != nil {
			return err
		}
		l.groupings = append(l.groupings, rows)
	}
	return nil
}

// grouping computes what a grouping asks over the page of a read.
func (r *reader) grouping(ctx context.Context, read *plan.Read, g *plan.Grouping) ([]groupRow, error) {
	b := r.builder()
	writeGrouping(b, read, g)
	s := b.Statement()
	found, err := r.query(ctx, s.SQL, s.Args)
	if err != nil {
		return nil, err
	}
	var all []groupRow
	for found.next() {
		row, err := readGroup(found, g, b.Facts().WideSums)
		if err != nil {
			found.close()
			return nil, err
		}
		all = append(all, row)
	}
	return all, found.close()
}

func readGroup(found rows, g *plan.Grouping, wide bool) (row groupRow, err error) {
	column := 0
	add := func(t scalar.Type) {
		cell, failed := found.appendJSON(nil, column, t)
		if err == nil {
			err = failed
		}
		row = append(row, cell)
		column++
	}
	for _, f := range g.By {
		add(f.Type)
	}
	for _, a := range g.Aggregates {
		computed, columns := scalar.Value{}, 1
		var failed error
		switch {
		case a.Op == plan.Count:
			add(scalar.Int)
			continue
		case isLongSum(a):
			computed, columns, failed = readLongSum(found, column, a, wide)
		case a.Op == plan.Avg:
			columns = 2
			computed, failed = readAverage(found, column)
		default:
			add(a.Field.Type)
			continue
		}
		if err == nil {
			err = failed
		}
		row = append(row, scalar.AppendJSON(nil, computed))
		column += columns
	}
	return row, err
}

// isLongSum tells whether an aggregate needs the sum of whole numbers that may
// have more than 64 bits.
func isLongSum(a plan.Aggregate) bool {
	return (a.Op == plan.Sum || a.Op == plan.Avg) && a.Field.Type == scalar.Long
}

// readLongSum reads such a sum, in one column if wide or else in two halves, and
// for the average the count in the next one. Returns fault.WideSum (3104).
func readLongSum(found rows, column int, a plan.Aggregate, wide bool) (v scalar.Value, columns int, err error) {
	sum, columns := new(big.Int), 1
	high, err := found.value(column, scalar.Decimal)
	if err == nil && !high.IsNull() {
		sum.SetString(high.Text, 10)
	}
	if !wide {
		low, failed := found.value(column+1, scalar.Long)
		sum.Add(sum.Lsh(sum, 32), big.NewInt(low.Int))
		columns, err = 2, cmp.Or(err, failed)
	}
	if a.Op == plan.Avg {
		columns++
	}
	switch {
	case err != nil || high.IsNull():
		return scalar.Value{}, columns, err
	case a.Op == plan.Avg:
		count, err := found.value(column+columns-1, scalar.Int)
		f, _ := new(big.Float).SetInt(sum).Float64()
		return scalar.OfFloat(f / float64(count.Int)), columns, err
	case !sum.IsInt64():
		return scalar.Value{}, columns, fault.WideSum(a.Field.Name)
	}
	return scalar.OfLong(sum.Int64()), columns, nil
}

// readAverage divides the sum in a cell by the count in the next. The databases
// would round each in its own way.
func readAverage(found rows, column int) (scalar.Value, error) {
	sum, err := found.value(column, scalar.Float)
	if err != nil || sum.IsNull() {
		return scalar.Value{}, err
	}
	count, err := found.value(column+1, scalar.Int)
	return scalar.OfFloat(sum.Number / float64(count.Int)), err
}

// writeGrouping writes the statement of a grouping: aggregates over the page as a derived table.
func writeGrouping(b *dialect.Builder, read *plan.Read, g *plan.Grouping) {
	cells := groupedFields(g)
	b.SQL("SELECT ")
	for i, f := range g.By {
		separate(b, i)
		writeCell(b, cells, f)
	}
	for i, a := range g.Aggregates {
		separate(b, len(g.By)+i)
		writeAggregate(b, cells, a)
	}
	b.SQL("\nFROM (\n")
	writePage(b, read, cells)
	b.SQL("\n) AS p")
	if len(g.By) == 0 {
		return
	}
	b.SQL("\nGROUP BY ")
	for i, f := range g.By {
		separate(b, i)
		writeCell(b, cells, f)
	}
	b.SQL("\nORDER BY ")
	if g.ByCount {
		b.SQL("COUNT(*)").SQL(direction(g.Desc)).SQL(", ")
	}
	for i, f := range g.By {
		separate(b, i)
		writeCell(b, cells, f)
		b.SQL(direction(g.Desc && !g.ByCount))
	}
	if g.First == plan.NoLimit && g.Skip == 0 {
		return
	}
	limit := int64(math.MaxInt64)
	if g.First != plan.NoLimit {
		limit = int64(g.First)
	}
	b.SQL("\nLIMIT ").Arg(limit).SQL(" OFFSET ").Arg(int64(g.Skip))
}

func separate(b *dialect.Builder, i int) {
	if i > 0 {
		b.SQL(", ")
	}
}

// groupedFields returns the fields that a grouping looks at, each once.
func groupedFields(g *plan.Grouping) []*schema.Field {
	fields := slices.Clone(g.By)
	for _, a := range g.Aggregates {
		if a.Field != nil && !slices.Contains(fields, a.Field) {
			fields = append(fields, a.Field)
		}
	}
	return fields
}

// writeCell writes the column of the derived table that has a field.
func writeCell(b *dialect.Builder, cells []*schema.Field, f *schema.Field) {
	b.SQL("p.c" + strconv.Itoa(slices.Index(cells, f)))
}

var aggregateFunctions = map[plan.AggregateOp]string{plan.Sum: "SUM(", plan.Avg: "SUM(", plan.Min: "MIN(", plan.Max: "MAX("}

func writeAggregate(b *dialect.Builder, cells []*schema.Field, a plan.Aggregate) {
	if a.Op == plan.Count {
		b.SQL("COUNT(*)")
		return
	}
	b.SQL(aggregateFunctions[a.Op])
	writeCell(b, cells, a.Field)
	if isLongSum(a) && !b.Facts().WideSums {
		b.SQL(" >> 32), SUM(")
		writeCell(b, cells, a.Field)
		b.SQL(" & 4294967295")
	}
	b.SQL(")")
	if a.Op == plan.Avg {
		b.SQL(", COUNT(")
		writeCell(b, cells, a.Field)
		b.SQL(")")
	}
}

// writePage writes a select of some fields of the nodes of a page.
func writePage(b *dialect.Builder, read *plan.Read, cells []*schema.Field) {
	b.SQL("SELECT ")
	for i, f := range cells {
		separate(b, i)
		b.Column("t", f.Column()).SQL(" AS c" + strconv.Itoa(i))
	}
	if len(cells) == 0 {
		b.Column("t", read.Model.ID().Column())
	}
	b.SQL("\nFROM ")
	writeFrom(b, read)
	where := conditions{b: b}
	where.read(read)
	page := &read.Page
	limit := int64(math.MaxInt64)
	switch {
	case page.First != plan.NoLimit:
		limit = int64(page.First)
	case page.Last != plan.NoLimit:
		limit = int64(page.Last)
	case page.Skip == 0:
		return
	}
	b.SQL("\nORDER BY ")
	writeOrder(b, read)
	b.SQL("\nLIMIT ").Arg(limit).SQL(" OFFSET ").Arg(int64(page.Skip))
}

// groups writes the groups of a connection.
func (a *answer) groups(rows []groupRow, shape []plan.Entry) {
	a.text("[")
	for i, row := range rows {
		a.separate(i)
		a.group(row, shape)
	}
	a.text("]")
}

// group writes one group or an object inside it.
func (a *answer) group(row groupRow, shape []plan.Entry) {
	a.text("{")
	for i := range shape {
		e := &shape[i]
		a.separate(i)
		a.key(e)
		switch e.Kind {
		case plan.TypeNameEntry:
			a.typeName(e)
		case plan.ValueEntry:
			a.cell(row[e.Index])
		case plan.AggregateEntry:
			a.group(row, e.Shape)
		}
	}
	a.text("}")
}

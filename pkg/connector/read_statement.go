package connector

import (
	"math"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A question is what the statement of one Read asks for.
type question struct {
	read    *plan.Read
	frame   *frame
	parents *parents // nil at the root
	front   int      // rows at the front of the list that are asked for, 0 for all; of a root only
}

// hasPages tells whether there is a page for each of several parents.
func (l *question) hasPages() bool {
	_, limited := pageLimit(l.read)
	return (limited || l.read.Page.Skip > 0) && l.parents != nil && l.parents.many
}

// parents are the nodes whose related nodes a statement reads.
type parents struct {
	list   []byte // their ids as a JSON array; nil where an earlier statement kept them
	place  int    // where it did
	perRow bool   // there is one place for each row of the earlier statement
	many   bool   // perhaps more than one
	few    int    // no more than this; 0 when there may be more than fewParents
}

// fewParents is up to how many parents a look into the index of a link for each
// is as quick as one join for all, whatever the size of the tables. The database
// thinks of such a look as eight times as dear as it mostly is, and would read a
// whole table of some thousand rows instead.
const fewParents = 32

// fewRows returns how many rows a read has at most, 0 when there may be more
// than fewParents.
func fewRows(read *plan.Read, p *parents) int {
	rows := int64(1)
	if p != nil {
		rows = int64(p.few)
	}
	if !read.One {
		limit, _ := pageLimit(read)
		rows *= min(limit, fewParents+1)
	}
	if rows > fewParents {
		return 0
	}
	return int(rows)
}

// eachParent tells whether the statement looks at the parents one by one: for a
// page of each, or because they are few. Behind a link table one join for all is cheaper.
func (l *question) eachParent(facts *dialect.Facts) bool {
	if facts.Rows == nil || l.parents == nil || !l.read.Via.Back().OwnsColumn() {
		return false
	}
	return l.hasPages() || l.parents.few > 0
}

// isNumbered tells whether the rows of a level have the number of their parent's
// row, which is shorter than its id and needs no search.
func (l *question) isNumbered(facts *dialect.Facts) bool {
	return l.eachParent(facts) && l.parents.perRow
}

// cells returns how many cells a row has.
func (l *question) cells(facts *dialect.Facts) int {
	if l.isNumbered(facts) {
		return l.frame.number + 1
	}
	return len(l.frame.columns)
}

// among writes that what stands to the left is the id of a parent.
func (p *parents) among(b *dialect.Builder, t scalar.Type) {
	if p.list == nil {
		b.AmongKept(t, p.place)
		return
	}
	b.Among(t, string(p.list))
}

// rows writes the ids of the parents as a table of one column.
func (p *parents) rows(b *dialect.Builder, t scalar.Type) {
	if p.list == nil {
		b.Kept(t, p.place)
		return
	}
	b.Rows(t, string(p.list))
}

// writeRead writes the statement that reads a level; named gives its columns the
// names c0, c1 …. A page of one parent is a LIMIT. Pages of several are a LIMIT
// for each or, where a select cannot name its parent, a window over the rows of all.
func writeRead(b *dialect.Builder, l *question, named bool) {
	each := l.eachParent(b.Facts())
	switch {
	case !each && !l.hasPages():
		writeOnePage(b, l, named)
		return
	case !each && b.Facts().KeysFirst:
		writePagesByKeys(b, l)
		return
	}
	numbered := l.isNumbered(b.Facts())
	b.SQL("SELECT ")
	for i := range l.cells(b.Facts()) {
		separate(b, i)
		if name := "c" + strconv.Itoa(i); numbered && i == l.frame.number {
			b.SQL("CAST(o.n AS integer) AS " + name)
		} else {
			b.SQL("p." + name)
		}
	}
	if each {
		writeEach(b, l)
		return
	}
	b.SQL("\nFROM (\n")
	writeSelect(b, l, true, true)
	b.SQL("\n) AS p\nWHERE ")
	writeWindow(b, l.read)
	b.SQL("\nORDER BY p.c" + strconv.Itoa(l.frame.parent) + ", p.n")
}

// writeOnePage writes a list, or the one page that is asked for.
func writeOnePage(b *dialect.Builder, l *question, named bool) {
	writeSelect(b, l, named, false)
	if l.read.Selector == nil { // a selector finds one
		b.SQL("\nORDER BY ")
		writeOrder(b, l.read)
	}
	limit, limited := pageLimit(l.read)
	if skip := l.read.Page.Skip; (limited || skip > 0) && !l.isByKeys(b.Facts()) {
		b.SQL("\nLIMIT ").Guess(limit, "bigint").SQL(" OFFSET ").Guess(int64(skip), "bigint")
	}
}

// writeWindow writes which rows of a window are the page.
func writeWindow(b *dialect.Builder, read *plan.Read) {
	limit, _ := pageLimit(read)
	if skip := int64(read.Page.Skip); skip > 0 {
		b.SQL("p.n > ").Arg(skip).SQL(" AND p.n - ").Arg(skip).SQL(" <= ").Arg(limit)
		return
	}
	b.SQL("p.n <= ").Arg(limit)
}

// writeEach writes what belongs to each parent, or the page of it. It is the
// select that an index on the link answers best, also without statistics.
func writeEach(b *dialect.Builder, l *question) {
	parent := l.frame.columns[l.frame.parent]
	if l.isNumbered(b.Facts()) {
		b.SQL("\nFROM ")
		l.parents.rows(b, parent.typ)
		b.SQL(" WITH ORDINALITY AS o(o, n)")
	} else {
		b.SQL("\nFROM (SELECT DISTINCT o FROM ")
		l.parents.rows(b, parent.typ)
		b.SQL(" AS o) AS o")
	}
	b.SQL(" CROSS JOIN LATERAL (\nSELECT ")
	writeColumns(b, l, true)
	b.SQL("\nFROM ")
	writeFrom(b, l.read)
	where := conditions{b: b}
	where.next().Column(parent.alias, parent.name).SQL(" = o.o")
	where.read(l.read)
	b.SQL("\nORDER BY ")
	writeOrder(b, l.read)
	if limit, _ := pageLimit(l.read); l.hasPages() {
		b.SQL("\nLIMIT ").Arg(limit).SQL(" OFFSET ").Arg(int64(l.read.Page.Skip))
	} else {
		b.SQL("\nOFFSET 0") // without it the database makes a join of it
	}
	b.SQL("\n) AS p")
}

// writeCount writes the statement that counts the nodes of a page.
func writeCount(b *dialect.Builder, read *plan.Read) {
	limit, limited := pageLimit(read)
	limited = limited || read.Page.Skip > 0
	b.SQL("SELECT COUNT(*)\nFROM ")
	if limited {
		b.SQL("(SELECT ").Column("t", read.Model.ID().Column()).SQL(" FROM ")
	}
	writeFrom(b, read)
	where := conditions{b: b}
	where.read(read)
	if limited {
		b.SQL("\nLIMIT ").Arg(limit).SQL(" OFFSET ").Arg(int64(read.Page.Skip)).SQL(") AS p")
	}
}

// pageLimit returns how many rows a page asks for; a connection asks for one
// more, to know whether there is more.
func pageLimit(read *plan.Read) (limit int64, limited bool) {
	page := &read.Page
	switch {
	case page.First != plan.NoLimit:
		limit = int64(page.First)
	case page.Last != plan.NoLimit:
		limit = int64(page.Last)
	default:
		return math.MaxInt64, false
	}
	if read.Connection != nil && read.Connection.Nodes {
		limit++
	}
	return limit, true
}

// writeSelect writes the nodes of a level, without order and limit. In a window
// n is the row's place behind its parent.
func writeSelect(b *dialect.Builder, l *question, named, windowed bool) {
	b.SQL("SELECT ")
	writeColumns(b, l, named)
	if windowed {
		writeNumber(b, l)
	}
	b.SQL("\nFROM ")
	switch {
	case l.front > 0:
		writeFront(b, l)
		writeFilter(b.SQL("\nWHERE "), "t", l.read.Filter)
		return
	case l.isByKeys(b.Facts()):
		limit, _ := pageLimit(l.read)
		writeKeys(b, l, limit, int64(l.read.Page.Skip))
		return
	}
	writeNodes(b, l)
}

// writeNodes writes the tables of a level and which rows of them are its nodes.
func writeNodes(b *dialect.Builder, l *question) {
	writeFrom(b, l.read)
	where := conditions{b: b}
	if l.parents != nil {
		parent := l.frame.columns[l.frame.parent]
		where.next().Column(parent.alias, parent.name).SQL(" ")
		l.parents.among(b, parent.typ)
	}
	where.read(l.read)
}

// writeNumber writes the place of a row behind its parent.
func writeNumber(b *dialect.Builder, l *question) {
	parent := l.frame.columns[l.frame.parent]
	b.SQL(", ROW_NUMBER() OVER (PARTITION BY ").Column(parent.alias, parent.name).SQL(" ORDER BY ")
	writeOrder(b, l.read)
	b.SQL(") AS n")
}

// writeColumns writes the cells of a level's rows, with names where another
// select takes them.
func writeColumns(b *dialect.Builder, l *question, named bool) {
	for i, c := range l.frame.columns {
		if i > 0 {
			b.SQL(", ")
		}
		b.Column(c.alias, c.name)
		if named {
			b.SQL(" AS c" + strconv.Itoa(i))
		}
	}
}

// conditions write WHERE before the first condition of a select and AND between them.
type conditions struct {
	b     *dialect.Builder
	count int
}

func (c *conditions) next() *dialect.Builder {
	c.count++
	if c.count == 1 {
		return c.b.SQL("\nWHERE ")
	}
	return c.b.SQL("\nAND ")
}

// read writes selector, filter and cursors.
func (c *conditions) read(read *plan.Read) {
	if s := read.Selector; s != nil {
		c.next().Column("t", s.Field.Column()).SQL(" = ").Value(s.Value)
		if s.More == nil {
			return
		}
		for i, v := range s.More.Values {
			c.next().Column("t", s.More.Unique.Fields[i+1].Column()).SQL(" = ").Value(v)
		}
		return
	}
	if read.Filter != nil {
		writeFilter(c.next(), "t", read.Filter)
	}
	c.cursors(read)
}

// cursors writes the cursors of a page.
func (c *conditions) cursors(read *plan.Read) {
	if !read.Page.After.IsNull() {
		writeCursor(c.next(), read, read.Page.After, true)
	}
	if !read.Page.Before.IsNull() {
		writeCursor(c.next(), read, read.Page.Before, false)
	}
}

// writeFrom writes the tables of a read: the model's, and the link table where there is one.
func writeFrom(b *dialect.Builder, read *plan.Read) {
	table := read.Model.Table()
	if read.Via == nil {
		b.Table(table).SQL(" AS t")
		return
	}
	r := read.Via.Relation
	link, ok := r.Link.(*schema.LinkTable)
	if !ok {
		b.Table(table).SQL(" AS t")
		return
	}
	b.Table(link.Table).SQL(" AS l JOIN ").Table(table).SQL(" AS t ON ")
	b.Column("t", read.Model.ID().Column()).SQL(" = ").Column("l", r.Column(read.Via.Side.Other()))
}

// writeList writes the statement that reads the values of a scalar list of all parents.
func writeList(b *dialect.Builder, f *schema.Field, p *parents) {
	b.SQL("SELECT ").Column("t", schema.ListValue).SQL(", ").Column("t", schema.ListNode)
	b.SQL("\nFROM ").Table(f.ListTable()).SQL(" AS t\nWHERE ").Column("t", schema.ListNode).SQL(" ")
	p.among(b, f.Model.ID().Type)
	b.SQL("\nORDER BY ").Column("t", schema.ListNode).SQL(", ").Column("t", schema.ListPosition)
}

// jsonList returns values as a JSON array, each as the database stores it.
func jsonList(facts *dialect.Facts, values []scalar.Value) string {
	size := len("[]")
	for _, v := range values {
		size += len(v.Text) + listedBytes
	}
	var list strings.Builder
	list.Grow(size)
	list.WriteByte('[')
	var item []byte
	for i, v := range values {
		item = item[:0]
		if i > 0 {
			item = append(item, ',')
		}
		switch arg := facts.Arg(v).(type) {
		case int64:
			item = strconv.AppendInt(item, arg, 10)
		case float64:
			item = strconv.AppendFloat(item, arg, 'g', -1, 64)
		case bool:
			item = strconv.AppendBool(item, arg)
		case string:
			item = scalar.AppendQuoted(item, arg)
		default:
			item = scalar.AppendJSON(item, v)
		}
		list.Write(item)
	}
	list.WriteByte(']')
	return list.String()
}

// listedBytes is about what a value takes in a list beside its text.
const listedBytes = len(`"",`)

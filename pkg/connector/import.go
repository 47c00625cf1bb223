package connector

import (
	"context"
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/ndf"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Import stores the elements of an import in one transaction and returns a
// sentence for each that breaks a constraint; the others are stored
// nevertheless. The texts are those of Prisma 1 (ImportActions.scala), which
// stores all or some of the others, depending on the database.
func (d *Database) Import(ctx context.Context, in *ndf.Import) (problems []string, err error) {
	if len(in.Nodes)+len(in.Lists)+len(in.Links) == 0 {
		return nil, nil
	}
	err = d.repeated(ctx, nil, func(s session) error {
		i := &importer{writer: writer{session: prompt{s}, builder: d.builder, classify: d.classify}, report: d.connector.dialect.Report}
		err := i.run(ctx, in)
		problems = i.problems
		return err
	})
	return problems, err
}

// A prompt session runs every statement at once: an importer goes on after errors.
type prompt struct{ session }

// An importer stores the elements of one import.
type importer struct {
	writer
	report   func(error) (number int, sentence string, ok bool)
	problems []string
}

func (i *importer) run(ctx context.Context, in *ndf.Import) error {
	for _, nodes := range grouped(in.Nodes, func(n ndf.Node) *schema.Model { return n.Model }) {
		if err := i.nodes(ctx, nodes); err != nil {
			return err
		}
	}
	for _, lists := range grouped(in.Lists, func(l ndf.List) *schema.Field { return l.Field }) {
		if err := i.lists(ctx, lists); err != nil {
			return err
		}
	}
	for _, links := range grouped(in.Links, func(l ndf.Link) *schema.Relation { return l.Relation }) {
		if err := i.links(ctx, links); err != nil {
			return err
		}
	}
	return nil
}

// grouped collects elements with the same key, in order of the first of each.
func grouped[E any, K comparable](elements []E, key func(E) K) [][]E {
	var all [][]E
	index := make(map[K]int)
	for _, e := range elements {
		at, ok := index[key(e)]
		if !ok {
			at = len(all)
			index[key(e)] = at
			all = append(all, nil)
		}
		all[at] = append(all[at], e)
	}
	return all
}

func (i *importer) nodes(ctx context.Context, nodes []ndf.Node) error {
	creates := make([]*plan.Create, len(nodes))
	for at, n := range nodes {
		creates[at] = &plan.Create{Model: n.Model, ID: n.ID}
		for _, v := range n.Values {
			creates[at].Values = append(creates[at].Values, plan.Assignment{Field: v.Field, Value: v.Value})
		}
	}
	store := func(chunk []*plan.Create) error { return i.insertAll(ctx, chunk, nil) }
	return each(ctx, i, creates, store, func(create *plan.Create, cause string) string {
		return fmt.Sprintf("Failure inserting %s with Id: %s. Cause: %s", create.Model.Table(), create.ID, cause)
	})
}

// lists appends values behind those that the nodes have.
func (i *importer) lists(ctx context.Context, lists []ndf.List) error {
	f := lists[0].Field
	last, err := i.lastPositions(ctx, lists)
	if err != nil {
		return err
	}
	var rows [][]listRow // by node, so that a node gets all of its values or none
	for _, of := range grouped(lists, func(l ndf.List) scalar.Value { return l.ID }) {
		position := last[of[0].ID]
		var all []listRow
		for _, l := range of {
			for _, v := range l.Values {
				position += 1000
				all = append(all, listRow{node: l.ID, value: v, position: position})
			}
		}
		if len(all) > 0 {
			rows = append(rows, all)
		}
	}
	store := func(nodes [][]listRow) error {
		for chunk := range slices.Chunk(slices.Concat(nodes...), max(1, min(manyRows, i.maxArgs()/3))) {
			if err := i.insertListRows(ctx, f, chunk); err != nil {
				return err
			}
		}
		return nil
	}
	return each(ctx, i, rows, store, func(of []listRow, cause string) string {
		return fmt.Sprintf("Failure inserting into listTable %s for the id %s for value %s. Cause: %s", f.ListTable(), of[0].node, of[0].value, cause)
	})
}

// lastPositions returns where the lists of nodes end; a node without values is not there.
func (i *importer) lastPositions(ctx context.Context, lists []ndf.List) (map[scalar.Value]int64, error) {
	ids := make([]scalar.Value, len(lists))
	for at, l := range lists {
		ids[at] = l.ID
	}
	last := make(map[scalar.Value]int64)
	err := chunks(ids, func(chunk []scalar.Value) error {
		b := i.builder()
		b.SQL("SELECT ").Name(schema.ListNode).SQL(", MAX(").Name(schema.ListPosition).SQL(")\nFROM ").Table(lists[0].Field.ListTable())
		writeAmong(b.SQL("\nWHERE "), schema.ListNode, chunk)
		b.SQL("\nGROUP BY ").Name(schema.ListNode)
		return scan(ctx, i, b.Statement(), func(r rows) error {
			id, err := r.value(0, ids[0].Type)
			if err != nil {
				return err
			}
			position, err := r.value(1, scalar.Int)
			last[id] = position.Int
			return err
		})
	})
	return last, err
}

func (i *importer) links(ctx context.Context, links []ndf.Link) error {
	r := links[0].Relation
	store := func(chunk []ndf.Link) error { return i.insertPairs(ctx, r, chunk) }
	if inline, ok := r.Link.(*schema.Inline); ok {
		store = func(chunk []ndf.Link) error { return i.setPairs(ctx, r, inline, chunk) }
	}
	return each(ctx, i, links, store, func(l ndf.Link, cause string) string {
		return fmt.Sprintf("Failure inserting into relationtable %s with ids %s and %s. Cause: %s", r.Table(), debugText(l.A), debugText(l.B), cause)
	})
}

// debugText prints an id as these messages do.
func debugText(id scalar.Value) string {
	switch id.Type {
	case scalar.Int:
		return "IntGCValue(" + id.String() + ")"
	case scalar.UUID:
		return "UuidGCValue(" + id.String() + ")"
	}
	return "StringIdGCValue(" + id.String() + ")"
}

// insertPairs adds rows to a link table. Unlike insertLinks it minds doubles.
func (i *importer) insertPairs(ctx context.Context, r *schema.Relation, links []ndf.Link) error {
	table := r.Link.(*schema.LinkTable)
	b := i.builder()
	b.SQL("INSERT INTO ").Table(table.Table).SQL(" (")
	if table.ID != "" {
		b.Name(table.ID).SQL(", ")
	}
	b.Names(table.ColumnA, table.ColumnB).SQL(")\nVALUES ")
	for at, l := range links {
		if at > 0 {
			b.SQL(", ")
		}
		b.SQL("(")
		if table.ID != "" {
			b.Value(scalar.OfID(cuid.New())).SQL(", ")
		}
		b.Values([]scalar.Value{l.A, l.B}).SQL(")")
	}
	return i.statement(ctx, b.Statement())
}

// setPairs writes the column of an inline relation. A row that is not there is no error.
func (i *importer) setPairs(ctx context.Context, r *schema.Relation, inline *schema.Inline, links []ndf.Link) error {
	for _, l := range links {
		own, other := l.A, l.B
		if r.Owner() == schema.SideB {
			own, other = other, own
		}
		b := i.builder()
		b.SQL("UPDATE ").Table(inline.Model.Table()).SQL("\nSET ").Name(inline.Column).SQL(" = ").Value(other)
		b.SQL("\nWHERE ").Name(inline.Model.ID().Column()).SQL(" = ").Value(own)
		if err := i.statement(ctx, b.Statement()); err != nil {
			return err
		}
	}
	return nil
}

// statement runs a statement; a broken constraint stays the database's error.
func (i *importer) statement(ctx context.Context, s dialect.Statement) error {
	_, err := i.exec(ctx, s.SQL, s.Args)
	return err
}

// scan calls row for each row that a statement answers.
func scan(ctx context.Context, s session, st dialect.Statement, row func(rows) error) error {
	found, err := s.query(ctx, st.SQL, st.Args)
	if err != nil {
		return err
	}
	for found.next() {
		if err := row(found); err != nil {
			found.close()
			return err
		}
	}
	return found.close()
}

// each stores elements many at a time. Where one of many breaks a constraint,
// they are stored one by one, and say tells of those that cannot be.
func each[E any](ctx context.Context, i *importer, elements []E, store func([]E) error, say func(e E, cause string) string) error {
	for chunk := range slices.Chunk(elements, manyRows) {
		cause, err := i.attempt(ctx, func() error { return store(chunk) })
		if err != nil {
			return err
		}
		if cause == "" {
			continue
		}
		for at := range chunk {
			cause, err := i.attempt(ctx, func() error { return store(chunk[at : at+1]) })
			if err != nil {
				return err
			}
			if cause != "" {
				i.problems = append(i.problems, say(chunk[at], cause))
			}
		}
	}
	return nil
}

// attempt runs do. Where it breaks a constraint, what it did is undone and
// cause is what the database says about it.
func (i *importer) attempt(ctx context.Context, do func() error) (cause string, err error) {
	if err := i.statement(ctx, dialect.Statement{SQL: "SAVEPOINT element"}); err != nil {
		return "", err
	}
	if failed := do(); failed != nil {
		if v := i.classify(failed); v.Kind == dialect.NoViolation || v.Kind == dialect.Deadlock {
			return "", failed
		}
		if _, cause, _ = i.report(failed); cause == "" {
			cause = failed.Error()
		}
		if err := i.statement(ctx, dialect.Statement{SQL: "ROLLBACK TO SAVEPOINT element"}); err != nil {
			return "", err
		}
	}
	return cause, i.statement(ctx, dialect.Statement{SQL: "RELEASE SAVEPOINT element"})
}

package engine_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// An item is a node of the list that is paged.
type item struct {
	ID    string
	Rank  *int
	Shelf string
}

// args are the arguments of a list; nil and "" stand for none.
type args struct {
	field             string // "id" or "rank"
	desc              bool
	skip, first, last *int
	after, before     string
	nullsLast         bool // as the database sorts
}

func (a args) String() string {
	direction := "ASC"
	if a.desc {
		direction = "DESC"
	}
	text := []string{fmt.Sprintf("orderBy: %s_%s", a.field, direction)}
	for name, n := range map[string]*int{"skip": a.skip, "first": a.first, "last": a.last} {
		if n != nil {
			text = append(text, fmt.Sprintf("%s: %d", name, *n))
		}
	}
	if a.after != "" {
		text = append(text, fmt.Sprintf("after: %q", a.after))
	}
	if a.before != "" {
		text = append(text, fmt.Sprintf("before: %q", a.before))
	}
	return strings.Join(text, ", ")
}

// compare is the order of the list, ranks of null first when ascending, or last.
func (a args) compare(x, y item) int {
	c := 0
	switch {
	case a.field == "id":
		c = cmp.Compare(x.ID, y.ID)
	case x.Rank == nil || y.Rank == nil:
		c = cmp.Compare(btoi(x.Rank != nil), btoi(y.Rank != nil))
		if a.nullsLast {
			c = -c
		}
	default:
		c = cmp.Compare(*x.Rank, *y.Rank)
	}
	if a.desc {
		c = -c
	}
	return cmp.Or(c, cmp.Compare(x.ID, y.ID))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// page is what the list arguments mean, done by hand. all are the items of the
// table, among which the cursors are.
func (a args) page(list, all []item) []string {
	list = slices.Clone(list)
	slices.SortFunc(list, a.compare)
	keep := func(cursor string, sign int) {
		at := slices.IndexFunc(all, func(x item) bool { return x.ID == cursor })
		list = slices.DeleteFunc(list, func(x item) bool {
			known := at >= 0 && (a.field == "id" || x.Rank != nil && all[at].Rank != nil)
			return !known || a.compare(x, all[at])*sign <= 0
		})
	}
	if a.after != "" {
		keep(a.after, 1)
	}
	if a.before != "" {
		keep(a.before, -1)
	}
	skip := 0
	if a.skip != nil {
		skip = min(*a.skip, len(list))
	}
	switch {
	case a.last != nil:
		list = list[:len(list)-skip]
		list = list[max(0, len(list)-*a.last):]
	default:
		list = list[skip:]
		if a.first != nil {
			list = list[:min(*a.first, len(list))]
		}
	}
	ids := []string{}
	for _, x := range list {
		ids = append(ids, x.ID)
	}
	return ids
}

func randomArgs(r *rand.Rand, items []item) args {
	number := func() *int {
		if r.IntN(3) > 0 {
			return nil
		}
		n := r.IntN(6)
		return &n
	}
	cursor := func() string {
		if r.IntN(3) > 0 {
			return ""
		}
		return append(items, item{ID: "nobody"})[r.IntN(len(items)+1)].ID
	}
	a := args{field: []string{"id", "rank"}[r.IntN(2)], desc: r.IntN(2) == 0, skip: number(), after: cursor(), before: cursor()}
	if r.IntN(2) == 0 {
		a.first = number()
	} else {
		a.last = number()
	}
	return a
}

// TestPages compares pages of random arguments, at the root and behind several
// parents, with pages cut by hand.
func TestPages(t *testing.T) {
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `
			type Shelf { id: ID! @id items: [Item] @relation(name: "Own") others: [Item] @relation(name: "Other", link: TABLE) }
			type Item { id: ID! @id rank: Int shelf: Shelf @relation(name: "Own") shelves: [Shelf] @relation(name: "Other") }`, engine.Options{})
		r := rand.New(rand.NewPCG(1, 2))
		items := make([]item, 24)
		for i := range items {
			rank := r.IntN(4)
			items[i] = item{ID: fmt.Sprintf("i%02d", i), Rank: &rank, Shelf: fmt.Sprintf("s%d", r.IntN(3))}
			value := fmt.Sprint(rank)
			if r.IntN(5) == 0 {
				items[i].Rank, value = nil, "null"
			}
			upsert := fmt.Sprintf(`id: %q, rank: %s`, items[i].ID, value)
			ask(t, s, fmt.Sprintf(`mutation { upsertShelf(where: { id: %q },
				create: { id: %q, items: { create: { %s } }, others: { connect: { id: %q } } },
				update: { items: { create: { %s } }, others: { connect: { id: %q } } }) { id } }`,
				items[i].Shelf, items[i].Shelf, upsert, items[i].ID, upsert, items[i].ID), "null")
		}
		for range 300 {
			a := randomArgs(r, items)
			a.nullsLast = !c.Facts().NullsFirst
			checkPage(t, s, items, a)
		}
	})
}

// TestPagesOfManyParents reads pages behind more parents than MySQL 5.7 is asked
// about in one statement.
func TestPagesOfManyParents(t *testing.T) {
	t.Parallel()
	const parents = 150
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `
			type Shelf { id: ID! @id items: [Item] }
			type Item { id: ID! @id shelf: Shelf }`, engine.Options{})
		create, want := "mutation {", `{"data":{"shelves":[`
		for i := range parents {
			create += fmt.Sprintf(` m%d: createShelf(data: { id: "s%03d", items: { create: [{ id: "i%03d0" }, { id: "i%03d1" }, { id: "i%03d2" }] } }) { id }`, i, i, i, i, i)
			want += fmt.Sprintf(`{"id":"s%03d","items":[{"id":"i%03d0"},{"id":"i%03d1"}]},`, i, i, i)
		}
		ask(t, s, create+" }", "null")
		got := ask(t, s, `{ shelves { id items(last: 2, skip: 1) { id } } }`, "null")
		if want = strings.TrimSuffix(want, ",") + "]}}"; string(got) != want {
			t.Errorf("want %s\ngot %s", want, got)
		}
	})
}

func checkPage(t *testing.T, s *engine.Service, items []item, a args) {
	t.Helper()
	type list []struct{ ID string }
	var got struct {
		Data struct {
			Items   list
			Shelves []struct {
				ID            string
				Items, Others list
			}
		}
	}
	answer := ask(t, s, fmt.Sprintf(`{ items(%s) { id } shelves { id items(%s) { id } others(%s) { id } } }`, a, a, a), "null")
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	check := func(what string, got list, want []string) {
		ids := []string{}
		for _, x := range got {
			ids = append(ids, x.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s(%s): want %v, got %v", what, a, want, ids)
		}
	}
	check("items", got.Data.Items, a.page(items, items))
	if len(got.Data.Shelves) != 3 {
		t.Fatalf("want 3 shelves, got %s", answer)
	}
	for _, shelf := range got.Data.Shelves {
		own := slices.DeleteFunc(slices.Clone(items), func(x item) bool { return x.Shelf != shelf.ID })
		check(shelf.ID+".items", shelf.Items, a.page(own, items))
		check(shelf.ID+".others", shelf.Others, a.page(own, items))
	}
}

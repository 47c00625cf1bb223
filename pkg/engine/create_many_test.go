package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Nodes that are nothing but a row take one INSERT, their lists one, and those they connect with
// one SELECT. SQLite alone: what is counted is the same code for every connector.
func TestCreateManyStatements(t *testing.T) {
	t.Parallel()
	c, log := openLogged(t)
	s := deploy(t, c, `
		type Shelf { id: ID! @id books: [Book] }
		type Book { id: ID! @id title: String marks: [Int] @scalarList(strategy: RELATION) shelf: Shelf! @relation(link: INLINE) }`, engine.Options{}, string(schema.CreateMany))
	ask(t, s, `mutation { createManyShelves(data: [{ id: "a" }, { id: "b" }]) { count } }`, "null")
	var books strings.Builder
	for i := range 100 {
		fmt.Fprintf(&books, `{ title: "%d", marks: { set: [1, 2] } shelf: { connect: { id: "%c" } } }`, i, 'a'+i%2)
	}
	log.text.Reset()
	answer := ask(t, s, `mutation { createManyBooks(data: [`+books.String()+`]) { count } }`, "null")
	if want := `{"data":{"createManyBooks":{"count":100}}}`; string(answer) != want {
		t.Fatalf("got %s, want %s", answer, want)
	}
	logged := log.text.String()
	if selects, inserts := strings.Count(logged, `"SELECT`), strings.Count(logged, `"INSERT`); selects != 1 || inserts != 2 {
		t.Errorf("%d SELECT and %d INSERT, want one, and one for the nodes and one for their lists:\n%s", selects, inserts, logged)
	}
}

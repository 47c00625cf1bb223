package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// noise is a text of n characters that no database can make much smaller.
func noise(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + rand.IntN(26))
	}
	return string(text)
}

// Two ways to be refused.
const (
	fullStorage  = "Nothing more is stored until nodes are deleted; queries and deletes go on."
	littleIsLeft = "this write needs more than is left. Nothing of it was stored."
)

// TestStorageLimit fills a service until it is refused.
func TestStorageLimit(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Note { id: ID! @id text: String! size: Int note: String tags: [String!]! @scalarList(strategy: RELATION) }`, engine.Options{Storage: 3_000_000})
		data := fmt.Sprintf(`{"text": %q}`, noise(256_000))
		const create = `mutation ($text: String!) { createNote(data: { text: $text }) { id } }`
		created := 0
		for ; ; created++ {
			answer := ask(t, s, create, data)
			if bytes.HasPrefix(answer, []byte(`{"data":null,"errors":[{"message":"This service stores `)) && bytes.Contains(answer, []byte(`,"code":1005,`)) {
				break
			}
			if bytes.Contains(answer, []byte("errors")) {
				t.Fatal(string(answer))
			}
			if created > 24 {
				t.Fatalf("%d notes of 256 KB were stored, the limit is 3 MB", created)
			}
		}
		if created < 5 { // MySQL may count what is new twice
			t.Errorf("refused after %d notes of 256 KB, the limit is 3 MB", created)
		}
		size := len(data) // what is left is filled up
		for size > 1 {
			if answer := ask(t, s, create, fmt.Sprintf(`{"text": %q}`, noise(size))); bytes.Contains(answer, []byte(littleIsLeft)) {
				size /= 2
			} else if bytes.Contains(answer, []byte(fullStorage)) {
				break
			} else {
				created++
			}
		}
		if size == 1 {
			t.Error("it never became full")
		}
		for query, refused := range map[string]bool{
			`{ notesConnection { aggregate { count } } }`:                                           false,
			`mutation { updateManyNotes(data: { text: "a" }) { count } }`:                           true,
			`mutation { upsertNote(where: { id: "a" }, create: { text: "a" }, update: {}) { id } }`: true,
			`mutation { deleteManyNotes(where: { id: "a" }) { count } }`:                            false,
			`mutation { updateNote(where: { id: "a" }, data: { size: 1, note: null }) { id } }`:     false,
			`mutation { updateNote(where: { id: "a" }, data: { size: 1, note: "" }) { id } }`:       false,
			`mutation { updateNote(where: { id: "a" }, data: { note: "x" }) { id } }`:               true,
			`mutation { updateNote(where: { id: "a" }, data: { tags: { set: [] } }) { id } }`:       false,
			`mutation { updateNote(where: { id: "a" }, data: { tags: { set: ["x"] } }) { id } }`:    true,
		} {
			if answer := ask(t, s, query, "null"); bytes.Contains(answer, []byte(fullStorage)) != refused {
				t.Errorf("%s answered %s", query, answer)
			}
			if answer := askTransaction(t, s, query); bytes.Contains(answer, []byte(fullStorage)) != refused {
				t.Errorf("as a transaction, %s answered %s", query, answer)
			}
		}
		_, answer := s.Import(t.Context(), "request", []byte(`{"valueType": "nodes", "values": [{"_typeName": "Note", "id": "b", "text": "b"}]}`))
		if !bytes.Contains(answer.Bytes(), []byte(fullStorage)) {
			t.Errorf("import answered %s", answer.Bytes())
		}
		if answer := ask(t, s, `mutation { deleteManyNotes { count } }`, "null"); string(answer) != fmt.Sprintf(`{"data":{"deleteManyNotes":{"count":%d}}}`, created) {
			t.Errorf("delete answered %s", answer)
		}
		if c.Facts().Name != "sqlite" {
			return // when there is room again is up to the database
		}
		if answer := ask(t, s, create, data); bytes.Contains(answer, []byte("errors")) {
			t.Errorf("afterwards: %s", answer)
		}
	})
}

// TestStorageOfOneWrite: a small request cannot store much, whatever it is multiplied with.
func TestStorageOfOneWrite(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		const limit = 3_000_000
		long := noise(100_000)
		s := deploy(t, c, `type Note { id: ID! @id text: String @default(value: "`+long+`") tags: [String!]! @scalarList(strategy: RELATION) folder: Folder }
type Folder { id: ID! @id notes: [Note!]! }`, engine.Options{Storage: limit})
		small := strings.Repeat(`{text: "a"}, `, 100)
		if answer := ask(t, s, `mutation { createFolder(data: {id: "f", notes: {create: [`+small+`]}}) { id } }`, "null"); string(answer) != `{"data":{"createFolder":{"id":"f"}}}` {
			t.Fatal(string(answer))
		}
		text := fmt.Sprintf(`{"text": %q}`, long)
		for _, query := range []string{
			`mutation ($text: String) { updateManyNotes(data: { text: $text }) { count } }`,
			`mutation ($text: String!) { updateManyNotes(data: { tags: { set: [$text] } }) { count } }`,
			`mutation ($text: String) { updateFolder(where: {id: "f"}, data: { notes: { updateMany: { where: {}, data: { text: $text } } } }) { id } }`,
			`mutation { createFolder(data: { notes: { create: [` + strings.Repeat("{}, ", 100) + `] } }) { id } }`,
		} {
			variables := text
			if !strings.Contains(query, "$text") {
				variables = "null"
			}
			if answer := ask(t, s, query, variables); !bytes.Contains(answer, []byte(littleIsLeft)) {
				t.Errorf("%s answered %.300s", query, answer)
			}
		}
		size, err := c.Database(project.ID{Name: "test", Stage: "dev"}).Size(t.Context())
		if err != nil || size > limit {
			t.Errorf("%d bytes are stored, the limit is %d: %v", size, limit, err)
		}
		if answer, want := ask(t, s, `{ notesConnection(where: { text: "a" }) { aggregate { count } } folders { id } }`, "null"),
			`{"data":{"notesConnection":{"aggregate":{"count":100}},"folders":[{"id":"f"}]}}`; string(answer) != want {
			t.Errorf("afterwards: %.300s", answer)
		}
	})
}

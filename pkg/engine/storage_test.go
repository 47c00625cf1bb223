package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
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

const fullStorage = `"message":"This service stores `

// TestStorageLimit fills a service until it is refused.
func TestStorageLimit(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Note { id: ID! @id text: String! }`, engine.Options{Storage: 3_000_000})
		data := fmt.Sprintf(`{"text": %q}`, noise(256_000))
		const create = `mutation ($text: String!) { createNote(data: { text: $text }) { id } }`
		created := 0
		for ; ; created++ {
			answer := ask(t, s, create, data)
			if bytes.HasPrefix(answer, []byte(`{"data":null,"errors":[{`+fullStorage)) && bytes.Contains(answer, []byte(`,"code":1005,`)) {
				break
			}
			if bytes.Contains(answer, []byte("errors")) {
				t.Fatal(string(answer))
			}
			if c.Facts().Name == "mysql" { // brings its statistics up to date seconds later
				db := c.Database(project.ID{Name: "test", Stage: "dev"})
				if _, err := db.Raw(t.Context(), "ANALYZE TABLE `"+db.Schema()+"`.`Note`"); err != nil {
					t.Fatal(err)
				}
			}
			if created > 24 {
				t.Fatalf("%d notes of 256 KB were stored, the limit is 3 MB", created)
			}
		}
		if created < 6 {
			t.Errorf("refused after %d notes of 256 KB, the limit is 3 MB", created)
		}
		for query, refused := range map[string]bool{
			`{ notesConnection { aggregate { count } } }`:                                           false,
			`mutation { updateManyNotes(data: { text: "a" }) { count } }`:                           true,
			`mutation { upsertNote(where: { id: "a" }, create: { text: "a" }, update: {}) { id } }`: true,
			`mutation { deleteManyNotes(where: { id: "a" }) { count } }`:                            false,
		} {
			if answer := ask(t, s, query, "null"); bytes.Contains(answer, []byte(fullStorage)) != refused {
				t.Errorf("%s answered %s", query, answer)
			}
			if answer := askTransaction(t, s, query); bytes.Contains(answer, []byte(fullStorage)) != refused {
				t.Errorf("as a transaction, %s answered %s", query, answer)
			}
		}
		_, answer := s.Import(t.Context(), "request", []byte(`{"valueType": "nodes", "values": [{"_typeName": "Note", "id": "b", "text": "b"}]}`))
		if !bytes.Contains(answer, []byte(fullStorage)) {
			t.Errorf("import answered %s", answer)
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

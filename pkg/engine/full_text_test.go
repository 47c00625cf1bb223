package engine_test

import (
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	prismaschema "github.com/prisma1-go/prisma1/pkg/schema"
)

// Words are found after each deploy, in nodes from before it and from after it:
// when the search comes, when another field becomes required (SQLite makes the
// table anew then), under other names, and when it comes back.
func TestFullTextAndMigrations(t *testing.T) {
	t.Parallel()
	const features = "fullText"
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		if err := db.Database(testProject).Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		schema := &prismaschema.Schema{}
		var service *engine.Service
		for _, step := range []struct{ types, query, want string }{
			{
				"type Post { id: ID! @id title: String size: Int }",
				`mutation { a: createPost(data: { id: "a", title: "fox", size: 1 }) { id } }`,
				`{"data":{"a":{"id":"a"}}}`,
			},
			{
				"type Post @fullText(fields: [title]) { id: ID! @id title: String size: Int }",
				`mutation { b: createPost(data: { id: "b", title: "red fox", size: 1 }) { id } }`,
				`{"data":{"b":{"id":"b"}}}`,
			},
			{
				"type Post @fullText(fields: [title]) { id: ID! @id title: String size: Int! }",
				`mutation { updatePost(where: { id: "a" }, data: { title: "blue fox" }) { id } c: createPost(data: { id: "c", title: "fox, black", size: 1 }) { id } }`,
				`{"data":{"updatePost":{"id":"a"},"c":{"id":"c"}}}`,
			},
			{
				"", `{ posts(where: { fullText: "fox" }, orderBy: id_ASC) { id } blue: posts(where: { fullText: "blue" }) { id } }`,
				`{"data":{"posts":[{"id":"a"},{"id":"b"},{"id":"c"}],"blue":[{"id":"a"}]}}`,
			},
			{
				`type Text @rename(oldName: "Post") @fullText(fields: [head, body]) { id: ID! @id head: String @rename(oldName: "title") body: String size: Int! }`,
				`mutation { updateText(where: { id: "b" }, data: { body: "green" }) { id } deleteText(where: { id: "c" }) { id } }`,
				`{"data":{"updateText":{"id":"b"},"deleteText":{"id":"c"}}}`,
			},
			{
				"", `{ texts(where: { fullText: "fox" }, orderBy: id_ASC) { id } green: texts(where: { fullText: "GREEN red" }) { id } }`,
				`{"data":{"texts":[{"id":"a"},{"id":"b"}],"green":[{"id":"b"}]}}`,
			},
			{
				"type Text { id: ID! @id head: String body: String size: Int! }",
				`mutation { updateText(where: { id: "a" }, data: { head: "bear" }) { id } }`,
				`{"data":{"updateText":{"id":"a"}}}`,
			},
			{
				"type Text @fullText(fields: [head]) { id: ID! @id head: String body: String size: Int! }",
				`{ bear: texts(where: { fullText: "bear" }) { id } fox: texts(where: { fullText: "fox" }) { id } }`,
				`{"data":{"bear":[{"id":"a"}],"fox":[{"id":"b"}]}}`,
			},
		} {
			if step.types != "" {
				service, schema = deployAfter(t, db, schema, step.types, engine.Options{}, features)
			}
			if got := string(ask(t, service, step.query, "null")); got != step.want {
				t.Errorf("after %s\n%s answers\n%s, want\n%s", step.types, step.query, got, step.want)
			}
		}
	})
}

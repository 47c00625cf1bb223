package migration_test

import (
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// planText plans the way from one datamodel to the next over the given tables.
func planText(t *testing.T, previous *schema.Schema, after string, tables []*relational.Table) (steps, changes string) {
	t.Helper()
	next, renames := mustInfer(t, after, previous)
	list, err := migration.Infer(previous, next, renames)
	if err != nil {
		t.Fatal(err)
	}
	planned, err := migration.Changes(list, previous, next, relational.Naming{}, tables)
	if err != nil {
		t.Fatal(err)
	}
	return dumpSteps(list, previous, next), dumpChanges(planned)
}

// TestAdopt deploys onto tables that somebody else made: what fits stays as it
// is, the rest is fitted.
func TestAdopt(t *testing.T) {
	t.Parallel()
	tables := []*relational.Table{
		{
			Name: "users",
			Columns: []relational.Column{
				{Name: "id", Type: scalar.String}, {Name: "mail", Type: scalar.String, Nullable: true},
				{Name: "state", Type: scalar.String, Nullable: true}, {Name: "age", Type: scalar.String, Nullable: true},
				{Name: "other", Type: scalar.Null, Native: "BLOB", Nullable: true}, {Name: "boss", Type: scalar.String, Nullable: true},
			},
			PrimaryKey: []string{"id"},
			Indexes:    []relational.Index{{Name: "by_state", Columns: []string{"state"}, Unique: true}},
		},
		{Name: "unrelated", Columns: []relational.Column{{Name: "id", Type: scalar.Int}}},
	}
	_, got := planText(t, &schema.Schema{}, `
type User @db(name: "users") {
  id: ID! @id
  mail: String! @unique
  state: State
  age: Int
  boss: User @relation(name: "Boss")
  staff: [User] @relation(name: "Boss")
}
enum State { NEW }`, tables)
	want := `CreateField {User mail}
  alter table users
    alter column mail String to mail String not null fill ""
    add unique index users.mail._UNIQUE [mail]
    drop index by_state
    alter column age String to age Int wipe
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if tables[0].Column("mail").Nullable == false {
		t.Error("the inspected tables were changed")
	}
}

// TestGone deploys although what should go is not there any more.
func TestGone(t *testing.T) {
	t.Parallel()
	previous, _ := mustInfer(t, `
type A { id: ID! @id  a: Int @unique  tags: [Int] @scalarList(strategy: RELATION)  b: B @relation(name: "X", link: INLINE)  c: B @relation(name: "Y", link: TABLE) }
type B { id: ID! @id  n: Int }
type C { id: ID! @id }`, &schema.Schema{})
	tables := []*relational.Table{
		{Name: "A", Columns: []relational.Column{{Name: "id", Type: scalar.ID}}, PrimaryKey: []string{"id"}},
		{Name: "B", Columns: []relational.Column{{Name: "id", Type: scalar.ID}}, PrimaryKey: []string{"id"}},
	}
	_, got := planText(t, previous, `
type A { id: ID! @id }
type B { id: ID! @id  n: Int! }`, tables)
	want := `UpdateField {B n B }
  alter table B
    add column n Int not null fill "0"
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// legacy is a schema as a server of Prisma 1.30 stored it.
const legacy = `{"models":[
{"name":"User","stableIdentifier":"c1","isEmbedded":false,"fields":[
  {"name":"id","typeIdentifier":"GraphQLID","isRequired":true,"isList":false,"isUnique":true,"isHidden":false},
  {"name":"tags","typeIdentifier":"String","isRequired":false,"isList":true,"isUnique":false,"isHidden":false},
  {"name":"posts","typeIdentifier":"Relation","isRequired":false,"isList":true,"isUnique":false,"isHidden":false,"relation":{"name":"PostToUser"},"relationSide":"B"},
  {"name":"updatedAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":true},
  {"name":"createdAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":false}]},
{"name":"Post","stableIdentifier":"c2","fields":[
  {"name":"id","typeIdentifier":"GraphQLID","isRequired":true,"isList":false,"isUnique":true,"isHidden":false},
  {"name":"author","typeIdentifier":"Relation","isRequired":false,"isList":false,"isUnique":false,"isHidden":false,"relation":{"name":"PostToUser"},"relationSide":"A"}]}
],"relations":[{"name":"PostToUser","modelAId":"Post","modelBId":"User"}],"enums":[]}`

// TestLegacy deploys datamodel 1.1 over one of 1.0: a link table loses its id
// column and keeps its rows; times that would be lost are refused.
func TestLegacy(t *testing.T) {
	t.Parallel()
	previous, err := migration.UnmarshalSchema([]byte(legacy))
	if err != nil {
		t.Fatal(err)
	}
	const after = `
type User {
  id: ID! @id
  tags: [String] @scalarList(strategy: RELATION)
  posts: [Post]
  createdAt: DateTime!
}
type Post {
  id: ID! @id
  author: User @relation(link: TABLE)
}`
	steps, changes := planText(t, previous, after, relational.Tables(previous, relational.Naming{}))
	for _, c := range []struct{ name, got, want string }{
		{"steps", steps, `DeleteField Name=updatedAt Model=User
UpdateField Name=createdAt Model=User
UpdateModel Name=User NewName=User
UpdateRelation Name=PostToUser Before=LinkTable( Table=_PostToUser ModelAColumn=A ModelBColumn=B IDColumn=id ) After=LinkTable( Table=_PostToUser ModelAColumn=A ModelBColumn=B )
`},
		{"changes", changes, `DeleteField {User updatedAt}
  alter table User
    drop column updatedAt
UpdateRelation {PostToUser }
  alter table _PostToUser
    drop column id
`},
		{"warnings", legacyWarnings(t, previous, after), `problem User.updatedAt: You are removing the field ` + "`updatedAt`" + ` while migrating to the
problem User.createdAt: You are migrating to the new datamodel with the field
warning Global.: You are migrating from the old datamodel syntax to the
`},
	} {
		if c.got != c.want {
			t.Errorf("%s, got:\n%s\nwant:\n%s", c.name, c.got, c.want)
		}
	}
}

// legacyWarnings returns what is said of an empty project, the beginnings of sentences.
func legacyWarnings(t *testing.T, previous *schema.Schema, after string) string {
	t.Helper()
	document, syntax := datamodel.Parse(after)
	if syntax != nil {
		t.Fatal(syntax)
	}
	next, err := datamodel.Infer(document, previous)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := migration.Infer(previous, next, document.Renames(previous))
	if err != nil {
		t.Fatal(err)
	}
	warnings, problems, err := migration.Warnings(t.Context(), steps, previous, next, allOrNothing(false))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	write := func(kind string, w migration.Warning) {
		words := strings.Fields(w.Description)
		b.WriteString(kind + " " + w.Type + "." + w.Field + ": " + strings.Join(words[:min(10, len(words))], " ") + "\n")
	}
	for _, p := range problems {
		write("problem", migration.Warning(p))
	}
	for _, w := range warnings {
		write("warning", w)
	}
	return b.String()
}

package management

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
)

// datamodel10 and schema10 are a service of Prisma 1.30 and how that stored it.
const (
	datamodel10 = `type User {
  id: ID! @unique
  name: String! @unique
  tags: [String!]!
  posts: [Post!]!
}

type Post {
  title: String
  author: User!
}
`
	schema10 = `{"models":[{"name":"User","stableIdentifier":"cjuser","isEmbedded":false,"fields":[
{"name":"id","typeIdentifier":"GraphQLID","isRequired":true,"isList":false,"isUnique":true,"isHidden":false,"isReadonly":false},
{"name":"name","typeIdentifier":"String","isRequired":true,"isList":false,"isUnique":true,"isHidden":false},
{"name":"tags","typeIdentifier":"String","isRequired":false,"isList":true,"isUnique":false,"isHidden":false},
{"name":"posts","typeIdentifier":"Relation","isRequired":false,"isList":true,"isUnique":false,"isHidden":false,"relationName":"PostToUser","relationSide":"B"},
{"name":"updatedAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":true},
{"name":"createdAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":true}]},
{"name":"Post","stableIdentifier":"cjpost","isEmbedded":false,"fields":[
{"name":"title","typeIdentifier":"String","isRequired":false,"isList":false,"isUnique":false,"isHidden":false},
{"name":"author","typeIdentifier":"Relation","isRequired":true,"isList":false,"isUnique":false,"isHidden":false,"relationName":"PostToUser","relationSide":"A"},
{"name":"id","typeIdentifier":"GraphQLID","isRequired":true,"isList":false,"isUnique":true,"isHidden":true},
{"name":"updatedAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":true},
{"name":"createdAt","typeIdentifier":"DateTime","isRequired":true,"isList":false,"isUnique":false,"isHidden":true}]}],
"relations":[{"name":"PostToUser","modelAId":"Post","modelBId":"User","modelAOnDelete":"SET_NULL","modelBOnDelete":"SET_NULL"}],"enums":[]}`
)

// tables10 are its tables, with the index names and types of that time. A name
// in braces is a table, one between ~ another name; TIME, ID, TEXT and LINK are types.
var tables10 = []string{
	`CREATE TABLE {User} (id ID NOT NULL, name TEXT NOT NULL, ~updatedAt~ TIME NOT NULL, ~createdAt~ TIME NOT NULL, PRIMARY KEY (id))`,
	`CREATE TABLE {Post} (id ID NOT NULL, title TEXT, ~updatedAt~ TIME NOT NULL, ~createdAt~ TIME NOT NULL, PRIMARY KEY (id))`,
	`CREATE TABLE {User_tags} (~nodeId~ ID NOT NULL, position INT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (~nodeId~, position), FOREIGN KEY (~nodeId~) REFERENCES {User} (id))`,
	`CREATE TABLE {_PostToUser} (id LINK NOT NULL, ~A~ ID NOT NULL, ~B~ ID NOT NULL, PRIMARY KEY (id), FOREIGN KEY (~A~) REFERENCES {Post} (id) ON DELETE CASCADE, FOREIGN KEY (~B~) REFERENCES {User} (id) ON DELETE CASCADE)`,
	`CREATE TABLE {_RelayId} (id ID NOT NULL, ~stableModelIdentifier~ ID NOT NULL, PRIMARY KEY (id))`,
	`INSERT INTO {User} (id, name, ~updatedAt~, ~createdAt~) VALUES ('u1', 'Ada', '2019-01-01 00:00:00', '2019-01-01 00:00:00')`,
	`INSERT INTO {Post} (id, title, ~updatedAt~, ~createdAt~) VALUES ('p1', 'one', '2019-01-01 00:00:00', '2019-01-01 00:00:00')`,
	`INSERT INTO {_PostToUser} (id, ~A~, ~B~) VALUES ('l1', 'p1', 'u1')`,
	`INSERT INTO {_RelayId} (id, ~stableModelIdentifier~) VALUES ('u1', 'cjuser')`,
}

var unique10 = map[string]string{
	"sqlite":   `CREATE UNIQUE INDEX ~name_UNIQUE~ ON ~User~ (name)`,
	"postgres": `CREATE UNIQUE INDEX ~shop$dev.User.name._UNIQUE~ ON {User} (name ASC)`,
	"mysql":    `ALTER TABLE {User} ADD UNIQUE INDEX name_UNIQUE (name(191) ASC), ADD UNIQUE INDEX id_UNIQUE (id ASC)`,
}

// open130 makes the service shop/dev as a server of Prisma 1.30 left it.
func open130(t *testing.T, db *connector.Connector) *Management {
	t.Helper()
	m := added(t, db)
	for _, text := range append(tables10[:5:5], append([]string{unique10[db.Facts().Name]}, tables10[5:]...)...) {
		if _, err := db.Database(shop).Raw(t.Context(), in130(db, text)); err != nil {
			t.Fatalf("%v\n%s", err, in130(db, text))
		}
	}
	s, err := migration.UnmarshalSchema([]byte(schema10))
	if err != nil {
		t.Fatal(err)
	}
	err = m.store.CreateMigration(t.Context(), &migration.Migration{
		Project: shop, Status: migration.Success, Datamodel: datamodel10, Schema: s, StartedAt: time.Now(), FinishedAt: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func in130(db *connector.Connector, text string) string {
	types := map[string][]string{
		"sqlite":   {" ID ", " char(25) ", " TEXT", " mediumtext", " TIME ", " datetime(3) ", " LINK ", " char(25) "},
		"postgres": {" ID ", " varchar(25) ", " TEXT", " text", " TIME ", " timestamp(3) ", " LINK ", " char(25) "},
		"mysql": {" ID ", " char(25) CHARACTER SET utf8 COLLATE utf8_general_ci ", " TEXT", " mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
			" TIME ", " datetime(3) ", " LINK ", " char(25) CHARACTER SET utf8 COLLATE utf8_general_ci "},
	}
	text = strings.NewReplacer(types[db.Facts().Name]...).Replace(text)
	for _, name := range []string{"User", "Post", "User_tags", "_PostToUser", "_RelayId"} {
		table := dialect.NewBuilder(db.Facts(), db.Database(shop).Schema()).Table(name).Statement().SQL
		text = strings.ReplaceAll(text, "{"+name+"}", table)
	}
	return strings.ReplaceAll(text, "~", string(db.Facts().Quote))
}

// TestDatabaseOf130 opens a service of Prisma 1.30: deployed unchanged it takes
// nothing, changed only that, upgraded to 1.1 nothing again; rows and the table
// that only 1.30 read stay.
func TestDatabaseOf130(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := open130(t, db)
		before := rows130(t, db)
		deploy := func(what, text string, steps int) {
			t.Helper()
			got, err := m.Deploy(t.Context(), DeployInput{ID: shop, Types: text})
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if len(got.Steps) != steps || len(got.Errors)+len(got.Warnings) > 0 {
				t.Errorf("%s: errors %v, warnings %v, steps %v", what, got.Errors, got.Warnings, got.Steps)
			}
			if diff := cmp.Diff(before, rows130(t, db)); diff != "" {
				t.Errorf("%s changed rows (-before +after):\n%s", what, diff)
			}
		}
		deploy("the same datamodel", datamodel10, 0)
		changed := strings.Replace(datamodel10, "title: String\n", "title: String\n  text: String\n", 1)
		deploy("a new field", changed, 2)
		edits, problems, syntax := datamodel.Upgrade(changed)
		if syntax != nil || len(problems) > 0 {
			t.Fatal(syntax, problems)
		}
		upgraded := datamodel.Apply(changed, edits)
		deploy("the upgrade", upgraded, 0)
		deploy("the upgrade again", upgraded, 0)
	})
}

// rows130 reads what the service held.
func rows130(t *testing.T, db *connector.Connector) string {
	t.Helper()
	var b bytes.Buffer
	for _, query := range []string{"SELECT id, name FROM {User}", "SELECT id, title FROM {Post}", "SELECT id, ~A~, ~B~ FROM {_PostToUser}", "SELECT * FROM {_RelayId}"} {
		answer, err := db.Database(shop).Raw(t.Context(), in130(db, query))
		if err != nil {
			t.Fatal(err)
		}
		b.Write(answer)
		b.WriteByte('\n')
	}
	return b.String()
}

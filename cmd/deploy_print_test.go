package cmd

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

func TestPrintChanges(t *testing.T) {
	yes, no := true, false
	steps := []client.Step{
		{Type: "DeleteModel", Name: "Old"},
		{Type: "UpdateModel", Name: "Post", NewName: "Article"},
		{Type: "UpdateField", Model: "User", Name: "age", IsRequired: &yes, IsUnique: &yes, Enum: "Role"},
		{Type: "UpdateField", Model: "User", Name: "x", IsRequired: &no, IsList: &no},
		{Type: "UpdateField", Model: "User", Name: "name", NewName: "fullName"},
		{Type: "UpdateField", Model: "User", Name: "y"},
		{Type: "CreateField", Model: "User", Name: "tags", TypeName: "String", IsList: &yes},
		{Type: "CreateField", Model: "User", Name: "role", TypeName: "Enum", Enum: "Role", IsRequired: &yes},
		{Type: "UpdateEnum", Name: "Role2", Values: []string{"A"}},
		{Type: "DeleteEnum", Name: "Role3"},
		{Type: "UpdateRelation", Name: "R", Before: &client.Manifestation{Type: "LinkTable", Table: "_R"}, After: &client.Manifestation{Type: "Inline", Model: "Post", Column: "author"}},
		{Type: "UpdateRelation", Name: "R2", Before: &client.Manifestation{Type: "Inline", Model: "Post", Column: "author"}, After: &client.Manifestation{Type: "LinkTable", Table: "_R2"}},
		{Type: "UpdateRelation", Name: "R3", Before: &client.Manifestation{Type: "LinkTable", Table: "_R3", IDColumn: "id"}, After: &client.Manifestation{Type: "LinkTable", Table: "_R3"}},
		{Type: "UpdateRelation", Name: "R4", NewName: "R5"},
		{Type: "UpdateRelation", Name: "R6", Before: &client.Manifestation{Type: "Inline", Model: "Post", Column: "a"}, After: &client.Manifestation{Type: "Inline", Model: "Article", Column: "a"}},
		{Type: "UpdateRelation", Name: "R7", Before: &client.Manifestation{Type: "Inline", Model: "Post", Column: "a"}, After: &client.Manifestation{Type: "Inline", Model: "Article", Column: "b"}},
		{Type: "UpdateRelation", Name: "R8", Before: &client.Manifestation{Type: "Inline", Model: "Post", Column: "a"}, After: &client.Manifestation{Type: "Inline", Model: "User", Column: "b"}},
		{Type: "UpdateRelation", Name: "R9", NewName: "R10", Before: &client.Manifestation{Type: "LinkTable", Table: "_R9"}, After: &client.Manifestation{Type: "LinkTable", Table: "_R10"}},
		{Type: "CreateRelation", Name: "PostToUser", LeftModel: "Post", RightModel: "User", After: &client.Manifestation{Type: "LinkTable", Table: "_PostToUser"}},
		{Type: "DeleteRelation", Name: "Gone"},
		{Type: "UpdateSecrets"},
	}
	const want = `
Changes:

  Old (Type)
  - Deleted type ''Old''

  Post (Type)
  ~ Renamed type ''Post'' to ''Article''

  User (Type)
  ~ Updated field ''age''. It became required, became unique, now uses enum Role.
  ~ Updated field ''x''. It is not required anymore, is not a list anymore.
  ~ Updated field ''name''. It was renamed to ''fullName''.
  ~ Updated field ''y''
  + Created field ''tags'' of type ''[String!]!''
  + Created field ''role'' of type ''Role!''

  Role2 (Enum)
  ~ Updated enum Role2. Its values are now ''A''

  Role3 (Enum)
  - Deleted enum Role3

  R (Relation)
  - Link Table ''_R'' has been removed
  + Created an inline relation in the column ''author'' of table ''Post''

  R2 (Relation)
  - Removed an inline relation in the column ''author'' of table ''Post''
  + Link Table ''_R2'' has been created

  R3 (Relation)
  - The id column ''id'' in link table ''_R3'' has been removed.
    It was a Prisma legacy column that is not in use anymore.

  R4 (Relation)
  ~ Renamed relation ''R4'' to ''R5''

  R6 (Relation)
  ~ Updated relation

  R7 (Relation)
  ~ The inline relation is in the column ''b'' of table ''Article'' now

  R8 (Relation)
  - Removed an inline relation in the column ''a'' of table ''Post''
  + Created an inline relation in the column ''b'' of table ''User''

  R9 (Relation)
  ~ Renamed relation ''R9'' to ''R10''
  ~ Link Table ''_R9'' has been renamed to ''_R10''

  PostToUser (Relation)
  + Link Table ''_PostToUser'' between ''Post'' and ''User'' has been created

  Gone (Relation)
  - Deleted relation

`
	if diff := cmp.Diff(strings.ReplaceAll(want, "''", "`"), printed(steps)); diff != "" {
		t.Error(diff)
	}
	if got := printed([]client.Step{{Type: "UpdateSecrets"}}); got != "Service is already up to date.\n" {
		t.Errorf("got %q", got)
	}
}

func printed(steps []client.Step) string {
	var out bytes.Buffer
	printChanges(terminal.New(nil, &out, &out, func(string) string { return "" }), steps, false)
	return out.String()
}

func TestSplitOperations(t *testing.T) {
	got, err := splitOperations("seed.graphql", "# ä\nquery A { ...F ... on Q { ...G } }\nfragment G on Q { b }\nmutation { c(d: \"ö\") }\nfragment F on Q { ...G a }\n")
	want := []string{
		"query A { ...F ... on Q { ...G } }\nfragment F on Q { ...G a }\nfragment G on Q { b }\n",
		"mutation { c(d: \"ö\") }\n",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestSplitOperationsRefuses(t *testing.T) {
	if _, err := splitOperations("seed.graphql", "mutation { a(} "); err == nil || !strings.Contains(err.Error(), "seed.graphql:1") {
		t.Errorf("got %v", err)
	}
}

// TestShopSeed: the seed of the example comes apart into operations that are whole.
func TestShopSeed(t *testing.T) {
	text, err := os.ReadFile("../testdata/shop/seed.graphql")
	if err != nil {
		t.Fatal(err)
	}
	operations, err := splitOperations("seed.graphql", string(text))
	if err != nil || len(operations) < 10 {
		t.Fatalf("%d operations, %v", len(operations), err)
	}
	for _, o := range operations {
		if again, err := splitOperations("seed.graphql", o); err != nil || len(again) != 1 || again[0] != o {
			t.Errorf("%v\n%s", err, o)
		}
	}
}

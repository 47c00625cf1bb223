package datamodel

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

func TestStoredOtherwise(t *testing.T) {
	t.Parallel()
	infer := func(text string) *schema.Schema {
		document, syntax := Parse(text)
		if syntax != nil {
			t.Fatal(syntax)
		}
		s, err := Infer(document.After(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := infer(`type User { id: ID! @unique name: String! posts: [Post!]! } type Post { id: ID! @unique } type Other { id: ID! @unique }`)
	const same = `type User { id: ID! @id updatedAt: DateTime! @updatedAt createdAt: DateTime! @createdAt name: String! posts: [Post] @relation(name: "PostToUser") }
		type Post { id: ID! @id updatedAt: DateTime! @updatedAt createdAt: DateTime! @createdAt }
		type PostToUser @relationTable @db(name: "_PostToUser") { id: ID! @id A: Post! B: User! } `
	const others = `type Other { id: ID! @id updatedAt: DateTime! @updatedAt createdAt: DateTime! @createdAt }`
	var got []string
	for _, text := range []string{
		same + others,
		same + `type Other @db(name: "others") { id: ID! @id }`,
		`type User { id: ID! @id name: String posts: [Post] } type Post { id: ID! @id updatedAt: DateTime! createdAt: DateTime! @createdAt } ` + others,
	} {
		for _, p := range storedOtherwise(before, infer(text)) {
			got = append(got, fmt.Sprintf("%s.%s: %s", p.Type, p.Field, p.Description))
		}
	}
	want := []string{
		"Other.: The type `Other` would not be stored as it is. Please upgrade it by hand.",
		"User.name: The field `name` would not be stored as it is. Please upgrade it by hand.",
		"User.posts: The field `posts` would not be stored as it is. Please upgrade it by hand.",
		"User.updatedAt: The field `updatedAt` would not be stored as it is. Please upgrade it by hand.",
		"User.createdAt: The field `createdAt` would not be stored as it is. Please upgrade it by hand.",
		"Post.updatedAt: The field `updatedAt` would not be stored as it is. Please upgrade it by hand.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

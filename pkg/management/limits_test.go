package management

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/migration"
)

// hard are datamodels at the limits of what databases take. Each is deployed by
// itself, then again, then with one field more in every type.
func hard() map[string]string {
	models := map[string]string{
		"reserved words": `
type Select { id: ID! @id order: Int @unique group: String table: [Int] @scalarList(strategy: RELATION) where: Table @relation(name: "Where") }
type Table @db(name: "table") { id: ID! @id key: Int column: String @db(name: "values") selects: [Select] @relation(name: "Index") }
type User @db(name: "user") { id: ID! @id default: Int primary: User @relation(name: "Check", link: TABLE) }`,
		"quotes": `
type A @db(name: "a\"b` + "`" + `c'd;-- e") { id: ID! @id @db(name: "i\"d")  a: String @unique @db(name: "x` + "`" + `\"; DROP TABLE B;")  l: [String] @db(name: "l\"") @scalarList(strategy: RELATION)  b: B @db(name: "b'\"` + "`" + `") @relation(name: "K")  bs: [B] @relation(name: "L") }
type B { id: ID! @id  n: Int! @default(value: 1) @db(name: "$1 ? :x %s") }
type L @db(name: "l\"\\") @relationTable { a: A! @db(name: "a\"` + "`" + `") b: B! @db(name: "b '") }`,
		"letters": `
type A @db(name: "größe") { id: ID! @id  a: String @unique @db(name: "名前")  l: [String] @db(name: "été") @scalarList(strategy: RELATION) }`,
		"emoji":          `type A @db(name: "a😀") { id: ID! @id  a: String @db(name: "b😀") }`,
		"control":        `type A @db(name: "a\u0000b") { id: ID! @id  a: String @db(name: "b\nc") }`,
		"spaces":         `type A @db(name: "a ") { id: ID! @id  a: String @db(name: " b ") }`,
		"system columns": `type A { id: ID! @id  xmin: Int  ctid: String  tableoid: Int  oid: Int  rowid: Int  _rowid_: Int }`,
		"system tables":  `type A @db(name: "sqlite_a") { id: ID! @id }  type B @db(name: "pg_class") { id: ID! @id }  type C @db(name: "_prisma_D") { id: ID! @id n: Int }  type D { id: ID! @id m: Int }`,
		"case":           `type A @db(name: "user") { id: ID! @id  a: Int @db(name: "X")  b: Int @db(name: "x") }  type B @db(name: "USER") { id: ID! @id }`,
		"names of links": `type A { id: ID! @id  b: [B] @relation(name: "A")  c: [B] @relation(name: "A_B")  d: [B] @relation(name: "A_AB_unique") }  type B { id: ID! @id }`,
		"many columns":   manyColumns(2500),
	}
	for _, n := range []int{56, 57, 63, 64, 65} {
		name := strings.Repeat("n", n-2)
		models[fmt.Sprintf("columns of %d", n)] = fmt.Sprintf(`
type A { id: ID! @id  %[1]s_1: Int @unique  %[1]s_2: Int @unique  %[1]s_3: B @relation(name: "W")  %[1]s_4: B @relation(name: "X")  z: [B] @relation(name: "Z") }
type B { id: ID! @id  a: A @relation(name: "Y")  d: [A] @relation(name: "V") }
type Z @relationTable { a: A! @db(name: "%[1]s_5") b: B! @db(name: "%[1]s_6") }`, name)
		models[fmt.Sprintf("tables of %d", n)] = fmt.Sprintf(`
type A @db(name: "%[1]s_a") { id: ID! @id  a: Int @unique  b: Int @unique  d: [B] @relation(name: "Z")  e: A @relation(name: "S")  f: A @relation(name: "T") }
type B @db(name: "%[1]s_b") { id: ID! @id  a: Int @unique  b: Int @unique  c: A @relation(name: "Y")  d: [A] @relation(name: "V") }
type Z @relationTable @db(name: "%[1]s_z") { a: A! b: B! }`, name)
	}
	for _, n := range []int{24, 26, 32} {
		name := strings.Repeat("n", n)
		models[fmt.Sprintf("lists of %d", n)] = fmt.Sprintf(`
type A @db(name: "a%[1]s") { id: ID! @id  b: [Int] @db(name: "%[1]s1") @scalarList(strategy: RELATION)  c: [Int] @db(name: "%[1]s2") @scalarList(strategy: RELATION) d: Int @unique @db(name: "%[1]s%[1]s1") e: Int @unique @db(name: "%[1]s%[1]s2") f: A @db(name: "%[1]s%[1]s3") @relation(name: "F")  g: A @db(name: "%[1]s%[1]s4") @relation(name: "G") }`, name)
	}
	models["longest relations"] = fmt.Sprintf(`type A { id: ID! @id  a: [B] @relation(name: "R%[1]s1")  b: [B] @relation(name: "R%[1]s2") }  type B { id: ID! @id }`, strings.Repeat("r", 52))
	return models
}

func manyColumns(n int) string {
	var b strings.Builder
	b.WriteString("type A { id: ID! @id\n")
	for i := range n {
		fmt.Fprintf(&b, "f%d: Int\n", i)
	}
	b.WriteString("}")
	return b.String()
}

// TestHardDatamodels deploys what databases may not take: it is refused with a
// place in the text, or it works, also when it is changed. No database refuses it.
func TestHardDatamodels(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		for name, text := range hard() {
			for i, types := range []string{text, text, strings.ReplaceAll(text, "id: ID! @id", "id: ID! @id added: Int @unique"), "type Z { id: ID! @id }"} {
				got, err := m.Deploy(t.Context(), DeployInput{ID: shop, Types: types, Force: true})
				if err != nil {
					t.Errorf("%s, %d: %v", name, i, err)
					break
				}
				if refused(t, name, got.Errors) {
					break
				}
				if i == 1 && got.Migration != nil {
					t.Errorf("%s: the same again takes %v", name, got.Steps)
				}
				if i != 1 && (got.Migration == nil || got.Migration.Status != migration.Success) {
					t.Errorf("%s, %d: %+v", name, i, got.Migration)
				}
			}
		}
	})
}

// refused tells whether there are problems; each must have its place.
func refused(t *testing.T, name string, problems []migration.Problem) bool {
	t.Helper()
	for _, p := range problems {
		if p.Line == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if len(problems) > 0 {
		t.Logf("%s: %s", name, problems[0].Description)
	}
	return len(problems) > 0
}

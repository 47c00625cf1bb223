package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestClassify breaks each constraint of a real table.
func TestClassify(t *testing.T) {
	t.Parallel()
	f := openSchema(t, openDatabase(t))
	s := `"` + f.schema + `".`
	f.exec(`CREATE TABLE ` + s + `"T" (id int PRIMARY KEY, "theName" varchar(3) NOT NULL UNIQUE, parent int REFERENCES ` + s + `"T")`)
	f.exec(`INSERT INTO ` + s + `"T" VALUES (1, 'a')`)
	for _, c := range []struct {
		insert string
		want   dialect.Violation
	}{
		{`(2, 'a')`, dialect.Violation{Kind: dialect.UniqueViolation, Table: "T", Column: "theName", Index: "T_theName_key"}},
		{`(1, 'b')`, dialect.Violation{Kind: dialect.UniqueViolation, Table: "T", Column: "id", Index: "T_pkey"}},
		{`(2, NULL)`, dialect.Violation{Kind: dialect.NotNullViolation, Table: "T", Column: "theName"}},
		{`(2, 'b', 7)`, dialect.Violation{Kind: dialect.ForeignKeyViolation, Table: "T"}},
		{`(2, 'long')`, dialect.Violation{Kind: dialect.TooLongViolation}},
		{`(2, 1 / 0)`, dialect.Violation{}},
	} {
		_, err := f.db.Exec(`INSERT INTO ` + s + `"T" VALUES ` + c.insert)
		if got := (postgres.Dialect{}).Classify(err); err == nil || got != c.want {
			t.Errorf("insert of %s is %+v (%v), want %+v", c.insert, got, err, c.want)
		}
	}
}

// long is a list of one member, too long to be compared with one by one.
func long(member string) string {
	return "[" + strings.Repeat(member+",", 1500) + member + "]"
}

// TestAmong finds a value of each type among the members of a list.
func TestAmong(t *testing.T) {
	t.Parallel()
	db := openDatabase(t)
	for _, c := range []struct {
		value scalar.Value
		list  string
	}{
		{scalar.OfString("a'b"), `["x", "a'b"]`},
		{scalar.OfString(`ä"\,{}`), `["x", "ä\"\\,{}"]`},
		{scalar.OfInt(7), `[99999999999, 7]`},
		{scalar.OfFloat(1.5), `[1.5]`},
		{scalar.OfDateTime(1577836800123), `["2020-01-01T00:00:00.123Z"]`},
		{scalar.OfUUID("00000000-0000-0000-0000-000000000001"), `["00000000-0000-0000-0000-000000000001"]`},
		{scalar.Value{Type: scalar.Boolean, Int: 1}, `[true]`},
		{scalar.OfInt(7), long("7")},
		{scalar.Value{Type: scalar.ID, Text: `a"\`}, long(`"a\"\\"`)},
		{scalar.OfUUID("00000000-0000-0000-0000-000000000001"), long(`"00000000-0000-0000-0000-000000000001"`)},
	} {
		types := map[scalar.Type]string{scalar.String: "text", scalar.Int: "int", scalar.Float: "decimal(65,30)",
			scalar.DateTime: "timestamp(3)", scalar.UUID: "uuid", scalar.Boolean: "boolean", scalar.ID: "varchar(25)"}
		b := dialect.NewBuilder(postgres.Dialect{}.Facts(), "").SQL("SELECT ").Value(c.value)
		b.SQL("::"+types[c.value.Type]+" ").Among(c.value.Type, c.list)
		s := b.Statement()
		var found bool
		if err := db.QueryRowContext(context.Background(), s.SQL, s.Args...).Scan(&found); err != nil || !found {
			t.Errorf("%+v in %s is %t (%v)\n%s", c.value, c.list, found, err, s.SQL)
		}
	}
}

// TestFullTextIndexIsUsed asks with the very expression of the index.
func TestFullTextIndexIsUsed(t *testing.T) {
	t.Parallel()
	f := openSchema(t, openDatabase(t))
	f.deploy(&schema.Schema{}, "type T @fullText(fields: [b, a]) { id: ID! @id a: String b: String! }", nil)
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), f.schema)
	b.SQL("EXPLAIN SELECT 1 FROM ").Table("T").SQL(" AS x WHERE ").FullText("x", "T", []string{"a", "b"}, []string{"two", "words"})
	tx, err := f.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	rows, err := tx.Query(b.Statement().SQL, b.Statement().Args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if rows.Err() != nil || !strings.Contains(plan.String(), `Bitmap Index Scan on "T._FULLTEXT"`) {
		t.Errorf("the plan does not use the index (%v):\n%s", rows.Err(), plan.String())
	}
}

// TestLongTexts: no text is too long for the index.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	f := openSchema(t, openDatabase(t))
	f.deploy(&schema.Schema{}, "type T @fullText(fields: [a]) { id: ID! @id a: String }", nil)
	table := `"` + f.schema + `"."T"`
	for _, text := range []string{
		"SELECT string_agg(chr(65536 + i) || chr(131072 + i / 300), ' ') FROM generate_series(1, 300000) AS i",
		"SELECT string_agg(to_char(i, 'FM999999') || 'ab', ' ') FROM generate_series(1, 300000) AS i",
		"SELECT string_agg(chr(131072 + i % 40000), ' ') FROM generate_series(1, 300000) AS i",
		"SELECT repeat('a', 3000000)",
	} {
		if _, err := f.db.Exec("INSERT INTO " + table + " SELECT md5(random()::text)::varchar(25), (" + text + ")"); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

package postgres_test

import (
	"context"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/scalar"
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
	} {
		types := map[scalar.Type]string{scalar.String: "text", scalar.Int: "int", scalar.Float: "decimal(65,30)",
			scalar.DateTime: "timestamp(3)", scalar.UUID: "uuid", scalar.Boolean: "boolean"}
		b := dialect.NewBuilder(postgres.Dialect{}.Facts(), "").SQL("SELECT ").Value(c.value)
		b.SQL("::"+types[c.value.Type]+" ").Among(c.value.Type, c.list)
		s := b.Statement()
		var found bool
		if err := db.QueryRowContext(context.Background(), s.SQL, s.Args...).Scan(&found); err != nil || !found {
			t.Errorf("%+v in %s is %t (%v)\n%s", c.value, c.list, found, err, s.SQL)
		}
	}
}

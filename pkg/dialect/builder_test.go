package dialect

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Identifiers are quoted whatever they hold, values become arguments.
func TestBuilder(t *testing.T) {
	facts := &Facts{
		Quote:       '"',
		Placeholder: func(b []byte, n int) []byte { return append(b, '$', '0'+byte(n)) },
		Arg:         func(v scalar.Value) any { return v.Text },
	}
	b := NewBuilder(facts, `shop$"dev`)
	b.SQL("SELECT ").Names("id", `na"me`).SQL(" FROM ").Table("User").SQL(" AS u WHERE ").Column("u", "name")
	b.SQL(" IN (").Values([]scalar.Value{scalar.OfString("'; DROP TABLE"), scalar.OfString("b")}).SQL(") LIMIT ").Arg(3)
	if b.Len() != 3 {
		t.Errorf("%d arguments, want 3", b.Len())
	}
	want := Statement{
		SQL:  `SELECT "id", "na""me" FROM "shop$""dev"."User" AS u WHERE u."name" IN ($1, $2) LIMIT $3`,
		Args: []any{"'; DROP TABLE", "b", 3},
	}
	if diff := cmp.Diff(want, b.Statement()); diff != "" {
		t.Errorf("statement (-want +got):\n%s", diff)
	}
}

func TestPattern(t *testing.T) {
	tests := []struct {
		before, after bool
		want          string
	}{
		{false, false, `50!% !_x!!`},
		{true, false, `%50!% !_x!!`},
		{false, true, `50!% !_x!!%`},
		{true, true, `%50!% !_x!!%`},
	}
	for _, test := range tests {
		if got := Pattern(foldedEscapes, `50% _x!`, "%", test.before, test.after); got != test.want {
			t.Errorf("before %t, after %t: %s, want %s", test.before, test.after, got, test.want)
		}
	}
}

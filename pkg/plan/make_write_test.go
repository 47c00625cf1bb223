package plan

import (
	"regexp"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// The server makes ids of strategy AUTO, but those that the database counts up.
func TestID(t *testing.T) {
	t.Parallel()
	given := graphql.Input{Kind: graphql.Leaf, Value: scalar.OfID("given")}
	for _, test := range []struct {
		name     string
		t        scalar.Type
		strategy schema.Strategy
		input    graphql.Input
		want     string // pattern of the id, "" for null
	}{
		{"cuid", scalar.ID, schema.StrategyAuto, graphql.Input{}, `^c[a-z0-9]{24}$`},
		{"uuid version 4", scalar.UUID, schema.StrategyAuto, graphql.Input{Kind: graphql.NullInput}, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		{"counted", scalar.Int, schema.StrategyAuto, graphql.Input{}, ""},
		{"sequence", scalar.Int, schema.StrategySequence, graphql.Input{}, ""},
		{"none", scalar.ID, schema.StrategyNone, graphql.Input{}, ""},
		{"given", scalar.ID, schema.StrategyAuto, given, `^given$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &writeMaker{}
			got := w.id(&schema.Field{Name: "id", Type: test.t, Behaviour: schema.ID{Strategy: test.strategy}}, test.input)
			if got.IsNull() != (test.want == "") {
				t.Fatalf("id = %v, want %q", got, test.want)
			}
			if !got.IsNull() && (!regexp.MustCompile(test.want).MatchString(got.Text) || got.Type != test.t) {
				t.Errorf("id = %v of type %v, want %v of type %v", got, got.Type, test.want, test.t)
			}
		})
	}
}

package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

const boxes = `
type Box { id: ID! @id name: String! things: [Thing] }
type Thing { id: ID! @id number: Int! @unique size: Int! name: String! @unique box: Box! }`

// A frontPage is the arguments of a page and what it takes of a whole list.
type frontPage struct {
	args string
	take func(all []string) []string
}

var frontPages = []frontPage{
	{"first: 10", func(all []string) []string { return head(all, 10) }},
	{"first: 7, skip: 4", func(all []string) []string { return head(all[min(4, len(all)):], 7) }},
	{"last: 5", func(all []string) []string { return all[max(0, len(all)-5):] }},
	{"last: 5, skip: 2", func(all []string) []string {
		all = all[:max(0, len(all)-2)]
		return all[max(0, len(all)-5):]
	}},
}

func head(all []string, n int) []string { return all[:min(n, len(all))] }

// A page is the same whether the front of the list or the whole was asked for,
// where many nodes hold the filter and where few do.
func TestFrontOfAList(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		log := &record{}
		logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c, err := connector.Open(t.Context(), config, logger)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		s := deploy(t, c, boxes, engine.Options{})
		fillBoxes(t, s)
		log.take(t)
		for _, order := range []string{"number_ASC", "number_DESC", "id_ASC", "size_ASC", "name_DESC"} {
			numbers := thingNumbers(t, s, "orderBy: "+order)
			cursor := thingID(t, s, numbers[99])
			checkFront(t, s, "orderBy: "+order+`, where: { name_not_contains: "x" }, first: 6, after: "`+cursor+`"`, numbers[100:106])
			checkFront(t, s, "orderBy: "+order+`, where: { name_not_contains: "x" }, last: 6, before: "`+cursor+`"`, numbers[93:99])
			checkFront(t, s, "orderBy: "+order+", first: 5, skip: 700", numbers[700:705])
			checkFront(t, s, "orderBy: "+order+", last: 5, skip: 600", numbers[395:400])
			checkFront(t, s, "orderBy: "+order+`, first: 9, skip: 600, after: "`+cursor+`"`, numbers[700:709])
			checkFront(t, s, "orderBy: "+order+", first: 20, skip: 990", numbers[990:])
			for _, filter := range []string{
				`{ name_contains: "7" }`, `{ name_contains: "77" }`, `{ size_gt: 20, name_not_starts_with: "x" }`,
				`{ size_lt: 2, box: { name_ends_with: "3" } }`, `{ OR: [{ name_ends_with: "1" }, { box: { name_contains: "2" } }] }`,
				`{ name_contains: "none" }`,
			} {
				whole := thingNumbers(t, s, "orderBy: "+order+", where: "+filter)
				for _, p := range frontPages {
					checkFront(t, s, "orderBy: "+order+", where: "+filter+", "+p.args, p.take(whole))
				}
			}
		}
		fronts, keys := 0, 0
		statements := log.take(t)
		for _, st := range statements {
			if strings.Contains(st, "FROM (SELECT * FROM") {
				fronts++
			}
			if strings.Contains(st, ") AS k ") {
				keys++
			}
		}
		want := map[string][2]bool{"postgres": {true, true}, "mysql": {false, true}}[config.Connector]
		if got := [2]bool{fronts > 0, keys > 0}; got != want || fronts+keys == len(statements) {
			t.Errorf("of %d statements %d ask for the front of a list and %d by keys", len(statements), fronts, keys)
		}
	})
}

// checkFront asks for a page as a list and as a connection, each some times: by
// one way, by the other, by the quicker one.
func checkFront(t *testing.T, s *engine.Service, args string, want []string) {
	t.Helper()
	for range 3 {
		if got := thingNumbers(t, s, args); !slices.Equal(got, want) {
			t.Errorf("things(%s)\ngot  %s\nwant %s", args, got, want)
			return
		}
		var answer struct {
			Data struct {
				C struct {
					Edges []struct{ Node struct{ Number json.Number } }
				}
			}
		}
		text := ask(t, s, "{ c: thingsConnection("+args+") { edges { node { number box { name } } } } }", "null")
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range answer.Data.C.Edges {
			got = append(got, e.Node.Number.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("thingsConnection(%s)\ngot  %s\nwant %s", args, got, want)
			return
		}
	}
}

func fillBoxes(t *testing.T, s *engine.Service) {
	t.Helper()
	for box := range 5 {
		var b strings.Builder
		fmt.Fprintf(&b, `mutation { createBox(data: { name: "box %d", things: { create: [`, box)
		for i := range 200 {
			number := (i*5 + box) * 7919 % 1000
			fmt.Fprintf(&b, `{ number: %d, size: %d, name: "thing %d" }`, number, number%100, number)
		}
		b.WriteString(`] } }) { id } }`)
		if answer := ask(t, s, b.String(), "null"); bytes.Contains(answer, []byte(`"errors"`)) {
			t.Fatalf("%s", answer)
		}
	}
}

// thingNumbers returns the numbers of a list of things.
func thingNumbers(t *testing.T, s *engine.Service, args string) []string {
	t.Helper()
	var answer struct {
		Data struct {
			Things []struct{ Number json.Number }
		}
	}
	text := ask(t, s, "{ things("+args+") { number } }", "null")
	if err := json.Unmarshal(text, &answer); err != nil || bytes.Contains(text, []byte(`"errors"`)) {
		t.Fatalf("things(%s): %s %v", args, text, err)
	}
	var numbers []string
	for _, thing := range answer.Data.Things {
		numbers = append(numbers, thing.Number.String())
	}
	return numbers
}

func thingID(t *testing.T, s *engine.Service, number string) string {
	t.Helper()
	var answer struct {
		Data struct{ Thing struct{ ID string } }
	}
	if err := json.Unmarshal(ask(t, s, "{ thing(where: { number: "+number+" }) { id } }", "null"), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data.Thing.ID
}

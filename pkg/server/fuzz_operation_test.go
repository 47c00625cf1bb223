package server

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// An author writes an operation that fits a schema. Bytes decide what it asks
// for; when they are used up it takes the first and the shortest of everything.
type author struct {
	schema    *graphql.Schema
	bytes     []byte
	head      []string // "$v0: Int"
	variables []string // `"v0":1`
}

// choose returns a number below n.
func (a *author) choose(n int) int {
	if len(a.bytes) == 0 || n < 2 {
		return 0
	}
	b := int(a.bytes[0])
	a.bytes = a.bytes[1:]
	return b % n
}

// operation writes an operation with one root field of a type.
func (a *author) operation(kind, rootType string) (query, variables string) {
	fields := a.schema.Type(rootType).Fields
	field := fields[a.choose(len(fields))]
	var b strings.Builder
	a.field(&b, field, 3)
	head := ""
	if len(a.head) > 0 {
		head = "(" + strings.Join(a.head, ", ") + ")"
	}
	return kind + " " + head + " { " + b.String() + "}", "{" + strings.Join(a.variables, ",") + "}"
}

// field writes a field with arguments and selection.
func (a *author) field(b *strings.Builder, f *ast.FieldDefinition, depth int) {
	b.WriteString(f.Name)
	open := "("
	for _, argument := range f.Arguments {
		if !argument.Type.NonNull && a.choose(3) < 2 {
			continue
		}
		name := "v" + strconv.Itoa(len(a.head))
		a.head = append(a.head, "$"+name+": "+argument.Type.String())
		a.variables = append(a.variables, `"`+name+`":`+a.value(argument.Type, 5))
		fmt.Fprintf(b, "%s%s: $%s", open, argument.Name, name)
		open = ", "
	}
	if open == ", " {
		b.WriteString(")")
	}
	if def := a.schema.Type(f.Type.Name()); def.IsCompositeType() {
		b.WriteString(" { __typename ")
		for _, below := range def.Fields {
			deeper := a.schema.Type(below.Type.Name()).IsCompositeType()
			if deeper && depth > 0 && a.choose(2) == 1 || !deeper && a.choose(4) < 3 {
				a.field(b, below, depth-1)
			}
		}
		b.WriteString("}")
	}
	b.WriteString(" ")
}

// value writes a value of a type as JSON.
func (a *author) value(t *ast.Type, depth int) string {
	if !t.NonNull && a.choose(12) == 11 {
		return "null"
	}
	if t.Elem != nil {
		items := make([]string, a.choose(4))
		for i := range items {
			items[i] = a.value(t.Elem, depth-1)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	def := a.schema.Type(t.NamedType)
	switch def.Kind {
	case ast.InputObject:
		return a.object(def, depth)
	case ast.Enum:
		return `"` + def.EnumValues[a.choose(len(def.EnumValues))].Name + `"`
	}
	if values := leaves[def.Name]; len(values) > 0 {
		return values[a.choose(1+a.choose(2)*(len(values)-1))]
	}
	return a.text()
}

// object writes some members of an input object, and those that must be there.
func (a *author) object(def *ast.Definition, depth int) string {
	var members []string
	chosen := map[int]bool{}
	if depth > 0 {
		for range a.choose(5) {
			chosen[a.choose(len(def.Fields))] = true
		}
	}
	for i, f := range def.Fields {
		if chosen[i] || f.Type.NonNull {
			members = append(members, `"`+f.Name+`":`+a.value(f.Type, depth-1))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// leaves are values that a type takes and that may be hard for a database.
var leaves = map[string][]string{
	"Int":      {"1", "0", "-1", "2", "3", "2147483647", "-2147483648", "1e3"},
	"Long":     {"0", "1", "-1", "9223372036854775807", "-9223372036854775808"},
	"Float":    {"0", "1.5", "-0.0", "5e-324", "1.7976931348623157e308", "-1e300", "0.1", "123456789.123456789", "9007199254740993"},
	"Boolean":  {"true", "false"},
	"DateTime": {`"2017-11-22T13:57:31.123Z"`, `"0000-01-01T00:00:00.000Z"`, `"-0001-12-31T23:59:59.999Z"`, `"9999-12-31T23:59:59.999Z"`, `"10000-01-01T00:00:00Z"`, `"1969-12-31T23:59:59.999+14:00"`, `"2017"`},
	"Date":     {`"2020-02-29"`, `"0001-01-01"`, `"9999-12-31"`},
	"Json":     {`{}`, `[]`, `{"a":[1,{"b":null}]}`, `{"\u0000":"\ud800"}`, `[1e400]`, `{"a":"\u0000"}`},
	"UUID":     {`"00000000-0000-0000-0000-000000000001"`, `"1-2-3-4-5"`, `"ffffffff-ffff-ffff-ffff-ffffffffffff"`},

	graphql.JSONValue: {`1`, `"a"`, `true`, `-1e308`, `"\u0000"`},
}

// text writes a string: one that is known, or the next bytes whatever they are.
func (a *author) text() string {
	if a.choose(3) < 2 {
		return []string{`"a"`, `"b"`, `"x"`}[a.choose(3)]
	}
	known := []string{`"a b"`, `"1"`, `""`, `"x\u0000y"`, `"\ud800"`, `"\udc00\ud800"`, `"😀"`, `"%_!\\"`, `"'\""`, "\"\xff\xc3\"", `"` + strings.Repeat("x", 40) + `"`}
	if i := a.choose(len(known) + 4); i < len(known) {
		return known[i]
	}
	n := min(a.choose(20), len(a.bytes))
	text := bytes.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, a.bytes[:n])
	a.bytes = a.bytes[n:]
	return `"` + string(text) + `"`
}

// openStocked opens a probe with some nodes and returns the schema of its service.
func openStocked(tb testing.TB, config connector.Config) (*probe, *graphql.Schema) {
	tb.Helper()
	p := openProbe(tb, config)
	p.deploy(tb, everyType, allFeatures...)
	p.stock(tb)
	deployed, err := p.server.management.Project(tb.Context(), project.ID{Name: "shop", Stage: "dev"})
	if err != nil {
		tb.Fatal(err)
	}
	service, err := p.server.engine.Service(deployed)
	if err != nil {
		tb.Fatal(err)
	}
	schema, err := graphql.ParseSchema("service", service.SDL())
	if err != nil {
		tb.Fatal(err)
	}
	return p, schema
}

// addChoices adds seeds for authors.
func addChoices(f *testing.F) {
	for n := range 64 {
		f.Add(bytes.Repeat([]byte{byte(n), byte(n * 7), byte(n * 31)}, 20))
	}
}

// stock makes a few nodes with the ids that authors know.
func (p *probe) stock(tb testing.TB) {
	tb.Helper()
	p.ask(tb, `mutation {
  a: createThing(data: { id: "a", s: "x", text: "a b", i: 1, f: 1.5, b: true, l: 5, day: "2020-02-29", d: "2017-11-22T13:57:31.123Z", j: "{\"a\":[1]}", k: A, strings: { set: ["a", ""] }, floats: { set: [0.1] }, number: { create: { id: 1, u: "1-2-3-4-5" } } }) { id }
  b: createThing(data: { id: "b", number: { connect: { id: 1 } } }) { id }
  createNumber(data: { id: 2 }) { id }
}`, "{}")
}

// FuzzFilter reads with arguments that fit: filters, orders, pages, groups.
func FuzzFilter(f *testing.F) {
	p, schema := openStocked(f, connector.Config{})
	addChoices(f)
	f.Fuzz(func(t *testing.T, choices []byte) {
		a := &author{schema: schema, bytes: choices}
		query, variables := a.operation("query", "Query")
		p.ask(t, query, variables)
	})
}

// FuzzWrite writes with arguments that fit, nested ones among them.
func FuzzWrite(f *testing.F) {
	p, schema := openStocked(f, connector.Config{})
	addChoices(f)
	f.Fuzz(func(t *testing.T, choices []byte) {
		a := &author{schema: schema, bytes: choices}
		query, variables := a.operation("mutation", "Mutation")
		if p.ask(t, query, variables); t.Failed() {
			return
		}
		p.ask(t, `{ things { id s text i l day f b d j k strings floats dates number { id u things { id } } } }`, "{}")
		p.clear(t)
		p.stock(t)
	})
}

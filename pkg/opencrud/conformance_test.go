package opencrud_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// recorded is a file of the conformance folder.
type recorded struct {
	Cases []struct {
		Name  string
		Steps []struct {
			Op        string
			Datamodel string
			Response  json.RawMessage
		}
	}
}

// api makes the API of a datamodel.
func api(t testing.TB, text string, c opencrud.Capabilities, features ...string) *opencrud.API {
	t.Helper()
	known, unknown := schema.ParseFeatures(features)
	if len(unknown) > 0 {
		t.Fatalf("no features: %v", unknown)
	}
	doc, syntax := datamodel.Parse(text)
	if syntax != nil {
		t.Fatalf("parse datamodel: %+v", syntax)
	}
	s, err := datamodel.Infer(doc, nil)
	if err != nil {
		t.Fatalf("infer schema: %v", err)
	}
	s.Features = known
	a, err := opencrud.New(s, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestRecordedSchemas compares the API of each recorded datamodel, as sorted
// lines, with what the original's introspection said.
func TestRecordedSchemas(t *testing.T) {
	t.Parallel()
	for _, connector := range []string{"postgres", "mysql"} {
		file, err := os.ReadFile(filepath.Join(golden.Recordings(t), "recorded", connector, "schema.Schemas.json"))
		if err != nil {
			t.Fatal(err)
		}
		var suite recorded
		if err := json.Unmarshal(file, &suite); err != nil {
			t.Fatal(err)
		}
		for _, c := range suite.Cases {
			t.Run(connector+"/"+c.Name, func(t *testing.T) {
				var text string
				for _, step := range c.Steps {
					if step.Op == "deploy" {
						text = step.Datamodel
						continue
					}
					var want []string
					if json.Unmarshal(step.Response, &want) != nil {
						t.Skip("the original answered no schema")
					}
					got := lines(api(t, text, opencrud.Capabilities{RawAccess: true}).Schema)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("datamodel:\n%s\n(-recorded +ours):\n%s", text, diff)
					}
				}
			})
		}
	}
}

// lines prints a schema as the recordings do (schema_text in replay.py), by
// asking it through introspection.
func lines(s *graphql.Schema) []string {
	var answer struct {
		Types []introspected
	}
	if err := json.Unmarshal(introspect(s), &answer); err != nil {
		return []string{err.Error()}
	}
	return typeLines(answer.Types)
}

func typeLines(types []introspected) []string {
	lines := []string{}
	for _, t := range types {
		if !strings.HasPrefix(t.Name, "__") && t.Kind != string(ast.Scalar) {
			lines = append(lines, t.lines()...)
		}
	}
	slices.Sort(lines)
	return lines
}

const introspection = `{ __schema { types { kind name enumValues { name } interfaces { name }
	inputFields { name defaultValue type { ...T } }
	fields { name type { ...T } args { name defaultValue type { ...T } } } } } }
	fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`

func introspect(s *graphql.Schema) []byte {
	doc, errs := graphql.Check(s, introspection, graphql.DefaultLimits())
	if len(errs) > 0 {
		return nil
	}
	op, _ := doc.Operation("")
	sel, _ := op.Bind(nil)
	answer, _ := s.Introspect(sel.Fields()[0])
	return answer.Bytes()
}

type introspected struct {
	Kind, Name             string
	EnumValues, Interfaces []struct{ Name string }
	InputFields            []introspectedValue
	Fields                 []struct {
		introspectedValue
		Args []introspectedValue
	}
}

type introspectedValue struct {
	Name string
	Type *introspectedType
}

type introspectedType struct {
	Kind, Name string
	OfType     *introspectedType
}

func (t *introspectedType) String() string {
	switch t.Kind {
	case "NON_NULL":
		return t.OfType.String() + "!"
	case "LIST":
		return "[" + t.OfType.String() + "]"
	}
	return t.Name
}

func (t introspected) lines() []string {
	var lines []string
	if len(t.Interfaces) > 0 {
		lines = append(lines, t.Name+" implements "+t.Interfaces[0].Name)
	}
	for _, v := range t.EnumValues {
		lines = append(lines, t.Name+"."+v.Name)
	}
	for _, f := range t.InputFields {
		lines = append(lines, t.Name+"."+f.Name+": "+f.Type.String())
	}
	for _, f := range t.Fields {
		args := make([]string, len(f.Args))
		for i, a := range f.Args {
			args[i] = a.Name + ": " + a.Type.String()
		}
		lines = append(lines, t.Name+"."+f.Name+"("+strings.Join(args, ", ")+"): "+f.Type.String())
	}
	return lines
}

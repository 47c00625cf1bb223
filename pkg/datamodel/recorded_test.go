package datamodel_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// What the connectors of the recordings can.
var (
	postgres = datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true}
	mysql    = datamodel.Rules{IntIDs: true, Sequences: true}
)

// TestRecorded compares the problems of every recorded deploy, and the fields
// and relations that its steps create, with what the original answered.
func TestRecorded(t *testing.T) {
	t.Parallel()
	folder := golden.Recordings(t)
	for connector, rules := range map[string]datamodel.Rules{"postgres": postgres, "mysql": mysql} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			files, _ := filepath.Glob(filepath.Join(folder, "recorded", connector, "*.json"))
			deploys := 0
			for _, file := range files {
				for _, c := range load(t, file).Cases {
					name := strings.TrimSuffix(filepath.Base(file), ".json") + "/" + c.Name
					deploys += replay(t, name, rules, c.Steps)
				}
			}
			if deploys < 500 {
				t.Errorf("%d deploys compared; the recordings hold more", deploys)
			}
		})
	}
}

type recording struct {
	Cases []struct {
		Name  string
		Steps []recordedStep
	}
}

type recordedStep struct {
	Op, Datamodel, Query string
	Response             json.RawMessage
}

type answer struct {
	Data struct {
		Deploy *struct {
			Errors    []struct{ Type, Field, Description string }
			Migration *struct{ Steps []map[string]any }
		}
	}
	Errors []struct {
		Code    int
		Message string
	}
}

func load(t *testing.T, file string) recording {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}

// replay infers one schema after the other, as the deploys of a case did, and returns their number.
func replay(t *testing.T, name string, rules datamodel.Rules, steps []recordedStep) int {
	previous := map[string]*schema.Schema{}
	deploys := 0
	for _, step := range steps {
		project, text, got := deployOf(t, step)
		if text == "" || got == nil {
			continue
		}
		deploys++
		document, syntax := datamodel.Parse(text)
		if syntax != nil {
			if len(got.Errors) == 0 || got.Errors[0].Message != syntax.Message {
				t.Errorf("%s: syntax\ngot  %s\nwant %v\n%s", name, syntax.Message, got.Errors, text)
			}
			continue
		}
		if len(got.Errors) > 0 {
			continue // a fault of another room
		}
		if got.Data.Deploy == nil {
			t.Errorf("%s: no answer recorded for\n%s", name, text)
			continue
		}
		if diff := cmp.Diff(wantedProblems(got), problems(document.Check(rules))); diff != "" {
			t.Errorf("%s: problems (-want +got)\n%s%s", name, diff, text)
		}
		if got.Data.Deploy.Migration == nil {
			continue
		}
		checkRoundTrip(t, name, text)
		next, err := datamodel.Infer(document, previous[project])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range got.Data.Deploy.Migration.Steps {
			compareStep(t, name, next, s)
		}
		previous[project] = next
	}
	return deploys
}

func deployOf(t *testing.T, step recordedStep) (project, text string, got *answer) {
	t.Helper()
	switch step.Op {
	case "deploy":
		var wrapped struct{ Deploy *answer }
		decode(t, step.Response, &wrapped)
		return "", step.Datamodel, wrapped.Deploy
	case "management":
		document, err := parser.ParseQuery(&ast.Source{Input: step.Query})
		if err != nil {
			return "", "", nil
		}
		for _, selection := range document.Operations[0].SelectionSet {
			field, ok := selection.(*ast.Field)
			if !ok || field.Name != "deploy" || len(field.Arguments) == 0 {
				continue
			}
			got = &answer{}
			decode(t, step.Response, got)
			input := field.Arguments[0].Value.Children
			if input.ForName("types") == nil || input.ForName("types").Kind == ast.Variable {
				return "", "", nil
			}
			return fmt.Sprint(input.ForName("name"), input.ForName("stage")), input.ForName("types").Raw, got
		}
	}
	return "", "", nil
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// wantedProblems returns the recorded errors that come from the text alone.
func wantedProblems(got *answer) []string {
	var wanted []string
	for _, e := range got.Data.Deploy.Errors {
		laterRoom := e.Type == "Global" || e.Type == "Subscription" ||
			strings.HasPrefix(e.Description, "You are ") && !strings.HasPrefix(e.Description, "You are trying")
		if !laterRoom {
			wanted = append(wanted, e.Type+"."+e.Field+": "+e.Description)
		}
	}
	return wanted
}

func problems(checked []datamodel.Problem) []string {
	var found []string
	for _, p := range checked {
		found = append(found, p.Type+"."+p.Field+": "+p.Description)
	}
	return found
}

// compareStep looks up what a step created and compares it with the schema.
func compareStep(t *testing.T, name string, s *schema.Schema, step map[string]any) {
	t.Helper()
	var got, want map[string]any
	switch step["__typename"] {
	case "CreateField":
		got, want = createdField(s, step), step
	case "CreateRelation":
		got, want = relationStep(s, step["name"].(string)), step
	case "UpdateRelation":
		relation := step["ur_name"].(string)
		if renamed, ok := step["ur_newName"].(string); ok {
			relation = renamed
		}
		got, want = relationStep(s, relation), map[string]any{"after": step["ur_after"]}
	default:
		return
	}
	for key, value := range want {
		if key == "type" || key == "__typename" || key == "name" {
			continue
		}
		if diff := cmp.Diff(value, got[key]); diff != "" {
			t.Errorf("%s: %v: %s (-want +got)\n%s", name, step["name"], key, diff)
		}
	}
}

func createdField(s *schema.Schema, step map[string]any) map[string]any {
	m := s.Model(step["model"].(string))
	if m == nil || m.Field(step["name"].(string)) == nil {
		return nil
	}
	f := m.Field(step["name"].(string))
	got := map[string]any{
		"model": m.Name, "cf_isList": f.List, "cf_isRequired": f.Required, "cf_isUnique": f.Unique,
		"cf_typeName": f.TypeName(), "cf_relation": nil, "cf_enum": nil, "cf_defaultValue": step["cf_defaultValue"],
	}
	if f.Enum != nil {
		got["cf_enum"], got["cf_typeName"] = f.Enum.Name, "Enum"
	}
	if f.Relation != nil {
		got["cf_relation"] = f.Relation.Name
	}
	if f.Default.IsNull() != (step["cf_defaultValue"] == "None") {
		got["cf_defaultValue"] = f.Default.String()
	}
	return got
}

func relationStep(s *schema.Schema, name string) map[string]any {
	r := s.Relation(name)
	if r == nil {
		return nil
	}
	after := map[string]any{}
	switch link := r.Link.(type) {
	case *schema.Inline:
		after = map[string]any{"type": "Inline", "__typename": "Inline", "model": link.Model.Name, "column": link.Column}
	case *schema.LinkTable:
		after = map[string]any{
			"type": "LinkTable", "__typename": "LinkTable", "table": link.Table,
			"modelAColumn": link.ColumnA, "modelBColumn": link.ColumnB, "idColumn": nil,
		}
		if link.ID != "" {
			after["idColumn"] = link.ID
		}
	}
	return map[string]any{"leftModel": r.ModelA.Name, "rightModel": r.ModelB.Name, "after": after}
}

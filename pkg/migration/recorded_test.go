package migration_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// rolledBack are cases whose answers do not tell that an accepted migration failed later.
var rolledBack = []string{
	"mysql/PrefillingFieldsWithDefaultOrMigrationValueSpec/Creating a required Field of type UUID should not error when there is no defaultValue",
}

// TestRecorded compares the steps of every recorded deploy with what the
// original answered, and its warnings as far as they can be without its data. It needs the recordings.
func TestRecorded(t *testing.T) {
	t.Parallel()
	folder := golden.Recordings(t)
	files, _ := filepath.Glob(filepath.Join(folder, "recorded", "*", "*.json"))
	deploys := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Cases {
			name := r.Connector + "/" + r.Suite + "/" + c.Name
			if slices.Contains(rolledBack, name) {
				continue
			}
			rules := datamodel.Rules{IntIDs: true, UUIDs: r.Connector == "postgres", Sequences: true}
			deploys += replay(t, name, rules, c.Steps)
		}
	}
	if deploys < 700 {
		t.Errorf("%d deploys compared; the recordings hold more", deploys)
	}
}

type recording struct {
	Suite, Connector string
	Cases            []struct {
		Name  string
		Steps []recordedStep
	}
}

type recordedStep struct {
	Op, Datamodel, Query string
	Variables            map[string]any
	Response             json.RawMessage
}

type recordedAnswer struct {
	Status string
	Data   struct {
		Deploy *struct {
			Errors    []migration.Problem
			Warnings  []migration.Warning
			Migration *struct{ Steps []map[string]any }
		}
	}
}

// replay goes through the deploys of a case and returns how many steps lists it compared.
func replay(t *testing.T, name string, rules datamodel.Rules, steps []recordedStep) (compared int) {
	t.Helper()
	schemas := map[string]*schema.Schema{}
	for _, step := range steps {
		project, text := step.deploy()
		if strings.Contains(step.Query, "addProject") {
			delete(schemas, project)
		}
		answer := step.answer()
		if text == "" || answer.Data.Deploy == nil {
			continue
		}
		previous := schemas[project]
		if previous == nil {
			previous = &schema.Schema{}
		}
		document, syntax := datamodel.Parse(text)
		if syntax != nil {
			t.Fatalf("%s: %v", name, syntax)
		}
		if len(document.Check(rules)) > 0 {
			continue
		}
		next, err := datamodel.Infer(document, previous)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := migration.Infer(previous, next, document.Renames(previous))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return compared
		}
		checkWarnings(t, name, document, got, previous, next, answer)
		if answer.Data.Deploy.Migration == nil {
			continue
		}
		want := recordedSteps(answer.Data.Deploy.Migration.Steps)
		if diff := cmp.Diff(want, describedSteps(t, got, previous, next)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\ndatamodel:\n%s", name, diff, text)
			return compared
		}
		compared++
		if answer.Status == "" || answer.Status == string(migration.Success) {
			schemas[project] = next
		}
	}
	return compared
}

// checkWarnings compares what the original found in its data with what we could
// find: nothing more than if all were there, nothing less than if nothing were.
func checkWarnings(t *testing.T, name string, document *datamodel.Document, steps []migration.Step, previous, next *schema.Schema, answer recordedAnswer) {
	t.Helper()
	most, mostProblems, err := migration.Warnings(context.Background(), steps, previous, next, allOrNothing(true))
	if err != nil {
		t.Fatal(err)
	}
	least, leastProblems, err := migration.Warnings(context.Background(), steps, previous, next, allOrNothing(false))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range document.Warnings(nil) {
		most = append(most, migration.Warning{Type: w.Type, Field: w.Field, Description: w.Description})
	}
	deploy := answer.Data.Deploy
	for _, w := range deploy.Warnings {
		if !slices.Contains(most, w) {
			t.Errorf("%s: not warned: %+v", name, w)
		}
	}
	for _, p := range deploy.Errors {
		if p.Type != "Subscription" && !slices.Contains(mostProblems, p) {
			t.Errorf("%s: not refused: %+v", name, p)
		}
	}
	for _, w := range least {
		if len(deploy.Errors) == 0 && !slices.Contains(deploy.Warnings, w) {
			t.Errorf("%s: warned: %+v", name, w)
		}
	}
	for _, p := range leastProblems {
		if !slices.Contains(deploy.Errors, p) {
			t.Errorf("%s: refused: %+v", name, p)
		}
	}
}

// allOrNothing answers every question about the data alike.
type allOrNothing bool

func (a allOrNothing) HasRows(context.Context, *schema.Model) (bool, error)  { return bool(a), nil }
func (a allOrNothing) HasNulls(context.Context, *schema.Field) (bool, error) { return bool(a), nil }
func (a allOrNothing) HasDuplicates(context.Context, *schema.Field) (bool, error) {
	return bool(a), nil
}
func (a allOrNothing) HaveDuplicates(context.Context, *schema.Model, []*schema.Field) (bool, error) {
	return bool(a), nil
}
func (a allOrNothing) HasLinks(context.Context, *schema.Relation) (bool, error) { return bool(a), nil }
func (a allOrNothing) UsesValue(context.Context, *schema.Field, string) (bool, error) {
	return bool(a), nil
}

func (s recordedStep) answer() recordedAnswer {
	var answer struct {
		recordedAnswer
		Deploy recordedAnswer
	}
	// Some answers are lists; those are none of deploys.
	if json.Unmarshal(s.Response, &answer) != nil {
		return recordedAnswer{}
	}
	if s.Op == "deploy" {
		answer.Deploy.Status = answer.Status
		return answer.Deploy
	}
	return answer.recordedAnswer
}

// deploy returns the project of a deploy or addProject and the datamodel of a
// deploy, "" for anything else.
func (s recordedStep) deploy() (project, text string) {
	if s.Op == "deploy" {
		return "", s.Datamodel
	}
	document, err := parser.ParseQuery(&ast.Source{Input: s.Query})
	if s.Op != "management" || err != nil {
		return "", ""
	}
	for _, selection := range document.Operations[0].SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || field.Name != "deploy" && field.Name != "addProject" {
			continue
		}
		input := field.Arguments.ForName("input").Value
		of := func(name string) string {
			v := input.Children.ForName(name)
			if v == nil {
				return ""
			}
			value, _ := v.Value(s.Variables)
			text, _ := value.(string)
			return text
		}
		return of("name") + "/" + of("stage"), of("types")
	}
	return "", ""
}

// recordedSteps returns steps as sorted JSON texts without what is null; the
// aliases of the queries are taken off.
func recordedSteps(steps []map[string]any) []string {
	lines := []string{}
	for _, step := range steps {
		if step["type"] == "UpdateSecrets" {
			continue
		}
		lines = append(lines, jsonText(plain(step)))
	}
	slices.Sort(lines)
	return lines
}

func plain(step map[string]any) map[string]any {
	names := map[string]string{"isUnique": "unique", "defaultValue": "default"}
	m := map[string]any{}
	for key, value := range step {
		for _, alias := range []string{"cf_", "ce_", "um_", "ur_"} {
			key = strings.TrimPrefix(key, alias)
		}
		if other, ok := names[key]; ok {
			key = other
		}
		if value == nil || key == "__typename" {
			continue
		}
		if inner, ok := value.(map[string]any); ok {
			value = plain(inner)
		}
		m[key] = value
	}
	return m
}

func describedSteps(t *testing.T, steps []migration.Step, previous, next *schema.Schema) []string {
	t.Helper()
	lines := []string{}
	for _, step := range steps {
		s := migration.Describe(step, previous, next)
		m := map[string]any{"type": s.Type}
		set(m, "name", s.Name)
		set(m, "model", s.Model)
		set(m, "newName", s.NewName)
		set(m, "typeName", s.TypeName)
		set(m, "isRequired", s.IsRequired)
		set(m, "isList", s.IsList)
		set(m, "unique", s.Unique)
		set(m, "enum", s.Enum)
		set(m, "default", s.Default)
		set(m, "relation", s.Relation)
		set(m, "leftModel", s.LeftModel)
		set(m, "rightModel", s.RightModel)
		if s.Values != nil {
			m["values"] = s.Values
		}
		setLink(m, "before", s.Before)
		setLink(m, "after", s.After)
		lines = append(lines, jsonText(m))
	}
	slices.Sort(lines)
	return lines
}

func set[T any](m map[string]any, key string, value T) {
	switch v := any(value).(type) {
	case string:
		if v != "" {
			m[key] = v
		}
	case *string:
		if v != nil {
			m[key] = *v
		}
	case *bool:
		if v != nil {
			m[key] = *v
		}
	}
}

func setLink(m map[string]any, key string, link *migration.APILink) {
	if link == nil {
		return
	}
	inner := map[string]any{"type": link.Type}
	set(inner, "table", link.Table)
	set(inner, "modelAColumn", link.ModelAColumn)
	set(inner, "modelBColumn", link.ModelBColumn)
	set(inner, "idColumn", link.IDColumn)
	set(inner, "model", link.Model)
	set(inner, "column", link.Column)
	m[key] = inner
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

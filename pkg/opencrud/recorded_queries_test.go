package opencrud_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
)

// recordedQueries is a suite of recorded requests.
type recordedQueries struct {
	Cases []struct {
		Name  string
		Steps []struct {
			Op, Datamodel, Query string
			Private              bool
			Variables            json.RawMessage
			Status               int
			Response             json.RawMessage
		}
	}
}

// recordedAnswer is what the original answered to one of them.
type recordedAnswer struct {
	Errors []struct {
		Message string
		Code    int
		Path    []any
	}
}

// refused tells whether the original refused a request before executing it.
func (a recordedAnswer) refused() bool {
	return len(a.Errors) > 0 && a.Errors[0].Code == 0 && a.Errors[0].Path == nil && !strings.Contains(a.Errors[0].Message, "Whoops")
}

// TestRecordedQueries checks every recorded request against the API of its
// datamodel: what the original executed must be executable, what it refused must
// be refused with the same sentences.
func TestRecordedQueries(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(golden.Recordings(t), "recorded", "postgres", "api.*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "api."), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var suite recordedQueries
			if err := json.Unmarshal(file, &suite); err != nil {
				t.Fatal(err)
			}
			for _, c := range suite.Cases {
				var a *opencrud.API
				for _, step := range c.Steps {
					switch {
					case step.Op == "deploy":
						a = api(t, step.Datamodel, opencrud.Capabilities{RawAccess: true})
					case step.Op == "query" && !step.Private && a != nil:
						var answer recordedAnswer
						if json.Unmarshal(step.Response, &answer) == nil {
							compareRefusal(t, c.Name, a, step.Query, step.Variables, answer)
						}
					}
				}
			}
		})
	}
}

func compareRefusal(t *testing.T, name string, a *opencrud.API, query string, variables []byte, answer recordedAnswer) {
	t.Helper()
	errs := refusal(a.Schema, query, variables)
	if !answer.refused() {
		if len(errs) > 0 {
			t.Errorf("%s: refused, the original executed it\n%s\n%s\n%s", name, query, variables, errs)
		}
		return
	}
	if len(errs) != len(answer.Errors) {
		t.Errorf("%s: %d errors, the original had %d\n%s\n%s\ngot  %s\nwant %+v", name, len(errs), len(answer.Errors), query, variables, errs, answer.Errors)
		return
	}
	for i, e := range errs {
		if e.Message != answer.Errors[i].Message {
			t.Errorf("%s:\n%s\n%s\ngot  %s\nwant %s", name, query, variables, e.Message, answer.Errors[i].Message)
		}
	}
}

func refusal(s *graphql.Schema, query string, variables []byte) graphql.Errors {
	doc, errs := graphql.Check(s, query, graphql.DefaultLimits())
	if len(errs) > 0 {
		return errs
	}
	op, err := doc.Operation("")
	if err != nil {
		return graphql.Errors{err}
	}
	_, errs = op.Bind(variables)
	return errs
}

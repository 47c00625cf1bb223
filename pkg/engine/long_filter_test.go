package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// TestLongFilter: as many conditions as a filter may have are answered, one more
// is told, in queries at any depth and in many-mutations.
func TestLongFilter(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Job { id: ID! @id name: String! parts: [Job] @relation(name: "Parts") of: Job @relation(name: "Parts") }`, engine.Options{})
		ask(t, s, `mutation { createJob(data: { name: "2", parts: { create: { name: "p" } } }) { id } }`, "null")
		most := c.Facts().MaxFilter
		right, wrong := anyOf(t, most, "2"), anyOf(t, most+1, "2")
		for query, want := range map[string]string{
			`query($w: JobWhereInput) { jobs(where: $w) { name } }`:                                    `{"data":{"jobs":[{"name":"2"}]}}`,
			`query($w: JobWhereInput) { jobsConnection(where: $w) { aggregate { count } } }`:           `{"data":{"jobsConnection":{"aggregate":{"count":1}}}}`,
			`query($w: JobWhereInput) { jobs(where: { name: "p" }) { parts(where: $w) { name } } }`:    `{"data":{"jobs":[{"parts":[]}]}}`,
			`mutation($w: JobWhereInput) { updateManyJobs(where: $w, data: { name: "2" }) { count } }`: `{"data":{"updateManyJobs":{"count":1}}}`,
		} {
			if got := string(ask(t, s, query, right)); got != want {
				t.Errorf("%s: got %.300s, want %s", query, got, want)
			}
			if got := string(ask(t, s, query, wrong)); !strings.Contains(got, `"code":3214`) {
				t.Errorf("%s: got %.300s", query, got)
			}
		}
		for word, want := range map[string]string{"OR": `{"data":{"jobs":[{"name":"p"}]}}`, "AND": `{"data":{"jobs":[]}}`} {
			query := `query($w: [JobWhereInput!]) { jobs(where: { ` + word + `: $w }) { name } }`
			if got := string(ask(t, s, query, related(t, 400))); got != want {
				t.Errorf("%s of related nodes: got %.300s, want %s", word, got, want)
			}
			if got := string(ask(t, s, query, related(t, 401))); !strings.Contains(got, `more than 400 conditions on related nodes`) {
				t.Errorf("%s of related nodes: got %.300s", word, got)
			}
		}
	})
}

// TestFewerConditions: the configuration may let a filter have fewer conditions, and not more than the database takes.
func TestFewerConditions(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		usual := connectortest.Open(t, config).Facts().MaxFilter
		config.Conditions = 1_000_000
		if most := connectortest.Open(t, config).Facts().MaxFilter; most != usual {
			t.Errorf("%d conditions, want %d", most, usual)
		}
		config.Conditions = 5
		s := deploy(t, connectortest.Open(t, config), users, engine.Options{})
		const query = `query($w: UserWhereInput) { users(where: $w) { name } }`
		if got := string(ask(t, s, query, anyOf(t, 5, "2"))); got != `{"data":{"users":[]}}` {
			t.Error(got)
		}
		if got := string(ask(t, s, query, anyOf(t, 6, "2"))); !strings.Contains(got, "The filter has more than 5 conditions.") {
			t.Error(got)
		}
	})
}

// anyOf returns variables with a filter of n conditions, of which the last names a job.
func anyOf(t *testing.T, n int, name string) string {
	conditions := make([]map[string]string, n)
	for i := range conditions {
		conditions[i] = map[string]string{"name": fmt.Sprint("no ", i)}
	}
	conditions[n-1]["name"] = name
	return encoded(t, map[string]any{"OR": conditions})
}

// related returns variables with n conditions on the job of a job, one of which holds.
func related(t *testing.T, n int) string {
	conditions := make([]any, n)
	for i := range conditions {
		conditions[i] = map[string]any{"of": map[string]string{"name_starts_with": fmt.Sprint(i)}}
	}
	return encoded(t, conditions)
}

func encoded(t *testing.T, filter any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"w": filter})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

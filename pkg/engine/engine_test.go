package engine_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	prismaschema "github.com/prisma1-go/prisma1/pkg/schema"
)

// deploy makes the tables of a datamodel and returns its service.
func deploy(t testing.TB, c *connector.Connector, text string, o engine.Options, features ...string) *engine.Service {
	t.Helper()
	if err := c.Database(testProject).Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	service, _ := deployAfter(t, c, &prismaschema.Schema{}, text, o, features...)
	return service
}

var testProject = project.ID{Name: "test", Stage: "dev"}

// deployAfter leads the tables of another schema to those of a datamodel.
func deployAfter(t testing.TB, c *connector.Connector, previous *prismaschema.Schema, text string, o engine.Options, features ...string) (*engine.Service, *prismaschema.Schema) {
	t.Helper()
	known, unknown := prismaschema.ParseFeatures(features)
	if len(unknown) > 0 {
		t.Fatalf("no features: %v", unknown)
	}
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		t.Fatal(syntax)
	}
	document = document.After(previous)
	rules := c.Rules()
	rules.Features = known
	if problems := document.Check(rules); len(problems) > 0 {
		t.Fatalf("datamodel: %v", problems)
	}
	schema, err := datamodel.Infer(document, previous)
	if err != nil {
		t.Fatal(err)
	}
	schema.Features = known
	db := c.Database(testProject)
	tables, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	steps, err := migration.Infer(previous, schema, document.Renames(previous))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := migration.Changes(steps, previous, schema, db.Naming(), tables)
	if err != nil {
		t.Fatal(err)
	}
	revision, err := db.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	revision++
	if err := db.Migrate(t.Context(), connector.Run{Revision: revision, Steps: changes}); err != nil {
		t.Fatal(err)
	}
	service, err := engine.New(c, o).Service(&project.Project{ID: testProject, Revision: revision, Schema: schema, Datamodel: text})
	if err != nil {
		t.Fatal(err)
	}
	return service, schema
}

// ask sends one operation and returns the answer.
func ask(t testing.TB, s *engine.Service, query, variables string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	if err != nil {
		t.Fatal(err)
	}
	_, answer := s.Answer(t.Context(), "request", body)
	return answer.Bytes()
}

// TestAPI runs testdata/api on every connector: a datamodel, then requests
// (N.graphql with variables N.json) and their answers (N.out, or N.mysql.out
// where a database has to answer something else). A section features names
// those of the service; a section refused.mysql says what MySQL has against
// the datamodel; N.transaction stands for the header that makes one
// transaction of a request, whose operations --- separates. Ids of the answers are written <1>, <2> … as they appear; requests may name them so.
// Times of the run are written <now>.
func TestAPI(t *testing.T) {
	golden.Each(t, "testdata/api", func(t *testing.T, c *golden.Case) {
		connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
			features := strings.Fields(c.Get("features"))
			if refused := "refused." + db.Facts().Name; c.Has(refused) {
				c.Want(t, refused, problems(t, db, c.Get("datamodel.prisma"), features))
				return
			}
			service := deploy(t, db, c.Get("datamodel.prisma"), engine.Options{}, features...)
			var names names
			for n := 1; c.Has(fmt.Sprintf("%d.graphql", n)); n++ {
				query := names.replaced(c.Get(fmt.Sprintf("%d.graphql", n)))
				out := fmt.Sprintf("%d.out", n)
				if own := fmt.Sprintf("%d.%s.out", n, db.Facts().Name); c.Has(own) {
					out = own
				}
				if c.Has(fmt.Sprintf("%d.transaction", n)) {
					c.Want(t, out, names.hidden(pretty(t, askTransaction(t, service, query), "")))
					continue
				}
				variables := names.replaced(c.Get(fmt.Sprintf("%d.json", n)))
				answer := ask(t, service, query, cmp.Or(strings.TrimSpace(variables), "null"))
				c.Want(t, out, names.hidden(pretty(t, answer, "")))
			}
		})
	})
}

// problems returns what a database refuses of a datamodel.
func problems(t testing.TB, c *connector.Connector, text string, features []string) string {
	t.Helper()
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		t.Fatal(syntax)
	}
	rules := c.Rules()
	rules.Features, _ = prismaschema.ParseFeatures(features)
	var found strings.Builder
	for _, p := range document.Check(rules) {
		fmt.Fprintf(&found, "%s.%s: %s\n", p.Type, p.Field, p.Description)
	}
	return found.String()
}

// askTransaction sends the operations of a text as one transaction.
func askTransaction(t testing.TB, s *engine.Service, text string) []byte {
	t.Helper()
	var batch []map[string]string
	for operation := range strings.SplitSeq(text, "---\n") {
		batch = append(batch, map[string]string{"query": operation})
	}
	var body any = batch
	if len(batch) == 1 {
		body = batch[0]
	}
	sent, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := s.AnswerTransaction(t.Context(), "request", sent)
	return answer.Bytes()
}

// widest is how long a line of an answer may be.
const widest = 100

// pretty lays out an answer: what fits stands on one line.
func pretty(t testing.TB, value json.RawMessage, indent string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, value, "", " "); err != nil {
		t.Fatalf("%v in %s", err, value)
	}
	if line := breaks.ReplaceAllString(b.String(), " "); len(indent)+len(line) <= widest {
		return line
	}
	d := json.NewDecoder(bytes.NewReader(value))
	open, err := d.Token()
	delim, ok := open.(json.Delim)
	if err != nil || !ok {
		return string(value)
	}
	var lines []string
	for d.More() {
		line := indent + "  "
		if delim == '{' {
			key, _ := d.Token()
			line += fmt.Sprintf("%q: ", key)
		}
		var member json.RawMessage
		if err := d.Decode(&member); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line+pretty(t, member, indent+"  "))
	}
	closing := map[json.Delim]string{'{': "}", '[': "]"}[delim]
	return delim.String() + "\n" + strings.Join(lines, ",\n") + "\n" + indent + closing
}

var breaks = regexp.MustCompile(`\n\s*`)

// names are the ids that a test met.
type names []string

var (
	idText   = regexp.MustCompile(`c[a-z0-9]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	nameText = regexp.MustCompile(`<[0-9]+>`)
	timeText = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z`)
)

// hidden writes ids as their names and times of today as <now>.
func (n *names) hidden(text string) string {
	text = idText.ReplaceAllStringFunc(text, func(id string) string {
		i := slices.Index(*n, id)
		if i < 0 {
			i = len(*n)
			*n = append(*n, id)
		}
		return fmt.Sprintf("<%d>", i+1)
	})
	return timeText.ReplaceAllStringFunc(text, func(text string) string {
		at, err := time.Parse(time.RFC3339, text)
		if err == nil && time.Since(at).Abs() < time.Hour {
			return "<now>"
		}
		return text
	})
}

// replaced writes names as their ids.
func (n *names) replaced(text string) string {
	return nameText.ReplaceAllStringFunc(text, func(name string) string {
		i, _ := strconv.Atoi(strings.Trim(name, "<>"))
		if i < 1 || i > len(*n) {
			return name
		}
		return (*n)[i-1]
	})
}

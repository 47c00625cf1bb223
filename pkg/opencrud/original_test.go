package opencrud_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// generate is run by Node.js. For each datamodel it makes the original's
// schema, and for each of our introspections the one that a client builds; it
// asks both what lines asks.
const generate = `
const graphql = require(process.env.MODULES + '/graphql')
const original = require(process.env.MODULES + '/prisma-generate-schema')
const { query, cases } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const types = schema => graphql.graphqlSync(schema, query).data.__schema.types
const attempt = make => { try { return { types: types(make()) } } catch (e) { return { problem: String(e) } } }
process.stdout.write(JSON.stringify(cases.map(c => ({
	original: attempt(() => original.generateCRUDSchema(c.datamodel, 'postgres')),
	client: attempt(() => { const s = graphql.buildClientSchema({ __schema: c.introspection }); graphql.assertValidSchema(s); return s }),
}))))`

// fullIntrospection is what GraphiQL, the Playground and Apollo's tools ask.
const fullIntrospection = `query IntrospectionQuery { __schema {
	queryType { name } mutationType { name } subscriptionType { name } types { ...FullType }
	directives { name description locations args { ...InputValue } } } }
	fragment FullType on __Type { kind name description
		fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
		inputFields { ...InputValue } interfaces { ...TypeRef }
		enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
	fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
	fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
		ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`

// hardPlurals are names whose plurals the original makes its own way.
var hardPlurals = strings.Fields(`Todo Series News Homework Sheep GrandChild Mongoose Human Woman German Mouse Tooth Goose Foot
	Analysis Basis Axis Codex Radix Datum Criterion Persona Nucleus Box Branch Index Matrix Status Bus Schema Address Class Wolf
	Leaf Wife Knife Key Category Photo Video Hero BillingInfo Curriculum OptionalDetails Settings Person URL user Quiz Ox Thesis
	Vertex Fish Deer Species Money Information Equipment Potato Piano Cactus Bureau Medium Octopus Virus Alias Shoe Move Sex
	Man Child Life Staff Proof Roof Chef Belief Cliff Canvas Campus Bonus Lens Gas Atlas Iris Corpus Genus Opus Appendix Agenda
	Stadium Phenomenon Automaton Hypothesis Crisis Oasis Diagnosis Half Calf Loaf Thief Shelf Scarf Dwarf Elf Day Boy Baby City
	Story Soliloquy Buzz Fez Waltz Hoax Tax Fox Glass Boss Wish Church Stitch Watch Epoch Monarch Stomach USER API User2 A Z1`)

// TestOriginalSchemas compares our schemas with those of
// prisma-generate-schema@1.34.12, and lets graphql-js build a client's schema
// of our introspection: over the datamodels of testdata and of the recordings,
// where they are, and names with hard plurals.
func TestOriginalSchemas(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("PRISMA1_TEST_NPM")
	if modules == "" {
		t.Skip("no original generator: PRISMA1_TEST_NPM can name the node_modules folder that has prisma-generate-schema@1.34.12")
	}
	modules, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	texts := datamodels(t)
	asked, ours := sent{Query: introspection}, make([][]string, len(texts))
	for i, text := range texts {
		served := api(t, text, opencrud.Capabilities{}).Schema
		ours[i] = lines(served)
		asked.Cases = append(asked.Cases, sentCase{text, introspectBy(t, served, fullIntrospection)})
	}
	apart := map[string]int{} // datamodels that are not compared
	for i, made := range generated(t, modules, asked) {
		if diff := cmp.Diff(made.Client.lines(), ours[i]); diff != "" {
			t.Errorf("of our introspection graphql-js makes (-client +ours)\n%s\n%s", diff, texts[i])
		}
		if problem := generatorsOwn(texts[i]); problem != "" {
			apart[problem]++
			continue
		}
		if diff := cmp.Diff(common(made.Original.lines()), common(ours[i])); diff != "" {
			t.Errorf("(-original +ours)\n%s\n%s", diff, texts[i])
		}
	}
	t.Logf("%d datamodels; the generator has its own idea of %v", len(texts), apart)
}

// common are the lines in which the generator and the original's server say
// the same. The generator forgets who implements Node, lets clients give
// counted ids, filters UUIDs by parts of their text, and leaves plurals that
// begin with a small letter; the server's answers are among the recordings.
func common(all []string) []string {
	var kept []string
	for _, line := range all {
		if strings.HasSuffix(line, " implements Node") || strings.HasPrefix(line, "Node.") || strings.HasPrefix(line, "Query.node(") || generatorsLine.MatchString(line) {
			continue
		}
		kept = append(kept, smallPlural.ReplaceAllStringFunc(line, func(name string) string {
			return name[:len(name)-1] + strings.ToUpper(name[len(name)-1:])
		}))
	}
	slices.Sort(kept)
	return kept
}

var (
	generatorsLine = regexp.MustCompile(`^\w+Create\w*Input\.id: Int$|^\w+WhereInput\.\w+_\w+: UUID$`)
	smallPlural    = regexp.MustCompile(`^Mutation\.(update|delete)Many[a-z]`)
)

// generatorsOwn names what a datamodel has that the generator, unlike the
// original's server, takes for something else, "" for nothing.
func generatorsOwn(text string) string {
	doc, _ := datamodel.Parse(text)
	s, err := datamodel.Infer(doc, nil)
	if err != nil {
		return err.Error()
	}
	if len(s.Models) == 0 {
		return "no model"
	}
	for _, m := range s.Models {
		if !slices.ContainsFunc(m.Fields, func(f *schema.Field) bool { return !f.Generated && !f.Hidden }) {
			return "a model that clients give nothing"
		}
		for _, f := range m.Fields {
			switch {
			case f.IsRelation() && f.OtherModel() == m && f.Back().Hidden:
				return "a self relation with one field"
			case (f.Name == "createdAt" || f.Name == "updatedAt") && f.Behaviour == nil:
				return "a field called " + f.Name
			}
		}
	}
	return ""
}

type (
	sent struct {
		Query string     `json:"query"`
		Cases []sentCase `json:"cases"`
	}
	sentCase struct {
		Datamodel     string          `json:"datamodel"`
		Introspection json.RawMessage `json:"introspection"`
	}
	generatedSchema struct {
		Types   []introspected
		Problem string
	}
	generatedCase struct{ Original, Client generatedSchema }
)

func (s generatedSchema) lines() []string {
	if s.Problem != "" {
		return []string{s.Problem}
	}
	return typeLines(s.Types)
}

func generated(t *testing.T, modules string, asked sent) []generatedCase {
	t.Helper()
	body, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "-e", generate)
	node.Env = append(os.Environ(), "MODULES="+modules)
	node.Stdin = bytes.NewReader(body)
	var stderr bytes.Buffer
	node.Stderr = &stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.Bytes())
	}
	var made []generatedCase
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	return made
}

// datamodels returns what is compared, each once.
func datamodels(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for names := range slices.Chunk(hardPlurals, 25) {
		var b strings.Builder
		for i, name := range names {
			other := names[(i+1)%len(names)]
			b.WriteString("type " + name + " { id: ID! @id name: String @unique next: [" + other + "] @relation(name: \"" + name + "\", link: TABLE) }\n")
		}
		found[b.String()] = true
	}
	for i, text := range recordedDatamodels(t) {
		if i%4 == 0 || os.Getenv("PRISMA1_TEST_LONG") != "" {
			found[text] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// recordedDatamodels returns, once each, those of the recordings that can be deployed, none without recordings.
func recordedDatamodels(t *testing.T) []string {
	found := map[string]bool{}
	t.Run("recorded", func(t *testing.T) {
		files, err := filepath.Glob(filepath.Join(golden.Recordings(t), "recorded", "*", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no recordings: %v", err)
		}
		for _, name := range files {
			var suite recorded
			file, err := os.ReadFile(name)
			if err == nil {
				err = json.Unmarshal(file, &suite)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range suite.Cases {
				for _, step := range c.Steps {
					if step.Op == "deploy" && deployable(step.Datamodel) {
						found[step.Datamodel] = true
					}
				}
			}
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// deployable tells whether a text is a datamodel 1.1 without problems.
func deployable(text string) bool {
	doc, syntax := datamodel.Parse(text)
	return syntax == nil && len(doc.Check(datamodel.Rules{IntIDs: true, Sequences: true, UUIDs: true})) == 0
}

func introspectBy(t *testing.T, s *graphql.Schema, query string) []byte {
	t.Helper()
	doc, errs := graphql.Check(s, query, graphql.DefaultLimits())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	op, _ := doc.Operation("")
	sel, _ := op.Bind(nil)
	answer, _ := s.Introspect(sel.Fields()[0])
	return answer.Bytes()
}

package prismayml

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a folder with files given as name and text in turn.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, dir string, process ...string) (*File, error) {
	t.Helper()
	env, err := LoadEnv(process, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return Load(filepath.Join(dir, "prisma.yml"), Options{Env: env, Flags: map[string]string{"stage": "prod"}})
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := write(t, ".env", "SECRET=\"one, two\"\nexport X=1\n# A=b\nHASH=a#b$c\n", "on.graphql", "subscription { user { node { id } } }\n", "prisma.yml", `
endpoint: http://localhost:4466/${env:SERVICE}/${opt:stage, 'dev'}
datamodel: [a.prisma, "${self:custom.second}"]
secret: ${env:SECRET}
databaseType: document
disableAuth: true
custom:
  second: ${env:NONE, self:custom.third, 'x'}
  third: ${ 'b' }.prisma
  unused: ${env:NOT_SET}
generate:
  - generator: go-client
    output: ./generated
seed: {run: "sh ${env:HASH}"}
hooks:
  post-deploy: echo done
subscriptions:
  onUser:
    query: on.graphql
    webhook: {url: "http://x/${env:HASH}", headers: {B: two, A: one}}
  plain: {query: "subscription { a }", webhook: http://y}
`)
	got, err := load(t, dir, "SERVICE=shop")
	if err != nil {
		t.Fatal(err)
	}
	want := &File{
		Path: filepath.Join(dir, "prisma.yml"), Dir: dir, Env: got.Env,
		Endpoint:  "http://localhost:4466/shop/prod",
		Datamodel: []string{filepath.Join(dir, "a.prisma"), filepath.Join(dir, "b.prisma")},
		Secrets:   []string{"one", "two"},
		Subscriptions: []Subscription{
			{Name: "onUser", Query: "subscription { user { node { id } } }\n", URL: "http://x/a#b$c", Headers: []Header{{"B", "two"}, {"A", "one"}}},
			{Name: "plain", Query: "subscription { a }", URL: "http://y"},
		},
		Generators: []Generator{{"go-client", "./generated"}},
		Seed:       &Seed{Run: "sh a#b$c"},
		PostDeploy: []string{"echo done"},
		Document:   true,
		Warnings: []string{"databaseType: document in prisma.yml is for MongoDB, which this server does not know. Its datamodel is read as one for SQL databases.",
			"disableAuth in prisma.yml has no effect. A service is open when it has no secret."},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *Env) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"endpoint: [\n":                  "line 1: did not find expected node content",
		"":                               "is empty. It needs at least: datamodel: datamodel.prisma",
		"- a":                            "the file must consist of properties",
		"endpoint: a\nnonsense: 1\n":     "Invalid prisma.yml file\nprisma.yml should NOT have additional properties. additionalProperty: nonsense (line 2)",
		"secret: 5":                      "prisma.yml.secret should be string. type: string (line 1)",
		"hooks: 5":                       "prisma.yml.hooks should be object. type: object (line 1)",
		"datamodel: {a: b}":              "prisma.yml.datamodel should be string,array. type: string,array (line 1)",
		"generate: [1]":                  "prisma.yml.generate[0] should be object. type: object (line 1)",
		"databaseType: x":                "should be equal to one of the allowed values. allowedValues: relational,document",
		"subscriptions: {a: {query: 1}}": "prisma.yml.subscriptions['a'].query should be string. type: string",
		"types: x":                       `It has been renamed to "datamodel"`,
		"a: b\na: c":                     `line 2: the property "a" stands there twice`,
		"secret: a\nsecret: b":           `line 2: the property "secret" stands there twice`,
		"secret: ${env:NOPE}":            "line 1: environment variable NOPE in ${env:NOPE} is not set. Set it, write it into .env",
		"endpoint: http://x/${env:NOPE}": "environment variable NOPE",
		"endpoint: ${opt:nope}":          "option --nope in ${opt:nope} is not given",
		"endpoint: ${self:custom.x}":     "${self:custom.x} refers to a value that is not in this file",
		"endpoint: ${file:./x.txt}":      "${file:./x.txt} has an unknown source",
		"endpoint: ${self:secret}\nsecret: ${self:endpoint}": "variables refer to each other in a circle",
		"endpoint: a${self:}":                                "neither text nor a number",
		"hooks: {post-deploy: 3}":                            "Hook post-deploy provided in prisma.yml must be string or an array of strings.",
		"a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]": "the file has more than 100000 values",
	} {
		_, err := load(t, write(t, "prisma.yml", text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestEmptySecretInEnvironmentCounts(t *testing.T) {
	t.Parallel()
	f, err := load(t, write(t, "prisma.yml", "secret: ${env:SECRET, 'x'}"), "SECRET=")
	if err != nil || f.Secrets != nil {
		t.Errorf("got %v %v", f, err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := write(t, "a/prisma/prisma.yml", "x: 1", "b/database/prisma.yml", "x: 1", "b/.graphqlconfig", `{"projects": {"p": {"extensions": {"prisma": "database/prisma.yml"}}}}`,
		"c/prisma.yml", "x: 1", "c/d/e/f.txt", "", "b/deep/x", "")
	for from, want := range map[string]string{
		"a":      "a/prisma/prisma.yml",
		"b":      "b/database/prisma.yml",
		"b/deep": "b/database/prisma.yml",
		"c":      "c/prisma.yml",
		"c/d/e":  "c/prisma.yml",
	} {
		got, err := Find(filepath.Join(dir, from))
		if err != nil || got != filepath.Join(dir, want) {
			t.Errorf("%s: got %s %v, want %s", from, got, err, want)
		}
	}
}

func TestLocate(t *testing.T) {
	sources := []Source{{"a", "one\ntwo\n"}, {"b", "x\ny"}, {"c", "z"}}
	for line, want := range map[int]string{1: "a1", 2: "a2", 4: "b1", 5: "b2", 6: "c1"} {
		path, at := Locate(sources, line)
		if got := path + string(rune('0'+at)); got != want {
			t.Errorf("%d: got %s, want %s in %q", line, got, want, Types(sources))
		}
	}
}

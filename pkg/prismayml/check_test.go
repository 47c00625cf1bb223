package prismayml

import (
	"strings"
	"testing"
)

// TestAllProblems: every wrong property is named with its line, in the order of the file.
func TestAllProblems(t *testing.T) {
	t.Parallel()
	_, err := load(t, write(t, "prisma.yml", `bogus: 1
endpoint: 5
datamodel: [a, 1, {b: c}]
stage: dev
databaseType: graph
disableAuth: maybe
seed: {import: 1, run: 2}
generate:
  - generator: 1
    output: true
  - 7
subscriptions:
  a: {query: 1}
  b: {query: x, webhook: 3}
  c:
    query: x
    webhook:
      headers: 5
  d: 4
hooks: x
features: {createMany: true}
`))
	want := `Invalid prisma.yml file
prisma.yml should NOT have additional properties. additionalProperty: bogus (line 1)
prisma.yml.endpoint should be string. type: string (line 2)
prisma.yml.datamodel[1] should be string. type: string (line 3)
prisma.yml.datamodel[2] should be string. type: string (line 3)
prisma.yml should NOT have additional properties. additionalProperty: stage (line 4)
prisma.yml.databaseType should be equal to one of the allowed values. allowedValues: relational,document (line 5)
prisma.yml.disableAuth should be boolean. type: boolean (line 6)
prisma.yml.seed.import should be string. type: string (line 7)
prisma.yml.seed.run should be string. type: string (line 7)
prisma.yml.generate[0].generator should be string. type: string (line 9)
prisma.yml.generate[0].output should be string. type: string (line 10)
prisma.yml.generate[1] should be object. type: object (line 11)
prisma.yml.subscriptions['a'].query should be string. type: string (line 13)
prisma.yml.subscriptions['a'] should have required property 'webhook'. missingProperty: webhook (line 13)
prisma.yml.subscriptions['b'].webhook should be string. type: string (line 14)
prisma.yml.subscriptions['c'].webhook should have required property 'url'. missingProperty: url (line 18)
prisma.yml.subscriptions['d'] should be object. type: object (line 19)
prisma.yml.hooks should be object. type: object (line 20)
prisma.yml.features should be string,array. type: string,array (line 21)`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestOldProperties: whoever comes from Prisma 1.7 and older reads what to write instead.
func TestOldProperties(t *testing.T) {
	t.Parallel()
	const unknown = "Invalid prisma.yml file\nprisma.yml should NOT have additional properties. additionalProperty: "
	const instead = "`service`, `stage` and `cluster` are of Prisma 1.7 and older. Write:\nendpoint: "
	for text, want := range map[string]string{
		"service: shop\nstage: dev\ncluster: local\n": unknown + "service (line 1)\n" +
			"prisma.yml should NOT have additional properties. additionalProperty: stage (line 2)\n" +
			"prisma.yml should NOT have additional properties. additionalProperty: cluster (line 3)\n" +
			instead + "http://localhost:4466/shop/dev",
		"cluster: me/prisma-eu1\n":                               unknown + "cluster (line 1)\n" + instead + "http://SERVER/SERVICE/STAGE",
		"stage: dev\nendpoint: http://localhost:4466/shop/dev\n": unknown + "stage (line 1)",
		"schema: a.graphql\n": "Invalid prisma.yml file\nprisma.yml should NOT have a \"schema\" property anymore. " +
			"A generator writes it: generate: [{generator: graphql-schema, output: …}] (line 1)",
	} {
		if _, err := load(t, write(t, "prisma.yml", text)); err == nil || err.Error() != want {
			t.Errorf("%q\ngot\n%v\nwant\n%s", text, err, want)
		}
	}
}

// TestOddFiles: byte order mark, CRLF and size are no obstacle; what is is named with its line.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"\ufeffendpoint: http://x\n",
		"# a\r\nendpoint: http://x\r\nsecret: s\r\n",
		"# tabs\tin a comment\nendpoint: http://x\t# and here\n",
		strings.Repeat("# ten megabytes\n", 10<<16) + "endpoint: http://x\n",
	} {
		f, err := load(t, write(t, "prisma.yml", text))
		if err != nil || f.Endpoint != "http://x" {
			t.Errorf("%.40q: got %+v %v", text, f, err)
		}
	}
	for text, want := range map[string]string{
		"seed:\n\timport: x\n":                               "line 2: YAML allows no tab in front of a line; use spaces",
		"seed:\n  import: x\n \trun: y\n":                    "line 3: YAML allows no tab",
		"endpoint: http://x\nendpoint: http://y\n":           `line 2: the property "endpoint" stands there twice`,
		"seed:\n  import: x\n  run: y\n  import: z\n":        `line 4: the property "import" stands there twice`,
		"custom:\n" + strings.Repeat("  - x\n", 200_000):     "the file has more than 100000 values",
		strings.Repeat("# seventeen megabytes\n", 17<<16):    "has more than 16 MB",
		"custom: &a [x, x, x, x, x, x, x, x, x, x]\n" + bomb: "the file has more than 100000 values",
		"- a\n- b\n":   "line 1: the file must consist of properties",
		"just text":    "line 1: the file must consist of properties",
		"a: b: c\n":    "mapping values are not allowed",
		"\xff\xfe\x00": "prisma.yml: ",
	} {
		if f, err := load(t, write(t, "prisma.yml", text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %+v %v, want %s", text, f, err, want)
		}
	}
}

// bomb becomes a billion texts when its aliases are written out.
const bomb = "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n"

package prismayml

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVariables: the table of the original (prisma-yml, Variables.ts). A path is looked up after all is replaced.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, path, want string }{
		{"endpoint: ${env:HOST}", "endpoint", "http://h"},
		{"endpoint: '${ env : HOST }/a'", "endpoint", "http://h/a"},
		{"endpoint: '${env:HOST}/${opt:stage}/${env:HOST}'", "endpoint", "http://h/prod/http://h"},
		{"secret: ${env:EMPTY, 'x'}", "secret", ""},
		{"secret: ${env:NONE, env:HOST}", "secret", "http://h"},
		{"secret: ${env:NONE, opt:none, self:custom.none, 'a b, c'}", "secret", "ab,c"},
		{`secret: '${"x"}y'`, "secret", "xy"},
		{"secret: ${self:custom.a}\ncustom: {a: '${self:custom.b}1', b: '${env:HOST}'}", "secret", "http://h1"},
		{"secret: ${self:custom.list.1.x}\ncustom: {list: [1, {x: deep}]}", "secret", "deep"},
		{"secret: ${self:custom.empty, 'x'}\ncustom: {empty: {}, none: ~}", "secret", "x"},
		{"secret: ${self:custom.none, 'x'}\ncustom: {empty: {}, none: ~}", "secret", "x"},
		{"secret: p${self:custom.n}\ncustom: {n: 12, f: 1.5}", "secret", "p12"},
		{"secret: p${self:custom.f}\ncustom: {n: 12, f: 1.5}", "secret", "p1.5"},
		{"generate: ${self:custom.g}\ncustom: {g: [{generator: '${opt:stage}', output: o}]}", "generate.0.generator", "prod"},
		{"seed:\n  run: echo ${env:HOST}\n", "seed.run", "echo http://h"},
		{"hooks: ${env:}", "hooks.HOST", "http://h"},
		{"hooks: ${opt:}", "hooks.stage", "prod"},
		{"secret: $${env:HOST}", "secret", "$http://h"},
		{"secret: '${not a variable: *}'", "secret", "${not a variable: *}"},
		{"secret: \"$\\x7Benv:HOST}\"", "secret", "http://h"},
		{"'${env:HOST}': x", "${env:HOST}", "x"},
	} {
		root, err := parse([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		env, err := LoadEnv([]string{"HOST=http://h", "EMPTY="}, t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		err = replaceVariables(root, Options{Env: env, Flags: map[string]string{"stage": "prod"}})
		if diff := cmp.Diff(c.want, textOf(lookup(root, c.path))); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.text, err, diff)
		}
	}
}

// TestEnvFile: the syntax of dotenv 4, which the original uses.
func TestEnvFile(t *testing.T) {
	t.Parallel()
	dir := write(t, "my.env", "\ufeffA=1\r\nB = \"two\\nlines\" \nC='$x # y'\nD=a=b#c\n# E=1\nexport F=1\nG\n H-1.x=y\nSET=file\nEMPTY=file\nI=\n")
	env, err := LoadEnv([]string{"SET=process", "EMPTY="}, dir, "my.env")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "1", "B": "two\nlines", "C": "$x # y", "D": "a=b#c", "H-1.x": "y", "SET": "process", "EMPTY": "file", "I": ""}
	if diff := cmp.Diff(want, env.names); diff != "" {
		t.Error(diff)
	}
	if a, b := env.Source("EMPTY"), env.Source("SET"); a != "my.env" || b != "the environment" {
		t.Errorf("got %s and %s", a, b)
	}
}

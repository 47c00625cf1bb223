package cmd

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/golden"
)

// jsonCalls are calls whose documents together have all keys that a command may print.
var jsonCalls = map[string][]string{
	"deploy":       {"deploy --json --dry-run -p dry.yml", "deploy --json", "deploy --json -p changed.yml", "deploy --json --dry-run -p changed.yml", "deploy --json -p broken.yml"},
	"introspect":   {"introspect --json"},
	"info":         {"info --json --secret"},
	"list":         {"list --json"},
	"cluster list": {"cluster list --json"},
	"config":       {"config --json"},
	"token":        {"token --json"},
	"doctor":       {"doctor --json"},
	"account":      {"account --json"},
	"local status": {"local status --json"},
	"version":      {"version --json"},

	"migrations list":    {"migrations list --json"},
	"migrations resolve": {"migrations resolve --yes --json"},
	"migrations show":    {"migrations show 2 --json"},
}

// TestJSONKeysInREADME: every command with --json has a row in the README, and every key that is
// printed stands there.
func TestJSONKeysInREADME(t *testing.T) {
	t.Parallel()
	rows := jsonRows(t)
	commands := slices.Sorted(maps.Keys(jsonCommands(newRootCmd(newApp(nil, nil, nil)))))
	if !slices.Equal(commands, slices.Sorted(maps.Keys(rows))) {
		t.Fatalf("commands with --json: %q\nrows of README.md: %q", commands, slices.Sorted(maps.Keys(rows)))
	}
	s := jsonStage(t)
	for _, command := range commands {
		if len(jsonCalls[command]) == 0 {
			t.Errorf("%s has --json, but nothing calls it", command)
		}
		printed := map[string]bool{}
		for _, call := range jsonCalls[command] {
			collectKeys(printed, s.json(t, call))
		}
		for key := range printed {
			if !slices.Contains(rows[command], key) {
				t.Errorf("README.md does not know the key %q of %s --json", key, command)
			}
		}
	}
}

// jsonCommands are the commands below cmd that have --json, by what is typed.
func jsonCommands(cmd *cobra.Command) map[string]bool {
	found := map[string]bool{}
	for _, c := range cmd.Commands() {
		if c.Flags().Lookup("json") != nil {
			found[strings.TrimPrefix(c.CommandPath(), "prisma1 ")] = true
		}
		maps.Copy(found, jsonCommands(c))
	}
	return found
}

// jsonRows is the table of the README: the words in the second column by the command in the first.
func jsonRows(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| command | keys |\n| --- | --- |\n")
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			break
		}
		quoted := strings.Join(regexp.MustCompile("`[^`]+`").FindAllString(cells[2], -1), " ")
		rows[strings.Trim(cells[1], " `")] = regexp.MustCompile(`\w+`).FindAllString(quoted, -1)
	}
	return rows
}

func jsonStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, "prisma1")
	definition := "endpoint: " + s.addresses[openAddress] + "/hello/dev\ndatamodel: datamodel.prisma\n"
	for name, text := range map[string]string{
		"prisma.yml":           definition + "secret: s\nseed: {run: echo}\nhooks: {post-deploy: echo a}\n",
		"dry.yml":              strings.Replace(definition, "hello", "other", 1),
		"changed.yml":          strings.Replace(definition, "datamodel.prisma", "changed.prisma", 1),
		"broken.yml":           strings.Replace(definition, "datamodel.prisma", "broken.prisma", 1),
		"datamodel.prisma":     "type User {\n  id: ID! @id\n  name: String\n}\n",
		"changed.prisma":       "type User {\n  id: ID! @id\n  name: Int! @unique\n  posts: [Post]\n}\ntype Post {\n  id: ID! @id\n}\n",
		"broken.prisma":        "type User {\n  id: ID! @id\n  friend: Nobody\n}\n",
		"~/.prisma/config.yml": "cloudSessionKey: eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJhIiwiZXhwIjo0MDcwOTA4ODAwfQ.eA\nclusters: {mine: {host: 'http://localhost:1'}}\n",
	} {
		s.write(t, name, text)
	}
	return s
}

// json runs a call and reads what it prints. Whether it succeeded does not matter here.
func (s *stage) json(t *testing.T, call string) any {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.program[0], strings.Fields(call)...)
	cmd.Dir = s.folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "USERPROFILE=" + s.home}
	output, _ := cmd.Output() // exit 1 is a document, too
	var document any
	if err := json.Unmarshal(output, &document); err != nil {
		t.Fatalf("prisma1 %s: %v\n%s", call, err, output)
	}
	return document
}

// collectKeys adds the keys of a document but those within steps.
func collectKeys(keys map[string]bool, document any) {
	switch d := document.(type) {
	case map[string]any:
		for key, value := range d {
			keys[key] = true
			if key != "steps" {
				collectKeys(keys, value)
			}
		}
	case []any:
		for _, element := range d {
			collectKeys(keys, element)
		}
	}
}

package cmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/prisma1-go/prisma1"

// floors lists the house from the ground up. A package imports only from
// floors below its own. Rooms of later issues have their place already.
var floors = [][]string{
	{"pkg/scalar", "pkg/fault", "pkg/prismayml", "pkg/cluster", "pkg/terminal", "pkg/cuid", "pkg/ratelimit", "pkg/metrics", "pkg/golden", "pkg/chromium"},
	{"pkg/schema", "pkg/graphql", "pkg/auth"},
	{"pkg/datamodel", "pkg/opencrud", "pkg/relational", "pkg/ndf", "pkg/project", "pkg/client"},
	{"pkg/dialect", "pkg/plan", "pkg/migration", "pkg/introspect", "pkg/codegen"},
	{"pkg/dialect/sqlite", "pkg/dialect/postgres", "pkg/dialect/mysql"},
	{"pkg/connector"},
	{"pkg/engine", "pkg/management", "pkg/connector/connectortest"},
	{"pkg/subscription", "pkg/cloud"},
	{"pkg/server", "pkg/cloud/web"},
	{"cmd"},
}

// onlyInTests are rooms that no other room's code may import.
var onlyInTests = []string{"pkg/golden", "pkg/chromium", "pkg/connector/connectortest"}

func TestFloors(t *testing.T) {
	t.Parallel()
	for room, imports := range rooms(t) {
		own := floor(room)
		if own < 0 {
			t.Errorf("%s has no floor", room)
			continue
		}
		for _, name := range imports {
			if at := floor(name); at >= own {
				t.Errorf("%s (floor %d) imports %s (floor %d)", room, own, name, at)
			}
			if slices.Contains(onlyInTests, name) {
				t.Errorf("%s imports %s, which is for tests only", room, name)
			}
		}
	}
}

// rooms returns which of our packages each of our packages imports.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room, ok := strings.CutPrefix(words[0], module+"/")
		if !ok { // main, on top of the house
			continue
		}
		found[room] = []string{}
		for _, name := range words[1:] {
			if name, ok := strings.CutPrefix(name, module+"/"); ok {
				found[room] = append(found[room], name)
			}
		}
	}
	if len(found) == 0 {
		t.Fatal("go list found no room")
	}
	return found
}

// floor returns the number of a room's floor, -1 when it has none.
func floor(room string) int {
	return slices.IndexFunc(floors, func(f []string) bool { return slices.Contains(f, room) })
}

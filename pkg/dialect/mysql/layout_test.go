package mysql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var createTable = regexp.MustCompile(`(?ms)^CREATE TABLE .*?;$`)

// TestLayout compares the tables we make of a datamodel with those that the
// original made of it: columns with native types and collations, names of
// indexes, foreign keys.
func TestLayout(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(golden.Recordings(t), "fixtures", "mysql")
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct{ Datamodels map[string]string }
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	dump, err := os.ReadFile(filepath.Join(folder, "dump.sql"))
	if err != nil {
		t.Fatal(err)
	}
	if len(expected.Datamodels) == 0 {
		t.Fatal("no datamodels")
	}
	for service, datamodel := range expected.Datamodels {
		theirs, ours := openDatabase(t), openDatabase(t)
		_, part, found := strings.Cut(string(dump), "USE `"+strings.Replace(service, "/", "@", 1)+"`;")
		if !found {
			t.Fatalf("no service %s in the dump", service)
		}
		part, _, _ = strings.Cut(part, "CREATE DATABASE ")
		theirs.run("SET foreign_key_checks = 0")
		for _, statement := range createTable.FindAllString(part, -1) {
			theirs.run(statement)
		}
		ours.deploy(&schema.Schema{}, datamodel, nil)
		diff := gocmp.Diff(theirs.tables(), ours.tables(),
			cmpopts.SortSlices(func(a, b relational.Column) bool { return a.Name < b.Name }),
			cmpopts.SortSlices(func(a, b relational.ForeignKey) bool { return a.Column < b.Column }),
			cmpopts.IgnoreFields(relational.ForeignKey{}, "Name"))
		if diff != "" {
			t.Errorf("%s (-original +ours):\n%s", service, diff)
		}
	}
}

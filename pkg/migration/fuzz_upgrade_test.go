package migration_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// FuzzUpgrade upgrades datamodels 1.0 that are written from the words of the
// language, so that many are right, other than texts by chance. A service that has
// one must keep its tables when the upgraded text is deployed, and need nothing
// when it is deployed again.
func FuzzUpgrade(f *testing.F) {
	for seed := range uint64(200) {
		choices, random := make([]byte, seed), rand.New(rand.NewPCG(seed, 0))
		for i := range choices {
			choices[i] = byte(random.Uint32())
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		text := (&legacyAuthor{choices: choices}).datamodel()
		if wrong := upgradeOf(t, text); wrong != "" {
			t.Errorf("%s\n%s", wrong, text)
		}
	})
}

// upgradeOf tells what is wrong with the upgrade of a datamodel 1.0, "" for nothing
// or where the text cannot be deployed.
func upgradeOf(t *testing.T, text string) string {
	t.Helper()
	read, ok := deployable(text, nil)
	if !ok || !read.Legacy() {
		return ""
	}
	before, err := datamodel.Infer(read, nil)
	if err != nil || len(stepsTo(t, text, before)) > 0 {
		return "" // says what it does not mean: oldName of a relation that is there
	}
	edits, problems, _ := datamodel.Upgrade(text)
	if len(problems) > 0 {
		if strings.Contains(problems[0].Description, "would not be stored as it is") {
			return problems[0].Description
		}
		return ""
	}
	upgraded := datamodel.Apply(text, edits)
	after, _ := mustInfer(t, upgraded, before)
	steps := stepsTo(t, upgraded, before)
	tables := relational.Tables(before, relational.Naming{})
	planned, err := migration.Changes(steps, before, after, relational.Naming{}, tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range planned {
		if len(p.Changes) > 0 {
			return upgraded + "\nchanges tables:\n" + dumpChanges(planned)
		}
	}
	if diff := cmp.Diff(tables, relational.Tables(after, relational.Naming{})); diff != "" {
		return upgraded + "\nhas other tables (-before +after):\n" + diff
	}
	if _, refused, err := migration.Warnings(t.Context(), steps, before, after, allOrNothing(true)); len(refused) > 0 || err != nil {
		return upgraded + "\nis refused: " + refused[0].Description
	}
	if again := stepsTo(t, upgraded, after); len(again) > 0 {
		return upgraded + "\nchanges when deployed again:\n" + dumpSteps(again, after, after)
	}
	return ""
}

// deployable reads a text and tells whether a deploy would take it.
func deployable(text string, previous *schema.Schema) (*datamodel.Document, bool) {
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		return nil, false
	}
	document = document.After(previous)
	return document, len(document.Check(datamodel.Rules{IntIDs: true, UUIDs: true})) == 0
}

// stepsTo returns the steps that a deploy of a text takes.
func stepsTo(t *testing.T, text string, previous *schema.Schema) []migration.Step {
	t.Helper()
	next, renames := mustInfer(t, text, previous)
	steps, err := migration.Infer(previous, next, renames)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return steps
}

package management

import (
	"cmp"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/migration"
)

// A Statement is SQL that a deploy would run for a step.
type Statement struct {
	Step string // "CreateField User.name"
	SQL  string
}

// statements are the SQL of all changes, in the order in which they would run. Statements whose
// text only the run itself can know are not among them.
func (d *deploy) statements() ([]Statement, error) {
	script, err := d.db.Script(d.changes)
	if err != nil {
		return nil, fmt.Errorf("write the statements: %w", err)
	}
	var list []Statement
	for i, sc := range d.changes {
		name := stepName(migration.Describe(sc.Step, d.payload.Previous, d.payload.Next))
		for _, s := range script[i] {
			list = append(list, Statement{Step: name, SQL: s.SQL})
		}
	}
	return list, nil
}

func stepName(s migration.APIStep) string {
	name := cmp.Or(s.Name, "?")
	if s.Model != "" {
		name = s.Model + "." + name
	}
	return s.Type + " " + name
}

func statementRecord(s Statement) any {
	return graphql.Record{Type: "MigrationStatement", Values: map[string]any{"step": s.Step, "sql": s.SQL}}
}

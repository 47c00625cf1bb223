package management

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// compare looks at the tables as they are beside the schema that was deployed
// last: what somebody changed by hand is warned of before anything is done.
func (d *deploy) compare(tables []*relational.Table) {
	previous, next := d.payload.Previous, d.payload.Next
	naming := d.db.Naming()
	// Names may differ between the two.
	d.lacking = len(migration.LinkIndexes(previous, naming, tables)) > 0 || len(migration.LinkIndexes(next, naming, tables)) > 0
	if len(d.payload.Steps) > 0 {
		d.payload.Warnings = append(d.payload.Warnings, migration.Drift(previous, tables)...)
	}
}

// indexLinks gives the columns of relations in tables of Prisma 1 the index that
// it did not make. That takes as long as tables are large, and nobody waits for
// it but this deploy; should it fail, the next one tries again.
func (d *deploy) indexLinks(ctx context.Context) {
	if !d.lacking || len(d.payload.Errors) > 0 {
		return
	}
	tables, err := d.db.Inspect(ctx)
	if err == nil {
		err = d.db.AddIndexes(ctx, migration.LinkIndexes(d.payload.Next, d.db.Naming(), tables))
	}
	if err != nil {
		d.log.Warn("an index of a relation was not made, the next deploy tries again", "service", d.connector.ProjectText(d.in.ID), "cause", err)
	}
}

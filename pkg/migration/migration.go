package migration

import (
	"time"

	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Migration is one deploy of a project as the history keeps it.
type Migration struct {
	Project    project.ID
	Revision   int // counts up per project, failed migrations included
	Status     Status
	Applied    int // steps done
	RolledBack int // steps undone
	Datamodel  string
	Schema     *schema.Schema
	Functions  []project.Function
	Steps      []Step
	Errors     []string
	StartedAt  time.Time // zero until it runs; ms, UTC
	FinishedAt time.Time // zero until it is over
}

// A Status is how far a migration is. The texts are those of the history.
type Status string

const (
	Pending         Status = "PENDING"
	InProgress      Status = "IN_PROGRESS"
	Success         Status = "SUCCESS"
	RollingBack     Status = "ROLLING_BACK"
	RollbackSuccess Status = "ROLLBACK_SUCCESS"
	RollbackFailure Status = "ROLLBACK_FAILURE"
)

// IsOpen tells whether the migration still has to end.
func (s Status) IsOpen() bool {
	return s == Pending || s == InProgress || s == RollingBack
}

// StepChanges is a step with the table changes it takes. A step whose changes
// were done together with those of an earlier one has none.
type StepChanges struct {
	Step    Step
	Changes []relational.Change
}

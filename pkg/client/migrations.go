package client

import (
	"context"
	"errors"
	"time"
)

// A Record is a migration as the history of a service keeps it.
type Record struct {
	Status
	StartedAt  *time.Time `json:"startedAt"`  // nil for the empty service, and before it runs
	FinishedAt *time.Time `json:"finishedAt"` // nil until it is over
	Datamodel  string     `json:"datamodel"`
	Steps      []Step     `json:"steps"`
}

// A DeployLock is what keeps all servers but one from deploying a service.
type DeployLock struct {
	Holder        string    `json:"holder"` // for people
	Since         time.Time `json:"since"`
	SilentSeconds int       `json:"silentSeconds"` // since its last sign of life
}

// errNoLock means that a server is Prisma 1 itself.
var errNoLock = errors.New("this server knows no lock that could be taken. Restart it: Prisma 1 goes on with open migrations when it starts")

const recordFields = `projectId revision status applied rolledBack errors startedAt finishedAt datamodel steps { ...Step }`

// Records lists the migrations of a service with their steps, newest first; failed ones too.
func (c *Client) Records(ctx context.Context, name, stage string) ([]Record, error) {
	const query = `query ($name: String!, $stage: String!) {
  listMigrations(name: $name, stage: $stage) { ` + recordFields + ` }
}
` + stepFragments
	var answer struct{ ListMigrations []Record }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.ListMigrations, err
}

// DeployLock returns which server deploys a service, nil for none.
func (c *Client) DeployLock(ctx context.Context, name, stage string) (*DeployLock, error) {
	if !c.knows(ctx, "Query", "deployLock") {
		return nil, errNoLock
	}
	const query = `query ($name: String!, $stage: String!) { deployLock(name: $name, stage: $stage) { holder since silentSeconds } }`
	var answer struct{ DeployLock *DeployLock }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.DeployLock, err
}

// ResolveMigrations takes the lock of a service from whatever server has it and
// returns the migrations that were open, as they ended.
func (c *Client) ResolveMigrations(ctx context.Context, name, stage string) ([]Record, error) {
	const query = `mutation ($input: ResolveMigrationInput!) {
  resolveMigration(input: $input) { migrations { ` + recordFields + ` } }
}
` + stepFragments
	var answer struct {
		ResolveMigration struct{ Migrations []Record }
	}
	err := c.api.call(ctx, query, map[string]any{"input": id(name, stage)}, &answer)
	return answer.ResolveMigration.Migrations, err
}

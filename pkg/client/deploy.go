package client

import (
	"context"
	"fmt"
)

// DeployInput is what a deploy sends.
type DeployInput struct {
	Name, Stage   string
	Types         string // the datamodel
	Secrets       []string
	Subscriptions []Function
	Force         bool // accept data loss
	DryRun        bool
	NoMigration   bool // leave the tables as they are and check the datamodel against them
}

// A Function is a server-side subscription.
type Function struct {
	Name    string   `json:"name"`
	Query   string   `json:"query"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers"`
}

// A Header is sent with each call of a function.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DeployPayload is what a deploy answers.
type DeployPayload struct {
	Errors    []Problem  `json:"errors"`
	Warnings  []Problem  `json:"warnings"`
	Steps     []Step     `json:"steps"`
	Migration *Migration `json:"migration"` // nil when nothing was to be done or nothing was done

	Statements []Statement `json:"statements"` // of a dry run; a server of Prisma 1 tells none
}

// A Statement is SQL that a deploy would run for a step.
type Statement struct {
	Step string `json:"step"` // "CreateField User.name"
	SQL  string `json:"sql"`
}

// A Problem is a mistake in a datamodel, or a warning that data would be lost.
type Problem struct {
	Type        string `json:"type"`
	Field       string `json:"field,omitempty"` // "" when the type itself is meant
	Description string `json:"description"`
}

// A Migration is a deploy that changes something.
type Migration struct {
	Revision int    `json:"revision"`
	Steps    []Step `json:"steps"`
}

// Deploy sends a datamodel. Problems and warnings are in the payload, not in
// the error. The migration may still run when it returns: see MigrationStatus.
func (c *Client) Deploy(ctx context.Context, in DeployInput) (*DeployPayload, error) {
	subscriptions := in.Subscriptions
	if subscriptions == nil {
		subscriptions = []Function{}
	}
	variables := map[string]any{
		"name": in.Name, "stage": in.Stage, "types": in.Types, "secrets": in.Secrets,
		"subscriptions": subscriptions, "force": in.Force, "dryRun": in.DryRun, "noMigration": in.NoMigration,
	}
	extra := ""
	if in.DryRun && c.tellsStatements(ctx) {
		extra = "statements { step sql }"
	}
	var answer struct{ Deploy *DeployPayload }
	if err := c.api.call(ctx, fmt.Sprintf(deployQuery, extra), variables, &answer); err != nil {
		return nil, err
	}
	return answer.Deploy, nil
}

// tellsStatements asks whether a server knows the field, which those of Prisma 1 do not.
func (c *Client) tellsStatements(ctx context.Context) bool {
	var answer struct {
		Type struct{ Fields []struct{ Name string } } `json:"__type"`
	}
	if err := c.api.call(ctx, `{ __type(name: "DeployPayload") { fields { name } } }`, nil, &answer); err != nil {
		return false // the deploy itself will say what is wrong
	}
	for _, f := range answer.Type.Fields {
		if f.Name == "statements" {
			return true
		}
	}
	return false
}

const deployQuery = `mutation ($name: String!, $stage: String!, $types: String!, $dryRun: Boolean, $secrets: [String!], $subscriptions: [FunctionInput!], $force: Boolean, $noMigration: Boolean) {
  deploy(input: { name: $name, stage: $stage, types: $types, dryRun: $dryRun, secrets: $secrets, subscriptions: $subscriptions, force: $force, noMigration: $noMigration }) {
    errors { type field description }
    warnings { type field description }
    migration { revision steps { ...Step } }
    steps { ...Step }
    %s
  }
}
` + stepFragments

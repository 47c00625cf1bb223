package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// DeployInput is what a deploy sends.
type DeployInput struct {
	Name, Stage   string
	Types         string // the datamodel
	Secrets       []string
	Subscriptions []Function
	Features      []string // parts of the data API beyond Prisma 1
	Force         bool     // accept data loss
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

	// Where it stands, as the command line finds it; absent when nothing in a file is meant.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
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
	var declare, give, ask string // what servers of Prisma 1 do not know
	if len(in.Features) > 0 {
		if !c.knows(ctx, "DeployInput", "features") {
			return nil, errNoFeatures
		}
		variables["features"] = in.Features
		declare, give = ", $features: [String!]", ", features: $features"
	}
	if in.DryRun && c.knows(ctx, "DeployPayload", "statements") {
		ask = "statements { step sql }"
	}
	var answer struct{ Deploy *DeployPayload }
	if err := c.api.call(ctx, fmt.Sprintf(deployQuery, declare, give, ask), variables, &answer); err != nil {
		return nil, err
	}
	return answer.Deploy, nil
}

// errNoFeatures means that a server is Prisma 1 itself.
var errNoFeatures = errors.New("this server knows no features. Remove `features` from prisma.yml, or deploy to a server of prisma1")

// knows asks whether a type of the server's API has a field, which those of Prisma 1 may not have.
func (c *Client) knows(ctx context.Context, typeName, field string) bool {
	type named struct{ Name string }
	var answer struct {
		Type struct{ Fields, InputFields []named } `json:"__type"`
	}
	const query = `query ($name: String!) { __type(name: $name) { fields { name } inputFields { name } } }`
	if err := c.api.ask(ctx, query, map[string]any{"name": typeName}, &answer); err != nil {
		return false // the deploy itself will say what is wrong
	}
	return slices.Contains(slices.Concat(answer.Type.Fields, answer.Type.InputFields), named{field})
}

const deployQuery = `mutation ($name: String!, $stage: String!, $types: String!, $dryRun: Boolean, $secrets: [String!], $subscriptions: [FunctionInput!], $force: Boolean, $noMigration: Boolean%s) {
  deploy(input: { name: $name, stage: $stage, types: $types, dryRun: $dryRun, secrets: $secrets, subscriptions: $subscriptions, force: $force, noMigration: $noMigration%s }) {
    errors { type field description }
    warnings { type field description }
    migration { revision steps { ...Step } }
    steps { ...Step }
    %s
  }
}
` + stepFragments

package cmd

import "github.com/prisma1-go/prisma1/pkg/client"

// jsonDeploy is what `deploy --json` prints. Keys are only ever added.
type jsonDeploy struct {
	Service      string             `json:"service"`
	Stage        string             `json:"stage"`
	Server       string             `json:"server"`
	DryRun       bool               `json:"dryRun"`
	Created      bool               `json:"created"` // the service is new
	Errors       []client.Problem   `json:"errors"`
	Warnings     []client.Problem   `json:"warnings"`
	Steps        []jsonStep         `json:"steps"`
	Statements   []client.Statement `json:"statements,omitempty"` // of a dry run
	Revision     int                `json:"revision,omitempty"`   // absent when nothing was applied
	Hooks        []hookResult       `json:"hooks,omitempty"`
	Seeded       bool               `json:"seeded,omitempty"`
	HTTPEndpoint string             `json:"httpEndpoint"`
	WSEndpoint   string             `json:"wsEndpoint"`
}

// jsonStep is a migration step; what does not belong to its type is absent.
type jsonStep struct {
	Type       string                `json:"type"`
	Model      string                `json:"model,omitempty"`
	Name       string                `json:"name,omitempty"`
	NewName    string                `json:"newName,omitempty"`
	Values     []string              `json:"values,omitempty"`
	TypeName   string                `json:"typeName,omitempty"`
	IsRequired *bool                 `json:"isRequired,omitempty"`
	IsList     *bool                 `json:"isList,omitempty"`
	IsUnique   *bool                 `json:"isUnique,omitempty"`
	Enum       string                `json:"enum,omitempty"`
	Relation   string                `json:"relation,omitempty"`
	Default    string                `json:"-"` // the original's inner form, of no use
	LeftModel  string                `json:"leftModel,omitempty"`
	RightModel string                `json:"rightModel,omitempty"`
	Before     *client.Manifestation `json:"before,omitempty"`
	After      *client.Manifestation `json:"after,omitempty"`
	Message    string                `json:"message,omitempty"`
}

func (d *deployment) printJSON() {
	out := jsonDeploy{
		Service: d.Endpoint.Service, Stage: d.Endpoint.Stage, Server: d.Label,
		DryRun: d.opts.DryRun, Created: d.created,
		Errors: notNil(d.payload.Errors), Warnings: notNil(d.payload.Warnings), Steps: []jsonStep{},
		Statements: d.payload.Statements, Hooks: d.hooks, Seeded: d.seeded,
		HTTPEndpoint: d.Endpoint.HTTP(), WSEndpoint: d.Endpoint.WebSocket(),
	}
	for _, s := range d.payload.Steps {
		out.Steps = append(out.Steps, jsonStep(s))
	}
	if m := d.payload.Migration; m != nil && !d.opts.DryRun {
		out.Revision = m.Revision
	}
	printJSON(d.opts.App.Terminal, out) // an error of the output shows at its reader
}

func notNil(problems []client.Problem) []client.Problem {
	if problems == nil {
		return []client.Problem{}
	}
	return problems
}

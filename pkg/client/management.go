package client

import (
	"context"
	"encoding/json"
)

// A Project is a service on a stage.
type Project struct {
	Name      string `json:"name"`
	Stage     string `json:"stage"`
	Datamodel string `json:"datamodel,omitempty"` // only Project fills it
}

// ServerInfo is what a server says about itself; needs no token.
type ServerInfo struct {
	Version          string `json:"version"`
	Commit           string `json:"commit"`
	PrimaryConnector string `json:"primaryConnector"` // "sqlite", "postgres" …
}

// ServerInfo asks a server for its version.
func (c *Client) ServerInfo(ctx context.Context) (ServerInfo, error) {
	var answer struct{ ServerInfo ServerInfo }
	err := c.api.ask(ctx, `{ serverInfo { version commit primaryConnector } }`, nil, &answer)
	return answer.ServerInfo, err
}

// Projects lists all services of a server.
func (c *Client) Projects(ctx context.Context) ([]Project, error) {
	var answer struct{ ListProjects []Project }
	err := c.api.ask(ctx, `{ listProjects { name stage } }`, nil, &answer)
	return answer.ListProjects, err
}

// Project returns a service with its datamodel. The error of a missing one satisfies NoService.
func (c *Client) Project(ctx context.Context, name, stage string) (Project, error) {
	const query = `query ($name: String!, $stage: String!) { project(name: $name, stage: $stage) { name stage datamodel } }`
	var answer struct{ Project Project }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.Project, err
}

// Storage is what a service stores, in bytes.
type Storage struct {
	Used  float64 `json:"usedBytes"`
	Limit float64 `json:"limitBytes"` // 0 when there is none
}

// Storage asks what a service stores. Servers of Prisma 1 do not know.
func (c *Client) Storage(ctx context.Context, name, stage string) (Storage, error) {
	const query = `query ($name: String!, $stage: String!) { project(name: $name, stage: $stage) { storage { usedBytes limitBytes } } }`
	var answer struct{ Project struct{ Storage Storage } }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.Project.Storage, err
}

// AddProject creates an empty service.
func (c *Client) AddProject(ctx context.Context, name, stage string, secrets []string) error {
	const query = `mutation ($name: String!, $stage: String!, $secrets: [String!]) {
  addProject(input: { name: $name, stage: $stage, secrets: $secrets }) { project { name } }
}`
	variables := id(name, stage)
	variables["secrets"] = secrets
	return c.api.call(ctx, query, variables, nil)
}

// DeleteProject deletes a service and all it holds.
func (c *Client) DeleteProject(ctx context.Context, name, stage string) error {
	const query = `mutation ($input: DeleteProjectInput!) { deleteProject(input: $input) { clientMutationId } }`
	return c.api.call(ctx, query, map[string]any{"input": id(name, stage)}, nil)
}

// ProjectToken returns a token for the data API of a service, valid for a day; "" when the service has no secret.
func (c *Client) ProjectToken(ctx context.Context, name, stage string) (string, error) {
	const query = `query ($name: String!, $stage: String!) { generateProjectToken(name: $name, stage: $stage) }`
	var answer struct{ GenerateProjectToken string }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.GenerateProjectToken, err
}

// A Status is how far a migration is.
type Status struct {
	ProjectID  string   `json:"projectId"`
	Revision   int      `json:"revision"`
	Status     string   `json:"status"` // PENDING, IN_PROGRESS, SUCCESS, ROLLING_BACK, ROLLBACK_SUCCESS or ROLLBACK_FAILURE
	Applied    int      `json:"applied"`
	RolledBack int      `json:"rolledBack"`
	Errors     []string `json:"errors"`
}

// Done tells whether nothing will change any more.
func (s Status) Done() bool {
	return s.Status == "SUCCESS" || s.Status == "ROLLBACK_SUCCESS" || s.Status == "ROLLBACK_FAILURE"
}

// MigrationStatus returns the open migration of a service, or else its last successful one.
func (c *Client) MigrationStatus(ctx context.Context, name, stage string) (Status, error) {
	const query = `query ($name: String!, $stage: String!) {
  migrationStatus(name: $name, stage: $stage) { projectId revision status applied rolledBack errors }
}`
	var answer struct{ MigrationStatus Status }
	err := c.api.ask(ctx, query, id(name, stage), &answer)
	return answer.MigrationStatus, err
}

// Do sends any query to the management API and returns its data.
func (c *Client) Do(ctx context.Context, query string, variables map[string]any) (json.RawMessage, error) {
	var data json.RawMessage
	err := c.api.call(ctx, query, variables, &data)
	return data, err
}

func id(name, stage string) map[string]any {
	return map[string]any{"name": name, "stage": stage}
}

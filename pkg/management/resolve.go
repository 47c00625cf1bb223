package management

import (
	"context"
	"time"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// resolve answers one root field.
type resolve = func(context.Context, graphql.Field) (any, error)

func (c *call) queryRoot() graphql.Functions {
	return graphql.Functions{Type: "Query", Fields: map[string]resolve{
		"serverInfo":           c.serverInfo,
		"listProjects":         c.listProjects,
		"project":              c.project,
		"listMigrations":       c.listMigrations,
		"migrationStatus":      c.migrationStatus,
		"generateProjectToken": c.generateProjectToken,
		"deployLock":           c.deployLock,
	}}
}

func (c *call) mutationRoot() graphql.Functions {
	return graphql.Functions{Type: "Mutation", Fields: map[string]resolve{
		"addProject":       c.addProject,
		"deleteProject":    c.deleteProject,
		"deploy":           c.deploy,
		"setCloudSecret":   c.setCloudSecret,
		"resolveMigration": c.resolveMigration,
	}}
}

// permit checks the token for an action, which is a root field, that concerns a
// project; the zero ID for one that concerns all. Returns fault.ManagementToken.
func (c *call) permit(action string, id project.ID) error {
	return c.tokens.VerifyManagement(c.options.Verifiers, c.authorization, action, id.Name, id.Stage)
}

// serverInfo needs no token: the CLI asks before it knows whether there is a secret.
func (c *call) serverInfo(context.Context, graphql.Field) (any, error) {
	return graphql.Record{Type: "ServerInfo", Values: map[string]any{
		"version":          c.options.Version,
		"commit":           c.options.Commit,
		"primaryConnector": c.connector.Facts().Name,
	}}, nil
}

func (c *call) listProjects(ctx context.Context, f graphql.Field) (any, error) {
	if err := c.permit(f.Name, project.ID{}); err != nil {
		return nil, err
	}
	projects, err := c.Projects(ctx)
	return graphql.ListOf(projects, c.projectRecord), err
}

func (c *call) project(ctx context.Context, f graphql.Field) (any, error) {
	id, err := c.named(f.Name, f.Argument)
	if err != nil {
		return nil, err
	}
	p, err := c.stored(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.projectRecord(p), nil
}

func (c *call) listMigrations(ctx context.Context, f graphql.Field) (any, error) {
	id, err := c.named(f.Name, f.Argument)
	if err != nil {
		return nil, err
	}
	history, err := c.Migrations(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.historyRecords(history), nil
}

func (c *call) migrationStatus(ctx context.Context, f graphql.Field) (any, error) {
	id, err := c.named(f.Name, f.Argument)
	if err != nil {
		return nil, err
	}
	one, previous, err := c.MigrationStatus(ctx, id)
	if err != nil || one == nil {
		return nil, err
	}
	return c.migrationRecord(one, previous), nil
}

func (c *call) generateProjectToken(ctx context.Context, f graphql.Field) (any, error) {
	id, err := c.named(f.Name, f.Argument)
	if err != nil {
		return nil, err
	}
	return c.ProjectToken(ctx, id)
}

func (c *call) addProject(ctx context.Context, f graphql.Field) (any, error) {
	input := f.Argument("input")
	id, err := c.named(f.Name, input.Field)
	if err != nil {
		return nil, err
	}
	p, err := c.AddProject(ctx, id, texts(input.Field("secrets")))
	if err != nil {
		return nil, err
	}
	return payload("AddProjectPayload", input, map[string]any{"project": c.projectRecord(p)}), nil
}

func (c *call) deleteProject(ctx context.Context, f graphql.Field) (any, error) {
	input := f.Argument("input")
	id, err := c.named(f.Name, input.Field)
	if err != nil {
		return nil, err
	}
	p, err := c.DeleteProject(ctx, id)
	if err != nil {
		return nil, err
	}
	return payload("DeleteProjectPayload", input, map[string]any{"project": c.projectRecord(p)}), nil
}

func (c *call) setCloudSecret(ctx context.Context, f graphql.Field) (any, error) {
	if err := c.permit(f.Name, project.ID{}); err != nil {
		return nil, err
	}
	input := f.Argument("input")
	if err := c.store.SetCloudSecret(ctx, text(input.Field("secret"))); err != nil {
		return nil, err
	}
	return payload("SetCloudSecretPayload", input, map[string]any{}), nil
}

func (c *call) deploy(ctx context.Context, f graphql.Field) (any, error) {
	input := f.Argument("input")
	id, err := c.named(f.Name, input.Field)
	if err != nil {
		return nil, err
	}
	done, err := c.Deploy(ctx, DeployInput{
		ID:          id,
		Types:       text(input.Field("types")),
		Secrets:     texts(input.Field("secrets")),
		Functions:   functions(input.Field("subscriptions")),
		Features:    texts(input.Field("features")),
		DryRun:      yes(input.Field("dryRun")),
		Force:       yes(input.Field("force")),
		NoMigration: yes(input.Field("noMigration")),
	})
	if err != nil {
		return nil, err
	}
	return payload("DeployPayload", input, c.deployValues(done)), nil
}

// named reads name and stage and checks the token for them.
func (c *call) named(action string, argument func(string) graphql.Input) (project.ID, error) {
	id := project.ID{Name: text(argument("name")), Stage: text(argument("stage"))}
	return id, c.permit(action, id)
}

// payload is the answer of a mutation; it gives the client's id of it back.
func payload(typeName string, input graphql.Input, values map[string]any) graphql.Record {
	if id := input.Field("clientMutationId"); !id.IsNull() {
		values["clientMutationId"] = text(id)
	}
	return graphql.Record{Type: typeName, Values: values}
}

func functions(list graphql.Input) []project.Function {
	var read []project.Function
	for _, item := range list.Items {
		f := project.Function{Name: text(item.Field("name")), Query: text(item.Field("query")), URL: text(item.Field("url"))}
		for _, h := range item.Field("headers").Items {
			f.Headers = append(f.Headers, project.Header{Name: text(h.Field("name")), Value: text(h.Field("value"))})
		}
		read = append(read, f)
	}
	return read
}

// text returns a string input; "" for none.
func text(in graphql.Input) string {
	if in.IsNull() {
		return ""
	}
	return in.Value.String()
}

func texts(list graphql.Input) []string {
	var read []string
	for _, item := range list.Items {
		read = append(read, text(item))
	}
	return read
}

func yes(in graphql.Input) bool { return !in.IsNull() && in.Value.Bool() }

// moment prints a time as the API's DateTime, nil for the zero time.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

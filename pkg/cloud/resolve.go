package cloud

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// resolve answers one root field.
type resolve = func(context.Context, graphql.Field) (any, error)

func (c *call) queryRoot() graphql.Functions {
	return graphql.Functions{Type: "Query", Fields: map[string]resolve{
		"me":                c.identified(c.me),
		"cloudTokenRequest": c.cloudTokenRequest,
	}}
}

func (c *call) mutationRoot() graphql.Functions {
	return graphql.Functions{Type: "Mutation", Fields: map[string]resolve{
		"requestCloudToken":            c.requestCloudToken,
		"generateClusterToken":         c.identified(c.generateClusterToken),
		"addServiceToCloudDBIfMissing": c.identified(c.addServiceIfMissing),
		"deleteService":                c.identified(c.deleteServiceThere),
		"renewToken":                   c.identified(c.renewToken),
		"revokeToken":                  c.identified(c.revokeToken),
	}}
}

// identified calls a field with who called it. Everything but asking to be let in is behind it.
func (c *call) identified(field func(context.Context, *caller, graphql.Field) (any, error)) resolve {
	return func(ctx context.Context, f graphql.Field) (any, error) {
		who, err := c.identify(ctx, c.from.Authorization)
		if err != nil {
			return nil, err
		}
		return field(ctx, who, f)
	}
}

func (c *call) requestCloudToken(context.Context, graphql.Field) (any, error) {
	secret, err := c.RequestLogin(c.from.Computer, c.from.Address)
	return graphql.Record{Type: "CloudTokenRequest", Values: map[string]any{"secret": secret}}, err
}

func (c *call) cloudTokenRequest(_ context.Context, f graphql.Field) (any, error) {
	secret := text(f.Argument("secret"))
	found := c.waiting.find(secret)
	if found == nil {
		return nil, errRequest
	}
	answer := map[string]any{"secret": secret}
	if found.key != "" {
		answer["token"] = found.key
	}
	return graphql.Record{Type: "CloudTokenRequest", Values: answer}, nil
}

func (c *call) me(ctx context.Context, who *caller, _ graphql.Field) (any, error) {
	return person{c.Cloud, who.user}, nil
}

func (c *call) generateClusterToken(ctx context.Context, who *caller, f graphql.Field) (any, error) {
	p, err := c.locate(ctx, who.user.ID, reference(f.Argument("input"), "serviceName", "stageName"))
	if err != nil {
		return nil, err
	}
	token, err := c.sign(p)
	return graphql.Record{Type: "GenerateClusterTokenPayload", Values: map[string]any{"clusterToken": token}}, err
}

func (c *call) addServiceIfMissing(ctx context.Context, who *caller, f graphql.Field) (any, error) {
	p, err := c.locate(ctx, who.user.ID, reference(f.Argument("input"), "serviceName", "stageName"))
	if err != nil {
		return nil, err
	}
	return c.addService(ctx, p)
}

// deleteServiceThere deletes a service on its server, which is what the CLI of Prisma 1 leaves to
// the cloud, and forgets it. One that the server has no more is only forgotten.
func (c *call) deleteServiceThere(ctx context.Context, who *caller, f graphql.Field) (any, error) {
	p, err := c.locate(ctx, who.user.ID, reference(f.Argument("input"), "name", "stage"))
	if err != nil {
		return nil, err
	}
	token, err := c.sign(p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = client.New(p.server.URL, token, reach(p.server.URL)).DeleteProject(ctx, p.id().Name, p.id().Stage)
	if err != nil && !client.NoService(err) {
		c.log.Warn("delete a service on its server", "server", p.server.Name, "cause", err)
		return nil, refused("The server %s did not delete the service. Its log says why, if it was reached.", p.server.Name)
	}
	id, err := c.deleteService(ctx, p)
	if err != nil {
		return nil, err
	}
	if id == "" {
		id = p.id().Name + "@" + p.id().Stage
	}
	return graphql.Record{Type: "Service", Values: map[string]any{"id": id, "name": p.service, "stage": p.stage, "cluster": cluster(p.server)}}, nil
}

func (c *call) renewToken(ctx context.Context, who *caller, _ graphql.Field) (any, error) {
	return c.renew(ctx, who)
}

func (c *call) revokeToken(ctx context.Context, who *caller, _ graphql.Field) (any, error) {
	return true, c.Revoke(ctx, who.user.ID, who.login)
}

func reference(input graphql.Input, service, stage string) Reference {
	return Reference{
		Workspace: text(input.Field("workspaceSlug")), Server: text(input.Field("clusterName")),
		Service: text(input.Field(service)), Stage: text(input.Field(stage)),
	}
}

func text(in graphql.Input) string {
	if in.IsNull() {
		return ""
	}
	return in.Value.String()
}

// person answers the fields of me; workspaces are read only when they are asked for.
type person struct {
	cloud *Cloud
	user  *User
}

func (p person) TypeName() string { return "User" }

func (p person) Field(ctx context.Context, f graphql.Field) (any, error) {
	switch f.Name {
	case "id":
		return p.user.ID, nil
	case "name":
		return p.user.Name, nil
	case "login":
		return []any{graphql.Record{Type: "Login", Values: map[string]any{"email": p.user.Email}}}, nil
	case "memberships":
		return p.memberships(ctx)
	}
	return nil, fmt.Errorf("no resolver for field User.%s", f.Name)
}

func (p person) memberships(ctx context.Context) (any, error) {
	memberships, err := p.cloud.Memberships(ctx, p.user.ID)
	if err != nil {
		return nil, err
	}
	shared, err := p.cloud.SharedServers(ctx)
	if err != nil {
		return nil, err
	}
	service := func(s Service) any {
		s.Server.Shared = slices.ContainsFunc(shared, func(one Server) bool { return one.ID == s.Server.ID })
		return graphql.Record{Type: "Service", Values: map[string]any{"id": s.ID, "name": s.Name, "stage": s.Stage, "cluster": cluster(s.Server)}}
	}
	return graphql.ListOf(memberships, func(m Membership) any {
		w := m.Workspace
		return graphql.Record{Type: "Membership", Values: map[string]any{"role": m.Role, "workspace": graphql.Record{Type: "Workspace", Values: map[string]any{
			"id": w.ID, "name": w.Name, "slug": w.Slug,
			"clusters": graphql.ListOf(append(append([]Server{}, shared...), w.Servers...), cluster),
			"services": graphql.ListOf(w.Services, service),
		}}}}
	}), nil
}

func cluster(s Server) any {
	endpoint := graphql.Record{Type: "ConnectInfo", Values: map[string]any{"endpoint": s.URL}}
	return graphql.Record{Type: "Cluster", Values: map[string]any{"id": s.ID, "name": s.Name, "connectInfo": endpoint, "customConnectionInfo": endpoint, "shared": s.Shared}}
}

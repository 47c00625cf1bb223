package cloud

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// tokenLifetime is how long a management token of the cloud is valid: as long as a large deploy takes.
const tokenLifetime = 15 * time.Minute

// mostServices is how many services of a workspace are noted.
const mostServices = 1000

// A Service is what was deployed with the cloud's help, as far as the cloud was told.
type Service struct {
	ID     string
	Name   string // without the workspace
	Stage  string
	Server Server
}

// A Reference names a service on a server as CLIs do.
type Reference struct {
	Workspace string // slug; "*" or "" for any of the user's
	Server    string // name; "default" is what the CLI of Prisma 1 calls one that it does not know
	Service   string // name; "workspace~name" says the workspace of a shared server
	Stage     string
}

// unknownServer is how the CLI of Prisma 1 calls a server it knows only by its address.
const unknownServer = "default"

// A place is where a service of a workspace is or will be.
type place struct {
	workspace *Workspace
	server    Server
	service   string // without the workspace
	stage     string
}

// id is the service as the server knows it: on a shared server with its workspace.
func (p *place) id() project.ID {
	if p.server.Shared {
		return project.ID{Name: p.workspace.Slug + "~" + p.service, Stage: p.stage}
	}
	return project.ID{Name: p.service, Stage: p.stage}
}

func (p *place) key() string {
	return p.server.ID + "/" + p.workspace.Slug + "/" + p.service + "@" + p.stage
}

// locate finds the one place that a reference means, among the workspaces of the user.
// Returns errNotAuthorized and fault.CloudRefused.
func (c *Cloud) locate(ctx context.Context, userID string, r Reference) (*place, error) {
	slug, service, named := strings.Cut(r.Service, "~")
	if !named {
		slug, service = r.Workspace, r.Service
	}
	if named && r.Workspace != "" && r.Workspace != "*" && r.Workspace != slug {
		return nil, errNotAuthorized
	}
	if strings.Contains(service, "~") {
		return nil, refused("The name of a service holds no second ~.")
	}
	memberships, err := c.Memberships(ctx, userID)
	if err != nil {
		return nil, err
	}
	shared, err := c.SharedServers(ctx)
	if err != nil {
		return nil, err
	}
	var found []*place
	member := false
	for i := range memberships {
		w := &memberships[i].Workspace
		if slug != "" && slug != "*" && w.Slug != slug {
			continue
		}
		member = true
		for _, s := range candidates(w, shared, r.Server, named) {
			found = append(found, &place{workspace: w, server: s, service: service, stage: r.Stage})
		}
	}
	switch {
	case !member:
		return nil, errNotAuthorized
	case len(found) == 0:
		return nil, refused("Your workspaces have no server %s. An owner adds one, or: prisma1 cloud server add", short(r.Server))
	case len(found) > 1:
		return nil, refused("Several servers are meant by %s. Say which: give the workspace, or name one of them %s.", short(r.Server), unknownServer)
	}
	one := found[0]
	if err := one.id().Check(); err != nil {
		return nil, refused("%s", err.Error())
	}
	return one, nil
}

// candidates are the servers of a workspace that a name may mean. The name of an unknown server
// may mean any private one; with a workspace in the service's name, any shared one.
func candidates(w *Workspace, shared []Server, name string, inShared bool) []Server {
	var exact []Server
	for _, s := range append(append([]Server{}, w.Servers...), shared...) {
		if s.Name == name && (s.Shared || !inShared) {
			exact = append(exact, s)
		}
	}
	switch {
	case len(exact) > 0 || name != unknownServer:
		return exact
	case inShared:
		return shared
	}
	return w.Servers
}

// sign returns a management token for one service, for the server that it is on.
func (c *Cloud) sign(p *place) (string, error) {
	signer, err := c.keys.server(p.server.ID)
	if err != nil {
		return "", err
	}
	id := p.id()
	return auth.SignManagement(signer, []auth.Grant{{Target: id.Name + "/" + id.Stage, Action: "*"}}, tokenLifetime)
}

// addService notes a service, if it is not noted yet, and says whether it was not.
func (c *Cloud) addService(ctx context.Context, p *place) (added bool, err error) {
	if slices.ContainsFunc(p.workspace.Services, func(s Service) bool {
		return s.Server.ID == p.server.ID && s.Name == p.service && s.Stage == p.stage
	}) {
		return false, nil
	}
	if len(p.workspace.Services) >= mostServices {
		return false, refused("A workspace has at most %d services. Please delete one that is not needed.", mostServices)
	}
	err = c.records.do(ctx, `mutation ($key: String!, $name: String!, $stage: String!, $server: ID!, $workspace: ID!) {
  createService(data: {key: $key, name: $name, stage: $stage, server: {connect: {id: $server}}, workspace: {connect: {id: $workspace}}}) { id }
}`, values{"key": p.key(), "name": p.service, "stage": p.stage, "server": p.server.ID, "workspace": p.workspace.ID}, nil)
	if taken(err) {
		return false, nil
	}
	return err == nil, err
}

// deleteService forgets a service and returns its id, "" when there was none.
func (c *Cloud) deleteService(ctx context.Context, p *place) (id string, err error) {
	var answer struct{ DeleteService *struct{ ID string } }
	err = c.records.do(ctx, `mutation ($key: String!) { deleteService(where: {key: $key}) { id } }`, values{"key": p.key()}, &answer)
	if missing(err) {
		return "", nil
	}
	if err != nil || answer.DeleteService == nil {
		return "", err
	}
	return answer.DeleteService.ID, nil
}

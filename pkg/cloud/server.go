package cloud

import (
	"context"
	"net/url"
	"regexp"
	"strings"
)

// A Server is a Prisma server that holds a public key of the cloud.
type Server struct {
	ID   string
	Name string
	URL  string

	Shared bool `json:"-"` // all workspaces deploy to it; filled by servers
}

// Sandbox is the name of the shared server that a cloud brings along.
const Sandbox = "sandbox"

var serverName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{0,38}$`)

// serverURL returns a server's address as scheme, host and port.
func serverURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", refused("%q is no address of a server. It looks like https://prisma.example.org", short(text))
	case u.User != nil:
		return "", refused("The address of a server holds no user and password.")
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return "", refused("The address of a server ends with its host or port: %s://%s", u.Scheme, u.Host)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// AddServer registers a server of a workspace, or changes its address, and returns the public key
// that it is to hold. slug is "" for a server that all workspaces share. Returns fault.CloudRefused.
func (c *Cloud) AddServer(ctx context.Context, slug, name, address string) (publicKey string, err error) {
	if !serverName.MatchString(name) {
		return "", refused("%q is no name for a server: it starts with a letter and has up to 39 letters, digits and hyphens.", short(name))
	}
	if slug != "" && name == Sandbox {
		return "", refused("The name %s is that of the shared server.", Sandbox)
	}
	address, err = serverURL(address)
	if err != nil {
		return "", err
	}
	data := values{"key": slug + "/" + name, "name": name, "url": address}
	if slug != "" {
		data["workspace"] = values{"connect": values{"slug": slug}}
	}
	var answer struct{ UpsertServer Server }
	err = c.records.do(ctx, `mutation ($key: String!, $url: String!, $data: ServerCreateInput!) {
  upsertServer(where: {key: $key}, update: {url: $url}, create: $data) { id }
}`, values{"key": slug + "/" + name, "url": address, "data": data}, &answer)
	if missing(err) {
		return "", refused("There is no workspace %s.", short(slug))
	}
	if err != nil {
		return "", err
	}
	return c.keys.public(answer.UpsertServer.ID)
}

// AddOwnServer is AddServer by a user who must own the workspace. local tells
// whether the server may be on the cloud's own machine.
func (c *Cloud) AddOwnServer(ctx context.Context, userID, slug, name, address string, local bool) (publicKey string, err error) {
	workspace, err := c.owned(ctx, userID, slug)
	if err != nil {
		return "", err
	}
	if len(workspace.Servers) >= 100 {
		return "", refused("A workspace has at most 100 servers.")
	}
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && here(u.Hostname()) && !local {
		return "", refused("%s is the machine of the cloud itself. Give the address at which others reach the server; the operator of the cloud can add one there: prisma1 cloud server add", u.Hostname())
	}
	return c.AddServer(ctx, slug, name, address)
}

// RemoveServer forgets a server; "" is the shared ones' slug. Its services go on there.
func (c *Cloud) RemoveServer(ctx context.Context, slug, name string) error {
	err := c.records.do(ctx, `mutation ($key: String!) { deleteServer(where: {key: $key}) { id } }`, values{"key": slug + "/" + name}, nil)
	if missing(err) {
		return refused("There is no server %s.", short(name))
	}
	return err
}

// RemoveOwnServer is RemoveServer by a user who must own the workspace.
func (c *Cloud) RemoveOwnServer(ctx context.Context, userID, slug, name string) error {
	if _, err := c.owned(ctx, userID, slug); err != nil {
		return err
	}
	return c.RemoveServer(ctx, slug, name)
}

// PublicKey is the key that a server is to hold, again.
func (c *Cloud) PublicKey(ctx context.Context, slug, name string) (string, error) {
	var answer struct{ Server *Server }
	err := c.records.do(ctx, `query ($key: String!) { server(where: {key: $key}) { id } }`, values{"key": slug + "/" + name}, &answer)
	if err != nil {
		return "", err
	}
	if answer.Server == nil {
		return "", refused("There is no server %s.", short(name))
	}
	return c.keys.public(answer.Server.ID)
}

// A RegisteredServer is a server with the workspace it belongs to.
type RegisteredServer struct {
	Name      string
	URL       string
	Workspace *struct{ Slug string } // nil: all share it
}

// Servers lists all servers.
func (c *Cloud) Servers(ctx context.Context) ([]RegisteredServer, error) {
	var answer struct{ Servers []RegisteredServer }
	err := c.records.do(ctx, `{ servers(orderBy: key_ASC) { name url workspace { slug } } }`, nil, &answer)
	return answer.Servers, err
}

// SharedServers are those that every workspace may deploy to.
func (c *Cloud) SharedServers(ctx context.Context) ([]Server, error) {
	var answer struct{ Servers []Server }
	err := c.records.do(ctx, `{ servers(where: {workspace: null}, orderBy: name_ASC) { id name url } }`, nil, &answer)
	for i := range answer.Servers {
		answer.Servers[i].Shared = true
	}
	return answer.Servers, err
}

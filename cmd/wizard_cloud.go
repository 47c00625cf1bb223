package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// loginChoice is offered to who is logged out.
const loginChoice = "Log in to a cloud"

// wizardCloud is the cloud as the wizard sees it.
type wizardCloud struct {
	app     *App
	access  *cloudAccess // nil when nobody is logged in
	servers []client.CloudServer
	asked   bool
}

// load asks the cloud for its servers, once. A cloud that does not answer offers none.
func (c *wizardCloud) load(ctx context.Context) error {
	if c == nil || c.asked {
		return nil
	}
	c.asked = true
	var err error
	if c.access, err = c.app.cloud(); err != nil || c.access == nil {
		return err
	}
	if c.servers, err = c.access.servers(ctx); err != nil {
		c.app.Terminal.Warning(describe(err))
		if loggedOut(err) {
			c.access = nil
		}
	}
	return nil
}

// login logs in, to the cloud that is known or one whose address is typed in.
func (c *wizardCloud) login(ctx context.Context, ask prompter) error {
	registry, err := c.app.registry()
	if err != nil {
		return err
	}
	address, err := c.app.cloudAddress("", registry)
	if err != nil {
		return err
	}
	if address == "" {
		address, err = ask.Input("Enter the address of your cloud", "", func(text string) error {
			_, err := c.app.cloudAddress(text, registry)
			return err
		})
		if err != nil {
			return missingFlag(err, "server")
		}
		if address, err = c.app.cloudAddress(strings.TrimSpace(address), registry); err != nil {
			return err
		}
		if address == "" {
			return errors.New("Without an address nobody can log in. Give it with: prisma1 login --cloud URL")
		}
	}
	t := *c.app.Terminal
	t.Out = t.Err // results are for the command's own
	if err := c.app.login(ctx, &t, registry, address, ""); err != nil {
		return err
	}
	c.asked = false
	return c.load(ctx)
}

// choices are the servers of the cloud by name, or the offer to log in.
func (c *wizardCloud) choices() []terminal.Choice {
	switch {
	case c == nil:
		return nil
	case c.access == nil:
		return []terminal.Choice{{Name: loginChoice, Description: "Sandbox and private servers of your cloud (requires login)"}}
	}
	var list []terminal.Choice
	for _, s := range c.servers {
		description := "Private server at " + s.Endpoint
		if s.Shared {
			description = "Free shared server of the cloud at " + c.access.Endpoint
		}
		list = append(list, terminal.Choice{Name: c.label(s), Description: description})
	}
	return list
}

// label names a server so that no other one is meant: with its workspace when there are several.
func (c *wizardCloud) label(s client.CloudServer) string {
	name := s.Name
	if s.Shared {
		name = strings.ToUpper(name[:1]) + name[1:]
	}
	if slices.ContainsFunc(c.servers, func(one client.CloudServer) bool { return one.Workspace != s.Workspace }) {
		name += " (workspace " + s.Workspace + ")"
	}
	return name
}

// find returns the server that a choice or --server names: by its label, name or workspace/name.
func (c *wizardCloud) find(name string) (s client.CloudServer, ok bool, err error) {
	if c == nil {
		return s, false, nil
	}
	var found []client.CloudServer
	for _, s := range c.servers {
		switch {
		case c.label(s) == name, s.Workspace+"/"+s.Name == name:
			return s, true, nil
		case strings.EqualFold(s.Name, name):
			found = append(found, s)
		}
	}
	if len(found) > 1 {
		return s, false, usagef("Several workspaces have a server %s: write --server %s/%s", name, found[0].Workspace, found[0].Name)
	}
	if len(found) == 0 {
		return s, false, nil
	}
	return found[0], true, nil
}

// onCloud asks for the names of a service on a server of the cloud. The cloud signs its deploy.
func (w *wizard) onCloud(ctx context.Context, s client.CloudServer) (answers, error) {
	e, err := prismayml.ParseEndpoint(s.Endpoint)
	if err != nil {
		return answers{}, fmt.Errorf("server %s of the cloud: %w", s.Name, err)
	}
	if services, err := w.cloud.access.api.Services(ctx); err == nil {
		for _, one := range services {
			if one.Workspace == s.Workspace && one.Server == s.Name {
				w.taken = append(w.taken, client.Project{Name: one.Name, Stage: one.Stage})
			}
		}
	}
	path, err := w.names()
	if err != nil {
		return answers{}, err
	}
	if s.Shared { // all parts must be there, or the workspace would be taken for the service
		path = "/" + s.Workspace + (path + strings.Repeat("/default", 2-strings.Count(path, "/")))
	}
	return answers{Endpoint: e.Base + path}, nil
}

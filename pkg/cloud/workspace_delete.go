package cloud

import (
	"context"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
)

// sharedTime is how long a shared server may take to delete the services of a workspace.
const sharedTime = time.Minute

// nameRest is how long the name of a deleted workspace is nobody's: until the last token is
// expired that was signed for it, and the clocks of servers may differ.
const nameRest = tokenLifetime + time.Minute

// A Deletion is what became of the services of a workspace.
type Deletion struct {
	Deleted []string // on shared servers, with their data: "shop/dev on sandbox"
	Left    []string // on private servers, where they go on
}

// DeleteOwnWorkspace is DeleteWorkspace by a user who must own it and has typed its name to confirm.
func (c *Cloud) DeleteOwnWorkspace(ctx context.Context, userID, slug, typed string) (Deletion, error) {
	if _, err := c.owned(ctx, userID, slug); err != nil {
		return Deletion{}, err
	}
	if strings.TrimSpace(typed) != slug {
		return Deletion{}, refused("That is not the name of the workspace. Nothing was deleted.")
	}
	return c.DeleteWorkspace(ctx, slug)
}

// DeleteWorkspace deletes a workspace: its services on shared servers with their data, its
// members, invitations and private servers here. What runs on private servers goes on.
//
// The shared servers come first: whoever made a workspace of the same name later would else get
// what was left there. When one of them does not answer, the workspace stays. Returns
// fault.CloudRefused.
func (c *Cloud) DeleteWorkspace(ctx context.Context, slug string) (done Deletion, err error) {
	const query = `query ($slug: String!) {
  workspace(where: {slug: $slug}) { id services(orderBy: name_ASC) { name stage server { id name } } }
}`
	var answer struct{ Workspace *Workspace }
	if err := c.records.do(ctx, query, values{"slug": slug}, &answer); err != nil {
		return done, err
	}
	if answer.Workspace == nil {
		return done, refused("There is no workspace %s.", short(slug))
	}
	shared, err := c.SharedServers(ctx)
	if err != nil {
		return done, err
	}
	isShared := make(map[string]bool)
	for _, s := range shared {
		isShared[s.ID] = true
		if err := c.clear(ctx, s, slug, &done); err != nil {
			return done, err
		}
	}
	for _, s := range answer.Workspace.Services {
		if !isShared[s.Server.ID] {
			done.Left = append(done.Left, s.Name+"/"+s.Stage+" on "+s.Server.Name)
		}
	}
	err = c.records.do(ctx, `mutation ($slug: String!, $freeAt: DateTime!) {
  upsertFormerWorkspace(where: {slug: $slug}, create: {slug: $slug, freeAt: $freeAt}, update: {freeAt: $freeAt}) { id }
  deleteWorkspace(where: {slug: $slug}) { id }
}`, values{"slug": slug, "freeAt": moment(time.Now().Add(nameRest))}, nil)
	if err != nil && !missing(err) {
		return done, err
	}
	for _, s := range shared { // once more: a deploy may have come between
		if err := c.clear(ctx, s, slug, &done); err != nil {
			c.log.Warn("look for services of a deleted workspace", "workspace", slug, "server", s.Name, "cause", err)
		}
	}
	c.log.Info("workspace deleted", "workspace", slug, "services", len(done.Deleted))
	return done, nil
}

// clear deletes the services that a workspace has on a shared server, noted here or not.
func (c *Cloud) clear(ctx context.Context, s Server, slug string, done *Deletion) error {
	ctx, cancel := context.WithTimeout(ctx, sharedTime)
	defer cancel()
	signer, err := c.keys.server(s.ID)
	if err != nil {
		return err
	}
	call := func(target, action string) (*client.Client, error) {
		token, err := auth.SignManagement(signer, []auth.Grant{{Target: target, Action: action}}, tokenLifetime)
		return client.New(s.URL, token, reach(s.URL)), err
	}
	list, err := call("*/*", "listProjects")
	if err != nil {
		return err
	}
	all, err := list.Projects(ctx)
	for _, one := range all {
		if !strings.HasPrefix(one.Name, slug+"~") {
			continue
		}
		var at *client.Client
		if at, err = call(one.Name+"/"+one.Stage, "deleteProject"); err != nil {
			return err
		}
		if err = at.DeleteProject(ctx, one.Name, one.Stage); err != nil && !client.NoService(err) {
			break
		}
		done.Deleted = append(done.Deleted, strings.TrimPrefix(one.Name, slug+"~")+"/"+one.Stage+" on "+s.Name)
		err = nil
	}
	if err != nil {
		c.log.Warn("delete the services of a workspace", "workspace", slug, "server", s.Name, "cause", err)
		return refused("The services of %s on the server %s could not be deleted, so the workspace stays. Try again when that server answers; if it is gone for good, the operator of the cloud forgets it first: prisma1 cloud server remove %s", slug, s.Name, s.Name)
	}
	return nil
}

// resting refuses the name of a workspace that was deleted a moment ago.
func (c *Cloud) resting(ctx context.Context, slug string) error {
	now := moment(time.Now())
	var answer struct {
		FormerWorkspaces []struct {
			FreeAt time.Time `json:"freeAt"`
		}
	}
	err := c.records.do(ctx, `query ($slug: String!, $now: DateTime!) {
  formerWorkspaces(where: {slug: $slug, freeAt_gt: $now}) { freeAt }
}`, values{"slug": slug, "now": now}, &answer)
	if err != nil {
		return err
	}
	for _, former := range answer.FormerWorkspaces {
		return refused("The workspace %s was deleted just now. Its name is free again at %s.", slug, former.FreeAt.UTC().Format("15:04:05 UTC"))
	}
	return c.records.do(ctx, `mutation ($now: DateTime!) { deleteManyFormerWorkspaces(where: {freeAt_lt: $now}) { count } }`, values{"now": now}, nil)
}

// A WorkspaceSummary is a workspace in a list of all.
type WorkspaceSummary struct {
	Slug, Name string
	Owners     []string // emails
	Services   int
}

// Workspaces lists all workspaces.
func (c *Cloud) Workspaces(ctx context.Context) (all []WorkspaceSummary, err error) {
	var answer struct {
		Workspaces []Workspace
	}
	err = c.records.do(ctx, `{ workspaces(orderBy: slug_ASC) { slug name services { id } memberships(where: {role: OWNER}) { user { email } } } }`, nil, &answer)
	for _, w := range answer.Workspaces {
		one := WorkspaceSummary{Slug: w.Slug, Name: w.Name, Services: len(w.Services)}
		for _, m := range w.Members {
			one.Owners = append(one.Owners, m.User.Email)
		}
		all = append(all, one)
	}
	return all, err
}

package cloud

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// A Workspace is a group of people with servers and services.
type Workspace struct {
	ID       string
	Slug     string // its name in endpoints
	Name     string
	Servers  []Server
	Services []Service
	Members  []Member `json:"memberships"`
}

// A Member is a user in a workspace.
type Member struct {
	Role string // Owner or Ordinary
	User User
}

// The roles of members. An owner invites, removes members and adds servers.
const (
	Owner    = "OWNER"
	Ordinary = "MEMBER"
)

// A Membership is a workspace as one user sees it.
type Membership struct {
	Role      string
	Workspace Workspace
}

var slugPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,38}$`)

func checkSlug(slug string) error {
	if !slugPattern.MatchString(slug) {
		return refused("%q is no name for a workspace: it starts with a small letter and has up to 39 small letters, digits and hyphens.", short(slug))
	}
	switch slug {
	case "management", "cluster", "import", "export", "private", "status":
		return refused("The name %s is reserved.", slug)
	}
	return nil
}

// AddWorkspace makes a workspace; the user with email owns it. Returns fault.CloudRefused.
func (c *Cloud) AddWorkspace(ctx context.Context, slug, name, email string) error {
	email, err := checkEmail(email)
	if err != nil {
		return err
	}
	var answer struct{ User *User }
	err = c.records.do(ctx, `query ($email: String!) { user(where: {email: $email}) { id } }`, values{"email": email}, &answer)
	if err != nil {
		return err
	}
	if answer.User == nil {
		return refused("There is no account of %s.", email)
	}
	return c.addWorkspace(ctx, slug, name, answer.User.ID)
}

func (c *Cloud) addWorkspace(ctx context.Context, slug, name, userID string) error {
	if name == "" {
		name = slug
	}
	if err := checkSlug(slug); err != nil {
		return err
	}
	if err := checkText("name", name); err != nil {
		return err
	}
	if err := c.resting(ctx, slug); err != nil {
		return err
	}
	err := c.records.do(ctx, `mutation ($slug: String!, $name: String!, $key: String!, $user: ID!) {
  createWorkspace(data: {slug: $slug, name: $name, memberships: {create: {key: $key, role: OWNER, user: {connect: {id: $user}}}}}) { id }
}`, values{"slug": slug, "name": name, "key": slug + "/" + userID, "user": userID}, nil)
	if taken(err) {
		return refused("There is a workspace %s already.", slug)
	}
	return err
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

// ownWorkspace makes a workspace that is named after its user.
func (c *Cloud) ownWorkspace(ctx context.Context, user *User) error {
	local, _, _ := strings.Cut(user.Email, "@")
	base := strings.Trim(notInSlug.ReplaceAllString(local, "-"), "-0123456789")
	if len(base) > 30 {
		base = strings.TrimRight(base[:30], "-")
	}
	if checkSlug(base) != nil {
		base = "workspace"
	}
	var err error
	for i := range 100 {
		slug := base
		if i > 0 {
			slug = fmt.Sprintf("%s-%d", base, i+1)
		}
		var there bool
		if there, err = c.hasWorkspace(ctx, slug); err != nil {
			return err
		}
		if there {
			continue
		}
		return c.addWorkspace(ctx, slug, slug, user.ID)
	}
	return refused("There are a hundred workspaces called %s already. Please make one with another name.", base)
}

func (c *Cloud) hasWorkspace(ctx context.Context, slug string) (bool, error) {
	var answer struct{ Workspace *Workspace }
	err := c.records.do(ctx, `query ($slug: String!) { workspace(where: {slug: $slug}) { id } }`, values{"slug": slug}, &answer)
	return answer.Workspace != nil, err
}

// join makes a user a member of a workspace. Who is one already stays as they are.
func (c *Cloud) join(ctx context.Context, userID, slug, role string) error {
	err := c.records.do(ctx, `mutation ($key: String!, $role: Role!, $user: ID!, $slug: String!) {
  createMembership(data: {key: $key, role: $role, user: {connect: {id: $user}}, workspace: {connect: {slug: $slug}}}) { id }
}`, values{"key": slug + "/" + userID, "role": role, "user": userID, "slug": slug}, nil)
	if taken(err) {
		return nil
	}
	return err
}

// Memberships are the workspaces of a user with all that is in them, by name.
func (c *Cloud) Memberships(ctx context.Context, userID string) ([]Membership, error) {
	const query = `query ($user: ID!) {
  memberships(where: {user: {id: $user}}, orderBy: key_ASC) {
    role
    workspace {
      id slug name
      servers(orderBy: name_ASC) { id name url }
      services(orderBy: name_ASC) { id name stage server { id name url } }
      memberships { role user { id email name } }
    }
  }
}`
	var answer struct{ Memberships []Membership }
	err := c.records.do(ctx, query, values{"user": userID}, &answer)
	return answer.Memberships, err
}

// Membership is one workspace of a user. Returns errNotAuthorized for one of others and for one
// that is not there alike.
func (c *Cloud) Membership(ctx context.Context, userID, slug string) (*Membership, error) {
	all, err := c.Memberships(ctx, userID)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Workspace.Slug == slug {
			return &all[i], nil
		}
	}
	return nil, errNotAuthorized
}

// Ownership is Membership of who owns the workspace. Returns errNotAuthorized for all others.
func (c *Cloud) Ownership(ctx context.Context, userID, slug string) (*Membership, error) {
	m, err := c.Membership(ctx, userID, slug)
	if err != nil {
		return nil, err
	}
	if m.Role != Owner {
		return nil, errNotAuthorized
	}
	return m, nil
}

// owned is a workspace that the user owns. Returns errNotAuthorized otherwise.
func (c *Cloud) owned(ctx context.Context, userID, slug string) (*Workspace, error) {
	m, err := c.Ownership(ctx, userID, slug)
	if err != nil {
		return nil, err
	}
	return &m.Workspace, nil
}

// CreateWorkspace makes a workspace that the user owns.
func (c *Cloud) CreateWorkspace(ctx context.Context, userID, slug, name string) error {
	if !c.attempts.allow("workspace "+userID, 100) {
		return refused("You made too many workspaces. Please wait a quarter of an hour.")
	}
	return c.addWorkspace(ctx, slug, name, userID)
}

// RemoveMember takes a member out of a workspace: an owner anybody, everybody themselves. The
// last owner stays.
func (c *Cloud) RemoveMember(ctx context.Context, userID, slug, memberID string) error {
	m, err := c.Membership(ctx, userID, slug)
	if err != nil {
		return err
	}
	if m.Role != Owner && memberID != userID {
		return errNotAuthorized
	}
	others := 0
	for _, member := range m.Workspace.Members {
		if member.Role == Owner && member.User.ID != memberID {
			others++
		}
	}
	if others == 0 {
		return refused("The last owner of a workspace cannot leave it.")
	}
	return c.records.do(ctx, `mutation ($key: String!) { deleteManyMemberships(where: {key: $key}) { count } }`, values{"key": slug + "/" + memberID}, nil)
}

package cloud

import (
	"context"
	"errors"
	"time"
)

const invitationLifetime = 7 * 24 * time.Hour

// An Invitation lets whoever has its link join a workspace, once.
type Invitation struct {
	ID      string
	Hash    string
	Email   string // "" for anybody
	Role    string
	Expires time.Time `json:"expiresAt"`
	Slug    string    `json:"-"` // of the workspace

	Workspace struct{ Slug, Name string }
}

// Invite returns the secret of a new invitation. Returns errNotAuthorized unless the user owns the workspace.
func (c *Cloud) Invite(ctx context.Context, userID, slug, email, role string) (secret string, err error) {
	if _, err := c.owned(ctx, userID, slug); err != nil {
		return "", err
	}
	return c.InviteTo(ctx, slug, email, role)
}

// InviteTo returns the secret of a new invitation to a workspace, as the operator of the cloud makes it.
func (c *Cloud) InviteTo(ctx context.Context, slug, email, role string) (secret string, err error) {
	if role != Owner && role != Ordinary {
		return "", refused("A member is %s or %s.", Owner, Ordinary)
	}
	if !c.attempts.allow("invitation "+slug, 500) {
		return "", refused("There were too many invitations. Please wait a quarter of an hour.")
	}
	data := values{"role": role, "expiresAt": moment(time.Now().Add(invitationLifetime)), "workspace": values{"connect": values{"slug": slug}}}
	if email != "" {
		if data["email"], err = checkEmail(email); err != nil {
			return "", err
		}
	}
	secret = newSecret()
	data["hash"] = hashed(secret)
	err = c.records.do(ctx, `mutation ($data: InvitationCreateInput!) { createInvitation(data: $data) { id } }`, values{"data": data}, nil)
	if missing(err) {
		return "", refused("There is no workspace %s.", short(slug))
	}
	return secret, err
}

var errInvitation = refused("This invitation is used up, expired, or for somebody else. Please ask for a new one.")

// Invitation returns an open invitation. Returns fault.CloudRefused.
func (c *Cloud) Invitation(ctx context.Context, secret string) (*Invitation, error) {
	var answer struct{ Invitation *Invitation }
	err := c.records.do(ctx, `query ($hash: String!) {
  invitation(where: {hash: $hash}) { id hash email role expiresAt workspace { slug name } }
}`, values{"hash": hashed(secret)}, &answer)
	if err != nil {
		return nil, err
	}
	found := answer.Invitation
	if found == nil || time.Now().After(found.Expires) {
		return nil, errInvitation
	}
	found.Slug = found.Workspace.Slug
	return found, nil
}

// AcceptInvitation makes a user who has an account a member.
func (c *Cloud) AcceptInvitation(ctx context.Context, user *User, secret string) error {
	found, err := c.takeInvitation(ctx, secret, user.Email)
	if err != nil {
		return err
	}
	return c.join(ctx, user.ID, found.Slug, found.Role)
}

// takeInvitation uses an invitation up. Of two who try at once one wins.
func (c *Cloud) takeInvitation(ctx context.Context, secret, email string) (*Invitation, error) {
	found, err := c.Invitation(ctx, secret)
	if err != nil {
		return nil, err
	}
	if found.Email != "" && found.Email != email {
		return nil, errInvitation
	}
	var answer struct{ DeleteManyInvitations struct{ Count int } }
	err = c.records.do(ctx, `mutation ($id: ID!) { deleteManyInvitations(where: {id: $id}) { count } }`, values{"id": found.ID}, &answer)
	if err != nil {
		return nil, err
	}
	if answer.DeleteManyInvitations.Count == 0 {
		return nil, errInvitation
	}
	return found, nil
}

// returned puts an invitation back that was taken for nothing, and returns why.
func (c *Cloud) returned(ctx context.Context, in *Invitation, cause error) error {
	if in == nil {
		return cause
	}
	data := values{"hash": in.Hash, "role": in.Role, "expiresAt": moment(in.Expires), "workspace": values{"connect": values{"slug": in.Slug}}}
	if in.Email != "" {
		data["email"] = in.Email
	}
	err := c.records.do(context.WithoutCancel(ctx), `mutation ($data: InvitationCreateInput!) { createInvitation(data: $data) { id } }`, values{"data": data}, nil)
	return errors.Join(cause, err)
}

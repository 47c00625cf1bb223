package cloud

import (
	"context"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// loginLifetime is how long a login key is valid. CLIs renew it in its last day.
const loginLifetime = 30 * 24 * time.Hour

// A Login is a computer that may call the cloud for a user.
type Login struct {
	ID       string
	Computer string
	Created  time.Time `json:"createdAt"`
	Expires  time.Time `json:"expiresAt"`
}

// newLogin lets a computer in and returns its key.
func (c *Cloud) newLogin(ctx context.Context, userID, computer string) (key string, err error) {
	err = c.records.do(ctx, `mutation ($now: DateTime!) { deleteManyLogins(where: {expiresAt_lt: $now}) { count } }`, values{"now": moment(time.Now())}, nil)
	if err != nil {
		return "", err
	}
	var answer struct{ CreateLogin Login }
	err = c.records.do(ctx, `mutation ($computer: String!, $expires: DateTime!, $user: ID!) {
  createLogin(data: {computer: $computer, expiresAt: $expires, user: {connect: {id: $user}}}) { id }
}`, values{"computer": computer, "expires": moment(time.Now().Add(loginLifetime)), "user": userID}, &answer)
	if err != nil {
		return "", err
	}
	return c.signLogin(userID, answer.CreateLogin.ID)
}

func (c *Cloud) signLogin(userID, loginID string) (string, error) {
	signer, _, err := c.keys.login()
	if err != nil {
		return "", err
	}
	return auth.SignLogin(signer, userID, loginID, loginLifetime)
}

// A caller is who shows a login key that holds.
type caller struct {
	user  *User
	login string
}

// identify finds out who calls. Returns errNotAuthorized for a key that is missing, wrong,
// expired or taken back alike.
func (c *Cloud) identify(ctx context.Context, authorization string) (*caller, error) {
	_, verifiers, err := c.keys.login()
	if err != nil {
		return nil, err
	}
	claims, err := auth.VerifyLogin(verifiers, authorization)
	if err != nil {
		return nil, errNotAuthorized
	}
	var answer struct {
		Logins []struct{ User User }
	}
	err = c.records.do(ctx, `query ($id: ID!, $user: ID!, $now: DateTime!) {
  logins(where: {id: $id, user: {id: $user}, expiresAt_gt: $now}) { user { id email name } }
}`, values{"id": claims.ID, "user": claims.UserID, "now": moment(time.Now())}, &answer)
	if err != nil {
		return nil, err
	}
	if len(answer.Logins) == 0 {
		return nil, errNotAuthorized
	}
	return &caller{user: &answer.Logins[0].User, login: claims.ID}, nil
}

// renew returns a fresh key for the same login.
func (c *Cloud) renew(ctx context.Context, who *caller) (string, error) {
	var answer struct{ UpdateManyLogins struct{ Count int } }
	err := c.records.do(ctx, `mutation ($id: ID!, $expires: DateTime!) { updateManyLogins(where: {id: $id}, data: {expiresAt: $expires}) { count } }`,
		values{"id": who.login, "expires": moment(time.Now().Add(loginLifetime))}, &answer)
	if err != nil {
		return "", err
	}
	if answer.UpdateManyLogins.Count == 0 {
		return "", errNotAuthorized
	}
	return c.signLogin(who.user.ID, who.login)
}

// Logins are the computers of a user, the last first.
func (c *Cloud) Logins(ctx context.Context, userID string) ([]Login, error) {
	var answer struct{ Logins []Login }
	err := c.records.do(ctx, `query ($user: ID!, $now: DateTime!) {
  logins(where: {user: {id: $user}, expiresAt_gt: $now}, orderBy: createdAt_DESC) { id computer createdAt expiresAt }
}`, values{"user": userID, "now": moment(time.Now())}, &answer)
	return answer.Logins, err
}

// Revoke takes back a login of the user; the key of it holds no more.
func (c *Cloud) Revoke(ctx context.Context, userID, loginID string) error {
	return c.records.do(ctx, `mutation ($id: ID!, $user: ID!) { deleteManyLogins(where: {id: $id, user: {id: $user}}) { count } }`,
		values{"id": loginID, "user": userID}, nil)
}

// checkComputer makes a text that a stranger sent fit to be shown.
func checkComputer(text string) string {
	clean := make([]rune, 0, 60)
	for _, r := range text {
		if unicode.IsPrint(r) && r != utf8.RuneError && len(clean) < 60 {
			clean = append(clean, r)
		}
	}
	if len(clean) == 0 {
		return "a computer"
	}
	return string(clean)
}

// RequestLogin notes that a computer asks to be let in. With the secret it asks again until
// somebody allowed it. Returns fault.CloudRefused when too many ask.
func (c *Cloud) RequestLogin(computer, address string) (secret string, err error) {
	if !c.attempts.allow("request "+address, mostRequests) {
		return "", refused("There were too many attempts. Please wait a quarter of an hour.")
	}
	return c.waiting.add(checkComputer(computer), address)
}

// Asking returns the computer that waits with a secret. Returns fault.CloudRefused.
func (c *Cloud) Asking(secret string) (computer, address string, since time.Time, err error) {
	found := c.waiting.find(secret)
	if found == nil || found.claimed {
		return "", "", time.Time{}, errRequest
	}
	return found.name, found.address, found.since, nil
}

var errRequest = refused("This request to log in was denied, is used up or expired. Run prisma1 login again.")

// AllowLogin lets the computer in that waits with a secret, as the user who says so.
func (c *Cloud) AllowLogin(ctx context.Context, secret, userID string) error {
	found := c.waiting.claim(secret)
	if found == nil {
		return errRequest
	}
	one := *found
	var err error
	if one.key, err = c.newLogin(ctx, userID, one.name); err != nil {
		c.waiting.put(secret, *found)
		return fmt.Errorf("let a computer in: %w", err)
	}
	one.claimed, one.until = true, time.Now().Add(deliveryTime)
	c.waiting.put(secret, one)
	return nil
}

// DenyLogin sends the computer away.
func (c *Cloud) DenyLogin(secret string) {
	if c.waiting.claim(secret) != nil {
		c.waiting.drop(secret)
	}
}

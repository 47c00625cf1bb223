package cloud

import (
	"context"
	"time"
)

// SessionLifetime is how long a browser stays signed in.
const SessionLifetime = 12 * time.Hour

// NewSession signs a browser in and returns the secret that it keeps in a cookie.
func (c *Cloud) NewSession(ctx context.Context, userID string) (secret string, err error) {
	err = c.records.do(ctx, `mutation ($now: DateTime!) { deleteManySessions(where: {expiresAt_lt: $now}) { count } }`, values{"now": moment(time.Now())}, nil)
	if err != nil {
		return "", err
	}
	secret = newSecret()
	return secret, c.records.do(ctx, `mutation ($hash: String!, $expires: DateTime!, $user: ID!) {
  createSession(data: {hash: $hash, expiresAt: $expires, user: {connect: {id: $user}}}) { id }
}`, values{"hash": hashed(secret), "expires": moment(time.Now().Add(SessionLifetime)), "user": userID}, nil)
}

// SessionUser returns who is signed in with a secret, nil when nobody is.
func (c *Cloud) SessionUser(ctx context.Context, secret string) (*User, error) {
	if secret == "" {
		return nil, nil
	}
	var answer struct {
		Session *struct {
			Expires time.Time `json:"expiresAt"`
			User    User
		}
	}
	err := c.records.do(ctx, `query ($hash: String!) { session(where: {hash: $hash}) { expiresAt user { id email name } } }`, values{"hash": hashed(secret)}, &answer)
	if err != nil || answer.Session == nil || time.Now().After(answer.Session.Expires) {
		return nil, err
	}
	return &answer.Session.User, nil
}

// EndSession signs a browser out.
func (c *Cloud) EndSession(ctx context.Context, secret string) error {
	return c.records.do(ctx, `mutation ($hash: String!) { deleteManySessions(where: {hash: $hash}) { count } }`, values{"hash": hashed(secret)}, nil)
}

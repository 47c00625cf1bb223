package auth

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// A Grant lets the bearer of a management token work on services.
type Grant struct {
	Target string `json:"target"` // "service/stage"; "*" stands for any name
	Action string `json:"action"` // root field of the management API; "*" stands for all
}

// everything is the grant the CLI signs.
var everything = []Grant{{Target: "*/*", Action: "*"}}

// SignManagement returns a token for the management API, without the "Bearer "
// prefix. No grants means all services. Fails on the zero Signer.
func SignManagement(s Signer, grants []Grant, lifetime time.Duration) (string, error) {
	if len(grants) == 0 {
		grants = everything
	}
	return sign(s, jwt.MapClaims{"grants": grants}, lifetime)
}

// readManagement returns what a token that is right grants, and when.
func readManagement(verifiers []Verifier, authorization string) ([]Grant, validity, error) {
	if authorization == "" {
		return nil, validity{}, refuse("'Authorization' header not provided")
	}
	token := bearer(authorization)
	if h, err := readHeader(token); err == nil && h.foreignKey() != "" {
		return nil, validity{}, refuse("Token can't be decoded: its header must not have %q", h.foreignKey())
	}
	var claims managementClaims
	if err := verify(verifiers, token, &claims); err != nil {
		return nil, validity{}, refuse("Token can't be decoded: %s", reason(err, claims.RegisteredClaims))
	}
	grants, ok := claims.grants()
	if !ok || claims.ExpiresAt == nil {
		return nil, validity{}, refuse("Failed to parse token data")
	}
	return grants, validityOf(claims), nil
}

// matchGrants looks for the first grant that fits; a malformed one met before ends the search.
func matchGrants(grants []Grant, action, service, stage string) error {
	for _, g := range grants {
		parts := strings.Split(g.Target, "/")
		if len(parts) != 2 {
			return refuse("Contained invalid grant 'Vector(%s)'", strings.Join(parts, ", "))
		}
		if parts[0] == "" || parts[1] == "" {
			return refuse("Both service and stage must be defined in grant 'TokenGrant(%s,%s)'", g.Target, g.Action)
		}
		if matches(parts[0], service) && matches(parts[1], stage) && matches(g.Action, action) {
			return nil
		}
	}
	return refuse("Token contained %d grants but none satisfied the request.", len(grants))
}

func matches(pattern, name string) bool { return pattern == "*" || pattern == name }

type managementClaims struct {
	jwt.RegisteredClaims
	Grants json.RawMessage `json:"grants"`
}

// grants decodes the claim; every grant needs both keys as strings.
func (c *managementClaims) grants() ([]Grant, bool) {
	var raw []struct{ Target, Action *string }
	if len(c.Grants) == 0 || json.Unmarshal(c.Grants, &raw) != nil || raw == nil {
		return nil, false
	}
	grants := make([]Grant, len(raw))
	for i, g := range raw {
		if g.Target == nil || g.Action == nil {
			return nil, false
		}
		grants[i] = Grant{Target: *g.Target, Action: *g.Action}
	}
	return grants, true
}

// reason says in one line why a token was refused. Times are told only of
// tokens whose signature was right. The texts hold no part of a key.
func reason(err error, claims jwt.RegisteredClaims) string {
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return "The token is expired since " + claims.ExpiresAt.UTC().Format(time.RFC3339)
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return "The token will only be valid after " + claims.NotBefore.UTC().Format(time.RFC3339)
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

func refuse(format string, args ...any) error {
	return fault.New(fault.ManagementToken, "Authentication token is invalid: "+format, args...)
}

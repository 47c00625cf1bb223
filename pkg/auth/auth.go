// Package auth signs and verifies the tokens of services and of the management API.
//
// All are JSON Web Tokens. The verifier's key decides the algorithm, never the
// token: a secret verifies HS256 and nothing else, a public key the one
// algorithm of its kind.
package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	maxToken  = 16 << 10         // bytes; longer ones are refused unread
	maxHeader = 1 << 10          // bytes of the encoded header
	skew      = 60 * time.Second // how far the clocks of signer and server may differ
)

// errUntrusted is one sentence for a wrong signature and a wrong algorithm, so
// that nobody learns which kind of key a server holds.
var errUntrusted = errors.New("Invalid signature for this token or wrong algorithm.")

// sign returns a token with the claims, valid from now for lifetime.
func sign(s Signer, claims jwt.MapClaims, lifetime time.Duration) (string, error) {
	if s.method == nil {
		return "", errors.New("sign token: the secret is empty")
	}
	now := time.Now()
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(lifetime).Unix()
	return jwt.NewWithClaims(s.method, claims).SignedString(s.key)
}

// verify checks form, signature, expiry and start of a token and fills claims.
// One of the verifiers must have the key; those of another algorithm than the
// token's are not tried.
func verify(verifiers []Verifier, token string, claims jwt.Claims) error {
	h, err := readHeader(token)
	if err != nil {
		return err
	}
	for _, v := range verifiers {
		if v.method == nil || v.method.Alg() != h.algorithm() {
			continue
		}
		key := func(*jwt.Token) (any, error) { return v.key, nil }
		_, err := jwt.ParseWithClaims(token, claims, key, jwt.WithValidMethods([]string{v.method.Alg()}), jwt.WithLeeway(skew))
		if !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			return err
		}
	}
	return errUntrusted
}

// A header is the first part of a token: claims nobody has signed yet.
type header map[string]any

func (h header) algorithm() string {
	name, _ := h["alg"].(string)
	return name
}

// foreignKey names a member that brings or points at a key of the token's own
// choice; "" when there is none. No key is ever looked up by it.
func (h header) foreignKey() string {
	for _, name := range []string{"kid", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit"} {
		if _, there := h[name]; there {
			return name
		}
	}
	return ""
}

// readHeader refuses what cannot be a token before anything larger than its header is decoded.
func readHeader(token string) (header, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("token has %d bytes, at most %d are read", len(token), maxToken)
	}
	if strings.Count(token, ".") != 2 {
		return nil, errors.New("expected token to be composed of 3 parts separated by dots")
	}
	first, _, _ := strings.Cut(token, ".")
	if len(first) > maxHeader {
		return nil, fmt.Errorf("the header has %d bytes, at most %d are read", len(first), maxHeader)
	}
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return nil, errors.New("the header is not base64url")
	}
	var h header
	if json.Unmarshal(text, &h) != nil || h == nil {
		return nil, errors.New("the header is not a JSON object")
	}
	return h, nil
}

// bearer returns the token of an Authorization header. The scheme may be left out, as Prisma 1 allows.
func bearer(authorization string) string {
	return strings.TrimPrefix(authorization, "Bearer ")
}

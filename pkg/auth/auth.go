// Package auth signs and verifies the tokens of services and of the management API.
//
// Both are JSON Web Tokens signed with HS256. The algorithm is ours to choose,
// never the token's: whatever its header says, only HS256 is tried.
package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	maxToken = 16 << 10         // bytes; longer ones are refused unread
	skew     = 60 * time.Second // how far the clocks of signer and server may differ
)

// sign returns a token with the claims, valid from now for lifetime.
func sign(secret string, claims jwt.MapClaims, lifetime time.Duration) (string, error) {
	if secret == "" {
		return "", errors.New("sign token: the secret is empty")
	}
	now := time.Now()
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(lifetime).Unix()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
}

// verify checks form, signature, expiry and start of a token and fills claims.
func verify(secret, token string, claims jwt.Claims) error {
	if err := checkShape(token); err != nil {
		return err
	}
	key := func(*jwt.Token) (any, error) { return []byte(secret), nil }
	_, err := jwt.ParseWithClaims(token, claims, key, jwt.WithValidMethods([]string{"HS256"}), jwt.WithLeeway(skew))
	return err
}

// checkShape refuses what cannot be a token before anything decodes it.
func checkShape(token string) error {
	if len(token) > maxToken {
		return fmt.Errorf("token has %d bytes, at most %d are read", len(token), maxToken)
	}
	if strings.Count(token, ".") != 2 {
		return errors.New("expected token to be composed of 3 parts separated by dots")
	}
	return nil
}

// bearer returns the token of an Authorization header. The scheme may be left out, as Prisma 1 allows.
func bearer(authorization string) string {
	return strings.TrimPrefix(authorization, "Bearer ")
}

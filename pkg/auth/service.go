package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// ServiceLifetime is how long the tokens of `prisma1 token` are valid.
const ServiceLifetime = 7 * 24 * time.Hour

// SignService returns a token for a service's data API, without the "Bearer "
// prefix, with the claims of Prisma 1's CLI. Fails on an empty secret.
func SignService(secret, service, stage string, lifetime time.Duration) (string, error) {
	return sign(SecretSigner(secret), jwt.MapClaims{
		"data": map[string]any{"service": service + "@" + stage, "roles": []string{"admin"}},
	}, lifetime)
}

// SignProject returns the token of the management API's generateProjectToken:
// valid for a day, without further claims; "" when the service has no secrets.
func SignProject(secrets []string) (string, error) {
	if len(secrets) == 0 {
		return "", nil
	}
	return sign(SecretSigner(secrets[0]), jwt.MapClaims{"nbf": time.Now().Unix()}, 24*time.Hour)
}

// verifyService returns the claims of a token that any of the secrets has signed.
func verifyService(secrets []string, token string) (jwt.MapClaims, error) {
	verifiers := make([]Verifier, len(secrets))
	for i, secret := range secrets {
		verifiers[i] = SecretVerifier(secret)
	}
	claims := jwt.MapClaims{}
	if verify(verifiers, token, claims) != nil {
		return nil, fault.Token()
	}
	return claims, nil
}

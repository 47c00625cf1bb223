package auth

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A Login is what a login key of a cloud says.
type Login struct {
	UserID  string    `json:"userId"` // as the CLI of Prisma 1 reads it
	ID      string    // of this login, by which it can be taken back
	Expires time.Time // never zero when verified
}

// SignLogin returns a login key.
func SignLogin(s Signer, userID, id string, lifetime time.Duration) (string, error) {
	return sign(s, jwt.MapClaims{"userId": userID, "jti": id}, lifetime)
}

type loginClaims struct {
	jwt.RegisteredClaims
	UserID string `json:"userId"`
}

// VerifyLogin checks an Authorization header with a login key.
func VerifyLogin(verifiers []Verifier, authorization string) (Login, error) {
	var claims loginClaims
	if err := verify(verifiers, bearer(authorization), &claims); err != nil {
		return Login{}, err
	}
	if claims.ExpiresAt == nil || claims.UserID == "" || claims.ID == "" {
		return Login{}, errors.New("this is no login key")
	}
	return claims.login(), nil
}

// ReadLogin says what a login key says, and of any other token how long it is valid, whoever
// signed it: for its owner, who cannot verify it.
func ReadLogin(key string) (Login, error) {
	var claims loginClaims
	if _, _, err := jwt.NewParser().ParseUnverified(key, &claims); err != nil {
		return Login{}, err
	}
	return claims.login(), nil
}

func (c *loginClaims) login() Login {
	l := Login{UserID: c.UserID, ID: c.ID}
	if c.ExpiresAt != nil {
		l.Expires = c.ExpiresAt.Time
	}
	return l
}

package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// mostTokens is how many tokens a Cache remembers; one takes about 100 bytes.
const mostTokens = 10_000

// A Cache remembers service tokens that were right, so that a token is decoded
// once and not with each request. It holds hashes, no token and no secret; what
// was refused is not remembered. The zero Cache is ready, and goroutines may share it.
type Cache struct {
	mu   sync.Mutex
	seen map[[sha256.Size]byte]validity
}

// A validity is when a token counts, clock skew included.
type validity struct {
	from, until time.Time // zero is no limit
}

func (v validity) holds(now time.Time) bool {
	return !now.Before(v.from) && (v.until.IsZero() || now.Before(v.until))
}

// VerifyService is the function of that name. A token counts for the very list
// of secrets that it was verified with.
func (c *Cache) VerifyService(secrets []string, authorization string) error {
	if len(secrets) == 0 {
		return nil
	}
	token := bearer(authorization)
	if len(token) > maxToken {
		return fault.Token()
	}
	key := hashOf(secrets, token)
	if c.knows(key) {
		return nil
	}
	claims, err := verifyService(secrets, token)
	if err != nil {
		return err
	}
	c.remember(key, validityOf(claims))
	return nil
}

func (c *Cache) knows(key [sha256.Size]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, there := c.seen[key]
	if !there {
		return false
	}
	if !v.holds(time.Now()) {
		delete(c.seen, key)
		return false
	}
	return true
}

// remember makes room by forgetting any other token: it will be verified once more.
func (c *Cache) remember(key [sha256.Size]byte, v validity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = make(map[[sha256.Size]byte]validity)
	}
	for other := range c.seen {
		if len(c.seen) < mostTokens {
			break
		}
		delete(c.seen, other)
	}
	c.seen[key] = v
}

// validityOf reads exp and nbf of claims that were verified.
func validityOf(claims jwt.MapClaims) validity {
	var v validity
	if nbf, err := claims.GetNotBefore(); err == nil && nbf != nil {
		v.from = nbf.Add(-skew)
	}
	if exp, err := claims.GetExpirationTime(); err == nil && exp != nil {
		v.until = exp.Add(skew)
	}
	return v
}

// hashOf tells secrets and token apart by their lengths.
func hashOf(secrets []string, token string) [sha256.Size]byte {
	b := make([]byte, 0, 1024)
	for _, secret := range secrets {
		b = binary.AppendUvarint(b, uint64(len(secret)))
		b = append(b, secret...)
	}
	b = append(b, 0)
	return sha256.Sum256(append(b, token...))
}

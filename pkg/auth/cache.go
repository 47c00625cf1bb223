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

// A Cache remembers tokens that were right, so that a token is decoded once and
// not with each request. It holds hashes, no token and no secret; what was
// refused is not remembered. The zero Cache is ready, and goroutines may share it.
type Cache struct {
	mu   sync.Mutex
	seen map[[sha256.Size]byte]content
}

// A content is what a token says: when it counts and, in a management token, for what.
type content struct {
	validity
	grants []Grant
}

// A validity is when a token counts, clock skew included.
type validity struct {
	from, until time.Time // zero is no limit
}

func (v validity) holds(now time.Time) bool {
	return !now.Before(v.from) && (v.until.IsZero() || now.Before(v.until))
}

// VerifyService checks an Authorization header against a service's secrets, any
// of which may have signed it; no secrets let everybody in. A token without exp
// does not expire. It is remembered for the very list of secrets that it was
// verified with. Returns fault.InvalidToken (Auth.scala).
func (c *Cache) VerifyService(secrets []string, authorization string) error {
	if len(secrets) == 0 {
		return nil
	}
	token := bearer(authorization)
	if len(token) > maxToken {
		return fault.Token()
	}
	key := hashOf(secrets, token)
	if _, known := c.recall(key); known {
		return nil
	}
	claims, err := verifyService(secrets, token)
	if err != nil {
		return err
	}
	c.remember(key, content{validity: validityOf(claims)})
	return nil
}

// VerifyManagement checks an Authorization header for an action that concerns one
// service and stage; both "" for actions that concern all, which only the target
// "*/*" allows. Prisma 1 never compared the action, so that a token meant for one
// thing did all of them; its clients write "*". Any of the verifiers may have the
// key; no verifiers let everybody in. Those of a Cache must always be the same.
//
// Returns fault.ManagementToken; its message has the word "decoded" for a token
// that cannot be read or trusted, by which the CLI knows that a secret is
// missing or wrong (SymmetricManagementAuth.scala, AsymmetricManagementAuth.scala).
// A token whose header brings or names a key is refused unread, unlike there.
func (c *Cache) VerifyManagement(verifiers []Verifier, authorization, action, service, stage string) error {
	if len(verifiers) == 0 {
		return nil
	}
	key := hashOf(nil, authorization)
	known, ok := c.recall(key)
	if !ok {
		grants, v, err := readManagement(verifiers, authorization)
		if err != nil {
			return err
		}
		known = content{v, grants}
		c.remember(key, known)
	}
	return matchGrants(known.grants, action, service, stage)
}

// recall returns what a token says that was right and still counts.
func (c *Cache) recall(key [sha256.Size]byte) (content, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.seen[key]
	if ok && !known.holds(time.Now()) {
		delete(c.seen, key)
		ok = false
	}
	return known, ok
}

// remember makes room by forgetting any other token: it will be verified once more.
func (c *Cache) remember(key [sha256.Size]byte, said content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = make(map[[sha256.Size]byte]content)
	}
	for other := range c.seen {
		if len(c.seen) < mostTokens {
			break
		}
		delete(c.seen, other)
	}
	c.seen[key] = said
}

// validityOf reads exp and nbf of claims that were verified.
func validityOf(claims jwt.Claims) validity {
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

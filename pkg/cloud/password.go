package cloud

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What a hash of a password costs: 19 MiB and two passes, as OWASP advises for argon2id.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16

	mostHashes = 4 // at a time, so that memory has a bound
)

const (
	minPassword = 10  // characters
	maxPassword = 200 // bytes
)

// CheckPassword returns fault.CloudRefused for a password that no account may have.
func CheckPassword(password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return refused("The password is too short: it must have at least %d characters.", minPassword)
	case len(password) > maxPassword:
		return refused("The password is too long: it may have at most %d bytes.", maxPassword)
	}
	return nil
}

// hash returns a password as it is stored, in the form of the argon2 tools:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash. It waits its turn.
func (c *Cloud) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	key, err := c.derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads, encode(salt), encode(key)), nil
}

func (c *Cloud) derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case c.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.hashing }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashThreads, hashLength), nil
}

// noPassword stands for the stored password of somebody who has none, so that a wrong
// email costs as much time as a wrong password. No password has this hash.
var noPassword = "$argon2id$v=19$m=19456,t=2,p=1$" + base64.RawStdEncoding.EncodeToString(make([]byte, saltLength)) + "$"

// matches tells whether a password is the stored one.
func (c *Cloud) matches(ctx context.Context, stored, password string) (bool, error) {
	if len(password) > maxPassword {
		password = ""
	}
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", hashMemory, hashPasses, hashThreads) {
		return false, fmt.Errorf("a stored password is no argon2id hash with the parameters of this version")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, err
	}
	got, err := c.derive(ctx, password, salt)
	return subtle.ConstantTimeCompare(got, want) == 1, err
}

// newSecret is a text nobody can guess, fit for a URL.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashed is how a secret of ours is stored. It needs no salt: it has 256 bits of chance.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

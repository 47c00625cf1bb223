package auth

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DerivePair makes an Ed25519 pair in PEM of a private key and a purpose, always
// the same one. Nobody without the private key can tell pairs of two purposes apart
// from pairs of two owners.
func DerivePair(private, purpose string) (derived, public []byte, err error) {
	signer, err := ParsePrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	key, ok := signer.key.(ed25519.PrivateKey)
	if !ok {
		return nil, nil, errors.New("the key must be Ed25519, as prisma1 keys new makes it")
	}
	seed, err := hkdf.Key(sha256.New, key.Seed(), nil, purpose, ed25519.SeedSize)
	if err != nil {
		return nil, nil, err
	}
	return encodePair(ed25519.NewKeyFromSeed(seed))
}

// OpenPrivateKey reads a private key in PEM, or makes one that only its owner can read.
func OpenPrivateKey(file string) (string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return newPrivateKey(file)
	}
	if err != nil {
		return "", err
	}
	if stat, err := os.Stat(file); err == nil && stat.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		return "", fmt.Errorf("others on this machine can read %s: chmod 600 it", file)
	}
	_, err = ParsePrivateKey(string(text))
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return string(text), nil
}

// newPrivateKey writes the whole key before the file has its name.
func newPrivateKey(file string) (string, error) {
	private, _, err := NewPair(Ed25519)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".key-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(private)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return "", err
	}
	if err := os.Link(temp.Name(), file); errors.Is(err, fs.ErrExist) { // another process was first
		return OpenPrivateKey(file)
	} else if err != nil {
		return "", err
	}
	return string(private), nil
}

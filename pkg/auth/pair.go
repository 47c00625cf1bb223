package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// A Kind is a kind of key pair that NewPair can make.
type Kind string

const (
	Ed25519 Kind = "ed25519"
	RSA     Kind = "rsa" // 3072 bits; the only kind that Prisma 1 itself, up to 1.26, understands
	EC      Kind = "ec"  // on P-256
)

// Kinds are all kinds of key pairs, the usual one first.
func Kinds() []Kind { return []Kind{Ed25519, RSA, EC} }

// NewPair makes a key pair in PEM: PKCS #8 and SubjectPublicKeyInfo.
func NewPair(kind Kind) (private, public []byte, err error) {
	var key crypto.Signer
	switch kind {
	case Ed25519:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case RSA:
		key, err = rsa.GenerateKey(rand.Reader, 3072)
	case EC:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return nil, nil, fmt.Errorf("%q is no kind of key: use ed25519, rsa or ec", kind)
	}
	if err != nil {
		return nil, nil, err
	}
	return encodePair(key)
}

// encodePair is a pair in PEM: PKCS #8 and SubjectPublicKeyInfo.
func encodePair(key crypto.Signer) (private, public []byte, err error) {
	privateDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	publicDER, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, nil, err
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privateDER})
	public = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER})
	return private, public, nil
}

package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// minRSA is the shortest RSA key that is taken, in bits.
const minRSA = 2048

// A Signer holds a secret or a private key. The zero Signer signs nothing.
type Signer struct {
	method jwt.SigningMethod
	key    any
}

// A Verifier holds a secret or a public key. The zero Verifier verifies nothing.
type Verifier struct {
	method jwt.SigningMethod
	key    any
}

// Algorithm is the JWT name of the one algorithm the key is used with, such as "RS256".
func (s Signer) Algorithm() string { return algorithm(s.method) }

// Algorithm is the JWT name of the one algorithm the key is used with, such as "RS256".
func (v Verifier) Algorithm() string { return algorithm(v.method) }

func algorithm(m jwt.SigningMethod) string {
	if m == nil {
		return ""
	}
	return m.Alg()
}

// Fits tells whether what s signs is verified by v.
func (s Signer) Fits(v Verifier) bool {
	const text = "do they fit"
	if s.method == nil || v.method == nil || s.method.Alg() != v.method.Alg() {
		return false
	}
	signature, err := s.method.Sign(text, s.key)
	return err == nil && v.method.Verify(text, signature, v.key) == nil
}

// SecretSigner signs with HS256; an empty secret gives the zero Signer.
func SecretSigner(secret string) Signer {
	if secret == "" {
		return Signer{}
	}
	return Signer{jwt.SigningMethodHS256, []byte(secret)}
}

// SecretVerifier verifies HS256; an empty secret gives the zero Verifier.
func SecretVerifier(secret string) Verifier { return Verifier(SecretSigner(secret)) }

// IsPEM tells whether a text is a key in PEM and not a secret.
func IsPEM(text string) bool { return strings.Contains(text, "-----BEGIN ") }

// ParseSigner takes a private key in PEM or else a secret.
func ParseSigner(text string) (Signer, error) {
	if IsPEM(text) {
		return ParsePrivateKey(text)
	}
	return SecretSigner(text), nil
}

// ParsePrivateKey reads one private key in PEM: RSA of at least 2048 bits,
// Ed25519, or EC on P-256, as PKCS #8, PKCS #1 or SEC 1. The two characters \n
// stand for a line end, as they do in environment variables. No error shows the key.
func ParsePrivateKey(text string) (Signer, error) {
	blocks, err := decodePEM(text)
	if err != nil {
		return Signer{}, err
	}
	if len(blocks) != 1 {
		return Signer{}, fmt.Errorf("one private key is expected, these are %d keys", len(blocks))
	}
	block := blocks[0]
	key, err := privateKey(block)
	if err != nil {
		return Signer{}, err
	}
	pair, ok := key.(crypto.Signer)
	if !ok {
		return Signer{}, errKind
	}
	method, err := methodOf(pair.Public())
	return Signer{method, key}, err
}

// ParsePublicKeys reads public keys in PEM, one block after the other; see
// ParsePrivateKey for the kinds. Several keys let a server change its key
// without a moment in which nobody can sign.
func ParsePublicKeys(text string) ([]Verifier, error) {
	blocks, err := decodePEM(text)
	if err != nil {
		return nil, err
	}
	var verifiers []Verifier
	for _, block := range blocks {
		key, err := publicKey(block)
		if err != nil {
			return nil, err
		}
		method, err := methodOf(key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, Verifier{method, key})
	}
	return verifiers, nil
}

var errKind = errors.New("the key must be RSA of at least 2048 bits, Ed25519, or EC on the curve P-256")

// methodOf decides which algorithm a public key is used with.
func methodOf(key any) (jwt.SigningMethod, error) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSA {
			return nil, fmt.Errorf("the RSA key has %d bits, at least %d are needed", bits, minRSA)
		}
		return jwt.SigningMethodRS256, nil
	case ed25519.PublicKey:
		return jwt.SigningMethodEdDSA, nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return jwt.SigningMethodES256, nil
		}
	}
	return nil, errKind
}

func decodePEM(text string) ([]*pem.Block, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\r`, ""), `\n`, "\n")
	var blocks []*pem.Block
	rest := []byte(strings.TrimSpace(text))
	for len(rest) > 0 {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			return nil, errors.New("this is not a key in PEM: it begins with -----BEGIN … KEY----- and ends with -----END … KEY-----")
		}
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 {
		return nil, errors.New("there is no key")
	}
	return blocks, nil
}

func privateKey(block *pem.Block) (key any, err error) {
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, errors.New("the private key is encrypted, and there is nobody to ask for its passphrase: store it without one")
	case block.Type == "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case block.Type == "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case strings.HasSuffix(block.Type, "PUBLIC KEY"):
		return nil, errors.New("this is a public key: to sign, the private one is needed")
	default:
		return nil, fmt.Errorf("a private key is expected, this is %q", block.Type)
	}
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	return key, nil
}

func publicKey(block *pem.Block) (key any, err error) {
	switch {
	case block.Type == "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case block.Type == "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, errors.New("this is a private key: the server needs only the public one, and the private one should never leave its owner's computer")
	default:
		return nil, fmt.Errorf("a public key is expected, this is %q", block.Type)
	}
	if err != nil {
		return nil, errors.New("the public key cannot be read")
	}
	return key, nil
}

package cloud

import (
	"errors"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// keys sign for the cloud. All come from one private key, so that one file is all there is to
// guard and to keep. Each server has a pair of its own: a token for one opens no other.
type keys struct{ master string }

func openKeys(file string) (*keys, error) {
	text, err := auth.OpenPrivateKey(file)
	if err != nil {
		return nil, fmt.Errorf("the cloud's private key: %w", err)
	}
	return &keys{text}, nil
}

// login signs login keys.
func (k *keys) login() (auth.Signer, []auth.Verifier, error) { return k.derive("login") }

// server signs management tokens for one server.
func (k *keys) server(id string) (auth.Signer, error) {
	signer, _, err := k.derive("server " + id)
	return signer, err
}

func (k *keys) derive(purpose string) (auth.Signer, []auth.Verifier, error) {
	private, public, err := auth.DerivePair(k.master, "prisma1 cloud "+purpose)
	if err != nil {
		return auth.Signer{}, nil, err
	}
	signer, signerErr := auth.ParsePrivateKey(string(private))
	verifiers, err := auth.ParsePublicKeys(string(public))
	return signer, verifiers, errors.Join(signerErr, err)
}

// public is the key in PEM that a server is to hold.
func (k *keys) public(serverID string) (string, error) {
	_, public, err := auth.DerivePair(k.master, "prisma1 cloud server "+serverID)
	return string(public), err
}

package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

const (
	secretVariable = "PRISMA_MANAGEMENT_API_SECRET"
	keyVariable    = "PRISMA_MANAGEMENT_API_PRIVATE_KEY" // PEM, or the path of a file with it
)

// managementLifetime is how long management tokens are valid, as in the original.
const managementLifetime = 5 * 365.25 * 24 * time.Hour

// A credential signs management requests. The zero credential signs none.
type credential struct {
	Text   string // a secret, or a private key in PEM
	Source string // where it comes from, for messages; never shows the text
}

// findCredential takes the first there is: what a person typed, the secret of the environment
// or the .env file, the private key of both, and what config.yml knows of the server.
func findCredential(typed string, env *prismayml.Env, known cluster.Cluster, registry string) (credential, error) {
	switch {
	case typed != "":
		return credential{typed, "the secret that was typed in"}, nil
	case env.Get(secretVariable) != "":
		return credential{env.Get(secretVariable), sourceOf(env, secretVariable)}, nil
	case env.Get(keyVariable) != "":
		source := sourceOf(env, keyVariable)
		text, err := keyText(env.Get(keyVariable))
		if err != nil {
			return credential{}, fmt.Errorf("%s: %w", source, err)
		}
		return credential{text, source}, nil
	case known.Secret != "":
		return credential{known.Secret, fmt.Sprintf("clusterSecret of %s in %s", known.Name, registry)}, nil
	}
	return credential{}, nil
}

func sourceOf(env *prismayml.Env, name string) string { return name + " of " + env.Source(name) }

// keyText returns the PEM that a variable holds or names by its path.
func keyText(value string) (string, error) {
	if auth.IsPEM(value) {
		return value, nil
	}
	text, err := os.ReadFile(strings.TrimSpace(value))
	if err != nil {
		if e, ok := errors.AsType[*os.PathError](err); ok {
			err = e.Err // the path may be a secret in the wrong variable
		}
		return "", fmt.Errorf("it is neither a private key in PEM (-----BEGIN PRIVATE KEY-----) nor the path of a file that can be read: %w", err)
	}
	if !auth.IsPEM(string(text)) {
		return "", errors.New("the file that it names holds no private key in PEM (-----BEGIN PRIVATE KEY-----)")
	}
	return string(text), nil
}

// managementToken signs a token that may do everything with a secret or private key; "" without one.
func managementToken(secret string) (string, error) {
	if secret == "" {
		return "", nil
	}
	signer, err := auth.ParseSigner(secret)
	if err != nil {
		return "", err
	}
	return auth.SignManagement(signer, []auth.Grant{{Target: "*/*", Action: "*"}}, managementLifetime)
}

// explain says what to do about a management request that was refused. The first sentences are
// the original's; what follows says which key was used and where it came from.
func (t *target) explain(err error) error {
	if !client.NeedsSecret(err) {
		return err
	}
	if t.cloud != nil {
		return fmt.Errorf("Server at %s does not take tokens of the cloud at %s: %s It must hold the public key that the cloud shows on the page of the server, and that prisma1 cloud server key prints.", t.Label, t.cloud.Endpoint, err)
	}
	if t.signedBy.Text == "" {
		return fmt.Errorf("Server at %s requires the Management API secret. Please set the %s environment variable, or write it into .env. A server that holds a public key wants the private key of it in %s, or, if it is the key of a cloud, that you are logged in there (prisma1 login).", t.Label, secretVariable, keyVariable)
	}
	message := err.Error()
	switch {
	case strings.Contains(message, "expired since"), strings.Contains(message, "only be valid after"):
		return fmt.Errorf("Server at %s knows the key that signed this request, but takes it for expired or not yet valid: the clock of this computer and the clock of the server differ by more than a minute, or by years. Please set them.", t.Label)
	case !strings.Contains(message, "decoded"):
		return fmt.Errorf("Server at %s knows the key that signed this request and refuses it all the same: %s", t.Label, message)
	case strings.HasPrefix(t.signedBy.Source, secretVariable) && !auth.IsPEM(t.signedBy.Text):
		return fmt.Errorf("Can not authenticate against Prisma server. It seems that your %s environment variable is set incorrectly. Please make sure that it matches the value that was used when the Prisma server was deployed. It was taken from %s.", secretVariable, strings.TrimPrefix(t.signedBy.Source, secretVariable+" of "))
	case auth.IsPEM(t.signedBy.Text):
		return fmt.Errorf("Can not authenticate against Prisma server. The private key in %s does not fit the public key of the server at %s. `prisma1 keys check` compares a pair of files.", t.signedBy.Source, t.Label)
	}
	return fmt.Errorf("Can not authenticate against Prisma server. The server at %s uses another secret than %s.", t.Label, t.signedBy.Source)
}

// service prepares calls to the data API of the target.
func (t *target) service() (*client.Service, error) {
	token, err := serviceToken(t.File, t.Endpoint)
	if err != nil {
		return nil, err
	}
	return client.NewService(t.Endpoint.HTTP(), token, nil), nil
}

// serviceToken is a token for the data API, "" when the service has no secret.
func serviceToken(file *prismayml.File, endpoint prismayml.Endpoint) (string, error) {
	if len(file.Secrets) == 0 {
		return "", nil
	}
	return auth.SignService(file.Secrets[0], endpoint.Name(), endpoint.Stage, auth.ServiceLifetime)
}

// explainService says what to do about a request to the service that was refused. The server
// says the same of a missing, a wrong and an expired token; which it was only we know.
func (t *target) explainService(err error) error {
	if !client.NeedsSecret(err) { // the data API has the same code
		return err
	}
	remedy := "The service has a secret on the server, but prisma.yml has none, so the request went out without a token. Write its secret into prisma.yml, or take it off the server with prisma1 deploy."
	if n := len(t.File.Secrets); n > 0 {
		which := "the secret in prisma.yml"
		if n > 1 {
			which = fmt.Sprintf("the first of %d secrets in prisma.yml", n)
		}
		remedy = fmt.Sprintf("The token was signed just now with %s, so it is not too old. The server has another secret for this service: prisma1 deploy gives it the one in prisma.yml. If that does not help, compare the clocks of this computer and the server.", which)
	}
	return fmt.Errorf("%w\n%s", err, remedy)
}

package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

const secretVariable = "PRISMA_MANAGEMENT_API_SECRET"

// managementLifetime is how long management tokens are valid, as in the original.
const managementLifetime = 5 * 365.25 * 24 * time.Hour

// definitionFlags are the flags of all commands that need a service definition.
type definitionFlags struct {
	Project string
	EnvFile string

	all *pflag.FlagSet
}

func (d *definitionFlags) register(cmd *cobra.Command) {
	d.all = cmd.Flags()
	d.all.StringVarP(&d.EnvFile, "env-file", "e", "", "Path to .env file to inject env vars")
	d.all.StringVarP(&d.Project, "project", "p", "", "Path to Prisma definition file")
}

// load finds and reads the service definition; endpoint, if any, stands in for its endpoint.
func (d *definitionFlags) load(app *App, endpoint string) (*prismayml.File, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	path, err := d.path(dir)
	if err != nil {
		return nil, err
	}
	env, err := prismayml.LoadEnv(app.Environ, dir, d.EnvFile)
	if err != nil {
		return nil, err
	}
	file, err := prismayml.Load(nearPath(path), prismayml.Options{Env: env, Flags: d.values(), Endpoint: endpoint})
	if err != nil {
		return nil, err
	}
	for _, warning := range file.Warnings {
		app.Terminal.Warning(warning)
	}
	return file, nil
}

func (d *definitionFlags) path(dir string) (string, error) {
	if d.Project == "" {
		return prismayml.Find(dir)
	}
	path := d.Project
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if stat, err := os.Stat(path); err != nil || stat.IsDir() {
		return "", fmt.Errorf("Prisma definition path specified by --project '%s' does not exist", path)
	}
	return path, nil
}

// values are the flags that were given, for ${opt:name}.
func (d *definitionFlags) values() map[string]string {
	values := map[string]string{}
	d.all.Visit(func(f *pflag.Flag) { values[f.Name] = f.Value.String() })
	return values
}

// target is a service on a server, ready to be called.
type target struct {
	File     *prismayml.File
	Endpoint prismayml.Endpoint
	Label    string // name of the server in messages
	Server   *client.Client

	signed bool // management requests carry a token
}

// connect prepares the calls to the service of a definition. secret signs management requests;
// "" takes it from the environment, then from the known clusters. Nothing is sent yet.
func (app *App) connect(file *prismayml.File, secret string) (*target, error) {
	if file.Endpoint == "" {
		return nil, errors.New("No endpoint set. Please set the \"endpoint\" property in your prisma.yml, or run prisma1 deploy to choose one")
	}
	endpoint, err := prismayml.ParseEndpoint(file.Endpoint)
	if err != nil {
		return nil, err
	}
	registry, err := app.registry()
	if err != nil {
		return nil, err
	}
	known, _ := registry.Find(endpoint.Base)
	t := &target{File: file, Endpoint: endpoint, Label: endpoint.Cluster}
	if known.Name != "" {
		t.Label = known.Name
	}
	token, err := managementToken(firstSecret(secret, file.Env.Get(secretVariable), known))
	if err != nil {
		return nil, err
	}
	t.Server, t.signed = client.New(endpoint.Base, token, nil), token != ""
	return t, nil
}

func firstSecret(given, environment string, known cluster.Cluster) string {
	if given != "" {
		return given
	}
	if environment != "" {
		return environment
	}
	return known.Secret
}

// managementToken signs a token that may do everything; "" without a secret.
func managementToken(secret string) (string, error) {
	if secret == "" {
		return "", nil
	}
	if strings.HasPrefix(strings.TrimSpace(secret), "-----BEGIN") {
		return "", errors.New("The management secret is a private key (RS256). That comes next; use a secret text (HS256) until then")
	}
	return auth.SignManagement(secret, []auth.Grant{{Target: "*/*", Action: "*"}}, managementLifetime)
}

// explain says what to do about a management request that was refused.
func (t *target) explain(err error) error {
	if !client.NeedsSecret(err) {
		return err
	}
	if !t.signed {
		return fmt.Errorf("Server at %s requires the Management API secret. Please set the %s environment variable, or write it into .env.", t.Label, secretVariable)
	}
	return fmt.Errorf("Can not authenticate against Prisma server. It seems that your %s environment variable is set incorrectly. Please make sure that it matches the value that was used when the Prisma server was deployed.", secretVariable)
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

// greet asks the server for its version and warns on Err when it does not fit this CLI.
func (t *target) greet(ctx context.Context, app *App) error {
	answer, err := t.Server.ServerInfo(ctx)
	if err != nil {
		return err
	}
	if !inSync(answer.Version) {
		app.Terminal.Notef("Warning: Your Prisma server and Prisma CLI are currently out of sync. They should be on the same minor version.\n\nPrisma CLI version: %s\nPrisma server version: %s\n\n", thisBuild(), answer.Version)
	}
	return nil
}

// inSync accepts servers of our own minor version and the last one of the original.
func inSync(server string) bool {
	own := strings.Join(strings.SplitN(version, ".", 3)[:2], ".")
	return strings.HasPrefix(server, own+".") || strings.HasPrefix(server, "1.34.")
}

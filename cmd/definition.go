package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

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

// target is the service of the definition, on its server.
func (d *definitionFlags) target(app *App) (*target, error) {
	file, err := d.load(app, "")
	if err != nil {
		return nil, err
	}
	return app.connect(file, "")
}

func (d *definitionFlags) path(dir string) (string, error) {
	if d.Project == "" {
		return prismayml.Find(dir)
	}
	path := d.Project
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	stat, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("Prisma definition path specified by --project '%s' does not exist", path)
	}
	if stat.IsDir() {
		return "", fmt.Errorf("Prisma definition path specified by --project '%s' is a folder. Name the file: --project %s", path, filepath.Join(d.Project, "prisma.yml"))
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

	signedBy credential // signs management requests

	token     string                // signed by the cloud, "" without one
	cloud     *cloudAccess          // that signed it
	reference client.CloudReference // of the service, for that cloud
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
	t.signedBy, err = findCredential(secret, file.Env, known, registry.Path())
	if err != nil {
		return nil, err
	}
	token, err := managementToken(t.signedBy.Text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.signedBy.Source, err)
	}
	t.Server = client.New(endpoint.Base, token, nil)
	return t, nil
}

// greet asks the server for its version and warns on Err when it does not fit this CLI.
func (t *target) greet(ctx context.Context, app *App) error {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	var answer client.ServerInfo
	err := app.Terminal.Slowly("Waiting for the server at "+t.Endpoint.Base, func() (err error) {
		answer, err = t.Server.ServerInfo(ctx)
		return err
	})
	if err != nil && t.Endpoint.Shared {
		return fmt.Errorf("%w\nThe demo servers of Prisma Cloud are shut down. Choose another server with: prisma1 deploy --new", err)
	}
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

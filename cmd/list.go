package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type listOptions struct {
	App  *App
	JSON bool
}

func newListCmd(app *App, run func(context.Context, *listOptions) error) *cobra.Command {
	opts := &listOptions{App: app}
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List all deployed services",
		Example: `- Show the services on all known servers
  $ prisma1 list`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

// jsonListed is an element of what `list --json` prints. Keys are only ever added.
type jsonListed struct {
	Service string `json:"service"`
	Stage   string `json:"stage"`
	Server  string `json:"server"`
}

// runList asks the server of this folder's service, the local one, and those in ~/.prisma/config.yml.
// A server that does not answer is named on Err.
func runList(ctx context.Context, opts *listOptions) error {
	servers, err := knownServers(opts.App)
	if err != nil {
		return err
	}
	known, atCloud := cloudServices(ctx, opts.App)
	var rows [][]string
	for _, s := range servers {
		if e, err := prismayml.ParseEndpoint(s.Host); err == nil && s.Secret == "" && atCloud[e.Base] {
			continue // the cloud tells what is there
		}
		var services []client.Project
		err := opts.App.Terminal.Slowly("Waiting for the server at "+s.Host, func() (err error) {
			services, err = listServices(ctx, s)
			return err
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			opts.App.Terminal.Warning(s.Name + ": " + describe(unlisted(s, err)))
			continue
		}
		for _, service := range services {
			rows = append(rows, []string{service.Name, service.Stage, s.Name})
		}
	}
	for _, s := range known {
		rows = append(rows, []string{s.Workspace + "/" + s.Name, s.Stage, s.Server})
	}
	if opts.JSON {
		list := []jsonListed{}
		for _, row := range rows {
			list = append(list, jsonListed{row[0], row[1], row[2]})
		}
		return printJSON(opts.App.Terminal, list)
	}
	if len(rows) == 0 {
		opts.App.Terminal.Printf("No deployed service found\n")
		return nil
	}
	opts.App.Terminal.Table([]string{"Service Name", "Stage", "Server"}, rows)
	return nil
}

// unlisted says what to do about a server that does not tell its services.
func unlisted(s cluster.Cluster, err error) error {
	switch {
	case !client.NeedsSecret(err):
		return err
	case s.Secret == "":
		return fmt.Errorf("The server at %s wants a management secret. Set %s, or give it one of its own with: prisma1 cluster add NAME URL --secret-env VARIABLE", s.Host, secretVariable)
	}
	return fmt.Errorf("The server at %s does not accept the secret or key that is known for it here. prisma1 doctor says which one that is, in the folder of a service there.", s.Host)
}

// cloudServices are the services that the cloud knows, and the base URLs of its servers. A cloud that
// does not answer is named on Err.
func cloudServices(ctx context.Context, app *App) (services []client.CloudService, bases map[string]bool) {
	access, err := app.cloud()
	if access == nil && err == nil {
		return nil, nil
	}
	var servers []client.CloudServer
	if err == nil {
		servers, err = access.servers(ctx)
	}
	if err == nil {
		err = access.ask(ctx, func(ctx context.Context, api *client.Cloud) (err error) {
			services, err = api.Services(ctx)
			return err
		})
	}
	if err != nil {
		app.Terminal.Warning("This does not include your services deployed in the cloud.\n" + describe(err))
		return nil, nil
	}
	bases = make(map[string]bool)
	for _, s := range servers {
		if e, err := prismayml.ParseEndpoint(s.Endpoint); err == nil {
			bases[e.Base] = true
		}
	}
	return services, bases
}

func listServices(ctx context.Context, s cluster.Cluster) ([]client.Project, error) {
	token, err := managementToken(s.Secret)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	return client.New(s.Host, token, nil).Projects(ctx)
}

// knownServers are the servers the CLI can think of, each base URL once.
func knownServers(app *App) ([]cluster.Cluster, error) {
	registry, err := app.registry()
	if err != nil {
		return nil, err
	}
	var servers []cluster.Cluster
	seen := map[string]bool{}
	add := func(s cluster.Cluster) {
		e, err := prismayml.ParseEndpoint(s.Host)
		if err != nil || seen[e.Base] {
			return
		}
		seen[e.Base] = true
		s.Host = e.Base
		servers = append(servers, s)
	}
	here, err := serverHere(app, registry)
	if err != nil {
		return nil, err
	}
	add(here)
	if state, running := app.localServer(); running {
		add(cluster.Cluster{Name: "local", Host: state.URL(), Secret: app.Getenv(secretVariable)})
	}
	for _, c := range registry.Clusters() {
		add(c)
	}
	return servers, nil
}

// serverHere is the server of the service definition in this folder; the zero Cluster without one.
func serverHere(app *App, registry *cluster.Registry) (cluster.Cluster, error) {
	dir, err := os.Getwd()
	if err != nil {
		return cluster.Cluster{}, err
	}
	path, err := prismayml.Find(dir)
	if errors.Is(err, prismayml.ErrNotFound) {
		return cluster.Cluster{}, nil
	}
	env, err := prismayml.LoadEnv(app.Environ, dir, "")
	if err != nil {
		return cluster.Cluster{}, err
	}
	file, err := prismayml.Load(path, prismayml.Options{Env: env})
	if err != nil || file.Endpoint == "" {
		return cluster.Cluster{}, err
	}
	e, err := prismayml.ParseEndpoint(file.Endpoint)
	if err != nil {
		return cluster.Cluster{}, err
	}
	known, _ := registry.Find(e.Base)
	name := e.Cluster
	if known.Name != "" {
		name = known.Name
	}
	signedBy, err := findCredential("", env, known, registry.Path())
	return cluster.Cluster{Name: name, Host: e.Base, Secret: signedBy.Text}, err
}

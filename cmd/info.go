package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type infoOptions struct {
	App        *App
	Definition definitionFlags

	JSON   bool
	Secret bool // show the secrets in JSON
}

func newInfoCmd(app *App, run func(context.Context, *infoOptions) error) *cobra.Command {
	opts := &infoOptions{App: app}
	cmd := &cobra.Command{
		Use:   "info",
		Short: "Display service information (endpoints, cluster, ...)",
		Example: `- Show the endpoints of the service
  $ prisma1 info

- The same for a program, with the secrets
  $ prisma1 info --json --secret`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	cmd.Flags().BoolVarP(&opts.Secret, "secret", "s", false, "Print secret in json output")
	cmd.Flags().BoolP("current", "c", false, "")
	_ = cmd.Flags().MarkHidden("current") // of old; has no effect
	return cmd
}

// storageDeadline is how long info waits for what it can leave out.
const storageDeadline = 3 * time.Second

// jsonService is what `info --json` prints; byte for byte the original's, where storage has no limit.
type jsonService struct {
	Name         string   `json:"name"`
	Stage        string   `json:"stage"`
	Cluster      string   `json:"cluster"`
	Workspace    string   `json:"workspace,omitempty"`
	HTTPEndpoint string   `json:"httpEndpoint"`
	WSEndpoint   string   `json:"wsEndpoint"`
	Secret       []string `json:"secret"`

	Storage *client.Storage `json:"storage,omitempty"`
}

func runInfo(ctx context.Context, opts *infoOptions) error {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return err
	}
	if opts.JSON {
		return printServiceJSON(ctx, opts, t)
	}
	if err := t.greet(ctx, opts.App); err != nil {
		return err
	}
	out := opts.App.Terminal
	out.Printf("Service Name: %s\n", out.Bold(t.Endpoint.Service))
	out.Printf("\n  %s (cluster: `%s`)\n\n    HTTP:       %s\n    Websocket:  %s\n", out.Bold(t.Endpoint.Stage), t.Label, t.Endpoint.HTTP(), t.Endpoint.WebSocket())
	if storage := t.storage(ctx, opts.App); storage != nil {
		out.Printf("    Storage:    %.1f of %.1f MB\n", storage.Used/1e6, storage.Limit/1e6)
	}
	out.Printf("\nYou can view & edit your data here:\n\n  Playground: %s\n", t.Endpoint.HTTP())
	return nil
}

// storage asks what the service stores; nil where that has no limit, or the server does not tell.
func (t *target) storage(ctx context.Context, app *App) *client.Storage {
	ctx, cancel := context.WithTimeout(ctx, storageDeadline)
	defer cancel()
	signed := *t // keeps the label
	if signed.signIn(ctx, app) != nil {
		return nil
	}
	storage, err := signed.Server.Storage(ctx, t.Endpoint.Name(), t.Endpoint.Stage)
	if err != nil || storage.Limit == 0 {
		return nil
	}
	return &storage
}

func printServiceJSON(ctx context.Context, opts *infoOptions, t *target) error {
	service := describeService(t.File, t.Endpoint, t.Label)
	service.Storage = t.storage(ctx, opts.App)
	if opts.Secret {
		return printJSON(opts.App.Terminal, service)
	}
	type open struct {
		jsonService
		Secret []string `json:"secret,omitempty"` // hides the embedded one
	}
	return printJSON(opts.App.Terminal, open{jsonService: service})
}

func describeService(file *prismayml.File, e prismayml.Endpoint, label string) jsonService {
	return jsonService{
		Name: e.Service, Stage: e.Stage, Cluster: label, Workspace: e.Workspace,
		HTTPEndpoint: e.HTTP(), WSEndpoint: e.WebSocket(), Secret: file.Secrets,
	}
}

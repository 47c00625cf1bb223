package cmd

import (
	"context"

	"github.com/spf13/cobra"

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

// jsonService is what `info --json` prints; byte for byte the original's.
type jsonService struct {
	Name         string   `json:"name"`
	Stage        string   `json:"stage"`
	Cluster      string   `json:"cluster"`
	Workspace    string   `json:"workspace,omitempty"`
	HTTPEndpoint string   `json:"httpEndpoint"`
	WSEndpoint   string   `json:"wsEndpoint"`
	Secret       []string `json:"secret"`
}

func runInfo(ctx context.Context, opts *infoOptions) error {
	file, err := opts.Definition.load(opts.App, "")
	if err != nil {
		return err
	}
	t, err := opts.App.connect(file, "")
	if err != nil {
		return err
	}
	if opts.JSON {
		return printServiceJSON(opts, t)
	}
	if err := t.greet(ctx, opts.App); err != nil {
		return err
	}
	out := opts.App.Terminal
	out.Printf("Service Name: %s\n", out.Bold(t.Endpoint.Service))
	out.Printf("\n  %s (cluster: `%s`)\n\n    HTTP:       %s\n    Websocket:  %s\n", out.Bold(t.Endpoint.Stage), t.Label, t.Endpoint.HTTP(), t.Endpoint.WebSocket())
	out.Printf("\nYou can view & edit your data here:\n\n  Playground: %s\n", t.Endpoint.HTTP())
	return nil
}

func printServiceJSON(opts *infoOptions, t *target) error {
	service := describeService(t.File, t.Endpoint, t.Label)
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

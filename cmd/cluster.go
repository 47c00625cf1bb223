package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type clusterOptions struct {
	App       *App
	Name      string
	Host      string
	SecretEnv string // variable with the secret or private key
	Stdin     bool   // read it from standard input
	JSON      bool
}

func newClusterCmd(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cluster COMMAND",
		Short: "Manage the servers that the wizard, list and keys know",
		Example: `- Remember a server by name
  $ prisma1 cluster add production https://prisma.example.org --secret-env PRODUCTION_SECRET`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newClusterAddCmd(app, runClusterAdd), newClusterRemoveCmd(app, runClusterRemove), newClusterListCmd(app, runClusterList))
	return cmd
}

func newClusterAddCmd(app *App, run func(context.Context, *clusterOptions) error) *cobra.Command {
	opts := &clusterOptions{App: app}
	cmd := &cobra.Command{
		Use:   "add NAME URL",
		Short: "Add a server to ~/.prisma/config.yml, or change it",
		Example: `- A server that wants a management secret
  $ prisma1 cluster add production https://prisma.example.org --secret-env PRODUCTION_SECRET

- A server that holds a public key
  $ prisma1 cluster add production https://prisma.example.org --secret-stdin < private.pem`,
		Args: exactArgs("NAME", "URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Name, opts.Host = args[0], args[1]
			return run(cmd.Context(), opts)
		},
	}
	cmd.Flags().StringVar(&opts.SecretEnv, "secret-env", "", "Environment variable with the management secret or private key")
	cmd.Flags().BoolVar(&opts.Stdin, "secret-stdin", false, "Read the management secret or private key from standard input")
	return cmd
}

func newClusterRemoveCmd(app *App, run func(context.Context, *clusterOptions) error) *cobra.Command {
	opts := &clusterOptions{App: app}
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a server out of ~/.prisma/config.yml",
		Example: `- Forget a server; nothing happens to the server itself
  $ prisma1 cluster remove production`,
		Args: exactArgs("NAME"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return app.clusterNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Name = args[0]
			return run(cmd.Context(), opts)
		},
	}
}

func newClusterListCmd(app *App, run func(context.Context, *clusterOptions) error) *cobra.Command {
	opts := &clusterOptions{App: app}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the servers of ~/.prisma/config.yml",
		Example: `- Show the known servers, for a program
  $ prisma1 cluster list --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

// exactArgs wants one argument for each name.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return usagef("Missing argument %s", names[len(args)])
		}
		if len(args) > len(names) {
			return usagef("Unexpected argument %s", args[len(names)])
		}
		return nil
	}
}

func runClusterAdd(_ context.Context, opts *clusterOptions) error {
	e, err := prismayml.ParseEndpoint(opts.Host)
	if err != nil {
		return &usageError{err}
	}
	if strings.TrimSpace(opts.Name) == "" || strings.ContainsAny(opts.Name, "/: \n") {
		return usagef("%q is not a name for a cluster: it has no space, slash or colon", opts.Name)
	}
	secret, err := opts.secret()
	if err != nil {
		return err
	}
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	registry.Set(cluster.Cluster{Name: opts.Name, Host: e.Base, Secret: secret})
	if err := registry.Save(); err != nil {
		return err
	}
	opts.App.Terminal.Printf("Cluster %s is the server at %s\n", opts.Name, e.Base)
	return nil
}

// secret is what signs the requests to the cluster; it is never an argument, where other users
// of the machine would see it.
func (o *clusterOptions) secret() (string, error) {
	if !o.Stdin {
		return secretOf(o.SecretEnv, o.App.Getenv)
	}
	text, err := io.ReadAll(io.LimitReader(o.App.Terminal.In, 1<<20))
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", errors.New("There is no secret on standard input")
	}
	return secret, nil
}

func runClusterRemove(_ context.Context, opts *clusterOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	if !registry.Remove(opts.Name) {
		return fmt.Errorf("There is no cluster %s in ~/.prisma/config.yml", opts.Name)
	}
	if err := registry.Save(); err != nil {
		return err
	}
	opts.App.Terminal.Printf("Removed cluster %s\n", opts.Name)
	return nil
}

// jsonCluster is an element of what `cluster list --json` prints. Keys are only ever added.
type jsonCluster struct {
	Name           string `json:"name"`
	Host           string `json:"host"`
	Authentication string `json:"authentication"` // "none", "secret" or "private key"
}

func runClusterList(_ context.Context, opts *clusterOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	list := []jsonCluster{}
	for _, c := range registry.Clusters() {
		list = append(list, jsonCluster{c.Name, prismayml.WithoutPassword(c.Host), authentication(c.Secret)})
	}
	t := opts.App.Terminal
	if opts.JSON {
		return printJSON(t, list)
	}
	if len(list) == 0 {
		t.Printf("No clusters in ~/.prisma/config.yml. Add one with: prisma1 cluster add NAME URL\n")
		return nil
	}
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.Name, c.Host, c.Authentication})
	}
	t.Table([]string{"Name", "Host", "Authentication"}, rows)
	return nil
}

func authentication(secret string) string {
	switch {
	case secret == "":
		return "none"
	case auth.IsPEM(secret):
		return "private key"
	}
	return "secret"
}

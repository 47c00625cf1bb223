package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type deleteOptions struct {
	App        *App
	Definition definitionFlags

	Force bool // do not ask
}

func newDeleteCmd(app *App, run func(context.Context, *deleteOptions) error) *cobra.Command {
	opts := &deleteOptions{App: app}
	cmd := &cobra.Command{
		Use:   "delete",
		Short: "Delete an existing service",
		Example: `- Delete the service of this folder with its data, after a question
  $ prisma1 delete

- The same in a script
  $ prisma1 delete --force`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.Force, "force", "f", false, "Force delete, without confirmation")
	return cmd
}

// runDelete deletes through the management API of any server, and says so when it fails;
// the original went to the cloud for servers elsewhere and hid errors under --force.
func runDelete(ctx context.Context, opts *deleteOptions) error {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return err
	}
	if err := t.signIn(ctx, opts.App); err != nil {
		return err
	}
	url := t.Endpoint.HTTP()
	if sure, err := confirm(opts.App.Terminal, opts.Force, fmt.Sprintf("Are you sure that you want to delete %s?", url)); !sure || err != nil {
		return err
	}
	if err := t.greet(ctx, opts.App); err != nil {
		return err
	}
	p := opts.App.Terminal.Start(fmt.Sprintf("Deleting service %s from %s", opts.App.Terminal.Bold(url), t.Label))
	if err := t.Server.DeleteProject(ctx, t.Endpoint.Name(), t.Endpoint.Stage); err != nil {
		p.Abort()
		return t.refused(err)
	}
	p.Timed()
	if t.cloud != nil {
		return t.cloud.api.DeleteService(ctx, t.reference) // that it is gone
	}
	return nil
}

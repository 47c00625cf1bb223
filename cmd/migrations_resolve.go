package cmd

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
)

func newMigrationsResolveCmd(app *App, run func(context.Context, *migrationsOptions) error) *cobra.Command {
	opts := &migrationsOptions{App: app}
	cmd := &cobra.Command{
		Use:   "resolve",
		Short: "End a deploy that hangs",
		Long: `Takes the lock from whatever server deploys the service, and finishes or takes back what that one
began. A server that was killed needs no help: another one takes over after ten seconds of silence.`,
		Example: `- After a question
  $ prisma1 migrations resolve

- The same in a script
  $ prisma1 migrations resolve --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.Yes, "yes", "y", false, "Do not ask")
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

func runMigrationsResolve(ctx context.Context, opts *migrationsOptions) error {
	t, records, err := opts.history(ctx)
	if err != nil {
		return err
	}
	name, stage := t.Endpoint.Name(), t.Endpoint.Stage
	lock, err := t.Server.DeployLock(ctx, name, stage)
	if err != nil {
		return t.refused(err)
	}
	out := opts.App.Terminal
	open := slices.ContainsFunc(records, func(r client.Record) bool { return !r.Done() })
	if lock == nil && !open {
		if opts.JSON {
			return printJSON(out, []jsonMigration{})
		}
		out.Printf("Nothing to resolve: no deploy of %s@%s is open.\n", t.Endpoint.Service, stage)
		return nil
	}
	if lock != nil {
		out.Notef("%s deploys since %s; its last sign of life was %s ago.\n", lock.Holder, lock.Since.UTC().Format(time.DateTime+" UTC"), time.Duration(lock.SilentSeconds)*time.Second)
	}
	question := fmt.Sprintf("Are you sure that you want to end the open deploy of %s in stage %s?", t.Endpoint.Service, stage)
	if sure, err := confirmBy(out, opts.Yes, "--yes", question); !sure || err != nil {
		return err
	}
	resolved, err := t.Server.ResolveMigrations(ctx, name, stage)
	if err != nil {
		return t.refused(err)
	}
	if opts.JSON {
		return printJSON(out, describeMigrations(resolved))
	}
	if len(resolved) == 0 {
		out.Printf("The lock is free, no migration was open.\n")
		return nil
	}
	printMigrations(opts.App, resolved)
	return nil
}

package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type resetOptions struct {
	App        *App
	Definition definitionFlags

	Force bool // do not ask
}

func newResetCmd(app *App, run func(context.Context, *resetOptions) error) *cobra.Command {
	opts := &resetOptions{App: app}
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Reset the stage data",
		Example: `- Delete all nodes of the service, after a question
  $ prisma1 reset

- The same in a script
  $ prisma1 reset --force`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.Force, "force", "f", false, "Force reset data without confirmation")
	return cmd
}

func runReset(ctx context.Context, opts *resetOptions) error {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("Are you sure that you want to reset the data of %s in stage %s?", t.Endpoint.Service, t.Endpoint.Stage)
	if sure, err := confirm(opts.App.Terminal, opts.Force, question); !sure || err != nil {
		return err
	}
	return reset(ctx, opts.App.Terminal, t)
}

// reset deletes all nodes of a service. An error in the answer is one, unlike in the original.
func reset(ctx context.Context, t *terminal.Terminal, to *target) error {
	service, err := to.service()
	if err != nil {
		return err
	}
	p := t.Start(fmt.Sprintf("Resetting %s", t.Bold(to.Endpoint.Service+"@"+to.Endpoint.Stage)))
	if err := service.Reset(ctx); err != nil {
		p.Abort()
		return to.explainService(err)
	}
	p.Timed()
	return nil
}

// confirm asks before something cannot be undone. Only yes is a yes; without a terminal the
// flag must say it.
func confirm(t *terminal.Terminal, force bool, question string) (bool, error) {
	return confirmBy(t, force, "--force", question)
}

// confirmBy is confirm for another flag.
func confirmBy(t *terminal.Terminal, given bool, flag, question string) (bool, error) {
	if given {
		return true, nil
	}
	sure, err := t.Confirm(question, false)
	if errors.Is(err, terminal.ErrNoTerminal) {
		return false, fmt.Errorf("There is no terminal to confirm this on. Use %s to go on without asking", flag)
	}
	return sure, err
}

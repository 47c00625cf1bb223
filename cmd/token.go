package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

type tokenOptions struct {
	App        *App
	Definition definitionFlags
}

func newTokenCmd(app *App, run func(context.Context, *tokenOptions) error) *cobra.Command {
	opts := &tokenOptions{App: app}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Create a new service token",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	return cmd
}

// runToken works without a server. Unlike the original it fails without a secret, so that no
// script takes the sentence for a token.
func runToken(_ context.Context, opts *tokenOptions) error {
	file, err := opts.Definition.load(opts.App, "")
	if err != nil {
		return err
	}
	if len(file.Secrets) == 0 {
		return errors.New("There is no secret set in the prisma.yml")
	}
	t, err := opts.App.connect(file, "")
	if err != nil {
		return err
	}
	token, err := serviceToken(file, t.Endpoint)
	if err != nil {
		return err
	}
	opts.App.Terminal.Printf("%s\n", token)
	return nil
}

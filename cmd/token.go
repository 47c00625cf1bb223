package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

type tokenOptions struct {
	App        *App
	Definition definitionFlags

	Copy       bool
	JSON       bool
	Management bool          // a token for the server and not for the service
	Lifetime   time.Duration // 0 is the usual one: 7 days, or 5 years for the server
}

func newTokenCmd(app *App, run func(context.Context, *tokenOptions) error) *cobra.Command {
	opts := &tokenOptions{App: app}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Create a new service token",
		Example: `- A token for the data of the service, for an hour
  $ prisma1 token --ttl 1h

- A token for the management API of its server
  $ prisma1 token --management`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&opts.Copy, "copy", "c", false, "Copy token to clipboard")
	flags.BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	flags.BoolVar(&opts.Management, "management", false, "Create a token for the management API of the server")
	flags.DurationVar(&opts.Lifetime, "ttl", 0, "How long the token is valid, as in 1h (default 168h, of the server 5 years)")
	return cmd
}

// runToken works without a server. Unlike the original it fails without a secret, so that no
// script takes the sentence for a token.
func runToken(ctx context.Context, opts *tokenOptions) error {
	if opts.Lifetime < 0 {
		return usagef("--ttl %s has passed already", opts.Lifetime)
	}
	file, err := opts.Definition.load(opts.App, "")
	if err != nil {
		return err
	}
	if !opts.Management && len(file.Secrets) == 0 {
		return errors.New("There is no secret set in the prisma.yml")
	}
	t, err := opts.App.connect(file, "")
	if err != nil {
		return err
	}
	if opts.Management {
		if err := t.signIn(ctx, opts.App); err != nil {
			return err
		}
	}
	expires := time.Now().Add(opts.lifetime())
	if t.token != "" {
		login, err := auth.ReadLogin(t.token)
		if err != nil {
			return err
		}
		expires = login.Expires
	}
	token, err := opts.sign(t)
	if err != nil {
		return err
	}
	if opts.Copy {
		if err := copyText(ctx, token); err != nil {
			return err
		}
		opts.App.Terminal.Printf("Token copied to clipboard\n")
		return nil
	}
	if opts.JSON {
		return printJSON(opts.App.Terminal, struct {
			Token   string `json:"token"`
			Kind    string `json:"kind"`    // "service" or "management"
			Expires string `json:"expires"` // RFC 3339
		}{token, opts.kind(), expires.UTC().Format(time.RFC3339)})
	}
	opts.App.Terminal.Printf("%s\n", token)
	return nil
}

func (o *tokenOptions) kind() string {
	if o.Management {
		return "management"
	}
	return "service"
}

func (o *tokenOptions) lifetime() time.Duration {
	switch {
	case o.Lifetime > 0:
		return o.Lifetime
	case o.Management:
		return managementLifetime
	}
	return auth.ServiceLifetime
}

func (o *tokenOptions) sign(t *target) (string, error) {
	if !o.Management {
		return auth.SignService(t.File.Secrets[0], t.Endpoint.Name(), t.Endpoint.Stage, o.lifetime())
	}
	if t.token != "" {
		return t.token, nil
	}
	if t.signedBy.Text == "" {
		return "", noManagementSecret()
	}
	signer, err := auth.ParseSigner(t.signedBy.Text)
	if err != nil {
		return "", err
	}
	return auth.SignManagement(signer, []auth.Grant{{Target: "*/*", Action: "*"}}, o.lifetime())
}

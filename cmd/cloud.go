package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"
)

type accountOptions struct {
	App  *App
	JSON bool
}

func newAccountCmd(app *App, run func(context.Context, *accountOptions) error) *cobra.Command {
	opts := &accountOptions{App: app}
	cmd := &cobra.Command{
		Use:   "account",
		Short: "Display account information",
		Example: `- Show whose session key is stored
  $ prisma1 account`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

func newConsoleCmd(app *App, run func(context.Context, *accountOptions) error) *cobra.Command {
	opts := &accountOptions{App: app}
	return &cobra.Command{
		Use:   "console",
		Short: "Open Prisma Console in browser",
		Example: `- Learn what has taken the place of the console
  $ prisma1 console`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
}

// runAccount says what the stored session key says of itself. The cloud that knew name and email
// is shut down, so nobody is asked.
func runAccount(_ context.Context, opts *accountOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	key, source := opts.App.Getenv("PRISMA_CLOUD_SESSION_KEY"), "PRISMA_CLOUD_SESSION_KEY"
	if key == "" {
		key, source = registry.SessionKey(), registry.Path()
	}
	account := struct {
		LoggedIn bool   `json:"loggedIn"`
		User     string `json:"user,omitempty"`    // of the session key
		Expires  string `json:"expires,omitempty"` // RFC 3339
		Source   string `json:"source,omitempty"`  // of the session key
	}{LoggedIn: key != ""}
	if key != "" {
		account.Source = source
		claims := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(key, claims); err == nil {
			account.User, _ = claims["userId"].(string)
			if expiry, err := claims.GetExpirationTime(); err == nil && expiry != nil {
				account.Expires = expiry.UTC().Format(time.RFC3339)
			}
		}
	}
	t := opts.App.Terminal
	if opts.JSON {
		return printJSON(t, account)
	}
	if !account.LoggedIn {
		t.Printf("Currently not logged in. Run prisma1 login to login.\n")
		return nil
	}
	t.Printf("Logged in with the session key in %s.\nUser:    %s\nExpires: %s\nName and email were known to the Prisma Cloud alone, which is shut down.\n", source, cmp.Or(account.User, "unknown"), cmp.Or(account.Expires, "never"))
	return nil
}

func runConsole(context.Context, *accountOptions) error {
	return errors.New("The Prisma Console was part of the Prisma Cloud, which is shut down. prisma1 playground shows the service in the browser, prisma1 list all services")
}

type clusterTokenOptions struct {
	App        *App
	Definition definitionFlags
	Copy       bool
}

func newClusterTokenCmd(app *App, run func(context.Context, *clusterTokenOptions) error) *cobra.Command {
	opts := &clusterTokenOptions{App: app}
	cmd := &cobra.Command{
		Use:   "cluster-token",
		Short: "Create a management token for the server of the service",
		Example: `- A token for the management API, for five years
  $ prisma1 cluster-token`,
		Hidden: true,
		Args:   noArgs,
		RunE:   func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.Copy, "copy", "c", false, "Copy token to clipboard")
	return cmd
}

func runClusterToken(ctx context.Context, opts *clusterTokenOptions) error {
	return runToken(ctx, &tokenOptions{App: opts.App, Definition: opts.Definition, Copy: opts.Copy, Management: true, Lifetime: managementLifetime})
}

// noManagementSecret says where a management token would get its key from.
func noManagementSecret() error {
	return fmt.Errorf("Couldn't generate token: there is no management secret. Set %s, write it into .env, or add the server with prisma1 cluster add", secretVariable)
}

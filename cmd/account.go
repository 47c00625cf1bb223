package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
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
		Example: `- See the workspaces, servers and services of the cloud you are logged in to
  $ prisma1 console`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
}

// runAccount asks the cloud who is logged in, or else says what the session key says of itself.
func runAccount(ctx context.Context, opts *accountOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	key, source := opts.App.cloudKey(registry)
	account := struct {
		LoggedIn bool   `json:"loggedIn"`
		User     string `json:"user,omitempty"` // of the session key
		Email    string `json:"email,omitempty"`
		Name     string `json:"name,omitempty"`
		Cloud    string `json:"cloud,omitempty"`   // address
		Expires  string `json:"expires,omitempty"` // RFC 3339
		Source   string `json:"source,omitempty"`  // of the session key
	}{LoggedIn: key != ""}
	if key != "" {
		account.Source = source
		if login, err := auth.ReadLogin(key); err == nil {
			account.User = login.UserID
			if !login.Expires.IsZero() {
				account.Expires = login.Expires.UTC().Format(time.RFC3339)
			}
		}
	}
	access, err := opts.App.cloud()
	if err != nil {
		return err
	}
	if access != nil {
		me, err := access.me(ctx)
		if err != nil {
			opts.App.Terminal.Warning(describe(err))
			account.LoggedIn = account.LoggedIn && !loggedOut(err)
		}
		account.Email, account.Name, account.Cloud = me.Email, me.Name, access.Endpoint
	}
	t := opts.App.Terminal
	switch {
	case opts.JSON:
		return printJSON(t, account)
	case !account.LoggedIn:
		t.Printf("Currently not logged in. Run prisma1 login to login.\n")
	case account.Email != "":
		t.Printf("Email: %s\nName:  %s\nCloud: %s\n", account.Email, account.Name, account.Cloud)
	default:
		t.Printf("Logged in with the session key in %s.\nUser:    %s\nExpires: %s\n", source, cmp.Or(account.User, "unknown"), cmp.Or(account.Expires, "never"))
	}
	return nil
}

func runConsole(_ context.Context, opts *accountOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	address, err := opts.App.cloudAddress("", registry)
	if err != nil {
		return err
	}
	if address == "" {
		return errors.New("The Prisma Console was part of the Prisma Cloud, which is shut down. prisma1 cloud runs one of your own; prisma1 playground shows the service in the browser, prisma1 list all services")
	}
	opts.App.Terminal.Printf("Opening Prisma console %s in the browser\n", address)
	return opts.App.openBrowser(address)
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

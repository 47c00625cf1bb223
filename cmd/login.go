package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"
)

type loginOptions struct {
	App *App
	Key string // cloud session key
}

func newLoginCmd(app *App, run func(context.Context, *loginOptions) error) *cobra.Command {
	opts := &loginOptions{App: app}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Login or signup to the Prisma Cloud",
		Example: `- Store the session key of a cloud
  $ prisma1 login --key KEY`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().StringVarP(&opts.Key, "key", "k", "", "Cloud session key")
	return cmd
}

func runLogin(_ context.Context, opts *loginOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	if opts.Key == "" {
		if registry.SessionKey() != "" || opts.App.Getenv("PRISMA_CLOUD_SESSION_KEY") != "" {
			opts.App.Terminal.Printf("Already signed in\n")
			return nil
		}
		return errors.New("The Prisma Cloud is shut down, so there is no page to log in on. If you run a cloud of your own, give its session key: prisma1 login --key KEY")
	}
	key := strings.TrimSpace(opts.Key)
	if err := checkSessionKey(key); err != nil {
		return err
	}
	registry.SetSessionKey(key)
	if err := registry.Save(); err != nil {
		return err
	}
	opts.App.Terminal.Printf("Successfully signed in\n")
	return nil
}

// checkSessionKey sees whether a key is a token that still holds. Whether it is right only the
// cloud could tell.
func checkSessionKey(key string) error {
	token, _, err := jwt.NewParser().ParseUnverified(key, jwt.MapClaims{})
	if err != nil {
		return errors.New("The key is not a session key. It is a JSON Web Token: three parts with a dot between them")
	}
	expiry, err := token.Claims.GetExpirationTime()
	if err != nil {
		return errors.New("The key is not a session key: its expiry is not a time")
	}
	if err := jwt.NewValidator().Validate(token.Claims); err != nil && expiry != nil {
		return fmt.Errorf("The key has expired on %s. Ask for a new one", expiry.UTC().Format("2006-01-02"))
	}
	return nil
}

type logoutOptions struct{ App *App }

func newLogoutCmd(app *App, run func(context.Context, *logoutOptions) error) *cobra.Command {
	opts := &logoutOptions{App: app}
	return &cobra.Command{
		Use:   "logout",
		Short: "Logout from Prisma Cloud",
		Example: `- Forget the session key
  $ prisma1 logout`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
}

func runLogout(_ context.Context, opts *logoutOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	if registry.SessionKey() != "" {
		registry.SetSessionKey("")
		if err := registry.Save(); err != nil {
			return err
		}
	}
	opts.App.Terminal.Printf("You have been successfully logged out.\n")
	return nil
}

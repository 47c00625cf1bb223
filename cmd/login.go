package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cloud/web"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type loginOptions struct {
	App   *App
	Key   string // login key
	Cloud string // address of the cloud
}

func newLoginCmd(app *App, run func(context.Context, *loginOptions) error) *cobra.Command {
	opts := &loginOptions{App: app}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Login or signup to the Prisma Cloud",
		Example: `- A cloud for the first time; it is kept in ~/.prisma/config.yml
  $ prisma1 login --cloud https://cloud.example.org

- With a session key, in a script
  $ prisma1 login --key KEY`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().StringVarP(&opts.Key, "key", "k", "", "Cloud session key")
	cmd.Flags().StringVar(&opts.Cloud, "cloud", "", "Address of the cloud")
	return cmd
}

func runLogin(ctx context.Context, opts *loginOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	address, err := opts.App.cloudAddress(opts.Cloud, registry)
	if err != nil {
		return err
	}
	if address == "" {
		return keepKey(opts, registry)
	}
	return opts.App.login(ctx, opts.App.Terminal, registry, address, strings.TrimSpace(opts.Key))
}

// keepKey stores a key for a cloud whose address is not known here.
func keepKey(opts *loginOptions, registry *cluster.Registry) error {
	if opts.Key == "" {
		if key, _ := opts.App.cloudKey(registry); key != "" {
			opts.App.Terminal.Printf("Already signed in\n")
			return nil
		}
		return errors.New("Which cloud? The Prisma Cloud is shut down; prisma1 cloud runs one of your own. Give its address: prisma1 login --cloud URL, and in a script also a session key: --key KEY")
	}
	key := strings.TrimSpace(opts.Key)
	if err := checkSessionKey(key); err != nil {
		return err
	}
	return opts.App.keepLogin(opts.App.Terminal, registry, "", key)
}

// login logs in to a cloud: with a key, with the one that is stored, or by a page in the browser.
func (app *App) login(ctx context.Context, t *terminal.Terminal, registry *cluster.Registry, address, given string) error {
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" && !web.Loopback(u.Hostname()) {
		t.Warning("The cloud at " + address + " is reached without encryption: others in the network can read the login key.")
	}
	key := given
	if stored, _ := app.cloudKey(registry); key == "" && (registry.CloudEndpoint() == address || app.Getenv(sessionVariable) != "") {
		key = stored
	}
	p := t.Start("Authenticating")
	if key != "" {
		if given != "" {
			if err := checkSessionKey(key); err != nil {
				p.Abort()
				return err
			}
		}
		account, err := newCloudClient(address, key).Me(ctx)
		if err == nil {
			p.Done()
			t.Printf("Authenticated with %s\n", account.Email)
			return app.keepLogin(t, registry, address, key)
		}
		if given != "" || !loggedOut(err) {
			p.Abort()
			access := cloudAccess{Endpoint: address, Source: "--key"}
			return access.explain(err)
		}
	}
	key, err := app.askForKey(ctx, p, address)
	if err != nil {
		p.Abort()
		return (&cloudAccess{Endpoint: address}).explain(err)
	}
	p.Done()
	account, err := newCloudClient(address, key).Me(ctx)
	if err != nil {
		return (&cloudAccess{Endpoint: address, Source: "its answer"}).explain(err)
	}
	t.Printf("Authenticated with %s\n", account.Email)
	return app.keepLogin(t, registry, address, key)
}

// loginTime is how long the person has to say yes in the browser; the cloud forgets the request then.
const loginTime = 10 * time.Minute

// lostAnswers is how often in a row the cloud may not be reached while the person is in the browser.
const lostAnswers = 10

// askForKey shows the page of the cloud on which the person lets this computer in, and waits for it.
func (app *App) askForKey(ctx context.Context, p *terminal.Progress, address string) (key string, err error) {
	api := newCloudClient(address, "")
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	secret, err := api.RequestLogin(ctx)
	if err != nil {
		return "", err
	}
	page := address + "/cli-auth?secret=" + url.QueryEscape(secret)
	p.Log("Opening " + page + " in the browser\n")
	if err := app.openBrowser(page); err != nil {
		app.Terminal.Notef("Could not open the authentication link, maybe this is an environment without a browser. Please open this url in your browser to authenticate: %s\n", page)
	}
	for lost := 0; ; {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return "", fmt.Errorf("nobody allowed this computer in %s", loginTime)
			}
			return "", ctx.Err()
		case <-time.After(time.Second):
		}
		poll, cancel := context.WithTimeout(ctx, probeDeadline)
		key, err = api.LoginKey(poll, secret)
		cancel()
		if client.NotYet(err) && lost < lostAnswers {
			lost++
			continue
		}
		if err != nil || key != "" {
			return key, err
		}
		lost = 0
	}
}

// keepLogin stores key and address of a cloud.
func (app *App) keepLogin(t *terminal.Terminal, registry *cluster.Registry, address, key string) error {
	if stored, source := app.cloudKey(registry); stored != key || source == registry.Path() {
		registry.SetSessionKey(key)
	}
	if address != "" {
		registry.SetCloudEndpoint(address)
	}
	if err := registry.Save(); err != nil {
		return err
	}
	t.Printf("Successfully signed in\n")
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
		Example: `- Forget the session key, and take it back in the cloud
  $ prisma1 logout`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
}

// runLogout forgets the key, and takes it back if the cloud answers. The address of the cloud stays.
func runLogout(ctx context.Context, opts *logoutOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	key := registry.SessionKey()
	if key == "" {
		opts.App.Terminal.Printf("You have been successfully logged out.\n")
		return nil
	}
	registry.SetSessionKey("")
	if err := registry.Save(); err != nil {
		return err
	}
	if address := registry.CloudEndpoint(); address != "" {
		ctx, cancel := context.WithTimeout(ctx, cloudDeadline)
		defer cancel()
		if err := newCloudClient(address, key).Revoke(ctx); err != nil && !loggedOut(err) {
			opts.App.Terminal.Notef("The cloud at %s did not answer, so the key itself still holds%s. Take it back at %s/logins\n", address, untilExpiry(key), address)
		}
	}
	opts.App.Terminal.Printf("You have been successfully logged out.\n")
	return nil
}

// untilExpiry says until when a login key holds, "" when it does not tell.
func untilExpiry(key string) string {
	login, err := auth.ReadLogin(key)
	if err != nil || login.Expires.IsZero() {
		return ""
	}
	return " until " + login.Expires.UTC().Format(time.DateOnly)
}

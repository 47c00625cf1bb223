package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

const (
	sessionVariable = "PRISMA_CLOUD_SESSION_KEY"
	cloudVariable   = "CLOUD_API_ENDPOINT"
)

// cloudDeadline is how long a command waits for the cloud, as in the original.
const cloudDeadline = 6 * time.Second

// renewTime is how long before its end a login key is renewed.
const renewTime = 24 * time.Hour

// A cloudAccess is the cloud that this person is logged in to.
type cloudAccess struct {
	Endpoint string
	Key      string
	Source   string // of the key, for messages

	app      *App
	api      *client.Cloud
	registry *cluster.Registry
}

// cloudAddress is the address of the cloud: what was given, the variable, or config.yml; "" when
// nobody says one.
func (app *App) cloudAddress(given string, registry *cluster.Registry) (string, error) {
	address := cmp.Or(given, app.Getenv(cloudVariable), registry.CloudEndpoint())
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return "", usagef("%q is not the address of a cloud. It looks like https://cloud.example.org", prismayml.WithoutPassword(address))
	}
	return strings.TrimRight(address, "/"), nil
}

// cloudKey is the login key and where it comes from.
func (app *App) cloudKey(registry *cluster.Registry) (key, source string) {
	if key := app.Getenv(sessionVariable); key != "" {
		return key, sessionVariable
	}
	return registry.SessionKey(), registry.Path()
}

// cloud is the cloud this person is logged in to, nil when there is none. Nothing is sent yet.
func (app *App) cloud() (*cloudAccess, error) {
	registry, err := app.registry()
	if err != nil {
		return nil, err
	}
	address, err := app.cloudAddress("", registry)
	if err != nil {
		return nil, err
	}
	key, source := app.cloudKey(registry)
	if address == "" || key == "" {
		return nil, nil
	}
	return &cloudAccess{Endpoint: address, Key: key, Source: source, app: app, api: newCloudClient(address, key), registry: registry}, nil
}

func newCloudClient(address, key string) *client.Cloud {
	computer := "prisma1"
	if host, err := os.Hostname(); err == nil {
		computer += " on " + host
	}
	return client.NewCloud(address, key, computer, nil)
}

// ask calls the cloud, which has some seconds to answer, and explains what went wrong.
func (c *cloudAccess) ask(ctx context.Context, call func(context.Context, *client.Cloud) error) error {
	ctx, cancel := context.WithTimeout(ctx, cloudDeadline)
	defer cancel()
	err := c.app.Terminal.Slowly("Waiting for the cloud at "+c.Endpoint, func() error {
		c.refresh(ctx)
		return call(ctx, c.api)
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it did not answer in %s", cloudDeadline)
	}
	if err != nil {
		return c.explain(err)
	}
	return nil
}

// me asks who is logged in.
func (c *cloudAccess) me(ctx context.Context) (account client.Account, err error) {
	err = c.ask(ctx, func(ctx context.Context, api *client.Cloud) (err error) {
		account, err = api.Me(ctx)
		return err
	})
	return account, err
}

// servers asks for the servers of all workspaces.
func (c *cloudAccess) servers(ctx context.Context) (servers []client.CloudServer, err error) {
	err = c.ask(ctx, func(ctx context.Context, api *client.Cloud) (err error) {
		servers, err = api.Servers(ctx)
		return err
	})
	return servers, err
}

// refresh renews a key of config.yml in its last day. That it could not be done the next call will say.
func (c *cloudAccess) refresh(ctx context.Context) {
	login, err := auth.ReadLogin(c.Key)
	left := time.Until(login.Expires)
	if err != nil || login.Expires.IsZero() || left > renewTime || left < 0 || c.Source != c.registry.Path() {
		return
	}
	key, err := c.api.Renew(ctx)
	if err != nil || checkSessionKey(key) != nil {
		return
	}
	c.registry.SetSessionKey(key)
	if c.registry.Save() == nil {
		c.Key, c.api = key, newCloudClient(c.Endpoint, key)
	}
}

// loggedOut tells whether the cloud does not take the key.
func loggedOut(err error) bool {
	if _, explained := errors.AsType[*notAuthenticatedError](err); explained {
		return true
	}
	list, ok := errors.AsType[client.Errors](err)
	return ok && strings.Contains(list.Error(), "Not authorized")
}

// explain says what to do about an answer of the cloud.
func (c *cloudAccess) explain(err error) error {
	if loggedOut(err) {
		return &notAuthenticatedError{fmt.Errorf("The cloud at %s does not take the login key in %s: it is expired or was taken back. Log in again with: prisma1 login", c.Endpoint, c.Source)}
	}
	if e, ok := errors.AsType[*client.Unreachable](err); ok {
		return fmt.Errorf("The cloud at %s was not reached: %w", c.Endpoint, e)
	}
	return fmt.Errorf("The cloud at %s: %w", c.Endpoint, err)
}

// find returns the reference to the service of an endpoint, if it is on a server that the cloud knows.
func (c *cloudAccess) find(ctx context.Context, e prismayml.Endpoint) (r client.CloudReference, known bool, err error) {
	servers, err := c.servers(ctx)
	if err != nil {
		return r, false, err
	}
	workspace, service, named := strings.Cut(e.Name(), "~")
	if !named {
		workspace, service = "", e.Name()
	}
	for _, s := range servers {
		at, err := prismayml.ParseEndpoint(s.Endpoint)
		if err != nil || at.Base != e.Base || s.Shared && s.Workspace != workspace || !s.Shared && named {
			continue
		}
		return client.CloudReference{Workspace: s.Workspace, Server: s.Name, Service: service, Stage: e.Stage}, true, nil
	}
	return r, false, nil
}

// signIn lets the cloud sign the requests to the server, when nothing here does and the cloud
// knows the server. A cloud that does not answer is named, and the request goes out without a token.
func (t *target) signIn(ctx context.Context, app *App) error {
	if t.signedBy.Text != "" {
		return nil
	}
	access, err := app.cloud()
	if access == nil || err != nil {
		return err
	}
	reference, known, err := access.find(ctx, t.Endpoint)
	if err != nil {
		app.Terminal.Warning(describe(err))
		return nil
	}
	if !known {
		return nil
	}
	var token string
	err = access.ask(ctx, func(ctx context.Context, api *client.Cloud) (err error) {
		token, err = api.ManagementToken(ctx, reference)
		return err
	})
	if err != nil {
		return err
	}
	t.Label = reference.Server
	t.signedBy = credential{Source: "a token of the cloud at " + access.Endpoint}
	t.token = token
	t.Server = client.New(t.Endpoint.Base, token, nil)
	t.cloud, t.reference = access, reference
	return nil
}

// mayLogIn tells whether a server refused for want of a token that a cloud might sign.
func (t *target) mayLogIn(app *App, err error) bool {
	return client.NeedsSecret(err) && t.signedBy.Text == "" && t.cloud == nil && app.Terminal.Interactive()
}

// offerLogin asks whether to log in to the cloud that is known here, and lets it sign then. It
// returns cause when that does not help.
func (t *target) offerLogin(ctx context.Context, app *App, cause error) error {
	registry, err := app.registry()
	if err != nil {
		return err
	}
	address, err := app.cloudAddress("", registry)
	if err != nil || address == "" {
		return cmp.Or(err, cause)
	}
	yes, err := app.Terminal.Confirm(fmt.Sprintf("The server wants a token. Log in to the cloud at %s?", address), true)
	if err != nil || !yes {
		return cmp.Or(err, cause)
	}
	if err := app.login(ctx, app.Terminal, registry, address, ""); err != nil {
		return err
	}
	if err := t.signIn(ctx, app); err != nil {
		return err
	}
	if t.cloud == nil {
		return cause
	}
	return nil
}

// tellCloud notes the service in the cloud that signed the deploy, so that list shows it.
func (d *deployment) tellCloud(ctx context.Context) {
	if d.cloud == nil || d.opts.DryRun {
		return
	}
	err := d.cloud.ask(ctx, func(ctx context.Context, api *client.Cloud) error { return api.AddService(ctx, d.reference) })
	if err != nil {
		d.t.Notef("The service was deployed, but the cloud did not note it: %s\n", describe(err))
	}
}

package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/cloud"
	"github.com/prisma1-go/prisma1/pkg/cloud/web"
	"github.com/prisma1-go/prisma1/pkg/server"
)

type cloudOptions struct {
	App   *App
	Flags *pflag.FlagSet
	Cloud cloudFlags

	URL         string
	SandboxURL  string
	SandboxPort int // -1 leaves the configuration's
}

func newCloudCmd(app *App, run func(context.Context, *cloudOptions) error) *cobra.Command {
	opts := &cloudOptions{App: app}
	cmd := &cobra.Command{
		Use:   "cloud",
		Short: "Run a cloud of your own: accounts, workspaces, a sandbox, private servers",
		Example: `- A cloud on this machine, and an account on it
  $ prisma1 cloud
  $ prisma1 cloud user add you@example.org

- On each computer from which services are deployed
  $ prisma1 login --cloud http://127.0.0.1:4480`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Flags = cmd.Flags()
	opts.Cloud.register(opts.Flags)
	opts.Flags.StringVar(&opts.URL, "url", "", "Address at which browsers and CLIs reach the cloud (default where it listens)")
	opts.Flags.StringVar(&opts.SandboxURL, "sandbox-url", "", "Address at which the sandbox is reached")
	opts.Flags.IntVar(&opts.SandboxPort, "sandbox-port", -1, "Port of the sandbox, 0 picks one (default 4481)")
	registerServerSettings(opts.Flags)
	opts.Flags.Lookup("port").Usage = "Port to listen on, 0 picks one (default 4480)"
	cmd.AddCommand(newCloudUserCmd(app), newCloudWorkspaceCmd(app), newCloudInviteCmd(app, runCloudInvite), newCloudServerCmd(app))
	return cmd
}

// configure reads flags, environment and file.
func (o *cloudOptions) configure() (*cloudConfig, *slog.Logger, error) {
	settings, err := readServerSettings(o.Flags)
	if err != nil {
		return nil, nil, err
	}
	config, err := o.Cloud.load(o.App)
	if err != nil {
		return nil, nil, err
	}
	if settings.Host != "" {
		config.Host = settings.Host
	}
	if settings.Port >= 0 {
		config.Port = settings.Port
	}
	if o.URL != "" {
		config.URL = o.URL
		if err := checkCloudURL(o.URL); err != nil {
			return nil, nil, usagef("--%v", err)
		}
	}
	if o.SandboxURL != "" {
		config.Sandbox.URL = o.SandboxURL
	}
	if o.SandboxPort >= 0 {
		config.Sandbox.Port = &o.SandboxPort
	}
	config.Version, config.Commit = version, thisBuild().Commit
	return config, settings.logger(o.App.Terminal.Err), nil
}

func runCloud(ctx context.Context, opts *cloudOptions) error {
	config, log, err := opts.configure()
	if err != nil {
		return err
	}
	for _, warning := range config.Warnings {
		log.Warn("the cloud's configuration: " + warning)
	}
	c, closeRecords, err := config.open(ctx, log)
	if err != nil {
		return err
	}
	defer closeRecords()
	lock, err := takeFile(filepath.Join(config.data, "cloud.lock"))
	if errors.Is(err, errLocked) {
		return fmt.Errorf("Another cloud runs on the data in %s. Stop it, or give this one data of its own with --data", config.data)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	listener, err := server.Listen(config.Host, config.Port)
	if err != nil {
		return err
	}
	defer listener.Close()
	site, err := web.New(c, web.Config{URL: config.address(listener.Addr()), OpenID: config.openID()}, log)
	if err != nil {
		return err
	}
	sandbox, sandboxURL, err := openSandbox(ctx, c, config, log)
	if err != nil {
		return err
	}
	if sandbox != nil {
		defer sandbox.Close()
	}
	t := opts.App.Terminal
	t.Printf("Cloud running on %s\n", config.address(listener.Addr()))
	if sandbox != nil {
		t.Printf("Sandbox running on %s\n", sandboxURL)
		if url := sandbox.MetricsURL(); url != "" {
			t.Printf("Metrics of the sandbox on %s\n", url)
		}
	}
	if users, err := c.Users(ctx); err == nil && len(users) == 0 {
		t.Notef("There is no account yet. Make one with: prisma1 cloud user add you@example.org\n")
	}
	if err := serveBoth(ctx, listener, site, sandbox, log); err != nil {
		return err
	}
	log.Info("cloud stopped")
	return nil
}

// errLocked is the error of a file that another process has taken for itself.
var errLocked = errors.New("another process uses it")

// openSandbox opens the shared server and registers it; nil when there is to be none.
func openSandbox(ctx context.Context, c *cloud.Cloud, config *cloudConfig, log *slog.Logger) (*server.Server, string, error) {
	if config.Sandbox.Off {
		if config.Metrics != nil {
			log.Warn("the cloud's configuration: metrics are those of the sandbox, and there is none")
		}
		return nil, "", nil
	}
	// The key comes first: the server needs it before it listens, and its address is known after that.
	key, err := sandboxKey(ctx, c)
	if err != nil {
		return nil, "", err
	}
	sandbox, err := server.Open(ctx, config.sandbox(key), log)
	if err != nil {
		return nil, "", fmt.Errorf("open the sandbox: %w", err)
	}
	listens, err := sandbox.Listen()
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("the sandbox: %w", err), sandbox.Close())
	}
	address, err := config.sandboxAddress(listens)
	if err == nil {
		_, err = c.AddServer(ctx, "", cloud.Sandbox, address)
	}
	if err != nil {
		return nil, "", errors.Join(err, sandbox.Close())
	}
	return sandbox, address, nil
}

// sandboxKey is the public key that the sandbox is to hold. A sandbox that is registered already keeps
// its address until the one that starts now has its own: another cloud may run on these data.
func sandboxKey(ctx context.Context, c *cloud.Cloud) (string, error) {
	shared, err := c.SharedServers(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(shared, func(s cloud.Server) bool { return s.Name == cloud.Sandbox }) {
		return c.PublicKey(ctx, "", cloud.Sandbox)
	}
	return c.AddServer(ctx, "", cloud.Sandbox, "http://127.0.0.1")
}

// serveBoth serves cloud and sandbox until ctx ends or one of them fails.
func serveBoth(ctx context.Context, listener net.Listener, site *web.Site, sandbox *server.Server, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	errs := make([]error, 2)
	group.Go(func() {
		defer stop()
		errs[0] = server.Serve(ctx, listener, site.Handler(), log)
	})
	if sandbox != nil {
		group.Go(func() {
			defer stop()
			errs[1] = sandbox.Serve(ctx)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

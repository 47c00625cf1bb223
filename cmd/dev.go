package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/server"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type devOptions struct {
	App   *App
	Flags *pflag.FlagSet

	Dir     string // of the service
	Port    int
	Host    string
	Memory  bool // keep nothing on disk
	Yes     bool // make the hello-world service without asking
	Force   bool // accept data loss
	NoSeed  bool
	EnvFile string
}

func newDevCmd(app *App, run func(context.Context, *devOptions) error) *cobra.Command {
	opts := &devOptions{App: app, Dir: "."}
	cmd := &cobra.Command{
		Use:   "dev [DIRNAME]",
		Short: "Run a server for a service and deploy it on every save",
		Example: `- Serve the service in this folder, or make one
  $ prisma1 dev

- Forget all data at the end
  $ prisma1 dev --memory`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.Dir = args[0]
			}
			return run(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	opts.Flags = flags
	flags.IntVar(&opts.Port, "port", server.DefaultPort, "Port to listen on, 0 picks one")
	flags.StringVar(&opts.Host, "host", "127.0.0.1", "Address to listen on")
	flags.BoolVar(&opts.Memory, "memory", false, "Keep everything in memory, nothing on disk")
	flags.BoolVarP(&opts.Yes, "yes", "y", false, "Make a hello-world service in an empty folder without asking")
	flags.BoolVarP(&opts.Force, "force", "f", false, "Accept data loss caused by schema changes")
	flags.BoolVar(&opts.NoSeed, "no-seed", false, "Do not seed a new service")
	flags.StringVarP(&opts.EnvFile, "env-file", "e", "", "Path to .env file to inject env vars")
	registerLogSettings(flags)
	return cmd
}

// runDev runs a server in this process, with the service's files beside its definition.
// prisma.yml is read and never written.
func runDev(ctx context.Context, opts *devOptions) error {
	settings, err := readServerSettings(opts.Flags)
	if err != nil {
		return err
	}
	definition, err := devDefinition(opts)
	if err != nil {
		return err
	}
	s := &devSession{opts: opts, t: opts.App.Terminal, definition: definition}
	if err := s.open(ctx, settings); err != nil {
		return err
	}
	defer s.server.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(ctx) }()
	if err := s.run(ctx, served); err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	s.t.Printf("\nStopped.\n")
	return nil
}

// devDefinition finds the service in the folder, or makes one there.
func devDefinition(opts *devOptions) (string, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return "", err
	}
	for _, path := range []string{filepath.Join(dir, "prisma.yml"), filepath.Join(dir, "prisma", "prisma.yml")} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	missing := fmt.Sprintf("There is no prisma.yml in %s", dir)
	yes := opts.Yes
	if !yes {
		yes, err = opts.App.Terminal.Confirm(fmt.Sprintf("%s. Make a hello-world service there?", missing), true)
		if errors.Is(err, terminal.ErrNoTerminal) {
			return "", fmt.Errorf("%s. Write one, or use --yes to make a hello-world service there", missing)
		}
		if err != nil {
			return "", err
		}
	}
	if !yes {
		return "", errors.New(missing)
	}
	written, err := writeHelloWorld(dir)
	for _, name := range written {
		opts.App.Terminal.Printf("Created %s\n", filepath.Join(opts.Dir, name))
	}
	return filepath.Join(dir, "prisma.yml"), err
}

// devSession is a running `prisma1 dev`.
type devSession struct {
	opts       *devOptions
	t          *terminal.Terminal
	definition string // path of prisma.yml
	server     *server.Server
	base       string // URL of the server

	service string // endpoint that was last announced, "" before
}

func (s *devSession) open(ctx context.Context, settings serverSettings) error {
	config := server.Config{Host: s.opts.Host, Port: s.opts.Port, RawAccess: true, Version: version, Commit: thisBuild().Commit}
	config.Database = connector.Config{Connector: "sqlite", Memory: s.opts.Memory}
	if !s.opts.Memory {
		dir, err := makeStateDir(filepath.Dir(s.definition))
		if err != nil {
			return err
		}
		config.Database.Directory = dir
	}
	if !s.opts.Flags.Changed("log-level") && !settings.LogSQL {
		settings.LogLevel = "warn"
	}
	running, err := server.Open(ctx, config, settings.logger(s.t.Err))
	if err != nil {
		return err
	}
	address, err := running.Listen()
	if err != nil {
		return errors.Join(err, running.Close())
	}
	s.server, s.base = running, "http://"+reachable(address)
	return nil
}

// makeStateDir makes the folder of the databases, which git is told to ignore.
func makeStateDir(dir string) (string, error) {
	state := filepath.Join(dir, ".prisma")
	if err := os.MkdirAll(state, 0o755); err != nil {
		return "", fmt.Errorf("the databases lie in %s, which cannot be made: %w. Use --memory to keep everything in memory", state, err)
	}
	ignore := filepath.Join(state, ".gitignore")
	if _, err := os.Stat(ignore); err == nil {
		return state, nil
	}
	if err := os.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
		return "", fmt.Errorf("the databases lie in %s, which cannot be written: %w. Use --memory to keep everything in memory", state, err)
	}
	return state, nil
}

// reachable is an address a client on this machine can use.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return address.String()
}

// load reads the definition. Its endpoint gives the names; the server is always our own.
func (s *devSession) load() (*prismayml.File, error) {
	dir := filepath.Dir(s.definition)
	env, err := prismayml.LoadEnv(s.opts.App.Environ, dir, s.opts.EnvFile)
	if err != nil {
		return nil, err
	}
	names := prismayml.Options{Env: env, Endpoint: s.base + servicePath(serviceName(dir), "dev")}
	own, err := prismayml.Load(nearPath(s.definition), names)
	if err != nil {
		return nil, err
	}
	written, err := prismayml.Load(nearPath(s.definition), prismayml.Options{Env: env})
	if err != nil || written.Endpoint == "" {
		return own, nil // an endpoint that cannot be read here is that of another machine
	}
	e, err := prismayml.ParseEndpoint(written.Endpoint)
	if err != nil {
		return nil, err
	}
	own.Endpoint = s.base + servicePath(e.Service, e.Stage)
	return own, nil
}

// deploy brings the service to the server. Whatever is wrong is printed, and what ran keeps running.
func (s *devSession) deploy(ctx context.Context) (*prismayml.File, error) {
	file, err := s.load()
	if err != nil {
		return nil, err
	}
	e, err := prismayml.ParseEndpoint(file.Endpoint)
	if err != nil {
		return file, err
	}
	if err := s.checkSources(file); err != nil {
		return file, err
	}
	d := newDeployment(&deployOptions{App: s.opts.App, Force: s.opts.Force, NoSeed: s.opts.NoSeed}, &target{
		File: file, Endpoint: e, Label: "dev", Server: client.New(s.base, "", nil),
	})
	d.quiet = true
	if err := d.run(ctx); err != nil {
		return file, err
	}
	s.announce(file, e)
	return file, nil
}

// announce prints the endpoints once.
func (s *devSession) announce(file *prismayml.File, e prismayml.Endpoint) {
	if s.service == e.HTTP() {
		return
	}
	s.service = e.HTTP()
	printEndpoints(s.t, e)
	if len(file.Secrets) > 0 {
		s.t.Printf("The service has a secret: requests need a token from `prisma1 token`.\n\n")
	}
	s.t.Printf("Watching %s and its datamodel. Ctrl-C stops.\n", filepath.Base(s.definition))
}

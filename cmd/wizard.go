package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/server"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// prompter asks the person at the keyboard; *terminal.Terminal is one.
type prompter interface {
	Select(question string, choices []terminal.Choice) (string, error)
	Input(question, standard string, check func(string) error) (string, error)
	Password(question string) (string, error)
	Confirm(question string, standard bool) (bool, error)
	Notef(format string, args ...any)
}

const (
	existingChoice = "Use existing database"
	newChoice      = "Create new database"
	localChoice    = "Local server"
	helloChoice    = "Hello world"
	otherChoice    = "Use other server"
)

// localURL is where a server on this machine usually is.
const localURL = "http://localhost:4466"

// wizardFlags answer the questions of the wizard beforehand; "" asks.
type wizardFlags struct {
	Server    string // "local", a known cluster or a URL
	Service   string
	Stage     string
	SecretEnv string // variable with the management secret
	Yes       bool   // take what is suggested
}

func (f *wizardFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.Server, "server", "", "Server to use: local, the name of a known cluster, or a URL")
	flags.StringVar(&f.Service, "service", "", "Name of the service")
	flags.StringVar(&f.Stage, "stage", "", "Name of the stage")
	flags.StringVar(&f.SecretEnv, "secret-env", "", "Environment variable with the management API secret")
	flags.BoolVarP(&f.Yes, "yes", "y", false, "Take what is suggested instead of asking")
}

// wizard finds out where a service without an endpoint is to be deployed.
type wizard struct {
	ask        prompter
	given      wizardFlags
	database   databaseFlags
	getenv     func(string) string
	services   func(ctx context.Context, base, secret string) ([]client.Project, error) // secret "" is what is known here
	startLocal func(context.Context) (url string, err error)                            // only when it is chosen
	lookInto   func(context.Context, *database) error                                   // connects to an existing database
	localURL   string                                                                   // of the running local server, "" when none runs
	clusters   []cluster.Cluster                                                        // of ~/.prisma/config.yml
	cloud      *wizardCloud                                                             // nil offers none
	databases  bool                                                                     // offer to set up a server with docker-compose, too
	folder     string                                                                   // of the service definition

	taken []client.Project   // what is on the chosen server already, as far as it tells
	typed prismayml.Endpoint // may name a service and stage, which are suggested then
}

// answers are what the wizard found out.
type answers struct {
	Endpoint string
	Start    bool      // the local server is to be started; until then Endpoint is a path
	Secret   string    // for management requests; "" when the server asks for none
	Keep     bool      // write the secret into .env
	Database *database // for docker-compose.yml; nil when the server is there already
}

// newWizard is the wizard of this surroundings for a service in a folder.
func (app *App) newWizard(given wizardFlags, folder string, env *prismayml.Env) (*wizard, error) {
	registry, err := app.registry()
	if err != nil {
		return nil, err
	}
	w := &wizard{
		ask: app.Terminal, given: given, getenv: env.Get, lookInto: app.lookInto,
		clusters: registry.Clusters(), folder: folder,
		cloud: &wizardCloud{app: app},
	}
	w.startLocal = func(ctx context.Context) (string, error) { return app.startLocalSaying(ctx, server.DefaultPort) }
	w.services = func(ctx context.Context, base, secret string) ([]client.Project, error) {
		known, _ := registry.Find(base)
		signedBy, err := findCredential(secret, env, known, registry.Path())
		if err != nil {
			return nil, err
		}
		var list []client.Project
		err = app.Terminal.Slowly("Waiting for the server at "+base, func() (err error) {
			list, err = listServices(ctx, cluster.Cluster{Host: base, Secret: signedBy.Text})
			return err
		})
		return list, err
	}
	if state, running := app.localServer(); running {
		w.localURL = state.URL()
	}
	return w, nil
}

// chooseEndpoint runs the wizard, writes its endpoint into the definition and loads that again.
// Without a terminal it says what is missing. Nothing is written before all is answered.
func chooseEndpoint(ctx context.Context, opts *deployOptions, file *prismayml.File) (*prismayml.File, string, error) {
	t := opts.App.Terminal
	if !t.Interactive() && opts.Wizard.Server == "" && !opts.Wizard.Yes {
		if file.Endpoint != "" {
			return nil, "", errors.New("There is no terminal to ask on, so --new needs --server, --service and --stage, or --yes to take what is suggested")
		}
		return nil, "", errors.New("The property `endpoint` is missing in prisma.yml and there is no terminal to ask on. Set it, or give it with --endpoint http://HOST:4466/SERVICE/STAGE")
	}
	w, err := opts.App.newWizard(opts.Wizard, file.Dir, file.Env)
	if err != nil {
		return nil, "", err
	}
	found, err := w.run(ctx)
	if err == nil {
		err = w.start(ctx, &found)
	}
	if err != nil {
		return nil, "", err
	}
	if !opts.DryRun {
		if err := prismayml.SetEndpoint(file.Path, found.Endpoint); err != nil {
			return nil, "", fmt.Errorf("The endpoint could not be written: %w\nAdd this line to %s yourself and run prisma1 deploy again:\n\n  endpoint: %s", err, file.Path, found.Endpoint)
		}
		out := t
		if opts.JSON {
			out = t.Silent()
		}
		out.Printf("\nWritten endpoint `%s` to %s\n", found.Endpoint, filepath.Base(file.Path))
		if found.Keep {
			if err := keepSecret(out, ".", found.Secret); err != nil {
				return nil, "", err
			}
		}
	}
	file, err = opts.Definition.load(opts.App, found.Endpoint)
	return file, found.Secret, err
}

func (w *wizard) run(ctx context.Context) (answers, error) {
	choice, err := w.choose(ctx)
	if err != nil {
		return answers{}, err
	}
	if _, known := w.known(choice); known {
		return w.remote(ctx, choice)
	}
	if s, ok, err := w.cloud.find(choice); ok || err != nil {
		if err != nil {
			return answers{}, err
		}
		return w.onCloud(ctx, s)
	}
	switch choice {
	case newChoice, existingChoice:
		database, err := w.askDatabase(ctx, choice == existingChoice)
		return answers{Endpoint: localURL, Database: database}, err
	case helloChoice:
		return answers{Endpoint: localURL + "/hello-world/dev"}, nil
	case loginChoice:
		if err := w.cloud.login(ctx, w.ask); client.NoServer(err) {
			w.ask.Notef(">> %s\n", describe(err))
		} else if err != nil {
			return answers{}, err
		}
		return w.run(ctx)
	case localChoice:
		return w.local(ctx)
	}
	return w.remote(ctx, choice)
}

// local uses the server on this machine.
func (w *wizard) local(ctx context.Context) (a answers, err error) {
	a.Start = w.localURL == ""
	if a.Start {
		a.Secret, err = w.secret()
	} else {
		a.Secret, _, err = w.reach(ctx, w.localURL) // it runs: what it lacks the deploy will say
	}
	if err != nil {
		return answers{}, err
	}
	path, err := w.names()
	if err != nil {
		return answers{}, err
	}
	a.Endpoint = w.localURL + path
	return a, w.askKeep(&a)
}

// start starts the local server, if it was chosen; after all is answered.
func (w *wizard) start(ctx context.Context, a *answers) error {
	if !a.Start {
		return nil
	}
	base, err := w.startLocal(ctx)
	a.Start, a.Endpoint = false, base+a.Endpoint
	return err
}

// remote uses a known cluster, a server named by --server, or one that is typed in.
func (w *wizard) remote(ctx context.Context, choice string) (a answers, err error) {
	base := ""
	if known, ok := w.known(choice); ok {
		e, err := prismayml.ParseEndpoint(known.Host)
		if err != nil {
			return answers{}, fmt.Errorf("cluster %s in ~/.prisma/config.yml: %w", known.Name, err)
		}
		base = e.Base
		if a.Secret, _, err = w.reach(ctx, base); err != nil { // it may be down just now
			return answers{}, err
		}
	} else if base, a.Secret, err = w.otherServer(ctx); err != nil {
		return answers{}, err
	}
	path, err := w.names()
	if err != nil {
		return answers{}, err
	}
	a.Endpoint = base + path
	return a, w.askKeep(&a)
}

// askKeep offers to write a secret that was typed in into .env.
func (w *wizard) askKeep(a *answers) (err error) {
	if a.Secret != "" && w.given.SecretEnv == "" {
		a.Keep, err = w.ask.Confirm("Keep the secret in .env, where the next deploy finds it?", true)
	}
	return err
}

// secret is the management secret that --secret-env names, "" without that flag.
func (w *wizard) secret() (string, error) { return secretOf(w.given.SecretEnv, w.getenv) }

func secretOf(variable string, getenv func(string) string) (string, error) {
	if variable == "" {
		return "", nil
	}
	if secret := getenv(variable); secret != "" {
		return secret, nil
	}
	return "", fmt.Errorf("The environment variable %s of --secret-env is not set", variable)
}

// missingFlag names the flag that answers a question nobody is there to answer.
func missingFlag(err error, flag string) error {
	if errors.Is(err, terminal.ErrNoTerminal) {
		return fmt.Errorf("There is no terminal to ask on. Give --%s, or --yes to take what is suggested", flag)
	}
	return err
}

// neededFlag is missingFlag for a question to which nothing is suggested, such as a password.
func neededFlag(err error, flag string) error {
	if errors.Is(err, terminal.ErrNoTerminal) {
		return fmt.Errorf("There is no terminal to ask on. Give --%s", flag)
	}
	return err
}

// input asks for a text, unless its flag was given.
func (w *wizard) input(given, flag, question, standard string, check func(string) error) (string, error) {
	if given == "" && w.given.Yes {
		given = standard
	}
	if given != "" {
		return given, check(given)
	}
	answer, err := w.ask.Input(question, standard, check)
	if standard == "" {
		return answer, neededFlag(err, flag)
	}
	return answer, missingFlag(err, flag)
}

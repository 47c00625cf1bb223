package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// prompter asks the person at the keyboard; *terminal.Terminal is one.
type prompter interface {
	Select(question string, choices []terminal.Choice) (string, error)
	Input(question, standard string, check func(string) error) (string, error)
	Password(question string) (string, error)
}

const (
	localChoice = "Local server"
	otherChoice = "Use other server"
)

// wizard finds out where a service without an endpoint is to be deployed.
type wizard struct {
	ask        prompter
	startLocal func(context.Context) (url string, err error) // only when it is chosen
	localURL   string                                        // of the running local server, "" when none runs
	folder     string                                        // of the service definition
}

// answers are what the wizard found out.
type answers struct {
	Endpoint string
	Secret   string // for management requests; "" when the server asks for none
}

// chooseEndpoint runs the wizard, writes its endpoint into the definition and loads that again.
// Without a terminal it says what is missing. Nothing is written before all is answered.
func chooseEndpoint(ctx context.Context, opts *deployOptions, file *prismayml.File) (*prismayml.File, string, error) {
	t := opts.App.Terminal
	if !t.Interactive() || opts.JSON {
		return nil, "", errors.New("The property `endpoint` is missing in prisma.yml and there is no terminal to ask on. Set it, or give it with --endpoint http://HOST:4466/SERVICE/STAGE")
	}
	w := wizard{ask: t, startLocal: opts.App.startLocalForWizard, folder: file.Dir}
	if state, running := opts.App.localServer(); running {
		w.localURL = state.URL()
	}
	found, err := w.run(ctx)
	if err != nil {
		return nil, "", err
	}
	if !opts.DryRun {
		if err := prismayml.SetEndpoint(file.Path, found.Endpoint); err != nil {
			return nil, "", fmt.Errorf("The endpoint could not be written: %w\nAdd this line to %s yourself and run prisma1 deploy again:\n\n  endpoint: %s", err, file.Path, found.Endpoint)
		}
		t.Printf("\nWritten endpoint `%s` to %s\n", found.Endpoint, filepath.Base(file.Path))
	}
	file, err = opts.Definition.load(opts.App, found.Endpoint)
	return file, found.Secret, err
}

func (w *wizard) run(ctx context.Context) (answers, error) {
	local := terminal.Choice{Name: localChoice, Description: "Start a Prisma server with SQLite on this machine"}
	if w.localURL != "" {
		local.Description = "Use the server that runs at " + w.localURL
	}
	choice, err := w.ask.Select("Set up a new Prisma server or deploy to an existing server?", []terminal.Choice{
		local,
		{Name: otherChoice, Description: "Manually provide endpoint of a running Prisma server"},
	})
	if err != nil {
		return answers{}, err
	}
	base, secret := w.localURL, ""
	if choice == otherChoice {
		base, secret, err = w.otherServer(ctx)
		if err != nil {
			return answers{}, err
		}
	}
	path, err := w.names()
	if err != nil {
		return answers{}, err
	}
	if base == "" {
		base, err = w.startLocal(ctx)
		if err != nil {
			return answers{}, err
		}
	}
	return answers{Endpoint: base + path, Secret: secret}, nil
}

// otherServer asks for the address of a server, and for its management secret if it wants one.
func (w *wizard) otherServer(ctx context.Context) (base, secret string, err error) {
	base, err = w.ask.Input("Enter the endpoint of your Prisma server", "http://localhost:4466", func(text string) error {
		_, err := prismayml.ParseEndpoint(text)
		return err
	})
	if err != nil {
		return "", "", err
	}
	e, err := prismayml.ParseEndpoint(base)
	if err != nil {
		return "", "", err
	}
	_, err = client.New(e.Base, "", nil).Projects(ctx)
	if client.NeedsSecret(err) {
		secret, err = w.ask.Password("Enter the management API secret")
	}
	return e.Base, secret, err
}

// names asks for the service and stage and returns their path, "" for default/default.
func (w *wizard) names() (string, error) {
	service, err := w.ask.Input("Choose a name for your service", serviceName(w.folder), func(name string) error {
		return project.ID{Name: name, Stage: "dev"}.Check()
	})
	if err != nil {
		return "", err
	}
	stage, err := w.ask.Input("Choose a name for your stage", "dev", func(name string) error {
		return project.ID{Name: service, Stage: name}.Check()
	})
	if err != nil {
		return "", err
	}
	return servicePath(service, stage), nil
}

func servicePath(service, stage string) string {
	switch {
	case service == "default" && stage == "default":
		return ""
	case stage == "default":
		return "/" + url.PathEscape(service)
	}
	return "/" + url.PathEscape(service) + "/" + url.PathEscape(stage)
}

// serviceName makes a service's name of its folder; the folder above one called prisma.
func serviceName(folder string) string {
	name := filepath.Base(folder)
	if name == "prisma" {
		name = filepath.Base(filepath.Dir(folder))
	}
	name = strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_-]+`).ReplaceAllString(name, "-"), "-_")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "service-" + name
	}
	if (project.ID{Name: name, Stage: "dev"}).Check() != nil {
		return "hello-world"
	}
	return name
}

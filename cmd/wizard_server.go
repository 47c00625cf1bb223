package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// choose asks the first question. The flag may also name a server's URL.
func (w *wizard) choose(ctx context.Context) (string, error) {
	if w.given.Server != "" {
		return w.named(ctx, w.given.Server)
	}
	if w.given.Yes {
		return localChoice, nil
	}
	if err := w.cloud.load(ctx); err != nil {
		return "", err
	}
	choice, err := w.ask.Select("Set up a new Prisma server or deploy to an existing server?", w.choices())
	return choice, missingFlag(err, "server")
}

// named is the choice that --server stands for.
func (w *wizard) named(ctx context.Context, server string) (string, error) {
	switch server {
	case "local":
		return localChoice, nil
	case "new-database", "existing-database", "hello-world":
		if !w.databases {
			return "", usagef("--server %s is only known to prisma1 init", server)
		}
		return map[string]string{"new-database": newChoice, "existing-database": existingChoice, "hello-world": helloChoice}[server], nil
	}
	if _, known := w.known(server); known || strings.Contains(server, "://") {
		return server, nil
	}
	if err := w.cloud.load(ctx); err != nil {
		return "", err
	}
	if _, known, err := w.cloud.find(server); known || err != nil {
		return server, err
	}
	return "", usagef("--server %q is neither local, nor a cluster of ~/.prisma/config.yml, nor a server of the cloud you are logged in to, nor a URL", server)
}

func (w *wizard) known(name string) (cluster.Cluster, bool) {
	for _, c := range w.clusters {
		if c.Name == name && c.Host != "" {
			return c, true
		}
	}
	return cluster.Cluster{}, false
}

func (w *wizard) choices() []terminal.Choice {
	local := terminal.Choice{Name: localChoice, Description: "Start a Prisma server with SQLite on this machine"}
	if w.localURL != "" {
		local.Description = "Use the server that runs at " + w.localURL
	}
	list := []terminal.Choice{local}
	if w.databases {
		list = append(list, terminal.Choice{Name: helloChoice, Description: "Write an example service for prisma1 dev"})
		if _, err := os.Stat(filepath.Join(w.folder, "docker-compose.yml")); err != nil {
			list = append(list,
				terminal.Choice{Name: existingChoice, Description: "Connect to existing database"},
				terminal.Choice{Name: newChoice, Description: "Set up a local database using Docker"})
		}
	}
	for _, c := range w.clusters {
		if c.Host != "" {
			list = append(list, terminal.Choice{Name: c.Name, Description: "Use the server at " + prismayml.WithoutPassword(c.Host)})
		}
	}
	list = append(list, w.cloud.choices()...)
	return append(list, terminal.Choice{Name: otherChoice, Description: "Manually provide endpoint of a running Prisma server"})
}

// otherServer asks for the address of a server until one answers there, or the person knows better.
func (w *wizard) otherServer(ctx context.Context) (base, secret string, err error) {
	for {
		base, err = w.input(w.given.Server, "server", "Enter the endpoint of your Prisma server", localURL, func(text string) error {
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
		w.typed = e
		secret, unanswered, err := w.reach(ctx, e.Base)
		if err != nil || unanswered == nil || w.given.Server != "" {
			return e.Base, secret, err // a script learns from the deploy whether it is there
		}
		w.ask.Notef(">> %v\n", unanswered)
		if use, err := w.ask.Confirm("Use it all the same?", false); err != nil || use {
			return e.Base, secret, err
		}
	}
}

// wrongSecrets is how often a secret may be typed wrong.
const wrongSecrets = 3

// reach looks at a server and asks for its management secret, if it accepts none that is known
// here. unanswered says why the server did not answer, which need not be the end.
func (w *wizard) reach(ctx context.Context, base string) (secret string, unanswered, err error) {
	if secret, err = w.secret(); err != nil {
		return "", nil, err
	}
	for tries := 0; ; tries++ {
		w.taken, unanswered = w.services(ctx, base, secret)
		if !client.NeedsSecret(unanswered) || w.given.SecretEnv != "" || tries == wrongSecrets {
			break
		}
		if secret != "" {
			w.ask.Notef(">> The server does not accept this secret\n")
		}
		if secret, err = w.ask.Password("Enter the management API secret"); err != nil {
			return "", nil, neededFlag(err, "secret-env")
		}
	}
	if ctx.Err() != nil {
		return "", nil, ctx.Err()
	}
	return secret, unanswered, nil
}

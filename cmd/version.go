package cmd

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

// Stamped by the release build with -ldflags -X; see .goreleaser.yml.
var (
	version = "1.35.0"
	commit  = ""
	date    = "" // RFC 3339
)

type versionOptions struct {
	App  *App
	JSON bool
}

func newVersionCmd(app *App, run func(context.Context, *versionOptions) error) *cobra.Command {
	opts := &versionOptions{App: app}
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the CLI and of the service's server",
		Example: `- Show the versions of this program and of the server of this folder
  $ prisma1 version`,
		Hidden: true,
		Args:   noArgs,
		RunE:   func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

func runVersion(ctx context.Context, opts *versionOptions) error {
	b := thisBuild()
	server := reachableServer(ctx, opts.App)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t := opts.App.Terminal
	if opts.JSON {
		return printJSON(t, struct {
			Version string `json:"version"`
			Commit  string `json:"commit,omitempty"`
			Date    string `json:"date,omitempty"`
			Server  string `json:"server,omitempty"`
		}{version, b.Commit, b.Date, server})
	}
	t.Printf("Prisma CLI version: %s\n", b)
	if server != "" {
		t.Printf("Prisma server version: %s\n", server)
	}
	return nil
}

// build is where the binary comes from.
type build struct{ Commit, Date string }

func (b build) String() string {
	text := fmt.Sprintf("prisma/%s (%s-%s) %s", version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	if b.Commit != "" {
		text += " commit " + b.Commit[:min(len(b.Commit), 12)]
	}
	if b.Date != "" {
		text += " of " + b.Date
	}
	return text
}

// thisBuild is what the release build stamped, else what the Go toolchain noted.
func thisBuild() build {
	b := build{Commit: commit, Date: date}
	notes, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range notes.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = cmp.Or(b.Commit, s.Value)
		case "vcs.time":
			b.Date = cmp.Or(b.Date, s.Value)
		}
	}
	return b
}

// reachableServer is the version of the server of the service in this folder, "" when there
// is no service or no server.
func reachableServer(ctx context.Context, app *App) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	path, err := prismayml.Find(dir)
	if err != nil {
		return ""
	}
	env, err := prismayml.LoadEnv(app.Environ, dir, "")
	if err != nil {
		return ""
	}
	file, err := prismayml.Load(path, prismayml.Options{Env: env})
	if err != nil || file.Endpoint == "" {
		return ""
	}
	endpoint, err := prismayml.ParseEndpoint(file.Endpoint)
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var answer client.ServerInfo
	err = app.Terminal.Slowly("Waiting for the server at "+endpoint.Base, func() (err error) {
		answer, err = client.New(endpoint.Base, "", nil).ServerInfo(ctx)
		return err
	})
	if err != nil {
		return ""
	}
	return answer.Version
}

package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/introspect"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

type introspectOptions struct {
	App        *App
	Definition definitionFlags
	Connection connectionFlags

	Interactive bool // ask for the connection
	SDL         bool // only print the datamodel
	JSON        bool
}

func newIntrospectCmd(app *App, run func(context.Context, *introspectOptions) error) *cobra.Command {
	opts := &introspectOptions{App: app}
	cmd := &cobra.Command{
		Use:   "introspect",
		Short: "Introspect database schema(s) of service",
		Example: `- The tables of the service in this folder, through its server (needs rawAccess: true)
  $ prisma1 introspect

- A PostgreSQL, MySQL or SQLite database that no server serves yet
  $ prisma1 introspect --pg-host localhost --pg-user me --pg-password secret --pg-db shop --pg-schema public
  $ prisma1 introspect --mysql-host localhost --mysql-user me --password-env MYSQL_PWD --mysql-db shop
  $ prisma1 introspect --sqlite-file shop.db --sdl > datamodel.prisma`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&opts.Interactive, "interactive", "i", false, "Ask for the connection, even when the server could be asked")
	flags.BoolVar(&opts.SDL, "sdl", false, "Only print the datamodel")
	flags.BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	opts.Connection.register(flags)
	return cmd
}

// runIntrospect writes the datamodel of a database's tables into a new file.
// What is there is not changed, but for a prisma.yml that names no datamodel.
func runIntrospect(ctx context.Context, opts *introspectOptions) error {
	if opts.JSON {
		opts.App.Terminal.NeverAsk()
	}
	file, err := opts.definition()
	if err != nil {
		return err
	}
	base, err := existingDatamodel(file)
	if err != nil {
		return err
	}
	source, err := opts.source(ctx, file)
	if err != nil {
		return err
	}
	defer source.Close()
	t := opts.App.Terminal
	if opts.SDL || opts.JSON {
		t = t.Silent()
	}
	p := t.Start("Introspecting database " + t.Bold(source.Label()))
	result, err := source.Datamodel(ctx, source.Schema, base)
	if err != nil {
		p.Abort()
		return fmt.Errorf("introspect database %s: %w", source.Label(), err)
	}
	p.Timed()
	if result.Tables == 0 {
		t.Printf("\n%s\n", t.Red("Error: The provided database doesn't contain any tables. Please provide another database."))
		return errShown
	}
	if opts.SDL {
		opts.App.Terminal.Printf("%s", result.Text)
		return nil
	}
	return opts.write(file, base != nil, result)
}

// definition is the service definition of this folder, nil when there is none.
func (opts *introspectOptions) definition() (*prismayml.File, error) {
	if dir, err := os.Getwd(); err == nil && opts.Definition.Project == "" {
		if _, err := prismayml.Find(dir); err != nil {
			return nil, nil
		}
	}
	return opts.Definition.load(opts.App, "")
}

// existingDatamodel is the meaning of the datamodel that a definition names, nil of none.
func existingDatamodel(file *prismayml.File) (*schema.Schema, error) {
	if file == nil || len(file.Datamodel) == 0 {
		return nil, nil
	}
	for _, path := range file.Datamodel {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	sources, err := file.Sources()
	if err != nil {
		return nil, err
	}
	document, wrong := datamodel.Parse(prismayml.Types(sources))
	if wrong != nil {
		path, line := prismayml.Locate(sources, wrong.Line)
		return nil, fmt.Errorf("The existing datamodel cannot be read: %s:%d:%d: %s", nearPath(path), line, wrong.Column, wrong.Hint)
	}
	all := datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true, Adopted: true}
	if problems := document.Check(all); len(problems) > 0 {
		path, line := prismayml.Locate(sources, problems[0].Line)
		return nil, fmt.Errorf("The existing datamodel is wrong: %s:%d:%d: %s", nearPath(path), line, problems[0].Column, problems[0].Description)
	}
	return datamodel.Infer(document, nil)
}

// jsonIntrospection is what `introspect --json` prints. Keys are only ever added.
type jsonIntrospection struct {
	File      string `json:"file"`
	Types     int    `json:"types"`
	Tables    int    `json:"tables"`
	Datamodel string `json:"datamodel"`
}

func (opts *introspectOptions) write(file *prismayml.File, hasBase bool, result introspect.Result) error {
	dir := "."
	if file != nil {
		dir = file.Dir
	}
	name := fmt.Sprintf("datamodel-%d.prisma", time.Now().UnixMilli())
	path := filepath.Join(dir, name)
	if err := writeService(dir, []newFile{{Name: name, Text: result.Text}}); err != nil {
		return err
	}
	added := file != nil && len(file.Datamodel) == 0
	if added {
		if err := prismayml.SetDatamodel(file.Path, name); err != nil {
			return fmt.Errorf("%s is written, but not named in prisma.yml. Add the line \"datamodel: %s\" yourself: %w", name, name, err)
		}
	}
	if opts.JSON {
		return printJSON(opts.App.Terminal, jsonIntrospection{path, result.Types, result.Tables, result.Text})
	}
	t := opts.App.Terminal
	from := "existing database"
	if hasBase {
		from += " and the existing datamodel"
	}
	t.Printf("Created datamodel definition based on %d database tables.\n", result.Types)
	t.Printf("Created 1 new file:    GraphQL SDL-based datamodel (derived from %s)\n\n  %s\n", from, t.Cyan(name))
	if added {
		t.Printf("\nAdded datamodel: %s to prisma.yml\n", name)
	}
	return nil
}

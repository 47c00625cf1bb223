package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// connectionFlags say where the tables are. The names are the original's.
type connectionFlags struct {
	Postgres, MySQL serverFlags
	SQLite          string // path of a file
	Mongo           string
	PasswordEnv     string
	Schema          string

	all *pflag.FlagSet
}

// serverFlags are those of one kind of server.
type serverFlags struct {
	Host, User, Password, Database, Schema string
	Port                                   int
	SSL                                    bool
}

func (f *connectionFlags) register(flags *pflag.FlagSet) {
	f.all = flags
	pg, my := &f.Postgres, &f.MySQL
	flags.StringVar(&pg.Host, "pg-host", "", "Name of the Postgres host")
	flags.IntVar(&pg.Port, "pg-port", 5432, "The Postgres port")
	flags.StringVar(&pg.User, "pg-user", "", "The Postgres user")
	flags.StringVar(&pg.Password, "pg-password", "", "The Postgres password")
	flags.StringVar(&pg.Database, "pg-db", "", "The Postgres database")
	flags.StringVar(&pg.Schema, "pg-schema", "", "Name of the Postgres schema")
	flags.BoolVar(&pg.SSL, "pg-ssl", false, "Enable ssl for postgres")
	flags.StringVar(&my.Host, "mysql-host", "", "Name of the MySQL host")
	flags.IntVar(&my.Port, "mysql-port", 3306, "The MySQL port")
	flags.StringVar(&my.User, "mysql-user", "", "The MySQL user")
	flags.StringVar(&my.Password, "mysql-password", "", "The MySQL password")
	flags.StringVar(&my.Schema, "mysql-db", "", "The MySQL database")
	flags.StringVar(&f.SQLite, "sqlite-file", "", "Path of a SQLite file")
	flags.StringVar(&f.Mongo, "mongo-uri", "", "Not supported: MongoDB")
	flags.StringVar(&f.PasswordEnv, "password-env", "", "Environment variable with the password, instead of --pg-password and --mysql-password")
	flags.StringVar(&f.Schema, "schema", "", "Schema or database to look at through the server; that of the service unless said otherwise")
	_ = flags.MarkHidden("mongo-uri") // it is registered above
}

// A tableSource is a database that is looked at, and the schema of it.
type tableSource struct {
	*connector.Existing
	Schema string // "" for SQLite
	Name   string // of the file or database, where there is no schema
}

// Label is what the source is called in messages.
func (s tableSource) Label() string { return cmp.Or(s.Schema, s.Name) }

// source connects to the database that the flags name, or the server's, or the
// one that the person names.
func (opts *introspectOptions) source(ctx context.Context, file *prismayml.File) (*tableSource, error) {
	config, schemaName, err := opts.Connection.config(opts.App.Getenv)
	if err != nil {
		return nil, err
	}
	if config != nil {
		return openSource(ctx, opts.App.Terminal, *config, schemaName)
	}
	if !opts.Interactive {
		source, err := opts.throughServer(ctx, file)
		t := opts.App.Terminal
		mayAsk := client.NoServer(err) && t.Interactive() && !opts.SDL && ctx.Err() == nil
		if source != nil || err != nil && !mayAsk {
			return source, err
		}
		if err != nil {
			t.Warning(describe(err))
		}
	}
	if opts.SDL {
		return nil, errors.New("When using the --sdl flag, either executeRaw or credentials must be available")
	}
	config, err = askConnection(opts.App)
	if err != nil {
		return nil, err
	}
	return openSource(ctx, opts.App.Terminal, *config, "")
}

// config returns the connection that the flags describe, nil when they describe none.
func (f *connectionFlags) config(getenv func(string) string) (*connector.Config, string, error) {
	given := func(prefix string) (found bool) {
		f.all.Visit(func(flag *pflag.Flag) { found = found || strings.HasPrefix(flag.Name, prefix) })
		return found
	}
	pg, my := given("pg-"), given("mysql-")
	switch {
	case given("mongo-"):
		return nil, "", usagef("MongoDB is not supported. Use PostgreSQL, MySQL or SQLite")
	case pg && my, f.SQLite != "" && (pg || my):
		return nil, "", usagef("You can't provide both MySQL and Postgres connection flags. Please provide either of both.")
	case f.SQLite != "":
		return &connector.Config{Connector: "sqlite", Database: f.SQLite}, "", nil
	case pg:
		return f.server("postgres", f.Postgres, "pg-", []string{"host", "user", "password", "db"}, getenv)
	case my:
		return f.server("mysql", f.MySQL, "mysql-", []string{"host", "user", "password"}, getenv)
	}
	return nil, "", nil
}

func (f *connectionFlags) server(kind string, s serverFlags, prefix string, needed []string, getenv func(string) string) (*connector.Config, string, error) {
	var missing []string
	for _, name := range needed {
		if !f.all.Changed(prefix+name) && (name != "password" || f.PasswordEnv == "") {
			missing = append(missing, prefix+name)
		}
	}
	if len(missing) > 0 {
		return nil, "", usagef("If you provide one of the %s arguments, you need to provide all of them. The arguments %s are missing.", prefix, strings.Join(missing, ", "))
	}
	if f.PasswordEnv != "" {
		if s.Password = getenv(f.PasswordEnv); s.Password == "" {
			return nil, "", fmt.Errorf("The environment variable %s of --password-env is not set", f.PasswordEnv)
		}
	}
	if s.Host == "host.docker.internal" || s.Host == "docker.for.mac.localhost" {
		s.Host = "localhost"
	}
	return &connector.Config{
		Connector: kind, Host: s.Host, Port: s.Port, User: s.User, Password: s.Password, Database: s.Database, SSL: s.SSL,
	}, cmp.Or(s.Schema, f.Schema), nil
}

// throughServer looks at the tables of the service through executeRaw of its
// data API. It returns nil when there is no such service or it has no executeRaw.
func (opts *introspectOptions) throughServer(ctx context.Context, file *prismayml.File) (*tableSource, error) {
	if file == nil || file.Endpoint == "" {
		return nil, nil
	}
	t, err := opts.App.connect(file, "")
	if err != nil {
		return nil, err
	}
	service, err := t.service()
	if err != nil {
		return nil, err
	}
	var database string
	var ok bool
	err = opts.App.Terminal.Slowly("Waiting for the server at "+t.Endpoint.Base, func() (err error) {
		database, ok, err = service.RawAccess(ctx)
		return err
	})
	if client.NoServer(err) || client.NeedsSecret(err) || ctx.Err() != nil {
		return nil, t.explainService(err)
	}
	if !ok {
		return nil, nil
	}
	info, err := t.Server.ServerInfo(ctx)
	if err != nil {
		return nil, err
	}
	existing, err := connector.Through(info.PrimaryConnector, service.RawDatabase(info.PrimaryConnector, database))
	if err != nil {
		return nil, err
	}
	own := map[string]string{
		"postgres": t.Endpoint.Name() + "$" + t.Endpoint.Stage,
		"mysql":    t.Endpoint.Name() + "@" + t.Endpoint.Stage,
	}[info.PrimaryConnector]
	source := &tableSource{Existing: existing, Name: t.Endpoint.Name() + "@" + t.Endpoint.Stage}
	source.Schema, err = chooseSchema(ctx, opts.App.Terminal, existing, cmp.Or(opts.Connection.Schema, own), "--schema")
	if err != nil {
		return nil, errors.Join(err, existing.Close())
	}
	return source, nil
}

// askConnection asks for a connection, as init does for an existing database.
func askConnection(app *App) (*connector.Config, error) {
	w := &wizard{ask: app.Terminal, getenv: app.Getenv}
	var choices []terminal.Choice
	for _, k := range databaseKinds {
		choices = append(choices, k.Choice)
	}
	const sqlite = "SQLite"
	name, err := w.ask.Select("What kind of database do you want to introspect?", append(choices, terminal.Choice{Name: sqlite, Description: "File of SQLite"}))
	if errors.Is(err, terminal.ErrNoTerminal) {
		return nil, errors.New("There is no terminal to ask on. Give --pg-host, --mysql-host or --sqlite-file and what belongs to it, or set rawAccess: true in the configuration of the service's server")
	}
	if err != nil {
		return nil, err
	}
	if name == sqlite {
		path, err := w.ask.Input("Enter path of the file", "", notEmpty)
		return &connector.Config{Connector: "sqlite", Database: path}, err
	}
	i := slices.IndexFunc(choices, func(c terminal.Choice) bool { return c.Name == name })
	d := &database{Connector: databaseKinds[i].Connector, Port: databaseKinds[i].Port, Existing: true}
	if err := w.askAddress(d); err != nil {
		return nil, err
	}
	return d.config()
}

// config is how this machine connects to an existing database.
func (d *database) config() (*connector.Config, error) {
	port, err := strconv.Atoi(d.Port)
	return &connector.Config{
		Connector: d.Connector, Host: d.Host, Port: port, User: d.User, Password: d.Password, Database: d.Name, SSL: d.SSL,
	}, err
}

// openSource connects to a database and finds its schema; of several "" asks
// for one. What follows for whoever has a config:
//
//	source, err := openSource(ctx, app.Terminal, config, "")
//	result, err := source.Datamodel(ctx, source.Schema, nil)
func openSource(ctx context.Context, ask prompter, config connector.Config, schemaName string) (*tableSource, error) {
	existing, err := connector.OpenExisting(ctx, config)
	if err != nil {
		return nil, err
	}
	source := &tableSource{Existing: existing, Name: config.Database}
	source.Schema, err = chooseSchema(ctx, ask, existing, schemaName, schemaFlags)
	if err != nil {
		return nil, errors.Join(err, existing.Close())
	}
	return source, nil
}

// schemaFlags are the flags of introspect that name a schema.
const schemaFlags = "--pg-schema, --mysql-db or --schema"

var errNoSchema = errors.New("There is no schema in the database to be selected for introspection.")

// chooseSchema checks the schema that was named, or asks for one, which flags would have named.
func chooseSchema(ctx context.Context, ask prompter, existing *connector.Existing, named, flags string) (string, error) {
	names, err := existing.Schemas(ctx)
	if err != nil {
		return "", err
	}
	if named != "" && !slices.Equal(names, []string{""}) {
		if !slices.Contains(names, named) {
			return "", fmt.Errorf("The provided %s \"%s\" does not exist. The following are available: %s\nName one of them with %s", existing.SchemaWord(), named, strings.Join(names, ", "), flags)
		}
		return named, nil
	}
	var choices []terminal.Choice
	for _, name := range names {
		if name != "prisma" && !strings.HasPrefix(name, "prisma-temporary-service") {
			choices = append(choices, terminal.Choice{Name: name})
		}
	}
	switch len(choices) {
	case 0:
		if len(names) == 0 {
			return "", errNoSchema
		}
		return "", fmt.Errorf("%w The schemas %s are system schemas that can't be introspected.", errNoSchema, strings.Join(names, ", "))
	case 1:
		return choices[0].Name, nil
	}
	name, err := ask.Select("Please select the schema you want to introspect", choices)
	if errors.Is(err, terminal.ErrNoTerminal) {
		return "", usagef("Please provide a %s name: %s. Of these there are: %s", existing.SchemaWord(), flags, strings.Join(names, ", "))
	}
	return name, err
}

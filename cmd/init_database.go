package cmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// image is the container image that docker-compose.yml names.
const image = "prisma1go/prisma1:1.35"

// databaseFlags answer the wizard's questions about a database beforehand.
type databaseFlags struct {
	Kind        string // "postgres" or "mysql"
	Host, Port  string
	User, Name  string
	PasswordEnv string // variable with the password
	Schema      string // PostgreSQL: schema; MySQL: database
	SSL         bool
	HasData     bool

	set func(name string) bool // whether a flag was given
}

func (f *databaseFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.Kind, "database", "", "Kind of database: postgres or mysql")
	flags.StringVar(&f.Host, "database-host", "", "Host of an existing database")
	flags.StringVar(&f.Port, "database-port", "", "Port of an existing database")
	flags.StringVar(&f.User, "database-user", "", "User of an existing database")
	flags.StringVar(&f.PasswordEnv, "database-password-env", "", "Environment variable with the password of an existing database")
	flags.StringVar(&f.Name, "database-name", "", "Name of an existing PostgreSQL database")
	flags.StringVar(&f.Schema, "database-schema", "", "Schema of an existing PostgreSQL database, or name of an existing MySQL database")
	flags.BoolVar(&f.SSL, "database-ssl", false, "Connect to an existing PostgreSQL database with SSL")
	flags.BoolVar(&f.HasData, "database-has-data", false, "The existing database has tables that Prisma must not change")
	f.set = flags.Changed
}

// database is what docker-compose.yml says about one.
type database struct {
	Connector      string // "postgres" or "mysql"
	Existing       bool   // there already, outside of Docker
	Host, Port     string
	User, Password string
	Name           string // PostgreSQL only
	Schema         string // PostgreSQL: schema with the tables; MySQL: database with them; "" lets the server make one
	SSL            bool
	Migrations     bool   // Prisma changes the tables
	Datamodel      string // of the tables that are there; "" when there are none
}

var databaseKinds = []struct {
	Choice               terminal.Choice
	Connector, Port      string
	image, user, visitor string
	environment, volume  string
}{
	{terminal.Choice{Name: "MySQL", Description: "MySQL compliant databases like MySQL or MariaDB"}, "mysql", "3306",
		"mysql:5.7", "root", "Workbench", "      MYSQL_ROOT_PASSWORD: prisma\n", "/var/lib/mysql"},
	{terminal.Choice{Name: "PostgreSQL", Description: "PostgreSQL database"}, "postgres", "5432",
		"postgres", "prisma", "Postico", "      POSTGRES_USER: prisma\n      POSTGRES_PASSWORD: prisma\n", "/var/lib/postgresql/data"},
}

// askDatabase asks for a new database, or for everything about an existing one.
func (w *wizard) askDatabase(ctx context.Context, existing bool) (*database, error) {
	kind, err := w.databaseKind()
	if err != nil {
		return nil, err
	}
	k := databaseKinds[kind]
	if existing {
		d := &database{Connector: k.Connector, Existing: true, Port: k.Port}
		return d, w.askExisting(ctx, d)
	}
	return &database{Connector: k.Connector, Host: k.Connector, Port: k.Port, User: k.user, Password: "prisma", Migrations: true}, nil
}

func (w *wizard) databaseKind() (int, error) {
	choices := make([]terminal.Choice, len(databaseKinds))
	for i, k := range databaseKinds {
		if w.database.Kind == k.Connector {
			return i, nil
		}
		choices[i] = k.Choice
	}
	if w.database.Kind != "" {
		return 0, usagef("--database %q is unknown: use postgres or mysql", w.database.Kind)
	}
	name, err := w.ask.Select("What kind of database do you want to deploy to?", choices)
	if err != nil {
		return 0, neededFlag(err, "database")
	}
	for i, k := range databaseKinds {
		if k.Choice.Name == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no database called %s", name)
}

// compose is the text of docker-compose.yml: the original's, with our image. HOST makes our
// server listen outside of its container.
func (d *database) compose() string {
	var b strings.Builder
	fmt.Fprintf(&b, `version: '3'
services:
  prisma:
    image: %s
    restart: always
    ports:
    - "4466:4466"
%s    environment:
      PRISMA_HOST: 0.0.0.0
      PRISMA_CONFIG: |
        port: 4466
        # uncomment the next line and provide the env var PRISMA_MANAGEMENT_API_SECRET=my-secret to activate cluster security
        # managementApiSecret: my-secret
        databases:
          default:
`, image, d.extraHosts())
	for _, p := range d.properties() {
		fmt.Fprintf(&b, "            %s: %s\n", p[0], p[1])
	}
	if !d.Existing {
		d.composeService(&b)
	}
	return b.String()
}

// onThisMachine is what a container calls the machine it runs on.
const onThisMachine = "host.docker.internal"

// extraHosts makes the name known where Docker does not by itself, which is on Linux.
func (d *database) extraHosts() string {
	if d.host() != onThisMachine {
		return ""
	}
	return "    extra_hosts:\n    - \"" + onThisMachine + ":host-gateway\"\n"
}

// host is the database's host as the server's container sees it.
func (d *database) host() string {
	if d.Existing && (d.Host == "localhost" || d.Host == "127.0.0.1") {
		return onThisMachine
	}
	return d.Host
}

// properties are names and YAML values of the server's configuration of the database.
func (d *database) properties() [][2]string {
	list := [][2]string{{"connector", d.Connector}, {"host", composeText(d.host())}}
	name, schema := d.Name, d.Schema
	if d.Connector == "mysql" {
		name, schema = schema, ""
	}
	if name != "" {
		list = append(list, [2]string{"database", composeText(name)})
	}
	if schema != "" {
		list = append(list, [2]string{"schema", composeText(schema)})
	}
	list = append(list, [2]string{"user", composeText(d.User)}, [2]string{"password", composeText(d.Password)})
	if d.Existing && d.Connector == "postgres" {
		list = append(list, [2]string{"ssl", strconv.FormatBool(d.SSL)})
	}
	return append(list, [2]string{"rawAccess", "true"}, [2]string{"port", d.Port}, [2]string{"migrations", strconv.FormatBool(d.Migrations)})
}

// composeText quotes a text for YAML inside docker-compose.yml, where a dollar sign begins a variable.
func composeText(text string) string {
	quoted, err := yaml.Marshal(text)
	if err != nil || strings.Count(string(quoted), "\n") > 1 {
		return strings.ReplaceAll(strconv.Quote(text), "$", "$$")
	}
	return strings.ReplaceAll(strings.TrimSpace(string(quoted)), "$", "$$")
}

func (d *database) composeService(b *strings.Builder) {
	for _, k := range databaseKinds {
		if k.Connector == d.Connector {
			fmt.Fprintf(b, `  %[1]s:
    image: %[2]s
    restart: always
    # Uncomment the next two lines to connect to your your database from outside the Docker environment, e.g. using a database GUI like %[3]s
    # ports:
    # - "%[4]s:%[4]s"
    environment:
%[5]s    volumes:
      - %[1]s:%[6]s
volumes:
  %[1]s:
`, k.Connector, k.image, k.visitor, k.Port, k.environment, k.volume)
		}
	}
}

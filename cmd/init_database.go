package cmd

import (
	"fmt"
	"net/url"
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
	SSL            bool
	Migrations     bool // Prisma changes the tables
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
func (w *wizard) askDatabase(existing bool) (*database, error) {
	kind, err := w.databaseKind()
	if err != nil {
		return nil, err
	}
	k := databaseKinds[kind]
	d := &database{Connector: k.Connector, Host: k.Connector, Port: k.Port, User: k.user, Password: "prisma", Migrations: true}
	if !existing {
		return d, nil
	}
	d.Existing = true
	return d, w.askExisting(d)
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
		return 0, missingFlag(err, "database")
	}
	for i, k := range databaseKinds {
		if k.Choice.Name == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no database called %s", name)
}

func (w *wizard) askExisting(d *database) (err error) {
	hasData := w.database.HasData
	if !w.flag("database-has-data") {
		answer, err := w.ask.Select("Does your database contain existing data?", []terminal.Choice{{Name: "No"}, {Name: "Yes"}})
		if err != nil {
			return missingFlag(err, "database-has-data")
		}
		hasData = answer == "Yes"
	}
	d.Migrations = !hasData
	if d.Host, err = w.input(w.database.Host, "database-host", "Enter database host", "localhost", checkHost); err != nil {
		return err
	}
	if d.Port, err = w.input(w.database.Port, "database-port", "Enter database port", d.Port, checkPort); err != nil {
		return err
	}
	if d.User, err = w.input(w.database.User, "database-user", "Enter database user", "", notEmpty); err != nil {
		return err
	}
	if d.Password, err = w.databasePassword(); err != nil {
		return err
	}
	if d.Connector != "postgres" {
		return nil
	}
	if d.Name, err = w.input(w.database.Name, "database-name", "Enter database name (the database includes the schema)", "", notEmpty); err != nil {
		return err
	}
	d.SSL = w.database.SSL
	if !w.flag("database-ssl") && !w.given.Yes {
		d.SSL, err = w.ask.Confirm("Use SSL?", !strings.Contains(d.Host, "localhost"))
	}
	return missingFlag(err, "database-ssl")
}

func (w *wizard) flag(name string) bool {
	return w.database.set != nil && w.database.set(name) || w.given.Yes
}

func (w *wizard) databasePassword() (string, error) {
	if variable := w.database.PasswordEnv; variable != "" {
		password := w.getenv(variable)
		if password == "" {
			return "", fmt.Errorf("The environment variable %s of --database-password-env is not set", variable)
		}
		return password, nil
	}
	password, err := w.ask.Password("Enter database password")
	return password, missingFlag(err, "database-password-env")
}

func checkHost(host string) error {
	u, err := url.Parse("//" + host)
	if err != nil || u.Hostname() == "" || u.Port() != "" || u.User != nil || u.Path != "" {
		return fmt.Errorf("%q is not the name of a host", host)
	}
	return nil
}

func checkPort(port string) error {
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%q is not a port: it lies between 1 and 65535", port)
	}
	return nil
}

func notEmpty(text string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("this must not be empty")
	}
	return nil
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
    environment:
      PRISMA_HOST: 0.0.0.0
      PRISMA_CONFIG: |
        port: 4466
        # uncomment the next line and provide the env var PRISMA_MANAGEMENT_API_SECRET=my-secret to activate cluster security
        # managementApiSecret: my-secret
        databases:
          default:
`, image)
	for _, p := range d.properties() {
		fmt.Fprintf(&b, "            %s: %s\n", p[0], p[1])
	}
	if !d.Existing {
		d.composeService(&b)
	}
	return b.String()
}

// properties are names and YAML values of the server's configuration of the database.
func (d *database) properties() [][2]string {
	host := d.Host
	if d.Existing && (host == "localhost" || host == "127.0.0.1") {
		host = "host.docker.internal"
	}
	list := [][2]string{{"connector", d.Connector}, {"host", composeText(host)}}
	if d.Name != "" {
		list = append(list, [2]string{"database", composeText(d.Name)})
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

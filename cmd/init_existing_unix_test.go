//go:build !windows

package cmd

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/server"
)

// TestInitExistingDatabaseIsNotThere: the prompt says so and asks again, with what was typed as
// the suggestion; a person may know better.
func TestInitExistingDatabaseIsNotThere(t *testing.T) {
	t.Parallel()
	dir := initFolder(t)
	s := onTerminal(t, dir, nil, "init", "shop")
	s.reads(firstQuestion)
	s.types(down + down + enter)
	s.reads("What kind of database do you want to deploy to?")
	s.types(down + enter)
	s.reads("Does your database contain existing data?")
	s.types(enter)
	s.reads("Enter database host (localhost)")
	s.types(enter)
	s.reads("Enter database port (5432)")
	s.types("99999" + enter)
	s.reads("is not a port")
	s.types("\x151" + enter)
	s.reads("Enter database user")
	s.types("prisma" + enter)
	s.reads("Enter database password")
	s.types("s3cret" + enter)
	s.reads("Enter database name (the database includes the schema)")
	s.types("mydb" + enter)
	s.reads("Use SSL?")
	s.types(enter)
	s.reads(">> Could not connect to database.")
	s.reads("Use it all the same?")
	s.types(enter)
	for _, question := range []string{"Enter database host (localhost)", "Enter database port (1)", "Enter database user (prisma)"} {
		s.reads(question)
		s.types(enter)
	}
	s.reads("Enter database password")
	s.types("a: \"b\" $c" + enter)
	s.reads("(the database includes the schema) (mydb)")
	s.types(enter)
	s.reads("Use SSL?")
	s.types(enter)
	s.reads("Use it all the same?")
	s.types("y" + enter)
	s.reads("Select the programming language")
	s.types(up + enter)
	s.reads("Created 3 new files:")
	s.ends(0)
	if seen := s.seen.String(); strings.Contains(seen, "s3cret") {
		t.Errorf("the password was shown: %q", seen)
	}
	want := connector.Config{Connector: "postgres", Host: onThisMachine, Port: 1, User: "prisma", Password: `a: "b" $c`, Database: "mydb"}
	if diff := cmp.Diff(want, composed(t, dir, "shop").Database, standards); diff != "" {
		t.Error(diff)
	}
}

// TestInitLooksIntoDatabase: the datamodel comes from the tables that are there. A wrong user is
// told at the prompt. SQLite is no choice of this question.
func TestInitLooksIntoDatabase(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector == "sqlite" {
			t.Skip("init asks for PostgreSQL and MySQL")
		}
		shop := project.ID{Name: "shop", Stage: "dev"}
		management := client.New(serverOf(t, server.Config{Database: config}), "", nil)
		if err := management.AddProject(t.Context(), shop.Name, shop.Stage, nil); err != nil {
			t.Fatal(err)
		}
		connectortest.Script(t, config, shop, "CREATE TABLE books (id INTEGER PRIMARY KEY, title VARCHAR(50) NOT NULL UNIQUE, pages INTEGER)")
		dir := initFolder(t)
		s := onTerminal(t, dir, nil, "init", "shop", "--database", config.Connector, "--database-schema", connectortest.Schema(config, shop))
		s.reads(firstQuestion)
		s.types(down + down + enter)
		s.reads("Does your database contain existing data?")
		s.types(down + enter)
		answer := func(user string) {
			s.reads("Enter database host")
			s.types("\x15" + config.Host + enter)
			s.reads("Enter database port")
			s.types(strconv.Itoa(config.Port) + enter)
			s.reads("Enter database user")
			s.types(user + enter)
			s.reads("Enter database password")
			s.types(config.Password + enter)
			if config.Connector == "postgres" {
				s.reads("Enter database name")
				s.types(config.Database + enter)
				s.reads("Use SSL?")
				s.types(enter)
			}
		}
		answer("not_" + config.User)
		s.reads(">> Could not connect to database.")
		s.reads("Use it all the same?")
		s.types(enter)
		answer(config.User)
		s.reads("Connecting to the database at " + config.Host + "... ✔")
		s.reads("Created datamodel definition based on 1 tables.")
		s.reads("Select the programming language")
		s.types(up + enter)
		s.reads("GraphQL SDL-based datamodel (derived from existing database)")
		s.reads("http://bit.ly/prisma-introspection")
		s.ends(0)
		text := readFile(t, dir, "shop", "datamodel.prisma")
		for _, want := range []string{`type Book @db(name: "books") {`, "title: String! @unique", "pages: Int"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		got := composed(t, dir, "shop").Database
		want := connector.Config{Connector: config.Connector, Host: onThisMachine, Port: config.Port, User: config.User, Password: config.Password, Database: config.Database}
		if config.Connector == "postgres" {
			want.Schema = connectortest.Schema(config, shop)
		}
		if diff := cmp.Diff(want, got, standards); diff != "" {
			t.Error(diff)
		}
		if text := readFile(t, dir, "shop", "docker-compose.yml"); !strings.Contains(text, "migrations: false") || !strings.Contains(text, onThisMachine+":host-gateway") {
			t.Error(text)
		}
	})
}

// TestIntrospectNamesSchemas: a schema that is not there is told with those that are, and the flag for them.
func TestIntrospectNamesSchemas(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector == "sqlite" {
			t.Skip("SQLite has one schema without a name")
		}
		dir, _ := wizardFolder(t)
		environ := []string{"PRISMA_MANAGEMENT_API_ENDPOINT=" + serverOf(t, server.Config{Database: config, RawAccess: true}) + "/shop/dev"}
		if out, err := run(t, dir, dir, environ, "", "deploy"); err != nil {
			t.Fatal(out)
		}
		out, err := run(t, dir, dir, environ, "", "introspect", "--schema", "nowhere")
		said := strings.Join(strings.Fields(strings.ReplaceAll(out, "▸", "")), " ")
		if err == nil || !strings.Contains(said, `"nowhere" does not exist. The following are available: `) || !strings.Contains(said, connectortest.Schema(config, project.ID{Name: "shop", Stage: "dev"})) || !strings.HasSuffix(said, "Name one of them with --schema") {
			t.Errorf("%v %s", err, out)
		}
	})
}

// standards are what a configuration has when it says nothing.
var standards = cmpopts.IgnoreFields(connector.Config{}, "ConnectionLimit", "SlowStatement")

// composed is the configuration in docker-compose.yml as our server takes it.
func composed(t *testing.T, path ...string) server.Config {
	t.Helper()
	var file struct {
		Services struct {
			Prisma struct{ Environment map[string]string }
		}
	}
	if err := yaml.Unmarshal([]byte(readFile(t, append(path, "docker-compose.yml")...)), &file); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(file.Services.Prisma.Environment["PRISMA_CONFIG"], "$$", "$")
	config, err := server.ParseConfig([]byte(text), func(string) string { return "" })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(config.Warnings) > 0 {
		t.Errorf("warnings: %s", fmt.Sprint(config.Warnings))
	}
	return config
}

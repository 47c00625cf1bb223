package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// askExisting asks for an existing database until it can be looked into, or the person knows better.
func (w *wizard) askExisting(ctx context.Context, d *database) error {
	hasData := w.database.HasData
	if !w.flag("database-has-data") {
		answer, err := w.ask.Select("Does your database contain existing data?", []terminal.Choice{{Name: "No"}, {Name: "Yes"}})
		if err != nil {
			return missingFlag(err, "database-has-data")
		}
		hasData = answer == "Yes"
	}
	d.Migrations, d.Schema = !hasData, w.database.Schema
	for {
		if err := w.askAddress(d); err != nil {
			return err
		}
		wrong := w.lookInto(ctx, d)
		if wrong == nil || errors.Is(wrong, terminal.ErrInterrupted) || ctx.Err() != nil {
			return wrong
		}
		if w.given.Yes {
			return wrong
		}
		w.ask.Notef(">> %v\n", wrong)
		use, err := w.ask.Confirm("Use it all the same?", false)
		if errors.Is(err, terminal.ErrNoTerminal) {
			return errShown
		}
		if err != nil || use {
			return err
		}
		w.database = databaseFlags{} // they were wrong
	}
}

// askAddress asks where a database is and who may use it; what d has already is suggested.
func (w *wizard) askAddress(d *database) (err error) {
	if d.Host, err = w.input(w.database.Host, "database-host", "Enter database host", cmp.Or(d.Host, "localhost"), checkHost); err != nil {
		return err
	}
	if d.Port, err = w.input(w.database.Port, "database-port", "Enter database port", d.Port, checkPort); err != nil {
		return err
	}
	if d.User, err = w.input(w.database.User, "database-user", "Enter database user", d.User, notEmpty); err != nil {
		return err
	}
	if d.Password, err = w.databasePassword(); err != nil {
		return err
	}
	if d.Connector != "postgres" {
		return nil
	}
	if d.Name, err = w.input(w.database.Name, "database-name", "Enter database name (the database includes the schema)", d.Name, notEmpty); err != nil {
		return err
	}
	d.SSL = w.database.SSL
	if !w.flag("database-ssl") && !w.given.Yes {
		d.SSL, err = w.ask.Confirm("Use SSL?", !strings.Contains(d.Host, "localhost") && d.Host != "127.0.0.1")
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
	return password, neededFlag(err, "database-password-env")
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

// lookInto connects to an existing database, finds its schema and, when it has data, writes the
// datamodel of its tables.
func (app *App) lookInto(ctx context.Context, d *database) error {
	config, err := d.config()
	if err != nil {
		return err
	}
	t := app.Terminal
	p := t.Start("Connecting to the database at " + t.Bold(d.Host))
	connecting, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	existing, err := connector.OpenExisting(connecting, *config)
	if err != nil {
		p.Abort()
		return err
	}
	defer existing.Close()
	p.Done()
	d.Schema, err = chooseSchema(ctx, t, existing, d.Schema, "--database-schema")
	if errors.Is(err, errNoSchema) && d.Migrations {
		return nil // the server makes one
	}
	if err != nil || d.Migrations {
		return err
	}
	p = t.Start("Introspecting database " + t.Bold(d.Schema))
	result, err := existing.Datamodel(ctx, d.Schema, nil)
	if err != nil {
		p.Abort()
		return fmt.Errorf("introspect database %s: %w", d.Schema, err)
	}
	p.Timed()
	if result.Tables == 0 {
		t.Printf("There are no tables in it yet, so this is a service without data.\n\n")
		d.Migrations = true
		return nil
	}
	t.Printf("Created datamodel definition based on %d tables.\n\n", result.Types)
	d.Datamodel = result.Text
	return nil
}

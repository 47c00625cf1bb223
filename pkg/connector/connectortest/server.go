package connectortest

import (
	"context"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/cuid"
)

// Variables with the URI of a server on which tests may make databases, such as
// postgres://user:password@127.0.0.1:5432/
const (
	postgresURI = "PRISMA1_TEST_POSTGRES"
)

// postgresConfig makes a database that is dropped when the test ends.
func postgresConfig(t testing.TB) (connector.Config, bool) {
	config, ok := serverConfig(t, "postgres", postgresURI)
	if !ok {
		return config, false
	}
	config.Database = "prisma1_test_" + cuid.New()
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, os.Getenv(postgresURI))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{config.Database}.Sanitize()+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return config, true // the connector makes the database
}

// serverConfig reads the URI in a variable.
func serverConfig(t testing.TB, name, variable string) (connector.Config, bool) {
	uri := os.Getenv(variable)
	if uri == "" {
		return connector.Config{}, false
	}
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatalf("%s is no URI", variable) // the error would show its password
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatalf("%s names no port", variable)
	}
	password, _ := u.User.Password()
	return connector.Config{
		Connector: name, Host: u.Hostname(), Port: port,
		User: u.User.Username(), Password: password, ConnectionLimit: 5,
	}, true
}

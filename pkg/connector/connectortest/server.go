package connectortest

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/cuid"
)

// Variables that name a server on which tests may make databases.
const (
	postgresURI = "PRISMA1_TEST_POSTGRES" // postgres://user:password@127.0.0.1:5432/
	mysqlDSN    = "PRISMA1_TEST_MYSQL"    // user:password@tcp(127.0.0.1:3306)/
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
		// DROP DATABASE … WITH (FORCE) of PostgreSQL 12 and older.
		_, err = conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", config.Database)
		if err == nil {
			_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{config.Database}.Sanitize())
		}
		if err != nil {
			t.Error(err)
		}
	})
	return config, true // the connector makes the database
}

// mysqlConfig makes two databases that are dropped when the test ends: one for
// the management tables and one for all projects of the test, because those of
// tests that run beside it have the same names.
func mysqlConfig(t testing.TB) (connector.Config, bool) {
	dsn := os.Getenv(mysqlDSN)
	if dsn == "" {
		return connector.Config{}, false
	}
	server, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatalf("%s is no DSN", mysqlDSN) // the error would show its password
	}
	host, port, err := net.SplitHostPort(server.Addr)
	if err != nil {
		t.Fatalf("%s names no host and port", mysqlDSN)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatalf("%s names no port", mysqlDSN)
	}
	name := "prisma1_test_" + cuid.New()
	t.Cleanup(func() {
		db, err := sql.Open("mysql", dsn)
		if err != nil {
			t.Error(err)
			return
		}
		defer db.Close()
		for _, suffix := range []string{"", "_m"} {
			if _, err := db.Exec("DROP DATABASE IF EXISTS `" + name + suffix + "`"); err != nil {
				t.Error(err)
			}
		}
	})
	return connector.Config{
		Connector: "mysql", Host: host, Port: number, User: server.User, Password: server.Passwd,
		Database: name, ManagementSchema: name + "_m", ConnectionLimit: 5,
	}, true
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

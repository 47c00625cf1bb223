package connectortest

import (
	"cmp"
	"database/sql"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // pgx for database/sql

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Script runs SQL text of several statements where the tables of a project
// lie, as somebody does who knows nothing of this server. The database is
// there already.
func Script(t testing.TB, config connector.Config, id project.ID, text string) {
	t.Helper()
	config.Schema = Schema(config, id)
	if config.Connector == "mysql" {
		config.Database = config.Schema
	}
	if config.Connector == "sqlite" {
		config.Database = File(config, id)
	}
	db := Database(t, config)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("script: %v\n%s", err, text)
	}
}

// Database opens a database as anybody can. Queries may have several
// statements. Of SQLite config.Database is the path of a file.
func Database(t testing.TB, config connector.Config) *sql.DB {
	t.Helper()
	name, source := "pgx", URL(config)
	switch config.Connector {
	case "mysql":
		settings := mysql.NewConfig()
		settings.Net, settings.Addr, settings.DBName = "tcp", net.JoinHostPort(config.Host, strconv.Itoa(config.Port)), config.Database
		settings.User, settings.Passwd, settings.MultiStatements = config.User, config.Password, true
		name, source = "mysql", settings.FormatDSN()
	case "sqlite":
		name, source = sqlite.Driver, sqlite.Source{Path: config.Database}.String()
	}
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// URL is where pgx finds a database of PostgreSQL.
func URL(config connector.Config) string {
	parameters := url.Values{"default_query_exec_mode": {"simple_protocol"}}
	if config.Schema != "" {
		parameters.Set("search_path", `"`+config.Schema+`"`)
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + config.Database,
		Host: net.JoinHostPort(config.Host, strconv.Itoa(config.Port)), RawQuery: parameters.Encode(),
	}
	return u.String()
}

// Schema returns the name of the schema or database with a project's tables, "" for SQLite.
func Schema(config connector.Config, id project.ID) string {
	switch config.Connector {
	case "postgres":
		return cmp.Or(config.Schema, id.Name+"$"+id.Stage)
	case "mysql":
		return cmp.Or(config.Database, id.Name+"@"+id.Stage)
	}
	return ""
}

// File returns the path of a project's file of SQLite, for names in small letters.
func File(config connector.Config, id project.ID) string {
	return filepath.Join(config.Directory, id.Name+"@"+id.Stage+".db")
}

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
	db := scriptDatabase(t, config, id)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("script: %v\n%s", err, text)
	}
}

func scriptDatabase(t testing.TB, config connector.Config, id project.ID) *sql.DB {
	t.Helper()
	name, source := "pgx", ""
	address := net.JoinHostPort(config.Host, strconv.Itoa(config.Port))
	switch config.Connector {
	case "postgres":
		u := url.URL{
			Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: address, Path: "/" + config.Database,
			RawQuery: url.Values{
				"search_path": {`"` + Schema(config, id) + `"`}, "default_query_exec_mode": {"simple_protocol"},
			}.Encode(),
		}
		source = u.String()
	case "mysql":
		settings := mysql.NewConfig()
		settings.Net, settings.Addr, settings.DBName = "tcp", address, Schema(config, id)
		settings.User, settings.Passwd, settings.MultiStatements = config.User, config.Password, true
		name, source = "mysql", settings.FormatDSN()
	case "sqlite":
		name, source = sqlite.Driver, sqlite.Source{Path: File(config, id)}.String()
	}
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
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

package connector

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"

	server "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/introspect"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// An Existing is a database that somebody else made, opened to be looked at.
// Nothing is written to it.
//
//	e, err := OpenExisting(ctx, config)  or  Through("postgres", pool)
//	schemas, err := e.Schemas(ctx)
//	result, err := e.Datamodel(ctx, "public", nil)
type Existing struct {
	db      *sql.DB
	dialect dialect.Dialect
}

// OpenExisting connects once, without waiting for a server that is down. Of a
// config for SQLite Database is the path of the file; for PostgreSQL it is
// needed, for MySQL not.
func OpenExisting(ctx context.Context, config Config) (*Existing, error) {
	e := &Existing{}
	switch config.Connector {
	case "sqlite":
		if _, err := os.Stat(config.Database); err != nil {
			return nil, fmt.Errorf("Could not open database. %w", err)
		}
		db, err := sql.Open(sqlite.Driver, sqlite.Source{Path: config.Database, Look: true}.String())
		if err != nil {
			return nil, err
		}
		e.db, e.dialect = db, sqlite.Dialect{}
	case "postgres":
		settings, err := postgresSettings(config)
		if err != nil {
			return nil, err
		}
		e.db, e.dialect = stdlib.OpenDB(*settings.ConnConfig), postgres.Dialect{}
	case "mysql":
		connector, err := server.NewConnector(mysqlSettings(config))
		if err != nil {
			return nil, err
		}
		e.db, e.dialect = sql.OpenDB(connector), mysql.Dialect{}
	default:
		return nil, fmt.Errorf("unknown connector %q: this version knows sqlite, postgres and mysql", config.Connector)
	}
	e.db.SetMaxOpenConns(1)
	if err := e.db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("Could not connect to database. %w", err), e.db.Close())
	}
	return e, nil
}

// Through looks at a database of a kind ("postgres") by way of db, which Close closes.
func Through(kind string, db *sql.DB) (*Existing, error) {
	for _, d := range []dialect.Dialect{sqlite.Dialect{}, postgres.Dialect{}, mysql.Dialect{}} {
		if d.Facts().Name == kind {
			return &Existing{db, d}, nil
		}
	}
	return nil, fmt.Errorf("Could not identify primaryConnector %s as database type", kind)
}

// Close closes the connection.
func (e *Existing) Close() error { return e.db.Close() }

// SchemaWord is what people call a schema of the database.
func (e *Existing) SchemaWord() string {
	if e.dialect.Facts().Name == "mysql" {
		return "database"
	}
	return "schema"
}

// system are the schemas and databases that belong to a server.
var system = []string{"information_schema", "performance_schema", "sys", "mysql"}

// Schemas lists the schemas of PostgreSQL or the databases of MySQL that people
// make, by name. SQLite has one without a name.
func (e *Existing) Schemas(ctx context.Context) ([]string, error) {
	query := map[string]string{
		"sqlite":   `SELECT '' AS name`,
		"postgres": `SELECT nspname::text AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' ORDER BY nspname`,
		"mysql":    `SELECT schema_name AS name FROM information_schema.schemata ORDER BY schema_name`,
	}[e.dialect.Facts().Name]
	rows, err := e.db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list schemas: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !slices.Contains(system, name) {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

// Datamodel returns the datamodel of a schema's tables. base is the schema of
// the existing datamodel, nil for none.
func (e *Existing) Datamodel(ctx context.Context, schemaName string, base *schema.Schema) (introspect.Result, error) {
	tables, err := e.dialect.Inspect(ctx, e.db, schemaName)
	if err != nil {
		return introspect.Result{}, err
	}
	details, err := e.dialect.Details(ctx, e.db, schemaName)
	if err != nil {
		return introspect.Result{}, err
	}
	in := introspect.Input{Tables: tables, Details: details, Base: base, UUIDs: e.dialect.Facts().UUIDs}
	return introspect.Datamodel(in), nil
}

package connector

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	server "github.com/go-sql-driver/mysql"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A mysqlDatabase is the database of one project.
type mysqlDatabase struct {
	mysqlPlace
	own      string // database that is made for the project, and its id in the management tables
	database string // with its tables: own, or the one of the configuration
}

func (d *mysqlDatabase) name() string { return d.database }

func (d *mysqlDatabase) naming() relational.Naming {
	return relational.Naming{Short: true, Longest: 64}
}

func (d *mysqlDatabase) create(ctx context.Context) error { return d.createDatabase(ctx, d.database) }

func (d *mysqlDatabase) exists(ctx context.Context) (bool, error) {
	return d.hasDatabase(ctx, d.database)
}

// drop deletes the database that was made for the project, never the one of the
// configuration, nor one of the same name that somebody else made beside it.
func (d *mysqlDatabase) drop(ctx context.Context) error {
	if d.database != d.own {
		return d.journal().forget(ctx)
	}
	b := dialect.NewBuilder(mysql.Dialect{}.Facts(), "")
	if _, err := d.pool.ExecContext(ctx, b.SQL("DROP DATABASE IF EXISTS ").Name(d.own).Statement().SQL); err != nil {
		return err
	}
	return d.journal().forget(ctx)
}

func (d *mysqlDatabase) inspect(ctx context.Context) ([]*relational.Table, error) {
	there, err := d.exists(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("the database %q of service %s is not there: bring it back, or delete the service and deploy it again", d.database, d.own)
	}
	return mysql.Dialect{}.Inspect(ctx, d.pool, d.database)
}

// revision is that of the newest migration that succeeded.
func (d *mysqlDatabase) revision(ctx context.Context) (int, error) {
	s, done, err := d.read(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	b := dialect.NewBuilder(mysql.Dialect{}.Facts(), d.management)
	b.SQL("SELECT MAX(").Name("revision").SQL(")\nFROM ").Table("Migration")
	b.SQL("\nWHERE ").Name("projectId").SQL(" = ").Arg(d.own).SQL(" AND ").Name("status").SQL(" = ").Arg(string(migration.Success))
	v, err := one(ctx, s, b.Statement(), scalar.Int)
	return int(v.Int), err
}

// empty clears tables from the last to the first: link tables and lists go
// before what they refer to, and inline links are emptied by their keys.
func (d *mysqlDatabase) empty(ctx context.Context, tables []string) error {
	return d.write(ctx, func(in session) error {
		return emptyEach(ctx, in, func() *dialect.Builder {
			return dialect.NewBuilder(mysql.Dialect{}.Facts(), d.database)
		}, tables)
	})
}

// raw runs on a connection of the pool. It is not given back after anything
// but a query, because settings may be left on it.
func (d *mysqlDatabase) raw(ctx context.Context, text string) ([]byte, error) {
	conn, done, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found, err := conn.QueryContext(ctx, text)
	if err != nil {
		return nil, numbered(ctx, conn, err)
	}
	columns, err := found.ColumnTypes()
	if err != nil {
		return nil, errors.Join(err, found.Close())
	}
	if len(columns) > 0 {
		return appendRawRows(nil, found, columns)
	}
	if err := errors.Join(found.Close(), found.Err()); err != nil {
		return nil, err
	}
	defer conn.Raw(func(any) error { return driver.ErrBadConn })
	var changed sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT ROW_COUNT()").Scan(&changed)
	return scalar.AppendJSON(nil, scalar.OfInt(max(changed.Int64, 0))), err
}

// numbered adds the number of the connection to what the server says, as the
// driver of Prisma 1 does.
func numbered(ctx context.Context, conn *sql.Conn, err error) error {
	refused, ok := errors.AsType[*server.MySQLError](err)
	var number int64
	if !ok || conn.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&number) != nil {
		return err
	}
	said := *refused
	said.Message = fmt.Sprintf("(conn=%d) %s", number, said.Message)
	return &said
}

package connector

import (
	"cmp"
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/project"
)

const (
	connectTime = 5 * time.Second // for one connection, as in Prisma 1
	endTime     = 5 * time.Second // to roll back when the request is over
)

// SQLSTATEs that decide what is done next.
const (
	noSuchDatabase = "3D000"
	startingUp     = "57P03"
)

// A postgresServer is the backend of PostgreSQL: one pool of connections for
// all projects and the management tables.
type postgresServer struct {
	pool       *pgxpool.Pool
	std        *sql.DB // the same connections, for who reads through database/sql
	schema     string  // holds every project, "" gives each its own
	management string  // schema of the management tables
	lockTime   time.Duration
	log        *slog.Logger
}

// openPostgres connects, and makes database and management schema if need be.
func openPostgres(ctx context.Context, config Config, log *slog.Logger) (*postgresServer, error) {
	settings, err := postgresSettings(config)
	if err != nil {
		return nil, err
	}
	if err := settle(ctx, log, settings.ConnConfig); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	s := &postgresServer{
		pool: pool, std: stdlib.OpenDBFromPool(pool),
		schema: config.Schema, management: cmp.Or(config.ManagementSchema, "management"), lockTime: config.lockTime(), log: log,
	}
	if err := s.createSchema(ctx, s.management); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// postgresSettings turns the configuration into the driver's. TLS does not check
// the server's certificate, as in Prisma 1.
func postgresSettings(config Config) (*pgxpool.Config, error) {
	address := url.URL{
		Scheme:   "postgres",
		Host:     net.JoinHostPort(config.Host, strconv.Itoa(cmp.Or(config.Port, 5432))),
		Path:     "/" + cmp.Or(config.Database, "prisma"),
		RawQuery: "sslmode=disable",
	}
	settings, err := pgxpool.ParseConfig(address.String())
	if err != nil {
		return nil, fmt.Errorf("host, port or database of connector postgres: %w", err)
	}
	settings.MaxConns = int32(config.connections())
	c := settings.ConnConfig
	c.User, c.Password = config.User, config.Password
	if config.SSL {
		c.TLSConfig = &tls.Config{InsecureSkipVerify: true, ServerName: config.Host}
	}
	c.ConnectTimeout = connectTime
	c.RuntimeParams = map[string]string{"application_name": "prisma1", "timezone": "UTC"}
	c.BuildContextWatcherHandler = newPostgresStop
	c.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		_, err := conn.Exec(ctx, interpreted).ReadAll()
		return err
	}
	return settings, nil
}

// interpreted switches off that PostgreSQL compiles large statements (there is
// no such setting before 11): that takes seconds, for which it cannot be stopped.
const interpreted = "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'"

// settle connects once and waits for a server that is not up yet. A database
// that is not there is made; that it cannot be made is said by the next try.
func settle(ctx context.Context, log *slog.Logger, config *pgx.ConnConfig) error {
	created := false
	return waitFor(ctx, log, func(ctx context.Context) (bool, error) {
		err := knock(ctx, config)
		if sqlState(err) == noSuchDatabase && !created {
			created = true
			if made := createDatabase(ctx, config); made != nil {
				return true, errors.Join(err, made) // perhaps another server makes it just now
			}
			err = knock(ctx, config)
		}
		if err == nil {
			return false, nil
		}
		state := sqlState(err)
		return state == "" || state == startingUp, fmt.Errorf("connect to database %q on %s:%d: %w", config.Database, config.Host, config.Port, err)
	})
}

// knock connects once.
func knock(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// sqlState is the SQLSTATE of an error, "" when the server did not send one.
func sqlState(err error) string {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}

// createDatabase makes the configured database through the one called postgres,
// which every server has.
func createDatabase(ctx context.Context, config *pgx.ConnConfig) error {
	maintenance := config.Copy()
	maintenance.Database = "postgres"
	conn, err := pgx.ConnectConfig(ctx, maintenance)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	create := dialect.NewBuilder(postgres.Dialect{}.Facts(), "").SQL("CREATE DATABASE ").Name(config.Database).Statement()
	_, err = conn.Exec(ctx, create.SQL)
	return err
}

// createSchema makes a schema that is not there yet. The look comes first: who
// may not make schemas may use one that is there.
func (s *postgresServer) createSchema(ctx context.Context, name string) error {
	there, err := s.hasSchema(ctx, name)
	if err != nil || there {
		return err
	}
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), "")
	_, err = s.pool.Exec(ctx, b.SQL("CREATE SCHEMA IF NOT EXISTS ").Name(name).Statement().SQL)
	return err
}

func (s *postgresServer) hasSchema(ctx context.Context, name string) (there bool, err error) {
	err = s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", name).Scan(&there)
	return there, err
}

func (s *postgresServer) records() records {
	return records{
		place: postgresPlace{s}, schema: s.management, tables: postgresTables,
		hasDatamodel: hasDatamodel, addDatamodel: addDatamodel + "text", now: postgresNow,
	}
}

// longestSchema is how many bytes of a name PostgreSQL keeps.
const longestSchema = 63

func (s *postgresServer) container(id project.ID) container {
	text := dollarText(id)
	own := text[:min(len(text), longestSchema)]
	return &postgresSchema{postgresPlace: postgresPlace{s}, own: own, schema: cmp.Or(s.schema, own), project: text}
}

func (s *postgresServer) close() error {
	err := s.std.Close()
	s.pool.Close()
	return err
}

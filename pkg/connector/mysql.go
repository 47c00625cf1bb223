package connector

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// A mysqlServer is the backend of MySQL and MariaDB: one pool of connections
// for all projects and the management tables.
type mysqlServer struct {
	pool       *sql.DB
	killer     *sql.DB // a connection that stops what others run
	kills      bool    // there is one to spare for it
	threads    threads
	version    string // what the server's version() said when it was first reached
	database   string // holds every project, "" gives each its own
	management string // database of the management tables
	lockTime   time.Duration
	log        *slog.Logger
}

// openMySQL connects, and makes the management database if need be.
func openMySQL(ctx context.Context, config Config, log *slog.Logger) (*mysqlServer, error) {
	connector, err := driver.NewConnector(mysqlSettings(config))
	if err != nil {
		return nil, err
	}
	s := &mysqlServer{
		pool: sql.OpenDB(connector), killer: sql.OpenDB(connector), database: config.Database,
		management: cmp.Or(config.ManagementSchema, "prisma"), lockTime: config.lockTime(), log: log,
	}
	own := config.connections()
	if s.kills = own > 2; s.kills { // one connection of the limit is the killer's
		own--
	}
	s.pool.SetMaxOpenConns(own)
	s.pool.SetMaxIdleConns(own)
	s.pool.SetConnMaxIdleTime(idleTime)
	s.killer.SetMaxOpenConns(1)
	s.killer.SetConnMaxIdleTime(endTime)
	err = waitFor(ctx, log, func(ctx context.Context) (bool, error) {
		err := s.pool.QueryRowContext(ctx, "SELECT version()").Scan(&s.version)
		_, refused := errors.AsType[*driver.MySQLError](err)
		if err != nil {
			err = fmt.Errorf("connect to MySQL on %s:%d: %w", config.Host, config.Port, err)
		}
		return !refused, err
	})
	if err == nil {
		err = s.createDatabase(ctx, s.management)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// mysqlSettings turns the configuration into the driver's. With ssl a server
// that has TLS is spoken to by TLS, whatever its certificate, as in Prisma 1.
func mysqlSettings(config Config) *driver.Config {
	c := driver.NewConfig()
	c.Net, c.Addr = "tcp", net.JoinHostPort(config.Host, strconv.Itoa(cmp.Or(config.Port, 3306)))
	c.User, c.Passwd = config.User, config.Password
	c.Timeout = connectTime
	c.ParseTime, c.Loc = true, time.UTC
	c.ClientFoundRows = true
	c.InterpolateParams = true // saves the round trip of preparing
	c.Collation = "utf8mb4_general_ci"
	c.Params = map[string]string{
		"time_zone": "'+00:00'",
		"sql_mode":  "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
	}
	c.Logger = silent{} // errors are returned; the driver would print them, too
	if config.SSL {
		c.TLSConfig = "preferred"
	}
	return c
}

// silent is a logger of the driver.
type silent struct{}

func (silent) Print(...any) {}

func (s *mysqlServer) createDatabase(ctx context.Context, name string) error {
	there, err := s.hasDatabase(ctx, name)
	if err != nil || there {
		return err
	}
	b := dialect.NewBuilder(mysql.Dialect{}.Facts(), "")
	_, err = s.pool.ExecContext(ctx, b.SQL("CREATE DATABASE IF NOT EXISTS ").Name(name).Statement().SQL)
	return err
}

func (s *mysqlServer) hasDatabase(ctx context.Context, name string) (there bool, err error) {
	const query = "SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = ?)"
	err = s.pool.QueryRowContext(ctx, query, name).Scan(&there)
	return there, err
}

func (s *mysqlServer) records() records {
	return records{
		place: mysqlPlace{s}, schema: s.management, tables: mysqlTables,
		hasDatamodel: hasDatamodel, addDatamodel: addDatamodel + "mediumtext", now: mysqlNow, journals: true,
	}
}

// atText is the text of a project's id on MySQL.
func atText(id project.ID) string { return id.Name + "@" + id.Stage }

func (s *mysqlServer) container(id project.ID) container {
	own := atText(id)
	return &mysqlDatabase{mysqlPlace: mysqlPlace{s}, own: own, database: cmp.Or(s.database, own)}
}

func (s *mysqlServer) close() error { return errors.Join(s.pool.Close(), s.killer.Close()) }

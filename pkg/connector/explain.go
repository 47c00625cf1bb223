package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
)

// lockTime is how long a change of tables waits for who locks them. Whoever
// wants to read such a table waits behind it.
const lockTime = 10 * time.Second

// lockTime returns how long a change of tables waits, at least a second.
func (c *Config) lockTime() time.Duration { return max(cmp.Or(c.LockTime, lockTime), time.Second) }

// remedied adds what to do about an error of a database server.
func remedied(err error) error {
	if err == nil {
		return nil
	}
	if remedy := cmp.Or(postgres.Explain(err), mysql.Explain(err)); remedy != "" {
		return fmt.Errorf("%s: %w", remedy, err)
	}
	return err
}

// blocked adds to the error of a change that waited for a lock in vain who may
// have it: the longest transactions that hold a table of the project.
func (d *postgresSchema) blocked(ctx context.Context, err error) error {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || refused.Code != postgres.LockTimeout {
		return err
	}
	const query = `SELECT DISTINCT a.pid, a.usename, a.application_name, coalesce(a.state, ''), a.xact_start
FROM pg_locks AS l
JOIN pg_class AS t ON t.oid = l.relation AND t.relkind IN ('r', 'p')
JOIN pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE n.nspname = $1 AND l.granted AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
ORDER BY a.xact_start
LIMIT 3`
	rows, asked := d.pool.Query(ctx, query, d.schema)
	if asked != nil {
		return err
	}
	defer rows.Close()
	var holders []string
	for rows.Next() {
		var pid int
		var user, application, state string
		var since time.Time
		if rows.Scan(&pid, &user, &application, &state, &since) == nil {
			holders = append(holders, fmt.Sprintf("process %d of user %q (application %q, %s) since %s", pid, user, application, state, since.UTC().Format(time.DateTime+" UTC")))
		}
	}
	return heldBy(holders, err)
}

// blocked is the same on MySQL, which tells transactions, not their locks, and
// only to who has the privilege PROCESS.
func (d *mysqlDatabase) blocked(ctx context.Context, err error) error {
	if !mysql.IsLockTimeout(err) {
		return err
	}
	const query = `SELECT p.id, p.user, p.host, p.command, t.trx_started
FROM information_schema.innodb_trx AS t
JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id
WHERE p.id <> connection_id()
ORDER BY t.trx_started
LIMIT 3`
	rows, asked := d.pool.QueryContext(ctx, query)
	if asked != nil {
		return err
	}
	defer rows.Close()
	var holders []string
	for rows.Next() {
		var id int64
		var user, host, command string
		var since time.Time
		if rows.Scan(&id, &user, &host, &command, &since) == nil {
			holders = append(holders, fmt.Sprintf("connection %d of user %q from %s (%s) since %s", id, user, host, command, since.UTC().Format(time.DateTime+" UTC")))
		}
	}
	return heldBy(holders, err)
}

func heldBy(holders []string, err error) error {
	if len(holders) == 0 {
		return err
	}
	return fmt.Errorf("open transactions: %s: %w", strings.Join(holders, "; "), err)
}

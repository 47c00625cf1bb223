package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Size returns the bytes that the nodes of the project take, with their
// indexes. It asks what the database counts anyway, and reads no table.
//
// On PostgreSQL the room of deleted nodes counts until it is vacuumed, and what
// others store in a schema that the configuration names. MySQL and MariaDB
// answer from statistics, which lag behind by seconds.
func (d *Database) Size(ctx context.Context) (int64, error) { return d.container.size(ctx) }

// size leaves out the pages that are free.
func (d *fileContainer) size(ctx context.Context) (int64, error) {
	return sizeOf(ctx, d, dialect.Statement{SQL: `
SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)
     - (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)`})
}

func (d *postgresSchema) size(ctx context.Context) (int64, error) {
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), "")
	b.SQL(`
SELECT COALESCE(SUM(pg_total_relation_size(t.oid)), 0)::bigint
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND s.nspname = `).Arg(d.schema)
	return sizeOf(ctx, d, b.Statement())
}

// size needs a connection of its own: MySQL 8 remembers sizes for a day unless
// the session says otherwise, in a comment that MariaDB, which does not, passes over.
func (d *mysqlDatabase) size(ctx context.Context) (bytes int64, err error) {
	conn, done, err := d.take(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if _, err := conn.ExecContext(ctx, "SET @prisma1 = 0 /*!80000 , SESSION information_schema_stats_expiry = 0 */"); err != nil {
		return 0, err
	}
	const query = `
SELECT COALESCE(SUM(data_length + index_length), 0)
FROM information_schema.tables
WHERE table_schema = ?`
	err = conn.QueryRowContext(ctx, query, d.database).Scan(&bytes)
	return bytes, err
}

func sizeOf(ctx context.Context, at place, st dialect.Statement) (int64, error) {
	s, done, err := at.read(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	v, err := one(ctx, s, st, scalar.Long)
	return v.Int, err
}

package connector

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/project"
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

// freshSizes lets the session of MySQL 8 look at tables for their sizes.
const freshSizes = "SET @prisma1 = 0 /*!80000 , SESSION information_schema_stats_expiry = 0 */"

// size needs a connection of its own: MySQL 8 remembers sizes for a day unless
// the session says otherwise, in a comment that MariaDB, which does not, passes over.
func (d *mysqlDatabase) size(ctx context.Context) (bytes int64, err error) {
	conn, done, err := d.take(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if _, err := conn.ExecContext(ctx, freshSizes); err != nil {
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

// Sizes returns about the Size of many projects at once, 0 of one that is not
// there. Of files it is the room on the disk, deleted nodes and journal included.
func (c *Connector) Sizes(ctx context.Context, ids []project.ID) ([]int64, error) {
	return c.backend.sizes(ctx, ids)
}

func (f *folder) sizes(ctx context.Context, ids []project.ID) ([]int64, error) {
	if f.memory != "" {
		return f.sizesInMemory(ctx, ids)
	}
	sizes := make([]int64, len(ids))
	for i, id := range ids {
		path := filepath.Join(f.directory, fileName(id))
		for _, path := range []string{path, path + "-wal"} {
			info, err := os.Stat(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			sizes[i] += info.Size()
		}
	}
	return sizes, ctx.Err()
}

// sizesInMemory asks the files, all of which are open.
func (f *folder) sizesInMemory(ctx context.Context, ids []project.ID) (sizes []int64, err error) {
	for _, id := range ids {
		size := int64(0)
		for _, c := range f.all() {
			if c.path != fileName(id) {
				continue
			}
			if size, err = c.size(ctx); err != nil {
				return nil, err
			}
			break
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

func (s *postgresServer) sizes(ctx context.Context, ids []project.ID) ([]int64, error) {
	const query = `
SELECT s.nspname, SUM(pg_total_relation_size(t.oid))::bigint
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND s.nspname = ANY ($1::text[])
GROUP BY s.nspname`
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.container(id).name()
	}
	rows, err := s.std.QueryContext(ctx, query, names)
	return sizesOf(names, rows, err)
}

// sizes is like the size of one database: the session must not be told what MySQL 8 remembers.
func (s *mysqlServer) sizes(ctx context.Context, ids []project.ID) ([]int64, error) {
	conn, done, err := mysqlPlace{s}.take(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if _, err := conn.ExecContext(ctx, freshSizes); err != nil {
		return nil, err
	}
	const query = `
SELECT table_schema, SUM(data_length + index_length)
FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
GROUP BY table_schema`
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.container(id).name()
	}
	rows, err := conn.QueryContext(ctx, query)
	return sizesOf(names, rows, err)
}

// sizesOf reads rows of a name and its size, and returns the sizes of names.
func sizesOf(names []string, rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[string]int64)
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			return nil, err
		}
		found[name] = size
	}
	sizes := make([]int64, len(names))
	for i, name := range names {
		sizes[i] = found[name]
	}
	return sizes, rows.Err()
}

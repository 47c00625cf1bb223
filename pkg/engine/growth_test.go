package engine_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// What a few nodes lead to is looked up, of tables of any size. PostgreSQL
// would rather read all of a table that has some thousand rows; SQLite and
// MySQL know no other way than the index.
func TestFewParentsReadNoWholeTable(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector != "postgres" {
			t.Skip("asks for plans in the words of PostgreSQL")
		}
		var log record
		c, err := connector.Open(t.Context(), config, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s := deploy(t, c, music, engine.Options{RawAccess: true})
		fill(t, s, 50, 40, 0)
		ask(t, s, rawText(t, `ANALYZE "test$dev"."Album"`), "null")
		conn, err := pgx.Connect(t.Context(), connectortest.URL(config))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		keep := `SELECT set_config('prisma1.kept0', (SELECT array_agg("id")::text FROM (SELECT "id" FROM "test$dev"."Artist" LIMIT 20) AS a), false)`
		if _, err := conn.Exec(t.Context(), keep); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			`{ artists(first: 20) { albums { title } } }`,
			`{ artists(last: 20, skip: 5) { albums(orderBy: title_ASC) { id } } }`,
		} {
			log.take(t)
			ask(t, s, query, "null")
			statements := log.take(t) // without the one that keeps ids
			rows, err := conn.Query(t.Context(), "EXPLAIN "+statements[len(statements)-1], pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatalf("%v: %s", err, statements)
			}
			if text := strings.Join(plan, "\n"); strings.Contains(text, `Seq Scan on "Album"`) {
				t.Errorf("%s reads a whole table:\n%s", query, text)
			}
		}
	})
}

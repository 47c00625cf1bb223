package management

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// fifty is a datamodel of 50 models with ten fields each, lists and relations.
func fifty() string {
	var b strings.Builder
	for i := range 50 {
		fmt.Fprintf(&b, "type M%02d { id: ID! @id createdAt: DateTime! @createdAt updatedAt: DateTime! @updatedAt name: String! email: String @unique\n", i)
		fmt.Fprintf(&b, "  age: Int size: Float ok: Boolean! @default(value: true) data: Json tags: [String] @scalarList(strategy: RELATION)\n")
		next := (i + 1) % 50
		fmt.Fprintf(&b, "  next: M%02d @relation(name: \"Next%02d\", link: INLINE) others: [M%02d] @relation(name: \"Other%02d\", link: TABLE) }\n", next, i, next, i)
	}
	return b.String()
}

// BenchmarkDeploy deploys a service of 50 models from nothing, and again though
// nothing changed. Asked for are a second (MySQL: three) and 100 ms.
func BenchmarkDeploy(b *testing.B) {
	types := fifty()
	connectortest.EachConfig(b, func(b *testing.B, config connector.Config) {
		db, err := connector.Open(b.Context(), config, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		m, err := New(b.Context(), db, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.AddProject(b.Context(), shop, nil); err != nil {
			b.Fatal(err)
		}
		b.Run("new", func(b *testing.B) {
			for b.Loop() {
				if err := deployed(b.Context(), m, types); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := deployed(b.Context(), m, "type Last { id: ID! @id }"); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
		if err := deployed(b.Context(), m, types); err != nil {
			b.Fatal(err)
		}
		b.Run("unchanged", func(b *testing.B) {
			for b.Loop() {
				if err := deployed(b.Context(), m, types); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkRequiredField adds a required field to a table of a million rows on
// PostgreSQL: by a whole deploy, by its migration alone, and as somebody does
// who writes the SQL by hand. In turns: what else the machine does slows all.
func BenchmarkRequiredField(b *testing.B) {
	connectortest.EachConfig(b, func(b *testing.B, config connector.Config) {
		if config.Connector != "postgres" {
			b.Skip("PostgreSQL only")
		}
		db, err := connector.Open(b.Context(), config, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		m, err := New(b.Context(), db, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.AddProject(b.Context(), shop, nil); err != nil {
			b.Fatal(err)
		}
		const before = "type Big { id: ID! @id name: String }"
		const after = "type Big { id: ID! @id name: String stars: Int! @default(value: 3) }"
		deploy := func(types string) {
			if err := deployed(b.Context(), m, types); err != nil {
				b.Fatal(err)
			}
		}
		deploy(before)
		d := db.Database(shop)
		raw := func(format string) {
			table := dialect.NewBuilder(db.Facts(), d.Schema()).Table("Big").Statement().SQL
			if _, err := d.Raw(b.Context(), fmt.Sprintf(format, table)); err != nil {
				b.Fatal(err)
			}
		}
		raw(`INSERT INTO %s (id, name) SELECT n::text, 'name ' || n FROM generate_series(1, 1000000) AS n`)
		var spent [3]time.Duration
		spend := func(on int, f func()) {
			began := time.Now()
			f()
			spent[on] += time.Since(began)
		}
		for b.Loop() {
			spend(0, func() { deploy(after) })
			deploy(before)
			spent[1] += migrateBy(b, m, after)
			raw(`ALTER TABLE %s DROP COLUMN stars`)
			spend(2, func() { raw(`ALTER TABLE %s ADD COLUMN stars int NOT NULL DEFAULT 3`) })
			raw(`ALTER TABLE %s DROP COLUMN stars`)
		}
		for i, name := range []string{"deploy-ms", "migration-ms", "byhand-ms"} {
			b.ReportMetric(float64(spent[i].Microseconds())/1000/float64(b.N), name)
		}
	})
}

// migrateBy changes the tables as a deploy does, and returns how long that took.
func migrateBy(b *testing.B, m *Management, types string) time.Duration {
	r, err := m.reserve(b.Context(), shop)
	if err != nil {
		b.Fatal(err)
	}
	defer r.release()
	d := &deploy{reservation: r, in: DeployInput{ID: shop, Types: types}, db: m.connector.Database(shop)}
	if d.current, err = m.stored(b.Context(), shop); err != nil {
		b.Fatal(err)
	}
	if err := d.plan(b.Context()); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := d.db.Migrate(b.Context(), connector.Run{Revision: 0, Steps: d.changes, Lock: d.lock}); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

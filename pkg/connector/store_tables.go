package connector

import (
	"context"
	"fmt"
	"strings"
)

// records is where the management tables lie.
type records struct {
	place  place
	schema string   // qualifies the tables, "" does not
	tables []string // statements that make them where they are not there yet, as Store.sql takes them
	// hasDatamodel asks whether Migration has the column datamodel, which came
	// with Prisma 1.25: one row if so. "" where it always has.
	hasDatamodel string
	addDatamodel string
	now          string // ms since 1970 by the clock of the database
	journals     bool   // DeployJournal is there
}

// sqliteTables are those of Prisma 1's SQLite connector, older parts included,
// and some of our own, as in the two lists below: DeployLock, EventListener, EventMail.
var sqliteTables = []string{
	`CREATE TABLE IF NOT EXISTS {Project} (
  "id" varchar(200) NOT NULL DEFAULT '',
  "secrets" mediumtext,
  "allowQueries" tinyint(1) NOT NULL DEFAULT 1,
  "allowMutations" tinyint(1) NOT NULL DEFAULT 1,
  "functions" mediumtext,
  PRIMARY KEY ("id")
)`,
	`CREATE TABLE IF NOT EXISTS {Migration} (
  "projectId" varchar(200) NOT NULL DEFAULT '',
  "revision" int NOT NULL DEFAULT 1,
  "schema" mediumtext,
  "functions" mediumtext,
  "status" mediumtext NOT NULL,
  "applied" int NOT NULL DEFAULT 0,
  "rolledBack" int NOT NULL DEFAULT 0,
  "steps" mediumtext,
  "errors" mediumtext,
  "startedAt" datetime NULL,
  "finishedAt" datetime NULL,
  "datamodel" mediumtext NULL,
  PRIMARY KEY ("projectId", "revision"),
  CONSTRAINT "migrations_projectid_foreign" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
)`,
	`CREATE TABLE IF NOT EXISTS {CloudSecret} (
  "secret" varchar(255) NOT NULL,
  PRIMARY KEY ("secret")
)`,
	deployLockTable, eventListenerTable, eventMailTable,
}

// Tables of our own, on every database.
const deployLockTable = `CREATE TABLE IF NOT EXISTS {DeployLock} (
  "projectId" varchar(200) NOT NULL,
  "owner" varchar(25) NOT NULL,
  "holder" varchar(200) NOT NULL,
  "since" bigint NOT NULL,
  "beat" bigint NOT NULL,
  PRIMARY KEY ("projectId")
)`

const (
	eventListenerTable = `CREATE TABLE IF NOT EXISTS {EventListener} (
  "server" varchar(25) NOT NULL,
  "projectId" varchar(200) NOT NULL,
  "model" varchar(191) NOT NULL,
  "until" bigint NOT NULL,
  PRIMARY KEY ("server", "projectId", "model")
)`
	eventMailTable = `CREATE TABLE IF NOT EXISTS {EventMail} (
  "id" varchar(25) NOT NULL,
  "server" varchar(25) NOT NULL,
  "body" text NOT NULL,
  PRIMARY KEY ("id")
)`
)

// postgresTables are those of PostgresInternalDatabaseSchema.scala.
var postgresTables = []string{
	`CREATE TABLE IF NOT EXISTS {Project} (
  "id" varchar(200) NOT NULL DEFAULT '',
  "secrets" text,
  "allowQueries" boolean NOT NULL DEFAULT TRUE,
  "allowMutations" boolean NOT NULL DEFAULT TRUE,
  "functions" text,
  PRIMARY KEY ("id")
)`,
	`CREATE TABLE IF NOT EXISTS {Migration} (
  "projectId" varchar(200) NOT NULL DEFAULT '',
  "revision" int NOT NULL DEFAULT 1,
  "schema" text,
  "functions" text,
  "status" varchar(20) NOT NULL DEFAULT 'PENDING' CHECK ("status" IN ('PENDING', 'IN_PROGRESS', 'SUCCESS', 'ROLLING_BACK', 'ROLLBACK_SUCCESS', 'ROLLBACK_FAILURE')),
  "applied" int NOT NULL DEFAULT 0,
  "rolledBack" int NOT NULL DEFAULT 0,
  "steps" text,
  "errors" text,
  "startedAt" timestamp,
  "finishedAt" timestamp,
  "datamodel" text,
  PRIMARY KEY ("projectId", "revision"),
  CONSTRAINT "migrations_projectid_foreign" FOREIGN KEY ("projectId") REFERENCES {Project} ("id") ON DELETE CASCADE ON UPDATE CASCADE
)`,
	`CREATE TABLE IF NOT EXISTS {InternalMigration} (
  "id" varchar(255) NOT NULL,
  "appliedAt" timestamp NOT NULL,
  PRIMARY KEY ("id")
)`,
	`CREATE TABLE IF NOT EXISTS {TelemetryInfo} (
  "id" varchar(255) NOT NULL,
  "lastPinged" timestamp,
  PRIMARY KEY ("id")
)`,
	`CREATE TABLE IF NOT EXISTS {CloudSecret} (
  "secret" varchar(255) NOT NULL,
  PRIMARY KEY ("secret")
)`,
	deployLockTable, eventListenerTable, eventMailTable,
}

// mysqlTables are those of MysqlInternalDatabaseSchema.scala, in a character
// set that takes every text: Prisma 1's utf8 has no place for an emoji. Of our
// own is DeployJournal, too.
var mysqlTables = []string{
	`CREATE TABLE IF NOT EXISTS {Project} (
  "id" varchar(200) NOT NULL DEFAULT '',
  "secrets" mediumtext,
  "allowQueries" tinyint(1) NOT NULL DEFAULT 1,
  "allowMutations" tinyint(1) NOT NULL DEFAULT 1,
  "functions" mediumtext,
  PRIMARY KEY ("id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	`CREATE TABLE IF NOT EXISTS {Migration} (
  "projectId" varchar(200) NOT NULL DEFAULT '',
  "revision" int NOT NULL DEFAULT 1,
  "schema" mediumtext,
  "functions" mediumtext,
  "status" enum('PENDING', 'IN_PROGRESS', 'SUCCESS', 'ROLLING_BACK', 'ROLLBACK_SUCCESS', 'ROLLBACK_FAILURE') NOT NULL DEFAULT 'PENDING',
  "applied" int NOT NULL DEFAULT 0,
  "rolledBack" int NOT NULL DEFAULT 0,
  "steps" mediumtext,
  "errors" mediumtext,
  "startedAt" datetime NULL,
  "finishedAt" datetime NULL,
  "datamodel" mediumtext NULL,
  PRIMARY KEY ("projectId", "revision"),
  CONSTRAINT "migrations_projectid_foreign" FOREIGN KEY ("projectId") REFERENCES {Project} ("id") ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	`CREATE TABLE IF NOT EXISTS {InternalMigration} (
  "id" varchar(255) NOT NULL,
  "appliedAt" datetime NOT NULL,
  PRIMARY KEY ("id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	`CREATE TABLE IF NOT EXISTS {TelemetryInfo} (
  "id" varchar(255) NOT NULL,
  "lastPinged" datetime NULL,
  PRIMARY KEY ("id")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	`CREATE TABLE IF NOT EXISTS {CloudSecret} (
  "secret" varchar(255) NOT NULL,
  PRIMARY KEY ("secret")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	deployLockTable + ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	eventListenerTable + ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	strings.Replace(eventMailTable, "text", "longtext", 1) + ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
	`CREATE TABLE IF NOT EXISTS {DeployJournal} (
  "projectId" varchar(200) NOT NULL,
  "revision" int NOT NULL,
  "script" longtext NOT NULL,
  "reached" int NOT NULL,
  "before" varchar(40) NOT NULL DEFAULT '',
  "succeeded" tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY ("projectId")
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
}

// Clocks, see records.now.
const (
	sqliteNow   = `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`
	postgresNow = `CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)`
	mysqlNow    = `CAST(unix_timestamp(now(3)) * 1000 AS SIGNED)`
)

// What a server asks that has an information schema.
const (
	hasDatamodel = `SELECT 1
FROM information_schema.columns
WHERE table_schema = ? AND table_name = 'Migration' AND column_name = 'datamodel'`
	addDatamodel = `ALTER TABLE {Migration} ADD COLUMN "datamodel" `
)

// create makes the tables that are not there yet, and the column that databases
// of Prisma 1.24 and older do not have.
func (s *Store) create(ctx context.Context) error {
	err := s.place.write(ctx, func(c session) error {
		for _, table := range s.tables {
			if _, err := c.exec(ctx, s.sql(table), nil); err != nil {
				return err
			}
		}
		if s.hasDatamodel == "" {
			return nil
		}
		found, err := c.query(ctx, s.sql(s.hasDatamodel), []any{s.schema})
		if err != nil {
			return err
		}
		there := found.next()
		if err := found.close(); err != nil || there {
			return err
		}
		_, err = c.exec(ctx, s.sql(s.addDatamodel), nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("make the management tables: %w", err)
	}
	return nil
}

// sql writes the fixed text of a statement as the database takes it: {Table} is
// a management table, "column" a name and ? the next parameter.
func (s *Store) sql(text string) string {
	b := make([]byte, 0, len(text)+64)
	parameters := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{':
			end := i + strings.IndexByte(text[i:], '}')
			b = append(b, s.table(text[i+1:end])...)
			i = end
		case '"':
			b = append(b, s.facts.Quote)
		case '?':
			parameters++
			b = s.facts.Placeholder(b, parameters)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

package management

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
)

// added returns the management of a connector with an empty service shop/dev.
func added(t *testing.T, db *connector.Connector) *Management {
	t.Helper()
	m, err := New(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.AddProject(t.Context(), shop, nil); err != nil {
		t.Fatal(err)
	}
	return m
}

// A migration that fails leaves the old schema, says why and is no obstacle to the next.
func TestFailedMigration(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id name: String }"); err != nil {
			t.Fatal(err)
		}
		r, err := m.reserve(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		d := &deploy{reservation: r, in: DeployInput{ID: shop, Types: "type Dog { id: ID! @id name: String age: Int }"}, db: db.Database(shop)}
		if d.current, err = m.stored(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		if err := d.plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Between plan and execution somebody else makes the column.
		dog := dialect.NewBuilder(db.Facts(), db.Database(shop).Schema()).SQL("ALTER TABLE ").Table("Dog")
		if _, err := db.Database(shop).Raw(t.Context(), dog.SQL(" ADD COLUMN age INTEGER").Statement().SQL); err != nil {
			t.Fatal(err)
		}
		if err := d.perform(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.release()
		got := d.payload
		if got.Migration != nil || len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Description, "was taken back") {
			t.Errorf("a failed deploy answered %+v", got)
		}
		history, err := m.Migrations(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		failed := history[0]
		if failed.Status != migration.RollbackSuccess || len(failed.Errors) != 1 || failed.FinishedAt.IsZero() {
			t.Errorf("the history has %+v", failed)
		}
		now, _, err := m.MigrationStatus(t.Context(), shop)
		if err != nil || now.Revision != failed.Revision-1 {
			t.Errorf("current migration %+v, %v, want the one before %d", now, err, failed.Revision)
		}
		if err := deployed(t.Context(), m, "type Cat { id: ID! @id }"); err != nil {
			t.Errorf("next deploy: %v", err)
		}
	})
}

func TestOneDeployAtATime(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		r, err := m.reserve(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id }"); fault.CodeOf(err) != fault.DeploymentInProgress {
			t.Errorf("deploy beside another: %v, want code 4008", err)
		}
		if _, err := m.DeleteProject(t.Context(), shop); fault.CodeOf(err) != fault.DeploymentInProgress {
			t.Errorf("delete beside a deploy: %v, want code 4008", err)
		}
		r.release()
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id }"); err != nil {
			t.Errorf("deploy afterwards: %v", err)
		}
	})
}

// Many deploys at once: each is done or refused with 4008, and the state fits at the end.
func TestDeploysAtOnce(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		results := make(chan error)
		for i := range 8 {
			go func() { results <- deployed(t.Context(), m, datamodels[i%2]) }()
		}
		var all error
		done := 0
		for range 8 {
			switch err := <-results; fault.CodeOf(err) {
			case fault.DeploymentInProgress:
			default:
				done++
				all = errors.Join(all, err)
			}
		}
		if all != nil || done == 0 {
			t.Fatalf("%d deploys done: %v", done, all)
		}
		checkState(t, db, m)
	})
}

// A project that is loaded while a deploy runs must not be kept: the deploy outdates it.
func TestProjectIsNotKeptDuringADeploy(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		before, err := m.Project(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := m.Project(t.Context(), shop); again != before {
			t.Error("a loaded project is not kept")
		}
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id }"); err != nil {
			t.Fatal(err)
		}
		after, err := m.Project(t.Context(), shop)
		if err != nil || after.Revision != before.Revision+1 || after.Schema.Model("Dog") == nil {
			t.Errorf("after a deploy: %+v, %v", after, err)
		}
	})
}

// What is wrong with a file is told to whoever may change services. SQLite
// only: the folder takes the place of its file.
func TestFileThatCannotBeMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, m := mustOpen(t, connector.Config{Connector: "sqlite", Directory: dir})
	if err := os.Mkdir(filepath.Join(dir, "shop@dev.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := m.AddProject(t.Context(), shop, nil)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Cause == nil || !strings.HasPrefix(f.Message, "The service was not created: ") || !strings.Contains(f.Message, "shop@dev.db") {
		t.Errorf("got %v, want a fault that names the file", err)
	}
	if projects, err := m.Projects(t.Context()); err != nil || len(projects) > 0 {
		t.Errorf("there are services %v, %v", projects, err)
	}
}

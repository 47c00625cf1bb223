package connectortest

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// The tests of this file are about files and run on SQLite only.

// victim names the folder in which this test binary migrates until it is killed.
const victim = "PRISMA1_TEST_MIGRATE_FOREVER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		fmt.Fprintln(os.Stderr, migrateForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func onDisk(dir string) connector.Config {
	return connector.Config{Connector: "sqlite", Directory: dir}
}

// The two forms between which a table is rebuilt: even revisions have b, odd ones do not.
func forms() (even, odd *relational.Table) {
	odd = &relational.Table{Name: "T", PrimaryKey: []string{"id"}, Columns: []relational.Column{{Name: "id", Type: scalar.ID}}}
	even = odd.Clone()
	even.Columns = append(even.Columns, relational.Column{Name: "b", Type: scalar.String})
	return even, odd
}

// turn leads the table to the form of a revision.
func turn(revision int) relational.Change {
	even, odd := forms()
	b := even.Columns[1]
	if revision%2 == 0 {
		return relational.AlterTable{Before: odd, After: even, Edits: []relational.Edit{
			relational.AddColumn{Column: b, Fill: scalar.OfString("x")},
		}}
	}
	return relational.AlterTable{Before: even, After: odd, Edits: []relational.Edit{relational.DropColumn{Column: b}}}
}

// migrateForever rebuilds a table with 3000 rows again and again and says so in lines.
func migrateForever(dir string) error {
	t := context.Background()
	c, err := connector.Open(t, onDisk(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	d := c.Database(shop)
	revision, err := d.Revision(t)
	if err != nil {
		return err
	}
	for ; ; revision++ {
		fmt.Println(revision)
		if err := d.Migrate(t, connector.Run{Revision: revision + 1, Steps: steps(turn(revision + 1))}); err != nil {
			return err
		}
	}
}

// TestKilledMigration kills a process that migrates, at moments that differ.
// Afterwards tables and revision belong together, all rows are there, and the
// next migration runs.
func TestKilledMigration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	prepareKill(t, dir)
	for round := range 6 {
		kill(t, dir, time.Duration(round*7)*time.Millisecond)
		c, err := connector.Open(t.Context(), onDisk(dir), nil)
		if err != nil {
			t.Fatalf("open after the kill: %v", err)
		}
		d := c.Database(shop)
		revision, err := d.Revision(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want, odd := forms()
		if revision%2 == 1 {
			want = odd
		}
		if diff := cmp.Diff([]*relational.Table{want}, inspected(t, d), asFound); diff != "" {
			t.Errorf("revision %d has other tables (-want +got):\n%s", revision, diff)
		}
		if got := raw(t, d, `SELECT COUNT(*) AS n FROM "T"`); got != `[{"n":3000}]` {
			t.Errorf("revision %d: rows are %s, want 3000", revision, got)
		}
		migrate(t, d, revision+1, turn(revision+1))
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func prepareKill(t *testing.T, dir string) {
	t.Helper()
	c, err := connector.Open(t.Context(), onDisk(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	d := c.Database(shop)
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, odd := forms()
	migrate(t, d, 1, relational.CreateTable{Table: odd})
	raw(t, d, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO "T" (id) SELECT 'row' || i FROM n`)
}

// kill starts a process that migrates and kills it some time after its second migration began.
func kill(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), victim+"="+dir)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problems strings.Builder
	process.Stderr = &problems
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			t.Errorf("the process ended by itself: %s", problems.String())
			break
		}
	}
	time.Sleep(after)
	if err := process.Process.Kill(); err != nil {
		t.Error(err)
	}
	for lines.Scan() { // what it said before
	}
	_ = process.Wait() // it was killed
}

// TestTwoServersOnOneFolder: what one writes and changes the other sees.
func TestTwoServersOnOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, other := Open(t, onDisk(dir)), Open(t, onDisk(dir))
	d, _ := created(t, one, everything)
	e := other.Database(shop)
	raw(t, e, `INSERT INTO "Tag" (id, label) VALUES ('1', 'x')`)
	if got := raw(t, d, `SELECT id FROM "Tag"`); got != `[{"id":"1"}]` {
		t.Errorf("the other server's row is not seen: %s", got)
	}
	before := table(t, d, "Tag")
	migrate(t, d, 2, relational.RenameTable{Before: before, Name: "Label"})
	if got := raw(t, e, `SELECT id FROM "Label"`); got != `[{"id":"1"}]` {
		t.Errorf("the other server's change is not seen: %s", got)
	}
	if revision, err := e.Revision(t.Context()); revision != 2 || err != nil {
		t.Errorf("Revision() = %d, %v, want 2", revision, err)
	}
}

func TestDropLeavesNoFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Open(t, onDisk(dir))
	d, _ := created(t, c, everything)
	raw(t, d, `INSERT INTO "Tag" (id, label) VALUES ('1', 'x')`)
	if err := d.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "shop*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files left by Drop: %q, %v", left, err)
	}
}

func TestMemoryLeavesNoFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Open(t, connector.Config{Connector: "sqlite", Directory: dir, Memory: true})
	d, _ := created(t, c, everything)
	raw(t, d, `INSERT INTO "Tag" (id, label) VALUES ('1', 'x')`)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files in memory mode: %v, %v", left, err)
	}
}

// TestUnusableFiles: each gets an error that names the file and what to do, not a panic.
func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	t.Run("a file where the folder should be", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "folder")
		write(t, dir, "text")
		_, err := connector.Open(t.Context(), onDisk(dir), nil)
		wantError(t, err, dir)
	})
	t.Run("a management file that is no database", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "management.db")
		write(t, path, strings.Repeat("this is no database\n", 100))
		_, err := connector.Open(t.Context(), onDisk(filepath.Dir(path)), nil)
		wantError(t, err, path, "restore it from a backup")
	})
	t.Run("a project file that is no database", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		c := Open(t, onDisk(dir))
		path := filepath.Join(dir, "shop@dev.db")
		write(t, path, strings.Repeat("this is no database\n", 100))
		_, err := c.Database(shop).Inspect(t.Context())
		wantError(t, err, path, "restore it from a backup")
	})
	t.Run("a project file that was deleted while open", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		c := Open(t, onDisk(dir))
		d, _ := created(t, c, everything)
		path := filepath.Join(dir, "shop@dev.db")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + suffix); err != nil {
				t.Fatal(err)
			}
		}
		_, err := d.Inspect(t.Context())
		wantError(t, err, "shop@dev.db", "bring it back")
		created(t, c, everything) // and a new one can take its place
	})
	t.Run("a folder that was deleted", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "folder")
		c := Open(t, onDisk(dir))
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		_, err := c.Database(shop).Inspect(t.Context())
		wantError(t, err, "shop@dev.db")
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// BenchmarkOpen is a server's way to the first row of an existing database.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	c, err := connector.Open(b.Context(), onDisk(dir), nil)
	if err != nil {
		b.Fatal(err)
	}
	created(b, c, everything)
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := connector.Open(b.Context(), onDisk(dir), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Database(shop).Revision(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

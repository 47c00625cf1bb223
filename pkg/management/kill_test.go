package management

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// victim names the folder in which this test binary deploys until it is killed.
const victim = "PRISMA1_TEST_DEPLOY_FOREVER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		fmt.Fprintln(os.Stderr, deployForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var shop = project.ID{Name: "shop", Stage: "dev"}

// datamodels are two texts; from one to the other most tables must be rebuilt.
var datamodels = [2]string{models("name: String age: Int"), models("name: String! @unique size: Float")}

func models(fields string) string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "type M%d { id: ID! @id %s }\n", i, fields)
	}
	return b.String()
}

func open(ctx context.Context, dir string) (*connector.Connector, *Management, error) {
	log := slog.New(slog.DiscardHandler)
	db, err := connector.Open(ctx, connector.Config{Connector: "sqlite", Directory: dir}, log)
	if err != nil {
		return nil, nil, err
	}
	m, err := New(ctx, db, Options{Logger: log})
	return db, m, err
}

// deployForever deploys the two datamodels in turns and says so in lines.
func deployForever(dir string) error {
	ctx := context.Background()
	_, m, err := open(ctx, dir)
	if err != nil {
		return err
	}
	if _, err := m.AddProject(ctx, shop, nil); err != nil && fault.CodeOf(err) != fault.ServiceExists {
		return err
	}
	for i := 0; ; i++ {
		fmt.Println("deploy", i)
		if err := deployed(ctx, m, datamodels[i%2]); err != nil {
			return err
		}
	}
}

func deployed(ctx context.Context, m *Management, types string) error {
	payload, err := m.Deploy(ctx, DeployInput{ID: shop, Types: types, Force: true})
	if err == nil && len(payload.Errors) > 0 {
		err = fmt.Errorf("deploy answered %v", payload.Errors)
	}
	return err
}

// A server that is killed in the middle of a deploy leaves the old state or the
// new one, never a lock: after the next start everything fits together and the
// next deploy works. SQLite only: other connectors cannot be taken from a folder.
func TestKilledDeploy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 5 {
		killOne(t, dir)
		db, m, err := open(t.Context(), dir)
		if err != nil {
			t.Fatalf("round %d: start again: %v", round, err)
		}
		checkState(t, db, m)
		for _, types := range datamodels {
			if err := deployed(t.Context(), m, types); err != nil {
				t.Fatalf("round %d: next deploy: %v", round, err)
			}
		}
		checkState(t, db, m)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killOne starts a process that deploys and kills it a moment after its second deploy began.
func killOne(t *testing.T, dir string) {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), victim+"="+dir)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	process.Stderr = &complaint
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "deploy 1" {
	}
	go io.Copy(io.Discard, out)
	time.Sleep(rand.N(60 * time.Millisecond))
	process.Process.Kill()
	process.Wait()
	if complaint.Len() > 0 {
		t.Fatalf("the process ended by itself: %s", complaint.String())
	}
}

// checkState fails when the history is open or does not fit the tables.
func checkState(t *testing.T, db *connector.Connector, m *Management) {
	t.Helper()
	history, err := m.Migrations(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range history {
		if one.Status.IsOpen() {
			t.Errorf("revision %d is still %s", one.Revision, one.Status)
		}
	}
	p, err := m.Project(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := db.Database(shop).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != len(p.Schema.Models) {
		t.Fatalf("%d tables for %d models", len(tables), len(p.Schema.Models))
	}
	for _, table := range tables {
		for _, f := range p.Schema.Model(table.Name).Fields {
			if table.Column(f.Column()) == nil {
				t.Errorf("the table %s of revision %d has no column %s", table.Name, p.Revision, f.Column())
			}
		}
	}
}

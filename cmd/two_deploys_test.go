package cmd

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
)

// TestTwoDeploysAtOnce: the second one says that there is another one, waits for its end and is
// done then. The first one is held up by a lock on its database. On SQLite only: the lock of a
// file is the same for every service.
func TestTwoDeploysAtOnce(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	url := serverOn(t, data)
	dir, _ := wizardFolder(t)
	deploy := func(name string) (cmd *exec.Cmd, out *record) {
		out = &record{}
		cmd = exec.Command("prisma1", "deploy", "--endpoint", url+"/shop/dev")
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
		cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, ".home"))
		datamodel := "type User {\n  id: ID! @id\n  " + name + ": String\n}\n"
		if err := os.WriteFile(filepath.Join(dir, "datamodel.prisma"), []byte(datamodel), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, out
	}
	zeroth, out := deploy("zero")
	if err := zeroth.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	free := lockFile(t, filepath.Join(data, "shop@dev.db"))
	first, firstOut := deploy("one")
	await(t, firstOut, "Deploying service")
	time.Sleep(200 * time.Millisecond) // the request has a way to go
	second, secondOut := deploy("two")
	await(t, secondOut, "Another deploy of this service is under way. Waiting for its end ...")
	free()
	if err := first.Wait(); err != nil {
		t.Errorf("the first: %v\n%s", err, firstOut)
	}
	if err := second.Wait(); err != nil || !strings.Contains(secondOut.String(), "+ Created field `two`") {
		t.Errorf("the second: %v\n%s", err, secondOut)
	}
}

// await waits until a program has written a text.
func await(t *testing.T, out *record, text string) {
	t.Helper()
	for range 200 {
		if strings.Contains(out.String(), text) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%q never came:\n%s", text, out)
}

// lockFile holds the lock for writing of an SQLite file until it is freed.
func lockFile(t *testing.T, path string) (free func()) {
	t.Helper()
	db, err := sql.Open(sqlite.Driver, sqlite.Source{Path: path}.String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// record is all that was shown so far. Goroutines may share it.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

package connector

import (
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/project"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		id   project.ID
		want string
	}{
		{project.ID{Name: "shop", Stage: "dev"}, "shop@dev.db"},
		{project.ID{Name: "Shop", Stage: "DEV"}, "^shop@^d^e^v.db"},
		{project.ID{Name: "team~shop-1_a", Stage: "dev"}, "team~shop-1_a@dev.db"},
		{project.ID{Name: "../shop", Stage: "a/b"}, "%2e%2e%2fshop@a%2fb.db"},
		{project.ID{Name: "^shop", Stage: "dev"}, "%5eshop@dev.db"},
	}
	for _, test := range tests {
		if got := fileName(test.id); got != test.want {
			t.Errorf("fileName(%v) = %q, want %q", test.id, got, test.want)
		}
	}
	long := strings.Repeat("A", 140)
	one, other := fileName(project.ID{Name: long, Stage: "a"}), fileName(project.ID{Name: long, Stage: "b"})
	if one == other || len(one) > 240 {
		t.Errorf("names of long projects are %q and %q", one, other)
	}
}

func TestIdleFilesClose(t *testing.T) {
	t.Parallel()
	d := opened(t, typed)
	c, file := d.connector.backend.(*folder), d.container.(*fileContainer)
	isOpen := func() bool { return !file.lastUse().IsZero() }

	c.closeIdle(time.Now())
	if !isOpen() {
		t.Error("a file that was just used is closed")
	}
	s, done, err := d.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.closeIdle(time.Now().Add(2 * idleTime))
	if _, err := s.exec(t.Context(), "SELECT 1", nil); err != nil {
		t.Errorf("a file in use was closed: %v", err)
	}
	done()
	c.closeIdle(time.Now().Add(2 * idleTime))
	if isOpen() {
		t.Error("a file that nobody uses is open")
	}
	if tables, err := d.Inspect(t.Context()); err != nil || len(tables) != 1 {
		t.Errorf("after closing: %d tables, %v", len(tables), err)
	}
}

// TestFullDisk bounds the file instead of the disk; SQLite reports both alike.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d := opened(t, typed)
	text := strings.Repeat("x", 1<<20)
	err := d.write(t.Context(), func(in session) error {
		found, err := in.query(t.Context(), "PRAGMA max_page_count = 30", nil)
		if err != nil {
			return err
		}
		if err := found.close(); err != nil {
			return err
		}
		_, err = in.exec(t.Context(), `INSERT INTO "Typed" ("ID", "String") VALUES ('big', ?)`, []any{text})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "shop@dev.db") || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("write on a full disk: %v", err)
	}
	if err := run(t, d, dialect.Statement{SQL: `INSERT INTO "Typed" ("ID") VALUES ('small')`}); err != nil {
		t.Errorf("write after a full disk: %v", err)
	}
}

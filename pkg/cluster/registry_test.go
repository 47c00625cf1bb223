package cluster

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, text string) (home string, r *Registry) {
	t.Helper()
	home = t.TempDir()
	if text != "" {
		if err := os.Mkdir(filepath.Join(home, ".prisma"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, ".prisma", "config.yml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(home)
	if err != nil {
		t.Fatal(err)
	}
	return home, r
}

func TestSaveKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	home, r := open(t, "# mine\ncloudSessionKey: >-\n  old.key\nclusters:\n  local:\n    host: 'http://localhost:4466/' # here\n    clusterSecret: s3cret\nother: [1, 2]\n")
	if r.SessionKey() != "old.key" {
		t.Errorf("key %q", r.SessionKey())
	}
	c, ok := r.Find("HTTP://localhost:4466")
	if want := (Cluster{"local", "http://localhost:4466/", "s3cret"}); !ok || c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	r.SetSessionKey("new.key")
	if err := r.Save(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, ".prisma", "config.yml")
	got, _ := os.ReadFile(path)
	want := "# mine\ncloudSessionKey: new.key\nclusters:\n  local:\n    host: 'http://localhost:4466/' # here\n    clusterSecret: s3cret\nother: [1, 2]\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	stat, _ := os.Stat(path)
	if runtime.GOOS != "windows" && stat.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", stat.Mode())
	}
	r.SetSessionKey("")
	if err := r.Save(); err != nil {
		t.Fatal(err)
	}
	got, _ = os.ReadFile(path)
	if strings.Contains(string(got), "cloudSessionKey") || !strings.Contains(string(got), "clusterSecret: s3cret") {
		t.Errorf("got %s", got)
	}
}

func TestNewFile(t *testing.T) {
	t.Parallel()
	home, r := open(t, "")
	long := strings.Repeat("abcdefghij.", 40)
	r.SetSessionKey(long)
	if err := r.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(home)
	if err != nil || again.SessionKey() != long {
		t.Errorf("got %v %v", again, err)
	}
	entries, _ := os.ReadDir(filepath.Join(home, ".prisma"))
	if len(entries) != 1 {
		t.Errorf("files left: %v", entries)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a: [": "Yaml parsing error in ", "- 1": "must consist of properties"} {
		home := t.TempDir()
		os.Mkdir(filepath.Join(home, ".prisma"), 0o755)
		os.WriteFile(filepath.Join(home, ".prisma", "config.yml"), []byte(text), 0o644)
		if _, err := Open(home); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

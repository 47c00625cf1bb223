package golden

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCase(t *testing.T) {
	t.Parallel()
	c := parse("one", []byte("what it shows\n-- in --\na\nb\n-- out --\nc\n"))
	if c.Comment != "what it shows" || c.Get("in") != "a\nb\n" || c.Has("none") || c.Get("none") != "" {
		t.Errorf("parse = %+v", c)
	}
	if names := c.Names(); len(names) != 2 || names[0] != "in" || names[1] != "out" {
		t.Errorf("Names() = %q", names)
	}
	c.Want(t, "out", "c")

	wrong := new(testing.T)
	c.Want(wrong, "out", "d")
	if !wrong.Failed() {
		t.Error("Want accepted another text")
	}
	missing := new(testing.T)
	c.Want(missing, "none", "")
	if !missing.Failed() {
		t.Error("Want accepted a missing section")
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	c := parse("one", []byte("-- in --\na\n"))
	c.set("in", "b\n")
	c.set("out", "c\n")
	if c.Get("in") != "b\n" || c.Get("out") != "c\n" {
		t.Errorf("sections are %q and %q", c.Get("in"), c.Get("out"))
	}
}

func TestRootHasModule(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(Root(t), "pkg", "golden")); err != nil {
		t.Error(err)
	}
}

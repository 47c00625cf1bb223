package graphql

import (
	"runtime"
	"strings"
	"testing"
)

func newShelfCache(t *testing.T, shelf *Shelf) *Cache {
	t.Helper()
	s, err := ParseSchema("test", "type Query { a: Int b: Int }")
	if err != nil {
		t.Fatal(err)
	}
	return shelf.NewCache(s, DefaultLimits(), 1000)
}

// fillCache asks for documents of 20 fields whose operations have the names x, xx and so on.
func fillCache(t *testing.T, c *Cache, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		if _, errs := c.Document("query " + strings.Repeat("x", n) + " {" + strings.Repeat(" a", 20) + "}"); errs != nil {
			t.Fatal(errs)
		}
	}
}

func (c *Cache) kept() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

func TestShelf(t *testing.T) {
	shelf := NewShelf(1 << 20)
	few, many := newShelfCache(t, shelf), newShelfCache(t, shelf)
	fillCache(t, few, 1, 10)
	fillCache(t, many, 1, 200)
	if few.kept() != 10 {
		t.Errorf("who has few documents lost %d of 10", 10-few.kept())
	}
	if n := many.kept(); n < 20 || n > 60 {
		t.Errorf("a megabyte has %d documents of 20 KB", n)
	}
	kept := many.kept()
	fillCache(t, many, 201-kept, 200)
	if many.kept() != kept {
		t.Error("the documents asked for last are not those that are kept")
	}
}

// A document that would leave little for others is not kept.
func TestShelfOfOne(t *testing.T) {
	c := newShelfCache(t, NewShelf(bytesOfDocument))
	fillCache(t, c, 1, 1)
	if c.kept() != 0 {
		t.Error("a document that fills the shelf is kept")
	}
}

// A cache that nobody uses any more leaves its place to others.
func TestShelfOfCacheThatIsGone(t *testing.T) {
	shelf := NewShelf(1 << 20)
	fillCache(t, newShelfCache(t, shelf), 1, 100)
	runtime.GC()
	c := newShelfCache(t, shelf)
	fillCache(t, c, 1, 100)
	if n := c.kept(); n < 20 {
		t.Errorf("%d documents have room", n)
	}
	if len(shelf.caches) != 1 {
		t.Errorf("%d caches are counted, one is used", len(shelf.caches))
	}
}

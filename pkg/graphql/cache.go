package graphql

import (
	"container/list"
	"sync"
)

// A Cache keeps the documents of the texts that were asked for last. Goroutines
// may share it.
type Cache struct {
	schema *Schema
	limits Limits
	size   int
	shelf  *Shelf // nil when it has no others beside it

	mu      sync.Mutex
	entries map[string]*list.Element
	recent  list.List // of *Document, the one used last in front
}

// NewCache returns a cache of at most size documents of a schema.
func NewCache(s *Schema, l Limits, size int) *Cache {
	return &Cache{schema: s, limits: l, size: size, entries: make(map[string]*list.Element)}
}

// mostKeptBytes is the length of the longest text that is worth its memory:
// longer ones carry data and do not come again.
const mostKeptBytes = 16 << 10

// Document checks a text as Check does, or remembers that it did. Wrong texts
// and very long ones are not kept.
func (c *Cache) Document(query string) (*Document, Errors) {
	if d := c.find(query); d != nil {
		return d, nil
	}
	d, errs := Check(c.schema, query, c.limits)
	if len(errs) > 0 {
		return nil, errs
	}
	if len(query) <= mostKeptBytes && c.shelf.fits(d) {
		c.shelf.add(c, c.keep(d))
	}
	return d, nil
}

func (c *Cache) find(query string) *Document {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[query]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(entry)
	return entry.Value.(*Document)
}

// keep returns by how many bytes the cache has grown.
func (c *Cache) keep(d *Document) (bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[d.text]; ok || c.size <= 0 {
		return 0
	}
	c.entries[d.text] = c.recent.PushFront(d)
	if c.recent.Len() <= c.size {
		return d.bytes()
	}
	return d.bytes() - c.dropOldest()
}

// drop drops the document that was not asked for the longest time, and returns its bytes.
func (c *Cache) drop() (bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.recent.Len() == 0 {
		return 0
	}
	return c.dropOldest()
}

func (c *Cache) dropOldest() (bytes int) {
	oldest := c.recent.Remove(c.recent.Back()).(*Document)
	delete(c.entries, oldest.text)
	return oldest.bytes()
}

package graphql

import (
	"sync"
	"weak"
)

// A Shelf is what the caches of several schemas may keep together, in bytes.
// Whoever has most on it makes room for the others. Goroutines may share it.
type Shelf struct {
	most int

	mu     sync.Mutex
	taken  int
	caches map[weak.Pointer[Cache]]int // bytes of each; one that nobody uses any more leaves by itself
}

// NewShelf returns a shelf for so many bytes.
func NewShelf(most int) *Shelf { return &Shelf{most: most, caches: make(map[weak.Pointer[Cache]]int)} }

// NewCache is NewCache with a place on the shelf.
func (s *Shelf) NewCache(schema *Schema, l Limits, size int) *Cache {
	c := NewCache(schema, l, size)
	c.shelf = s
	return c
}

// What a document takes in memory with its plan, in bytes; measured.
const (
	bytesOfDocument = 4 << 10
	bytesOfField    = 700 // fragments spread: a plan has each of them
	bytesOfByte     = 40  // of the text, for arguments
)

// bytes is about what a document takes.
func (d *Document) bytes() int {
	return bytesOfDocument + d.fields*d.cases*bytesOfField + len(d.text)*bytesOfByte
}

// fits tells whether a document leaves room for others.
func (s *Shelf) fits(d *Document) bool { return s == nil || d.bytes() <= s.most/8 }

// add counts what a cache keeps more than before, and drops what is too much.
func (s *Shelf) add(c *Cache, bytes int) {
	if s == nil || bytes == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(weak.Make(c), bytes)
	for s.taken > s.most {
		largest := s.largest()
		cache, dropped := largest.Value(), 0
		if cache != nil {
			dropped = cache.drop()
		}
		if dropped == 0 { // it is gone, or empty
			dropped = s.caches[largest]
		}
		s.count(largest, -dropped)
	}
}

func (s *Shelf) count(c weak.Pointer[Cache], bytes int) {
	s.taken += bytes
	if s.caches[c] += bytes; s.caches[c] == 0 {
		delete(s.caches, c)
	}
}

// largest returns the cache that has most, or one that nobody uses any more.
func (s *Shelf) largest() (found weak.Pointer[Cache]) {
	most := 0
	for c, bytes := range s.caches {
		if c.Value() == nil {
			return c
		}
		if bytes > most {
			found, most = c, bytes
		}
	}
	return found
}

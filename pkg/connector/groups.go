package connector

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// groups are the ids that the rows of a layer belong to, each once. They are
// found again without a text of their own for each, and their room is used again.
type groups struct {
	of     []int32  // by row of the layer above, -1 for none
	list   []byte   // the ids as a JSON array
	bounds [][2]int // where each id begins and ends in list
	size   int      // how many
	slots  []int32  // 1 + an id, where its hash says or in the next free place; 0 for none
}

// seed makes the places of ids different in every process.
var seed = maphash.MakeSeed()

// collect takes the ids in one key of a layer's rows.
func (g *groups) collect(l *layer, key int) {
	size := 8
	for size < 2*len(l.order) {
		size *= 2
	}
	g.slots = slices.Grow(g.slots[:0], size)[:size]
	clear(g.slots)
	g.bounds = g.bounds[:0]
	g.of = slices.Grow(g.of[:0], l.rows)[:l.rows]
	g.list = append(g.list[:0], '[')
	for _, row := range l.order {
		id := l.key(row, key)
		if string(id) == "null" {
			g.of[row] = -1
			continue
		}
		slot := g.slot(id)
		if g.slots[slot] == 0 {
			g.add(id)
			g.slots[slot] = int32(len(g.bounds))
		}
		g.of[row] = g.slots[slot] - 1
	}
	g.list = append(g.list, ']')
	g.size = len(g.bounds)
}

// number makes a group of each row of a layer, without a look at its id.
func (g *groups) number(l *layer) {
	g.of = slices.Grow(g.of[:0], l.rows)[:l.rows]
	for row := range g.of {
		g.of[row] = int32(row)
	}
	g.size = l.rows
}

// add appends an id.
func (g *groups) add(id []byte) {
	if len(g.bounds) > 0 {
		g.list = append(g.list, ',')
	}
	start := len(g.list)
	g.list = append(g.list, id...)
	g.bounds = append(g.bounds, [2]int{start, len(g.list)})
}

// slot returns the place of an id, or the free one that it would take. At most
// half of the places are taken.
func (g *groups) slot(id []byte) int {
	last := len(g.slots) - 1 // all bits of it are set
	slot := int(maphash.Bytes(seed, id)) & last
	for g.slots[slot] > 0 && !bytes.Equal(g.id(g.slots[slot]-1), id) {
		slot = (slot + 1) & last
	}
	return slot
}

// find returns the group of an id, -1 when there is none.
func (g *groups) find(id []byte) int32 { return g.slots[g.slot(id)] - 1 }

// id returns the JSON of the i-th id.
func (g *groups) id(i int32) []byte { return g.list[g.bounds[i][0]:g.bounds[i][1]] }

func (g *groups) count() int { return g.size }

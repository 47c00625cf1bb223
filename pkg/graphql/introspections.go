package graphql

import (
	"container/list"
	"slices"
	"sync"
	"weak"
)

// Introspections keep what schemas answered about themselves last, up to a number
// of bytes for all of them together. Goroutines may share them.
type Introspections struct {
	most int

	mu      sync.Mutex
	size    int
	entries map[answerKey]*list.Element
	recent  list.List // of keptAnswer, the one used last in front
}

// An answerKey is a place in a text that fits a schema, which does not stay for that.
type answerKey struct {
	schema weak.Pointer[Schema]
	text   string
	start  int // of the field, in bytes
}

type keptAnswer struct {
	key    answerKey
	answer Sheets
}

// NewIntrospections returns a place for so many bytes.
func NewIntrospections(most int) *Introspections {
	return &Introspections{most: most, entries: make(map[answerKey]*list.Element)}
}

// KeepAnswers makes a schema that nobody uses yet keep what it answers.
func (s *Schema) KeepAnswers(in *Introspections) { s.answers = in }

// answerKey returns where the answer to a field is kept; fixed is false when it is not.
func (s *Schema) answerKey(f Field) (key answerKey, fixed bool) {
	text := f.selection.text
	if s.answers == nil || len(text) > mostKeptBytes || len(f.sets) != 1 || f.VariesWithin() {
		return answerKey{}, false
	}
	return answerKey{weak.Make(s), text, f.node.Position.Start}, true
}

// find returns a kept answer.
func (in *Introspections) find(key answerKey) (answer Sheets, found bool) {
	if in == nil || key.text == "" {
		return Sheets{}, false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	entry := in.entries[key]
	if entry == nil {
		return Sheets{}, false
	}
	in.recent.MoveToFront(entry)
	return entry.Value.(keptAnswer).answer, true
}

// keep keeps an answer and drops those that were not asked for the longest time.
func (in *Introspections) keep(key answerKey, answer Sheets) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.entries[key] != nil || answer.Len() > in.most {
		return
	}
	answer.Sheet = slices.Clone(answer.Sheet) // without room for more
	in.entries[key] = in.recent.PushFront(keptAnswer{key, answer})
	for in.size += len(key.text) + answer.Len(); in.size > in.most; {
		oldest := in.recent.Remove(in.recent.Back()).(keptAnswer)
		delete(in.entries, oldest.key)
		in.size -= len(oldest.key.text) + oldest.answer.Len()
	}
}

package graphql

import (
	"container/list"
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
	answer []byte
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

// find returns a kept answer, nil when there is none.
func (in *Introspections) find(key answerKey) []byte {
	if in == nil || key.text == "" {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	entry := in.entries[key]
	if entry == nil {
		return nil
	}
	in.recent.MoveToFront(entry)
	return entry.Value.(keptAnswer).answer
}

// keep keeps an answer and drops those that were not asked for the longest time.
func (in *Introspections) keep(key answerKey, answer []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.entries[key] != nil || len(answer) > in.most {
		return
	}
	in.entries[key] = in.recent.PushFront(keptAnswer{key, answer[:len(answer):len(answer)]})
	for in.size += len(key.text) + len(answer); in.size > in.most; {
		oldest := in.recent.Remove(in.recent.Back()).(keptAnswer)
		delete(in.entries, oldest.key)
		in.size -= len(oldest.key.text) + len(oldest.answer)
	}
}

package graphql

import (
	"io"
	"slices"
	"sync"
)

// Sheets are the JSON of an answer. A large one lies on many, so that it is
// never copied to grow, nor to stand in the answer to a batch.
type Sheets struct {
	Sheet []byte // the one that is written on; who appends much calls Turn from time to time

	full   [][]byte // those before it
	before int      // bytes of them
}

const (
	leastSheet = 4 << 10  // bytes of a first one
	wholeSheet = 64 << 10 // that others have room for
	ownSheet   = 16 << 10 // of JSON that is not copied onto a sheet with others
)

// FullSheet is how many bytes are on a sheet from which Turn takes another one.
const FullSheet = 56 << 10

// firstSheets and sheets are those that Release got.
var firstSheets, sheets sync.Pool

// NewSheets returns an empty sheet.
func NewSheets() Sheets {
	if b, ok := firstSheets.Get().(*[]byte); ok {
		return Sheets{Sheet: (*b)[:0]}
	}
	return Sheets{Sheet: make([]byte, 0, leastSheet)}
}

// SheetsOf returns JSON that nobody else will write on.
func SheetsOf(json []byte) Sheets { return Sheets{Sheet: json} }

// Turn takes another sheet where the one that is written on is full.
func (s *Sheets) Turn() {
	if len(s.Sheet) < FullSheet {
		return
	}
	s.full, s.before = append(s.full, s.Sheet), s.before+len(s.Sheet)
	if b, ok := sheets.Get().(*[]byte); ok {
		s.Sheet = (*b)[:0]
		return
	}
	s.Sheet = make([]byte, 0, wholeSheet)
}

// Len returns how many bytes are written.
func (s *Sheets) Len() int { return s.before + len(s.Sheet) }

// Append appends what lies on other sheets, which nobody writes on any more and
// somebody else may read.
func (s *Sheets) Append(others Sheets) {
	for sheet := range others.all {
		if len(sheet) < ownSheet || len(sheet) == wholeSheet { // which Release would take for one of its own
			s.Turn()
			s.Sheet = append(s.Sheet, sheet...)
			continue
		}
		written := len(s.Sheet)
		s.full = append(s.full, s.Sheet[:written:written], sheet[:len(sheet):len(sheet)])
		s.before += written + len(sheet)
		s.Sheet = s.Sheet[written:]
	}
}

// A SheetMark is a place in what is written.
type SheetMark struct{ full, written int }

// Mark returns the place behind what is written.
func (s *Sheets) Mark() SheetMark { return SheetMark{len(s.full), len(s.Sheet)} }

// Back takes back what was written behind a mark.
func (s *Sheets) Back(m SheetMark) {
	if m.full < len(s.full) {
		s.Sheet = s.full[m.full]
		for _, sheet := range s.full[m.full:] {
			s.before -= len(sheet)
		}
		clear(s.full[m.full:])
		s.full = s.full[:m.full]
	}
	s.Sheet = s.Sheet[:m.written]
}

// IsSince tells whether a short text is what was written behind a mark.
func (s *Sheets) IsSince(m SheetMark, text string) bool {
	return m.full == len(s.full) && string(s.Sheet[m.written:]) == text
}

// all yields the sheets in order.
func (s *Sheets) all(yield func([]byte) bool) {
	for _, sheet := range s.full {
		if !yield(sheet) {
			return
		}
	}
	yield(s.Sheet)
}

// Bytes returns all in one.
func (s *Sheets) Bytes() []byte {
	if len(s.full) == 0 {
		return s.Sheet
	}
	return slices.Concat(append(s.full[:len(s.full):len(s.full)], s.Sheet)...)
}

// First returns how many bytes WriteTo writes at first.
func (s *Sheets) First() int {
	if len(s.full) == 0 {
		return len(s.Sheet)
	}
	return len(s.full[0])
}

// WriteTo writes all, sheet by sheet.
func (s *Sheets) WriteTo(w io.Writer) (n int64, err error) {
	for sheet := range s.all {
		var written int
		if written, err = w.Write(sheet); err != nil {
			return n + int64(written), err
		}
		n += int64(written)
	}
	return n, nil
}

// Write appends p.
func (s *Sheets) Write(p []byte) (n int, err error) {
	s.Turn()
	s.Sheet = append(s.Sheet, p...)
	return len(p), nil
}

// Release gives the sheets, which nobody reads any more, to other answers.
// Those that Append took from others have another room, and stay theirs.
func (s *Sheets) Release() {
	for _, sheet := range s.full {
		if cap(sheet) == wholeSheet {
			sheets.Put(&sheet)
		}
	}
	last := s.Sheet
	switch c := cap(last); {
	case c == wholeSheet:
		sheets.Put(&last)
	case c >= leastSheet && c < wholeSheet:
		firstSheets.Put(&last)
	}
	*s = Sheets{}
}

package graphql

import (
	"bytes"
	"strings"
	"testing"
)

// Random steps on sheets are done on one text, too, and both stay the same.
// What was appended from others is theirs after Release.
func FuzzSheets(f *testing.F) {
	f.Add([]byte("aaaaTaaaaTAmaaaaTAbaATTb"))
	f.Add([]byte(strings.Repeat("maTATa", 40) + "b"))
	f.Fuzz(func(t *testing.T, steps []byte) {
		if len(steps) > 300 {
			t.Skip()
		}
		kept := make([]byte, wholeSheet)
		sizes := []int{1, ownSheet - 1, ownSheet, wholeSheet}
		s, want := NewSheets(), []byte(nil)
		var marks []SheetMark
		var lengths []int
		for i, step := range steps {
			switch step % 6 {
			case 0:
				s.Turn()
			case 1, 2:
				part := bytes.Repeat([]byte{step}, int(step)*50)
				s.Sheet, want = append(s.Sheet, part...), append(want, part...)
			case 3:
				part := kept[:sizes[i%len(sizes)]]
				s.Append(SheetsOf(part))
				want = append(want, part...)
			case 4:
				marks, lengths = append(marks, s.Mark()), append(lengths, len(want))
			case 5:
				if last := len(marks) - 1; last >= 0 {
					s.Back(marks[last])
					want = want[:lengths[last]]
					marks, lengths = marks[:last], lengths[:last]
				}
			}
			if s.Len() != len(want) {
				t.Fatalf("step %d: %d bytes, want %d", i, s.Len(), len(want))
			}
		}
		var written bytes.Buffer
		if n, err := s.WriteTo(&written); err != nil || int(n) != len(want) || !bytes.Equal(written.Bytes(), want) || !bytes.Equal(s.Bytes(), want) {
			t.Fatalf("wrote %d bytes that differ from %d, %v", n, len(want), err)
		}
		s.Release()
		for range 10 {
			other := NewSheets()
			for range 5 {
				other.Sheet = append(other.Sheet, bytes.Repeat([]byte{'x'}, FullSheet)...)
				other.Turn()
			}
			other.Release()
		}
		if bytes.IndexByte(kept, 'x') >= 0 {
			t.Fatal("a released sheet was somebody else's")
		}
	})
}

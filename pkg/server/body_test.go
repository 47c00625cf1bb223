package server

import (
	"bytes"
	"testing"
	"testing/iotest"
)

// A body is read whole whatever it said of its size, and one that is never sent takes no room.
func TestReadAll(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 511, 512, firstRoom - 1, firstRoom, firstRoom + 1, 9 * firstRoom, 20*firstRoom + 3} {
		sent := bytes.Repeat([]byte("0123456789"), length/10+1)[:length]
		for _, size := range []int{-1, 0, length / 2, length, length + 1, 50 << 20} {
			got, err := readAll(iotest.HalfReader(bytes.NewReader(sent)), int64(size))
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes that said to be %d: got %d, %v", length, size, len(got), err)
			}
			if cap(got) > max(firstRoom, 10*length)+1000 {
				t.Errorf("%d bytes that said to be %d have room for %d", length, size, cap(got))
			}
		}
	}
}

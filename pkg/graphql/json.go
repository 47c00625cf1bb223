package graphql

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
	"unsafe"
)

// A jsonReader walks through JSON that json.Valid has seen. It reads values
// where they are needed, so that no generic tree is built.
type jsonReader struct {
	b []byte
	i int
}

// peek returns the first byte of the next value.
func (r *jsonReader) peek() byte {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return r.b[r.i]
		}
	}
	return 0
}

// take skips c if it comes next.
func (r *jsonReader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.i++
	return true
}

// raw skips the next value and returns its bytes, which stay part of the text.
func (r *jsonReader) raw() []byte {
	r.peek()
	start, depth := r.i, 0
	for r.i < len(r.b) {
		switch c := r.b[r.i]; c {
		case '"':
			r.skipText()
			if depth == 0 {
				return r.b[start:r.i]
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return r.b[start:r.i]
			}
			depth--
			if depth == 0 {
				r.i++
				return r.b[start:r.i]
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return r.b[start:r.i]
			}
		}
		r.i++
	}
	return r.b[start:]
}

// skipText skips a string.
func (r *jsonReader) skipText() {
	for r.i++; r.i < len(r.b); r.i++ {
		switch r.b[r.i] {
		case '\\':
			r.i++
		case '"':
			r.i++
			return
		}
	}
}

// text reads a string.
func (r *jsonReader) text() string {
	raw := r.raw()
	if isPlain(raw) {
		return string(raw[1 : len(raw)-1])
	}
	return unescaped(raw)
}

// shared is text that may keep the whole JSON in memory, which nobody changes:
// a large value is not there twice.
func (r *jsonReader) shared() string {
	raw := r.raw()
	if isPlain(raw) {
		return asString(raw[1 : len(raw)-1])
	}
	return unescaped(raw)
}

// asString returns bytes that nobody changes as a string, without a copy.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// items counts the items of the array that comes next.
func (r *jsonReader) items() (n int) {
	ahead := jsonReader{b: r.b, i: r.i}
	_ = ahead.array(func() error {
		n++
		ahead.raw()
		return nil
	})
	return n
}

// isPlain tells whether the text of a JSON string stands in it as it is.
func isPlain(raw []byte) bool { return bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) }

func unescaped(raw []byte) string {
	var s string
	_ = json.Unmarshal(raw, &s) // valid already
	return s
}

// object calls member for each member of an object; member reads its value.
func (r *jsonReader) object(member func(key string) error) error {
	r.take('{')
	for !r.take('}') {
		key := r.text()
		r.take(':')
		if err := member(key); err != nil {
			return err
		}
		r.take(',')
	}
	return nil
}

// array calls item for each item of an array; item reads it.
func (r *jsonReader) array(item func() error) error {
	r.take('[')
	for !r.take(']') {
		if err := item(); err != nil {
			return err
		}
		r.take(',')
	}
	return nil
}

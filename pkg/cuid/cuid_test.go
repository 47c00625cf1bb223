package cuid

import (
	"regexp"
	"testing"
)

func TestNewIsWellFormedAndUnique(t *testing.T) {
	shape := regexp.MustCompile(`^c[0-9a-z]{24}$`)
	seen := make(map[string]bool)
	for range 100_000 {
		id := New()
		if !shape.MatchString(id) {
			t.Fatalf("New() = %q, want c and 24 lower-case letters or digits", id)
		}
		if seen[id] {
			t.Fatalf("New() = %q twice", id)
		}
		seen[id] = true
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// Recordings returns the folder of exchanges recorded from the original: the
// one that PRISMA1_CONFORMANCE names, or the one beside the checkout. Where
// there is neither, the test is skipped; one that is named must be there.
func Recordings(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("PRISMA1_CONFORMANCE")
	named := folder != ""
	if !named {
		folder = filepath.Join(Root(t), "..", "shared", "conformance")
	}
	_, err := os.Stat(folder)
	switch {
	case err == nil:
	case named:
		t.Fatalf("PRISMA1_CONFORMANCE: %v", err)
	default:
		t.Skip("no recordings of the original: PRISMA1_CONFORMANCE can name their folder")
	}
	return folder
}

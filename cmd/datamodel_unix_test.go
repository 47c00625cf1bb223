//go:build !windows

package cmd

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDatamodelUpgradeAsks: only a yes overwrites the datamodel, which keeps its mode.
func TestDatamodelUpgradeAsks(t *testing.T) {
	t.Parallel()
	const before = "type User { id: ID! @unique, updatedAt: DateTime!, createdAt: DateTime! }\n"
	const after = "type User { id: ID! @id, updatedAt: DateTime! @updatedAt, createdAt: DateTime! @createdAt }\n"
	for answer, want := range map[string]string{"": before, "n": before, "y": after} {
		t.Run("answer "+answer, func(t *testing.T) {
			t.Parallel()
			dir := initFolder(t)
			path := filepath.Join(dir, "user.prisma")
			for file, text := range map[string]string{path: before, filepath.Join(dir, "prisma.yml"): "datamodel: user.prisma\n"} {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := onTerminal(t, dir, nil, "datamodel", "upgrade")
			s.reads("Overwrite user.prisma with datamodel 1.1?")
			s.types(answer + enter)
			s.ends(0)
			got, err := os.ReadFile(path)
			if err != nil || string(got) != want {
				t.Errorf("got %s (%v)", got, err)
			}
			if stat, err := os.Stat(path); err != nil || stat.Mode().Perm() != 0o600 {
				t.Errorf("mode %v (%v)", stat.Mode(), err)
			}
		})
	}
}

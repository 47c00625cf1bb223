//go:build !windows

package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// initFolder is an empty folder with a home beside the service.
func initFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".home", ".prisma"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const firstQuestion = "Set up a new Prisma server or deploy to an existing server?"

func TestInitNewDatabase(t *testing.T) {
	t.Parallel()
	dir := initFolder(t)
	s := onTerminal(t, dir, nil, "init", "shop")
	s.reads(firstQuestion)
	s.types(down + down + down + enter)
	s.reads("What kind of database do you want to deploy to?")
	s.types(enter)
	s.reads("Select the programming language for the generated Prisma client")
	s.types(enter)
	s.reads("Created 3 new files:")
	s.reads("docker-compose up -d")
	s.ends(0)
	if text := readFile(t, dir, "shop", "docker-compose.yml"); !strings.Contains(text, "image: mysql:5.7") || !strings.Contains(text, "image: "+image) {
		t.Error(text)
	}
	if text := readFile(t, dir, "shop", "prisma.yml"); text != "endpoint: http://localhost:4466\ndatamodel: datamodel.prisma\n\ngenerate:\n  - generator: typescript-client\n    output: ./generated/prisma-client/\n" {
		t.Error(text)
	}
}

// TestInitOtherServer, quirk 18: the secret goes to .env behind what is there, and the name of .env to .gitignore.
func TestInitOtherServer(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	dir := initFolder(t)
	for name, text := range map[string]string{".env": "MINE=1", ".gitignore": "node_modules\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := onTerminal(t, dir, nil, "init")
	s.reads(firstQuestion)
	s.types(up + enter)
	s.reads("Enter the endpoint of your Prisma server")
	s.types(url + enter)
	s.reads("Enter the management API secret")
	s.types("s3cret" + enter)
	s.reads("Choose a name for your service")
	s.types("shop" + enter)
	s.reads("Choose a name for your stage")
	s.types(enter)
	s.reads("Keep the secret in .env")
	s.types(enter)
	s.reads("Select the programming language")
	s.types(up + enter)
	s.reads("Created 2 new files:")
	s.ends(0)
	if got := readFile(t, dir, ".env"); got != "MINE=1\nPRISMA_MANAGEMENT_API_SECRET='s3cret'\n" {
		t.Errorf(".env: %q", got)
	}
	if got := readFile(t, dir, ".gitignore"); got != "node_modules\n.env\n" {
		t.Errorf(".gitignore: %q", got)
	}
	if got := readFile(t, dir, "prisma.yml"); got != "endpoint: "+url+"/shop/dev\ndatamodel: datamodel.prisma\n" {
		t.Errorf("prisma.yml: %q", got)
	}
}

func TestInitKnownClusterAndHelloWorld(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "")
	dir := initFolder(t)
	config := "clusters:\n  mine:\n    host: " + url + "\n"
	if err := os.WriteFile(filepath.Join(dir, ".home", ".prisma", "config.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	known := onTerminal(t, dir, nil, "init", "known")
	known.reads(firstQuestion)
	known.reads("Use the server at " + url)
	known.types(up + up + up + enter)
	known.reads("Choose a name for your service")
	known.types(enter)
	known.reads("Choose a name for your stage")
	known.types(enter)
	known.reads("Select the programming language")
	known.types(up + enter)
	known.ends(0)
	if got := readFile(t, dir, "known", "prisma.yml"); !strings.HasPrefix(got, "endpoint: "+url+"/known/dev\n") {
		t.Errorf("prisma.yml: %q", got)
	}
	hello := onTerminal(t, dir, nil, "init", "hello")
	hello.reads(firstQuestion)
	hello.types(down + enter)
	hello.reads("Select the programming language")
	hello.types(up + enter)
	hello.reads("prisma1 dev")
	hello.ends(0)
}

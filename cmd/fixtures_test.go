package cmd

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/server"
)

// memoryServer is a server in this process.
func memoryServer(t *testing.T, secret string) (url string) {
	t.Helper()
	config := server.Config{Database: connector.Config{Connector: "sqlite", Memory: true}}
	if secret != "" {
		config.ManagementSecrets = []string{secret}
	}
	return serverOf(t, config)
}

// serverOn is a server in this process whose files are in a folder.
func serverOn(t *testing.T, folder string) (url string) {
	t.Helper()
	return serverOf(t, server.Config{Database: connector.Config{Connector: "sqlite", Directory: folder}})
}

func serverOf(t *testing.T, config server.Config) (url string) {
	t.Helper()
	s, err := server.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		<-done
		s.Close()
	})
	return "http://" + address.String()
}

const noEndpoint = "# my service\ndatamodel: datamodel.prisma   # the model\n"

// wizardFolder is a service without an endpoint.
func wizardFolder(t *testing.T) (dir string, definition func() string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "my-service")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, ".home"), 0o755),
		os.WriteFile(filepath.Join(dir, "prisma.yml"), []byte(noEndpoint), 0o644),
		os.WriteFile(filepath.Join(dir, "datamodel.prisma"), []byte("type User {\n  id: ID! @id\n}\n"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, func() string {
		text, err := os.ReadFile(filepath.Join(dir, "prisma.yml"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

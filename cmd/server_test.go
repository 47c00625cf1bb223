package cmd

import (
	"context"
	"log/slog"
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

package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// TestLogHasNoSecrets plays a session with right and wrong tokens and looks
// into the log, with all that can be logged: no secret, no token and no
// password is in it.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, database connector.Config) {
		log := &lockedBuffer{}
		const managementSecret, serviceSecret, cloudSecret = "management-s3cret", "service-s3cret", "cloud-s3cret"
		database.SlowStatement = time.Nanosecond
		config := Config{Database: database, ManagementSecrets: []string{managementSecret}, StorageBytes: 1 << 40}
		s, err := Open(t.Context(), config, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 8})))
		if err != nil {
			t.Fatal(err)
		}
		address, err := s.Listen()
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx) }()
		defer func() {
			stop()
			if err := errors.Join(<-served, s.Close()); err != nil {
				t.Errorf("stop: %v", err)
			}
		}()
		url := "http://" + address.String()
		manager, err := auth.SignManagement(auth.SecretSigner(managementSecret), nil, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		user, err := auth.SignService(serviceSecret, "shop", "dev", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		hidden := []string{managementSecret, serviceSecret, cloudSecret, manager, user}
		c := client.New(url, manager, nil)
		deploy(t, c, "shop", "dev", users, serviceSecret)
		for _, query := range managementCalls {
			query = strings.Replace(query, `secret: "x"`, `secret: "`+cloudSecret+`"`, 1)
			if strings.Contains(query, "deleteProject") {
				continue
			}
			for _, authorization := range wrongTokens(t, managementSecret, jwt.MapClaims{"grants": "x"}) {
				sendWith(t, url+"/management", authorization, query)
				hidden = append(hidden, authorization)
			}
			sendWith(t, url+"/management", "Bearer "+manager, query)
		}
		for _, authorization := range append([]string{"Bearer " + user}, hidden...) {
			for _, path := range []string{"/shop/dev", "/shop/dev/export", "/nobody/dev", "/management/x/y/z"} {
				sendWith(t, url+path, authorization, `{ users { id } }`)
			}
		}
		deploy(t, c, "shop", "prod", users, serviceSecret)
		if err := c.DeleteProject(t.Context(), "shop", "dev"); err != nil {
			t.Fatal(err)
		}
		if database.Password != "" {
			hidden = append(hidden, database.Password)
		}
		text := log.String()
		if !strings.Contains(text, "path=/shop/dev") || !strings.Contains(text, "SELECT") {
			t.Fatalf("not all of it was logged: %.2000s", text)
		}
		for _, secret := range hidden {
			secret = strings.TrimPrefix(secret, "Bearer ")
			if len(secret) < 8 || secret == "undefined" {
				continue
			}
			if at := strings.Index(text, secret[:min(len(secret), 200)]); at >= 0 {
				t.Errorf("the log has a secret: %.200s", text[max(0, at-100):])
			}
		}
	})
}

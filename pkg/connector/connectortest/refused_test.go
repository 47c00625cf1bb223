package connectortest

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// A wrong password is said with what to do, at once and without the password.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector != "mysql" { // the other test server lets everybody in
			t.Skip("asks for no password")
		}
		config.Password = "not-the-password"
		c, err := connector.Open(t.Context(), config, slog.New(slog.DiscardHandler))
		if err == nil {
			c.Close()
			t.Fatal("any password will do")
		}
		if !strings.HasPrefix(err.Error(), "user or password are wrong: see both in the server's configuration: ") || strings.Contains(err.Error(), config.Password) {
			t.Errorf("got %v", err)
		}
	})
}

package cmd

import (
	"context"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// probeDeadline is how long a small question to a server may take.
const probeDeadline = 10 * time.Second

// await asks a server until it and its database are there or the patience is over.
func (t *target) await(ctx context.Context, app *App, patience time.Duration) error {
	if patience <= 0 {
		return nil
	}
	deadline := time.Now().Add(patience)
	for said := false; ; said = true {
		probe, cancel := context.WithTimeout(ctx, probeDeadline)
		_, err := t.Server.ServerInfo(probe)
		cancel()
		if ctx.Err() == nil && !client.NotYet(err) || time.Now().After(deadline) {
			return nil // what is wrong the next call finds out
		}
		if !said {
			app.Terminal.Notef("Waiting for the server at %s ...\n", t.Endpoint.Base)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// refused explains a management request that was refused, and lets --strict-exit know.
func (t *target) refused(err error) error {
	if !client.NeedsSecret(err) {
		return err
	}
	return &notAuthenticatedError{t.explain(err)}
}

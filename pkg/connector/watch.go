package connector

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

const (
	lookTime   = 2 * time.Second        // between two looks at a database that answers
	answerTime = 5 * time.Second        // for the answer to a look
	firstPause = 100 * time.Millisecond // before the second try; each next one is twice as long
	longPause  = 3 * time.Second        // at most
)

// waitFor tries until try succeeds or says that it is of no use to try again.
// It logs when the waiting begins and when it is over, not in between.
func waitFor(ctx context.Context, log *slog.Logger, try func(context.Context) (again bool, err error)) error {
	started, said := time.Now(), false
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		again, err := try(ctx)
		switch {
		case err == nil && said:
			log.Info("the database answers", "after", time.Since(started).Round(time.Millisecond))
			return nil
		case err == nil, !again:
			return err
		case !said:
			said = true
			log.Warn("the database does not answer, it is tried again until it does", "cause", err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// Away tells whether the database did not answer when it was last looked at,
// and since when. Watch does the looking.
func (c *Connector) Away() (since time.Time, away bool) {
	went := c.away.Load()
	return time.Unix(0, went), went != 0
}

// Watch looks at the database until ctx ends. One that goes away is tried
// again, less and less often; the log says when it went and when it is back.
func (c *Connector) Watch(ctx context.Context) {
	for pause := lookTime; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		since, away := c.Away()
		err := c.look(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, errBusy):
		case err != nil && !away:
			c.away.Store(time.Now().UnixNano())
			c.log.Warn("the database went away, requests are refused until it is back", "cause", err)
			pause = firstPause
		case err != nil:
			pause = min(2*pause, longPause)
		default:
			pause = lookTime
			if away {
				c.away.Store(0)
				c.log.Info("the database is back", "after", time.Since(since).Round(time.Millisecond))
			}
		}
	}
}

// errBusy says that all connections were in use for a while, which tells nothing.
var errBusy = errors.New("all connections are in use")

// look asks the database for a sign of life.
func (c *Connector) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	s, done, err := c.backend.records().place.read(ctx)
	if err == context.DeadlineExceeded { // bare: it waited for a connection, and not for the database
		return errBusy
	}
	if err != nil {
		return err
	}
	defer done()
	_, err = one(ctx, s, dialect.Statement{SQL: "SELECT 1"}, scalar.Int)
	return err
}

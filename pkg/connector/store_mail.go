package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// A Topic is the events of one model of a service.
type Topic struct {
	Project project.ID
	Model   string
}

// A Listener is a server that waits for the events of a topic.
type Listener struct {
	Server string
	Topic
}

// Listen notes all topics that a server waits for, in place of those before. It
// counts until lease is over; Renew prolongs it. With no topics, what was sent to
// the server goes, too. All times are by the clock of the database.
func (s *Store) Listen(ctx context.Context, server string, topics []Topic, lease time.Duration) error {
	err := s.place.write(ctx, func(c session) error {
		if _, err := c.exec(ctx, s.sql(`DELETE FROM {EventListener} WHERE "server" = ?`), []any{server}); err != nil {
			return err
		}
		for _, t := range topics {
			insert := `INSERT INTO {EventListener} ("server", "projectId", "model", "until") VALUES (?, ?, ?, ` + s.now + ` + ?)`
			if _, err := c.exec(ctx, s.sql(insert), []any{server, s.text(t.Project), t.Model, lease.Milliseconds()}); err != nil {
				return err
			}
		}
		if len(topics) > 0 {
			return nil
		}
		_, err := c.exec(ctx, s.sql(`DELETE FROM {EventMail} WHERE "server" = ?`), []any{server})
		return err
	})
	if err != nil {
		return fmt.Errorf("listen for events of other servers: %w", err)
	}
	return nil
}

// Renew prolongs what Listen noted and tells whether it is still there. Servers
// that gave no sign of life for their lease are forgotten, with what was sent to them.
func (s *Store) Renew(ctx context.Context, server string, lease time.Duration) (there bool, err error) {
	n, err := s.met(ctx, `UPDATE {EventListener} SET "until" = `+s.now+` + ? WHERE "server" = ?`, lease.Milliseconds(), server)
	if err == nil {
		err = s.exec(ctx, `DELETE FROM {EventListener} WHERE "until" < `+s.now)
	}
	if err == nil {
		err = s.exec(ctx, `DELETE FROM {EventMail} WHERE "server" NOT IN (SELECT "server" FROM {EventListener})`)
	}
	if err != nil {
		return false, fmt.Errorf("listen on for events of other servers: %w", err)
	}
	return n > 0, nil
}

// Listeners returns the other servers that listen.
func (s *Store) Listeners(ctx context.Context, self string) ([]Listener, error) {
	query := `SELECT "server", "projectId", "model"
FROM {EventListener}
WHERE "until" > ` + s.now + ` AND "server" <> ?`
	found, err := collect(ctx, s, query, []any{self}, func(r record) (Listener, error) {
		return Listener{r.text(0), Topic{s.id(r.text(1)), r.text(2)}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for servers that wait for events: %w", err)
	}
	return found, nil
}

// Send leaves a text for servers.
func (s *Store) Send(ctx context.Context, servers []string, body string) error {
	err := s.place.write(ctx, func(c session) error {
		for _, server := range servers {
			insert := s.sql(`INSERT INTO {EventMail} ("id", "server", "body") VALUES (?, ?, ?)`)
			if _, err := c.exec(ctx, insert, []any{cuid.New(), server, body}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("send events to other servers: %w", err)
	}
	return nil
}

// mostReceived is how many texts are received at once.
const mostReceived = 100

// Receive takes what was left for a server, those of one sender in the order in
// which they were sent. more tells that there may be more.
func (s *Store) Receive(ctx context.Context, server string) (bodies []string, more bool, err error) {
	query := fmt.Sprintf(`SELECT "id", "body" FROM {EventMail} WHERE "server" = ? ORDER BY "id" LIMIT %d`, mostReceived)
	found, err := collect(ctx, s, query, []any{server}, func(r record) ([2]string, error) { return [2]string{r.text(0), r.text(1)}, nil })
	if err != nil {
		return nil, false, fmt.Errorf("receive events of other servers: %w", err)
	}
	if len(found) == 0 {
		return nil, false, nil
	}
	var ids []any
	for _, one := range found {
		ids = append(ids, one[0])
		bodies = append(bodies, one[1])
	}
	places := strings.Join(slices.Repeat([]string{"?"}, len(ids)), ", ")
	if err := s.exec(ctx, `DELETE FROM {EventMail} WHERE "id" IN (`+places+`)`, ids...); err != nil {
		return nil, false, fmt.Errorf("receive events of other servers: %w", err)
	}
	return bodies, len(found) == mostReceived, nil
}

package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// endless is a statement per database that runs for a minute or more, and a
// question how many such there are. SQLite cannot be asked.
var endless = map[string]struct{ statement, running string }{
	"sqlite":   {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", ""},
	"postgres": {"SELECT pg_sleep(61.25)", "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(61.25)'"},
	"mysql":    {"SELECT SLEEP(61.25)", "SELECT count(*) AS n FROM information_schema.processlist WHERE info = 'SELECT SLEEP(61.25)'"},
}

func rawText(t *testing.T, sql string) string {
	text, err := json.Marshal(sql)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("mutation { executeRaw(query: %s) }", text)
}

// noneRuns waits until the database runs no endless statement any more.
func noneRuns(t *testing.T, s *engine.Service, running string) {
	t.Helper()
	if running == "" {
		return
	}
	var answer []byte
	for range 500 {
		if answer = ask(t, s, rawText(t, running), "null"); bytes.Contains(answer, []byte(`:0}`)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("statements still run: %s", answer)
}

// A statement that takes too long is stopped in the database, too.
func TestSlowStatementIsStopped(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.StatementTime = 300 * time.Millisecond
		c := connectortest.Open(t, config)
		s := deploy(t, c, music, engine.Options{RawAccess: true})
		slow := endless[c.Facts().Name]
		answer := ask(t, s, rawText(t, slow.statement), "null")
		if !bytes.Contains(answer, []byte(`"code":3209`)) {
			t.Errorf("got %s, want code 3209", answer)
		}
		noneRuns(t, s, slow.running)
	})
}

// The statement of a client that hangs up is stopped, and its connection is
// there for the next one.
func TestHangUpDuringStatement(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.ConnectionLimit = 2
		c := connectortest.Open(t, config)
		s := deploy(t, c, music, engine.Options{RawAccess: true})
		slow := endless[c.Facts().Name]
		body, err := json.Marshal(map[string]string{"query": rawText(t, slow.statement)})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			ctx, hangUp := context.WithTimeout(t.Context(), 50*time.Millisecond)
			s.Answer(ctx, "request", body)
			hangUp()
		}
		noneRuns(t, s, slow.running)
		if answer := ask(t, s, `{ artists { name } }`, "null"); !bytes.Contains(answer, []byte(`"artists":[]`)) {
			t.Errorf("afterwards: %s", answer)
		}
	})
}

// Of a mutation whose client hangs up everything is stored, or nothing.
func TestHangUpDuringMutation(t *testing.T) {
	t.Parallel()
	const albums = 60
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.ConnectionLimit = 2
		c := connectortest.Open(t, config)
		s := deploy(t, c, music, engine.Options{})
		create := `mutation { createArtist(data: { name: "x", albums: { create: [` + strings.Repeat(`{ title: "y", tracks: { create: { name: "z", tags: { set: ["a"] } } } }`, albums) + `] } }) { id } }`
		body, err := json.Marshal(map[string]string{"query": create})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			ctx, hangUp := context.WithTimeout(t.Context(), time.Duration(i*3)*time.Millisecond)
			s.Answer(ctx, "request", body)
			hangUp()
		}
		var got struct {
			Data struct {
				Artists []struct {
					Albums []struct{ Tracks []struct{ Tags []string } }
				}
				Count struct{ Aggregate struct{ Count int } }
			}
		}
		answer := ask(t, s, `{ artists { albums { tracks { tags } } } count: tracksConnection { aggregate { count } } }`, "null")
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatal(err)
		}
		for _, artist := range got.Data.Artists {
			if len(artist.Albums) != albums {
				t.Errorf("an artist has %d albums, want %d", len(artist.Albums), albums)
			}
		}
		if count := got.Data.Count.Aggregate.Count; count != albums*len(got.Data.Artists) {
			t.Errorf("%d artists and %d tracks", len(got.Data.Artists), count)
		}
	})
}

// A slow statement is logged with types instead of values, its plan and the
// request; values are shown when asked.
func TestSlowStatementIsLogged(t *testing.T) {
	t.Parallel()
	for _, values := range []bool{false, true} {
		connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
			var log record
			config.SlowStatement, config.LogValues = 1, values
			c, err := connector.Open(t.Context(), config, slog.New(slog.NewJSONHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			s := deploy(t, c, music, engine.Options{RawAccess: true})
			raw := fmt.Appendf(nil, `{"query": %q}`, rawText(t, "SELECT 'secret' AS a"))
			s.Answer(connector.WithRequest(t.Context(), "local:0"), "local:0", raw)
			sql := map[bool]string{true: `"sql":"SELECT 'secret' AS a"`, false: `"sql":"SELECT … (executeRaw, 20 bytes)"`}[values]
			if text := log.text.String(); !strings.Contains(text, sql) || !strings.Contains(text, `"requestId":"local:0"`) || strings.Contains(text, "secret") != values {
				t.Errorf("executeRaw is logged as %s", text)
			}
			body := []byte(`{"query": "{ tracks(where: {name: \"secret\", seconds: 7}, first: 5) { name } }"}`)
			s.Answer(connector.WithRequest(t.Context(), "local:1"), "local:1", body)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			var line struct{ Level, Msg, SQL, Args, Plan, RequestID, Service, Stage string }
			lines := bytes.Split(bytes.TrimSpace(log.text.Bytes()), []byte("\n"))
			if err := json.Unmarshal(lines[len(lines)-1], &line); err != nil {
				t.Fatalf("%v in %s", err, log.text.Bytes())
			}
			if line.Level != "WARN" || line.RequestID != "local:1" || line.Service != "test" || !strings.HasPrefix(line.SQL, "SELECT") || line.Plan == "" {
				t.Errorf("got %+v", line)
			}
			if strings.Contains(line.Args, "secret") != values || !values && strings.Contains(line.Plan, "secret") || !values && !strings.HasPrefix(line.Args, "string of 6 bytes, ") {
				t.Errorf("got arguments %s and plan %s with values: %t", line.Args, line.Plan, values)
			}
		})
	}
}

// A level of a query may be bounded.
func TestManyNodesAreRefused(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.Nodes = 5
		c := connectortest.Open(t, config)
		s := deploy(t, c, music, engine.Options{})
		fill(t, s, 2, 3, 1)
		for query, refused := range map[string]bool{
			`{ artists { name } }`:                         false,
			`{ albums { title } }`:                         true,
			`{ albums(first: 5) { title } }`:               false,
			`{ artists { albums { title } } }`:             true,
			`{ artists { albums(first: 2) { title } } }`:   false,
			`{ albumsConnection { aggregate { count } } }`: false,
		} {
			answer := ask(t, s, query, "null")
			if bytes.Contains(answer, []byte(`"code":3210`)) != refused {
				t.Errorf("%s: %s", query, answer)
			}
		}
	})
}

// Whoever asks while others hang up gets an answer: the statement that is stopped
// is that of who hung up, however late the database learns of it.
func TestHangUpsHarmNobody(t *testing.T) {
	t.Parallel()
	const asked = 40
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.ConnectionLimit = 3
		c := connectortest.Open(t, config)
		var log record
		s := deploy(t, c, music, engine.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		fill(t, s, 5, 5, 5)
		body := []byte(`{"query": "{ artists { name albums { title tracks { name seconds tags } } } }"}`)
		var clients sync.WaitGroup
		for client := range 6 {
			clients.Go(func() {
				for i := range asked {
					ctx, hangUp := t.Context(), func() {}
					if client%2 == 0 {
						ctx, hangUp = context.WithTimeout(ctx, time.Duration(i%20)*100*time.Microsecond)
					}
					_, answer := s.Answer(ctx, "request", body)
					if client%2 == 1 && bytes.Contains(answer.Bytes(), []byte(`"errors"`)) {
						t.Errorf("answer %d: %.300s", i, answer.Bytes())
					}
					hangUp()
				}
			})
		}
		clients.Wait()
		if text := log.text.String(); text != "" {
			t.Errorf("log: %s", text)
		}
	})
}

package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/golden"
)

// TestAdopt runs testdata/adopt: tables that somebody else made (tables.sql,
// or DATABASE.sql), datamodels that are deployed on them one after the other
// (N.prisma) and what a server that changes no tables says (N.out, or
// N.DATABASE.out).
func TestAdopt(t *testing.T) {
	golden.Each(t, "testdata/adopt", func(t *testing.T, c *golden.Case) {
		connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
			script := c.Get("tables.sql") + c.Get(config.Connector+".sql")
			if script == "" || config.Memory {
				t.Skip("not of this database")
			}
			management := client.New(start(t, Config{Database: config, Passive: true}), "", nil)
			if err := management.AddProject(t.Context(), shop.Name, shop.Stage, nil); err != nil {
				t.Fatal(err)
			}
			connectortest.Script(t, config, shop, script)
			for n := 1; c.Has(fmt.Sprintf("%d.prisma", n)); n++ {
				payload, err := management.Deploy(t.Context(), client.DeployInput{Name: shop.Name, Stage: shop.Stage, Types: c.Get(fmt.Sprintf("%d.prisma", n))})
				if err != nil {
					t.Fatal(err)
				}
				section := fmt.Sprintf("%d.out", n)
				if own := fmt.Sprintf("%d.%s.out", n, config.Connector); c.Has(own) {
					section = own
				}
				c.Want(t, section, deployed(payload))
			}
		})
	})
}

// deployed prints what a deploy answered.
func deployed(payload *client.DeployPayload) string {
	var b strings.Builder
	for _, p := range payload.Errors {
		fmt.Fprintf(&b, "%s.%s: %s\n", p.Type, p.Field, p.Description)
	}
	for _, s := range payload.Steps {
		fmt.Fprintf(&b, "step %s\n", s.Type)
	}
	if payload.Migration != nil {
		fmt.Fprintf(&b, "revision %d\n", payload.Migration.Revision)
	}
	return b.String()
}

// A passive server leaves the tables of a service that is deleted.
func TestPassiveDelete(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("there is no file that could stay")
		}
		url := start(t, Config{Database: config, Passive: true})
		management := client.New(url, "", nil)
		for range 2 {
			if err := management.AddProject(t.Context(), shop.Name, shop.Stage, nil); err != nil {
				t.Fatal(err)
			}
			connectortest.Script(t, config, shop, "CREATE TABLE IF NOT EXISTS users (id int NOT NULL PRIMARY KEY)")
			text := introspected(t, config, nil)
			if want := "type User @db(name: \"users\") {\n  id: Int! @id(strategy: NONE)\n}\n"; text != want {
				t.Fatalf("got\n%swant\n%s", text, want)
			}
			if _, err := management.Deploy(t.Context(), client.DeployInput{Name: shop.Name, Stage: shop.Stage, Types: text}); err != nil {
				t.Fatal(err)
			}
			if err := management.DeleteProject(t.Context(), shop.Name, shop.Stage); err != nil {
				t.Fatal(err)
			}
		}
		if text := introspected(t, config, nil); !strings.HasPrefix(text, "type User") {
			t.Errorf("after the service was deleted the database has:\n%s", text)
		}
	})
}

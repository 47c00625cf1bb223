package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var shop = project.ID{Name: "shop", Stage: "dev"}

// TestIntrospect runs testdata/introspect: tables that somebody else made
// (sqlite.sql, postgres.sql, mysql.sql, or tables.sql for all), maybe an
// existing datamodel (base.prisma), and the datamodel that comes out
// (datamodel.prisma, or NAME.prisma where a database differs). It must deploy
// on the tables as they are, give itself when it is the existing datamodel,
// be the same when the server is asked for the tables, and answer N.graphql with N.out.
func TestIntrospect(t *testing.T) {
	golden.Each(t, "testdata/introspect", func(t *testing.T, c *golden.Case) {
		connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
			script := c.Get(config.Connector+".sql") + c.Get("tables.sql")
			if script == "" || config.Memory {
				t.Skip("not of this database")
			}
			url := start(t, Config{Database: config, RawAccess: true})
			management := client.New(url, "", nil)
			if err := management.AddProject(t.Context(), shop.Name, shop.Stage, nil); err != nil {
				t.Fatal(err)
			}
			connectortest.Script(t, config, shop, script)
			text := introspected(t, config, inferred(t, c.Get("base.prisma")))
			section := "datamodel.prisma"
			if own := config.Connector + ".prisma"; c.Has(own) {
				section = own
			}
			c.Want(t, section, text)
			if again := introspected(t, config, inferred(t, text)); again != withoutConflicts(text) && !c.Has("base.prisma") {
				t.Errorf("with itself as the existing datamodel it becomes:\n%s", again)
			}
			adopt(t, management, text)
			if wire := throughRaw(t, url, config); wire != introspected(t, config, nil) {
				t.Errorf("through executeRaw it becomes:\n%s", wire)
			}
			for n := 1; c.Has(fmt.Sprintf("%d.graphql", n)); n++ {
				out := fmt.Sprintf("%d.out", n)
				if own := fmt.Sprintf("%d.%s.out", n, config.Connector); c.Has(own) {
					out = own
				}
				c.Want(t, out, answered(t, url, c.Get(fmt.Sprintf("%d.graphql", n))))
			}
		})
	})
}

// withoutConflicts leaves out comments on names that could not be chosen
// freely; those of an existing datamodel are.
func withoutConflicts(text string) string {
	return strings.ReplaceAll(text, "  # Field name normalization failed because of a conflicting field name.\n", "")
}

// introspected returns the datamodel of the tables of shop/dev.
func introspected(t *testing.T, config connector.Config, base *schema.Schema) string {
	t.Helper()
	if config.Connector == "sqlite" {
		config.Database = connectortest.File(config, shop)
	}
	existing, err := connector.OpenExisting(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer existing.Close()
	result, err := existing.Datamodel(t.Context(), connectortest.Schema(config, shop), base)
	if err != nil {
		t.Fatal(err)
	}
	return result.Text
}

// throughRaw is introspected by way of the server.
func throughRaw(t *testing.T, url string, config connector.Config) string {
	t.Helper()
	service := client.NewService(url+"/shop/dev", "", nil)
	name, ok, err := service.RawAccess(t.Context())
	if !ok || err != nil {
		t.Fatalf("the service offers no executeRaw: %v", err)
	}
	existing, err := connector.Through(config.Connector, service.RawDatabase(config.Connector, name))
	if err != nil {
		t.Fatal(err)
	}
	defer existing.Close()
	result, err := existing.Datamodel(t.Context(), connectortest.Schema(config, shop), nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.Text
}

// inferred returns the meaning of a datamodel, nil of none.
func inferred(t *testing.T, text string) *schema.Schema {
	t.Helper()
	if text == "" {
		return nil
	}
	document, wrong := datamodel.Parse(text)
	if wrong != nil {
		t.Fatalf("%s\n%s", wrong.Message, text)
	}
	s, err := datamodel.Infer(document, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// adopt deploys a datamodel on tables that are there.
func adopt(t *testing.T, management *client.Client, text string) {
	t.Helper()
	payload, err := management.Deploy(t.Context(), client.DeployInput{Name: shop.Name, Stage: shop.Stage, Types: text, NoMigration: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(payload.Errors)+len(payload.Warnings)+len(payload.Steps) > 0 {
		t.Fatalf("deploy on the tables answered errors %v, warnings %v, steps %v for\n%s", payload.Errors, payload.Warnings, payload.Steps, text)
	}
}

// answered returns the answer to a query on shop/dev, a line for each root field; an error too.
func answered(t *testing.T, url, query string) string {
	t.Helper()
	data, err := client.NewService(url+"/shop/dev", "", nil).Do(t.Context(), query, nil)
	if err != nil {
		return err.Error()
	}
	var roots map[string]json.RawMessage
	if err := json.Unmarshal(data, &roots); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(roots)) {
		fmt.Fprintf(&b, "%s: %s\n", name, roots[name])
	}
	return b.String()
}

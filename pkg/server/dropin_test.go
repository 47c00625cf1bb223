package server

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/golden"
)

// A fixture is what the original answered about a database it made.
type fixture struct {
	Projects   json.RawMessage
	Migrations map[string]json.RawMessage // by service/stage
	Secrets    map[string][]string
	Datamodels map[string]string
	Reads      []struct {
		Project, Query string
		Headers        map[string]string
		Response       json.RawMessage
	}
	DryRuns []struct {
		Types    string
		Force    bool
		Response json.RawMessage
	} `json:"dry_runs"` // of shop/dev
}

// TestDropIn starts a server on databases that the original made (dump.sql)
// and wants the answers that the original gave (expected.json): from
// testdata/dropin, and from the recordings where they are.
func TestDropIn(t *testing.T) {
	t.Parallel()
	each := func(t *testing.T, root string) {
		connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
			folder := filepath.Join(root, config.Connector)
			if _, err := os.Stat(folder); err != nil {
				t.Skip("the original made no such database")
			}
			dropIn(t, config, folder)
		})
	}
	t.Run("own", func(t *testing.T) { each(t, filepath.Join(golden.Root(t), "testdata", "dropin")) })
	t.Run("recorded", func(t *testing.T) { each(t, filepath.Join(golden.Recordings(t), "fixtures")) })
}

func dropIn(t *testing.T, config connector.Config, folder string) {
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var want fixture
	if err := json.Unmarshal(read("expected.json"), &want); err != nil {
		t.Fatal(err)
	}
	config = loadDump(t, config, read("dump.sql"))
	url := start(t, Config{Database: config, RawAccess: true})
	management := client.New(url, "", nil)
	rows := rowsOf(t, config)

	same(t, "projects", want.Projects, asked(t, management, `{ listProjects { name stage } }`, nil))
	for id, history := range want.Migrations {
		same(t, "migrations of "+id, history, asked(t, management,
			`query($name: String!, $stage: String!) { listMigrations(name: $name, stage: $stage) { revision status applied rolledBack errors } }`, named(id)))
	}
	for id, text := range want.Datamodels {
		p, err := management.Project(t.Context(), named(id)["name"].(string), named(id)["stage"].(string))
		if err != nil || p.Datamodel != text {
			t.Errorf("datamodel of %s: %v (-want +got)\n%s", id, err, cmp.Diff(text, p.Datamodel))
		}
	}
	for _, r := range want.Reads {
		token := strings.TrimPrefix(r.Headers["Authorization"], "Bearer ")
		data, err := client.NewService(url+"/"+r.Project, token, nil).Do(t.Context(), r.Query, nil)
		if err != nil {
			t.Errorf("%s %s: %v", r.Project, r.Query, err)
			continue
		}
		same(t, r.Project+" "+r.Query, r.Response, data)
	}
	const dry = `mutation($types: String!, $force: Boolean) {
  deploy(input: {name: "shop", stage: "dev", types: $types, dryRun: true, force: $force}) { errors { type field description } warnings { type field description } migration { revision } }
}`
	for _, d := range want.DryRuns {
		same(t, "dry run of\n"+d.Types, d.Response, asked(t, management, dry, map[string]any{"types": d.Types, "force": d.Force}))
	}
	if diff := cmp.Diff(rows, rowsOf(t, config)); diff != "" {
		t.Errorf("looking changed the management tables:\n%s", diff)
	}
	goOn(t, config, url, want)
}

// goOn deploys all services again, and shop/dev with what the dry runs
// foresaw. The new records must have the form of those that are there.
func goOn(t *testing.T, config connector.Config, url string, want fixture) {
	management := client.New(url, "", nil)
	for id, text := range want.Datamodels {
		in := client.DeployInput{Name: named(id)["name"].(string), Stage: named(id)["stage"].(string), Types: text, Secrets: want.Secrets[id]}
		payload, err := management.Deploy(t.Context(), in)
		if err != nil || len(payload.Errors)+len(payload.Warnings)+len(payload.Steps) > 0 {
			t.Errorf("deploy %s again: %v %+v", id, err, payload)
		}
	}
	before := rowsOf(t, config)
	text := want.Datamodels["shop/dev"]
	if n := len(want.DryRuns); n > 0 {
		text = want.DryRuns[n-1].Types
	}
	text += "\ntype Added {\n  id: ID! @id\n  note: String @default(value: \"x\")\n  count: Int! @unique\n}\n"
	subscription := client.Function{Name: "onAdded", Query: "subscription { added { node { id } } }", URL: "http://127.0.0.1:1/", Headers: []client.Header{{Name: "X", Value: "y"}}}
	payload, err := management.Deploy(t.Context(), client.DeployInput{
		Name: "shop", Stage: "dev", Types: text, Force: true, Subscriptions: []client.Function{subscription},
	})
	if err != nil || len(payload.Errors) > 0 || payload.Migration == nil {
		t.Fatalf("deploy: %v %+v", err, payload)
	}
	data, err := client.NewService(url+"/shop/dev", "", nil).Do(t.Context(), `mutation { createAdded(data: {count: 3}) { note count } }`, nil)
	if err != nil || string(data) != `{"createAdded":{"note":"x","count":3}}` {
		t.Errorf("after the deploy: %s %v", data, err)
	}
	after := rowsOf(t, config)
	if len(after) != len(before)+1 {
		t.Fatalf("%d rows in Migration, want one more than %d", len(after), len(before))
	}
	newest := after[len(after)-1]
	for column, text := range newest {
		for _, problem := range unlike(column, text, before) {
			t.Errorf("Migration.%s: %s", column, problem)
		}
	}
}

// unlike tells where a new value of a column has a form that the values
// before it have not: null, or keys of JSON objects that the original does not write.
func unlike(column, text string, before []map[string]string) []string {
	known := map[string]bool{}
	for _, row := range before {
		forms(row[column], "", known)
	}
	if column == "functions" { // there are none in the databases of the original
		forms(`[{"name":"","isActive":true,"delivery":{"url":"","headers":[["",""]],"type":""},"query":"","type":""}]`, "", known)
	}
	if column == "steps" {
		forms(`[{"discriminator":"UpdateField","model":"","newModel":"","name":"","newName":null}, {"newName":""}]`, "", known)
	}
	if column == "schema" {
		forms(`{"models":[{"fields":[{"defaultValue":{"gcValueType":"string","isList":false,"value":""}}]}]}`, "", known)
	}
	own := map[string]bool{}
	forms(text, "", own)
	var problems []string
	for form := range own {
		if !known[form] {
			problems = append(problems, "the original has no "+form)
		}
	}
	return problems
}

// forms notes the shape of a value: null, text, or the keys of JSON.
func forms(text, path string, found map[string]bool) {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		value = "" // plain text
	}
	var walk func(value any, path string)
	walk = func(value any, path string) {
		switch v := value.(type) {
		case map[string]any:
			for key, member := range v {
				walk(member, path+"."+key)
			}
		case []any:
			found[path+" as a list"] = true
			for _, item := range v {
				walk(item, path+"[]")
			}
		case nil:
			found[path+" as null"] = true
		default:
			found[fmt.Sprintf("%s as %T", path, v)] = true
		}
	}
	walk(value, path)
}

// named splits service/stage.
func named(id string) map[string]any {
	name, stage, _ := strings.Cut(id, "/")
	return map[string]any{"name": name, "stage": stage}
}

func asked(t *testing.T, management *client.Client, query string, variables map[string]any) json.RawMessage {
	t.Helper()
	data, err := management.Do(t.Context(), query, variables)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return data
}

// same compares a response of the original with our data. The order of
// services, errors and warnings is of no meaning.
func same(t *testing.T, what string, response, data json.RawMessage) {
	t.Helper()
	var want struct{ Data any }
	var got any
	if err := json.Unmarshal(response, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	unordered := cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
	options := cmp.Options{}
	if strings.HasPrefix(what, "projects") || strings.HasPrefix(what, "dry run") {
		options = append(options, unordered)
	}
	if diff := cmp.Diff(want.Data, got, options); diff != "" {
		t.Errorf("%s (-original +ours):\n%s", what, diff)
	}
}

// rowsOf returns all rows of the table Migration, oldest first.
func rowsOf(t *testing.T, config connector.Config) []map[string]string {
	t.Helper()
	db := connectortest.Database(t, config)
	defer db.Close()
	query := `SELECT * FROM management."Migration" ORDER BY "startedAt" NULLS FIRST, "projectId", revision`
	if config.Connector == "mysql" {
		query = "SELECT * FROM `prisma`.`Migration` ORDER BY startedAt, projectId, revision"
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, c := range columns {
			row[c] = "null"
			if cells[i].Valid {
				row[c] = cells[i].String
			}
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// loadDump fills an empty database and returns how a server finds what is in it.
func loadDump(t *testing.T, config connector.Config, dump []byte) connector.Config {
	t.Helper()
	if config.Connector == "mysql" {
		return loadMySQL(t, config, dump)
	}
	admin := config
	admin.Database = "postgres"
	db := connectortest.Database(t, admin)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+config.Database); err != nil {
		t.Fatal(err)
	}
	loadPostgres(t, config, dump)
	return config
}

// loadPostgres does what psql does with a dump: statements, and rows of COPY between them.
func loadPostgres(t *testing.T, config connector.Config, dump []byte) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, connectortest.URL(config))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var statements strings.Builder
	run := func() {
		if _, err := conn.PgConn().Exec(ctx, statements.String()).ReadAll(); err != nil {
			t.Fatal(err)
		}
		statements.Reset()
	}
	lines := bufio.NewScanner(bytes.NewReader(dump))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, `\`): // of psql
		case strings.HasPrefix(line, "COPY "):
			run()
			var rows bytes.Buffer
			for lines.Scan() && lines.Text() != `\.` {
				rows.WriteString(lines.Text() + "\n")
			}
			if _, err := conn.PgConn().CopyFrom(ctx, &rows, line); err != nil {
				t.Fatal(err)
			}
		default:
			statements.WriteString(line + "\n")
		}
	}
	run()
}

// dumped are the databases in a dump of MySQL. Their names belong to the
// services, so that a server can hold them only once.
var dumped = []string{"prisma", "shop@dev", "blog@prod", "default@default"}

func loadMySQL(t *testing.T, config connector.Config, dump []byte) connector.Config {
	t.Helper()
	config.Database, config.ManagementSchema = "", ""
	db := connectortest.Database(t, config)
	var there []string
	for _, name := range dumped {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?", name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			there = append(there, name)
		}
	}
	if len(there) > 0 {
		db.Close()
		t.Skipf("the server has databases of these names: %v", there)
	}
	t.Cleanup(func() {
		defer db.Close()
		for _, name := range dumped {
			if _, err := db.Exec("DROP DATABASE IF EXISTS `" + name + "`"); err != nil {
				t.Error(err)
			}
		}
	})
	if _, err := db.ExecContext(t.Context(), string(dump)); err != nil {
		t.Fatal(err)
	}
	return config
}

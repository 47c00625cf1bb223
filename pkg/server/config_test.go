package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestParseConfig(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       Config
	}{
		{
			"smallest", "databases: {default: {connector: sqlite}}",
			Config{Port: 4466, Database: connector.Config{Connector: "sqlite", ConnectionLimit: 10}},
		},
		{
			"as it was for PostgreSQL", `
port: "4470"
managementApiSecret: 1234
enableManagementApi: true
databases:
  default:
    connector: postgres
    host: db
    port: 5432
    user: prisma
    password: p
    database: prisma
    schema: s
    ssl: yes
    connectionLimit: 20
    rawAccess: true
    migrations: true
`,
			Config{
				Port: 4470, ManagementSecrets: []string{"1234"}, RawAccess: true,
				Database: connector.Config{
					Connector: "postgres", Host: "db", Port: 5432, User: "prisma", Password: "p",
					Database: "prisma", Schema: "s", SSL: true, ConnectionLimit: 20,
				},
			},
		},
		{
			"tables of somebody else", "databases: {default: {connector: sqlite, active: true, migrations: no}}",
			Config{Port: 4466, Passive: true, Database: connector.Config{Connector: "sqlite", ConnectionLimit: 10}},
		},
		{
			"the older word for it", "databases: {default: {connector: sqlite, active: no}}",
			Config{Port: 4466, Passive: true, Database: connector.Config{Connector: "sqlite", ConnectionLimit: 10}},
		},
		{
			"uri", "databases: {main: {connector: postgres, uri: 'postgres://me:pw@db:5433/data?ssl=1'}}",
			Config{Port: 4466, Database: connector.Config{
				Connector: "postgres", Host: "db", Port: 5433, User: "me", Password: "pw", Database: "data", SSL: true, ConnectionLimit: 10,
			}},
		},
		{
			"SQLite with a folder, and keys it does not need", `
host: 0.0.0.0
managementApiSecret: ""
enableManagementApi: off
databases:
  default: {connector: sqlite, directory: /data, host: localhost, port: 1, user: u, password: null}
`,
			Config{
				Host: "0.0.0.0", Port: 4466, DisableManagement: true,
				Database: connector.Config{Connector: "sqlite", Directory: "/data", Host: "localhost", Port: 1, User: "u", ConnectionLimit: 10},
			},
		},
		{
			"limits", `
databases: {default: {connector: sqlite}}
limits: {queryBytes: 1, tokens: 2, depth: 3, valueDepth: 12, aliases: 4, fields: 5, directives: 6, batch: 7, introspectionBytes: 11, bodyBytes: 8, statementSeconds: 9, listNodes: 10, answerBytes: 13, connections: 14, workspaceServices: 15, conditions: 16, webSocketOperations: 17, values: 18}
slowStatements: {milliseconds: 0, values: true}
`,
			Config{
				Port:   4466,
				Limits: graphql.Limits{QueryBytes: 1, Tokens: 2, Depth: 3, ValueDepth: 12, Values: 18, Aliases: 4, Fields: 5, Directives: 6, Batch: 7, Introspection: 11}, BodyBytes: 8, Connections: 14, WorkspaceServices: 15, Operations: 17,
				Database: connector.Config{Connector: "sqlite", ConnectionLimit: 10, StatementTime: 9 * time.Second, Nodes: 10, AnswerBytes: 13, Conditions: 16, LogValues: true},
			},
		},
		{
			"unknown keys and a second database", `
prot: 4470
secret: s3
databases:
  default:
    connector: sqlite
    direktory: x
  other:
    connector: mysql
`,
			Config{
				Port: 4466, Database: connector.Config{Connector: "sqlite", ConnectionLimit: 10},
				Warnings: []string{
					"line 2: the key prot is not used",
					"line 3: the key secret is not used; the secret that whoever deploys needs is managementApiSecret",
					"line 8: the key databases.other is not used",
					"line 7: the key databases.default.direktory is not used",
				},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseConfig([]byte(test.text), environment())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(test.text, "slowStatements") {
				test.want.Database.SlowStatement = time.Second
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestParseConfigRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"nothing", "", "Expected hash under 'root' to be non-empty"},
		{"a list", "- port", "Expected hash under 'root' to be non-empty"},
		{"no YAML", "port: [", "yaml: line 1"},
		{"no databases", "port: 1", "Expected hash under 'databases' to be non-empty"},
		{"empty databases", "databases: {}", "Expected hash under 'databases' to be non-empty"},
		{"empty database", "databases: {default: {}}", "Expected hash under 'default' to be non-empty"},
		{"port is a word", "port: http\ndatabases: {default: {connector: sqlite}}", "line 1: port: Expected Int for field port, got http"},
		{"port too large", "databases: {default: {connector: sqlite}}\nport: 70000", "line 2: port: 70000 is not a port (0 to 65535)"},
		{"flag is a word", "rawAccess: maybe\ndatabases: {default: {connector: sqlite}}", "line 1: rawAccess: true or false is expected here, got maybe"},
		{"list for a value", "port: [1]\ndatabases: {default: {connector: sqlite}}", "line 1: port: a single value is expected here"},
		{"number for a section", "databases: {default: {connector: sqlite}}\nlimits: 5", "line 2: limits: keys with values are expected here"},
		{"list for a section", "databases: {default: {connector: sqlite}}\nmetrics: [9466]", "line 2: metrics: keys with values are expected here"},
		{"no connector", "databases:\n  default:\n    host: x", "databases.default.connector: Expected connector to be non-empty"},
		{"unknown connector", "databases:\n  default:\n    connector: oracle", "line 3: databases.default.connector: Unknown connector oracle: this version serves sqlite, postgres and mysql"},
		{"no host", "databases: {default: {connector: mysql, user: u}}", "Expected host to be non-empty"},
		{"no user", "databases: {default: {connector: mysql, host: h}}", "Expected user to be non-empty"},
		{"few connections", "databases: {default: {connector: sqlite, connectionLimit: 1}}", "The parameter connectionLimit must be set to at least 2."},
		{"schema on MySQL", "databases: {default: {connector: mysql, host: h, user: u, schema: s}}", "Only Postgres connectors are allowed"},
		{"schema without database", "databases: {default: {connector: postgres, host: h, user: u, schema: s}}", "Only Postgres connectors specify a schema."},
		{"bad uri", "databases: {default: {connector: postgres, uri: 'topsecret'}}", "the uri must have the form"},
		{"no limit", "databases: {default: {connector: sqlite}}\nlimits:\n  depth: 0", "line 3: limits.depth: 0 is no limit (1 or more)"},
		{"limit is no number", "databases: {default: {connector: sqlite}}\nlimits: {tokens: 1e9}", "line 2: limits.tokens: Expected Int for field tokens, got 1e9"},
		{"limit is a list", "databases: {default: {connector: sqlite}}\nlimits: {bodyBytes: [5]}", "line 2: limits.bodyBytes: a single value is expected here"},
		{"limit is a word", "databases: {default: {connector: sqlite}}\nlimits: {bodyBytes: many}", "line 2: limits.bodyBytes: Expected Int for field bodyBytes, got many"},
		{"connections are a word", "databases: {default: {connector: sqlite, connectionLimit: many}}", "line 1: databases.default.connectionLimit: Expected Int for field connectionLimit, got many"},
		{"seconds without end", "databases: {default: {connector: sqlite}}\nthrottling: {seconds: 99999999999999999999}", "line 2: throttling.seconds: Expected Int for field seconds, got 99999999999999999999"},
		{"negative time", "databases: {default: {connector: sqlite}}\nslowStatements: {milliseconds: -1}", "line 2: slowStatements.milliseconds: -1 is less than 0, which logs none"},
		{"throttling nothing", "databases: {default: {connector: sqlite}}\nthrottling: {calls: 0}", "line 2: throttling.calls: 0 is no limit (1 or more)"},
		{"throttling for ever", "databases: {default: {connector: sqlite}}\nthrottling: {seconds: 100000}", "line 2: throttling.seconds: 100000 is more than a day"},
		{"nobody may wait", "databases: {default: {connector: sqlite}}\nthrottling: {waiting: -1}", "line 2: throttling.waiting: -1 is less than 0"},
		{"exempt is no service", "databases: {default: {connector: sqlite}}\nthrottling: {exempt: [shop/dev, a/b/c/d]}", `line 2: throttling.exempt: "a/b/c/d" is no service, such as shop/dev`},
		{"throttling is a word", "throttling: much\ndatabases: {default: {connector: sqlite}}", "line 1: throttling: true or false is expected here, got much"},
		{"two at once", "port: x\nrawAccess: x\ndatabases: {default: {connector: sqlite}}", "got x\nline 2: rawAccess"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseConfig([]byte(test.text), environment())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want …%s…", err, test.want)
			}
			if strings.Count(err.Error(), "\n") != strings.Count(test.want, "\n") {
				t.Errorf("told more than once: %v", err)
			}
			if strings.Contains(err.Error(), "topsecret") {
				t.Errorf("the error %q shows the uri", err)
			}
		})
	}
}

// TestMongoDB: a configuration for MongoDB is refused for its connector, not for the form of its uri.
func TestMongoDB(t *testing.T) {
	t.Parallel()
	const want = "line 1: databases.default.connector: Unknown connector mongo: this version serves sqlite, postgres and mysql"
	if _, err := ParseConfig([]byte("databases: {default: {uri: 'mongodb://h/x', connector: mongo}}"), environment()); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadConfig(t *testing.T) {
	t.Parallel()
	const text = "databases: {default: {connector: sqlite}}\nport: "
	folder := func(t *testing.T, files ...string) string {
		dir := t.TempDir()
		for i := 0; i < len(files); i += 2 {
			if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	file := filepath.Join(folder(t, "server.yml", text+"2"), "server.yml")
	all := folder(t, "prisma.yml", text+"3", "prisma.yaml", text+"4")
	service := folder(t, "prisma.yml", "endpoint: http://localhost:4466\ndatamodel: a.prisma\n")

	tests := []struct {
		name string
		dir  string
		env  func(string) string
		port int    // 0 when it must fail
		want string // part of the error
	}{
		{"text before file", all, environment("PRISMA_CONFIG", text+"1", "PRISMA_CONFIG_PATH", file), 1, ""},
		{"file before folder", all, environment("PRISMA_CONFIG_PATH", file), 2, ""},
		{"prisma.yml before prisma.yaml", all, environment("SQL_CLIENT_HOST", "h"), 3, ""},
		{"prisma.yaml", folder(t, "prisma.yaml", text+"4"), environment(), 4, ""},
		{"oldest variables", folder(t), environment("SQL_CLIENT_HOST", "h", "PORT", "5"), 5, ""},
		{"a service definition is no server configuration", service, environment(), 0, "no server configuration found"},
		{"nothing", folder(t), environment(), 0, "no server configuration found"},
		{"missing file", all, environment("PRISMA_CONFIG_PATH", file+".gone"), 0, "server.yml.gone"},
		{"broken text", all, environment("PRISMA_CONFIG", "port: ["), 0, "server configuration in PRISMA_CONFIG: yaml"},
		{"broken variable", folder(t), environment("SQL_CLIENT_HOST", "h", "PORT", "x"), 0, `PORT: "x" is not a port`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, err := LoadConfig(test.dir, test.env)
			switch {
			case test.port == 0 && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want …%s…", err, test.want)
			case test.port != 0 && (err != nil || config.Port != test.port):
				t.Errorf("got port %d, %v, want port %d", config.Port, err, test.port)
			}
		})
	}
}

// The variables of the oldest servers (ConfigLoader.scala).
func TestOldestVariables(t *testing.T) {
	t.Parallel()
	base := []string{"SQL_CLIENT_HOST", "db", "SQL_CLIENT_USER", "root", "SQL_CLIENT_PASSWORD", "p"}
	tests := []struct {
		name string
		more []string
		want Config
		fail string
	}{
		{"few", nil, Config{Port: 4466, Database: connector.Config{
			Connector: "mysql", Host: "db", Port: 3306, User: "root", Password: "p", ManagementSchema: "graphcool",
		}}, ""},
		{
			"all", []string{
				"PORT", "60000", "SQL_CLIENT_PORT", "3307", "SQL_INTERNAL_CONNECTION_LIMIT", "7", "SQL_INTERNAL_DATABASE", "graphcool-internal",
				"PRISMA_MANAGEMENT_API_JWT_SECRET", "s", "CLUSTER_API_ENABLED", "0", "ENV", "prod", "CLUSTER_ADDRESS", "http://x", "RABBITMQ_URI", "amqp://x",
			},
			Config{
				Port: 60000, DisableManagement: true, ManagementSecrets: []string{"s"}, RequestIDPrefix: "prod",
				Database: connector.Config{
					Connector: "mysql", Host: "db", Port: 3307, User: "root", Password: "p", ConnectionLimit: 7, ManagementSchema: "graphcool-internal",
				},
			}, "",
		},
		{"one connection", []string{"SQL_INTERNAL_CONNECTION_LIMIT", "1"}, Config{}, `"1" is not a number of connections (2 or more)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := LoadConfig(t.TempDir(), environment(append(base, test.more...)...))
			if test.fail != "" {
				if err == nil || !strings.Contains(err.Error(), test.fail) {
					t.Errorf("got %v, want …%s…", err, test.fail)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v, want -, got +:\n%s", err, diff)
			}
		})
	}
}

// TestReportedVersion: serverInfo answers what Prisma 1's variable says, else the server's own version.
func TestReportedVersion(t *testing.T) {
	t.Parallel()
	const text = "databases: {default: {connector: sqlite}}"
	config, err := ParseConfig([]byte(text), environment("CLUSTER_VERSION", "1.34.12"))
	if err != nil || config.Reported != "1.34.12" {
		t.Errorf("got %q, %v", config.Reported, err)
	}
	_, err = ParseConfig([]byte(text), environment("CLUSTER_VERSION", "new"))
	if want := `CLUSTER_VERSION: "new" is no version, such as 1.34.12`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for reported, want := range map[string]string{"": "1.35.0", "1.34.12": "1.34.12"} {
		c := client.New(start(t, Config{Version: "1.35.0", Reported: reported}), "", nil)
		if info, err := c.ServerInfo(t.Context()); err != nil || info.Version != want {
			t.Errorf("serverInfo says %q, %v, want %q", info.Version, err, want)
		}
	}
}

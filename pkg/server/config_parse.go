package server

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// errNoDatabases is the error of a text without the section every server
// configuration has; its sentence is Prisma 1's.
var errNoDatabases = errors.New("Expected hash under 'databases' to be non-empty")

// ParseConfig reads a server configuration in YAML. Wrong values are refused
// with line and key, all at once; unknown keys become Warnings. env gives ENV,
// the prefix of request ids, CLUSTER_VERSION, and a public key and throttling
// that the text does not have.
// others are keys at the root that somebody else reads.
//
// Values are taken as Prisma 1 took them: a number may be quoted, an empty text
// is one that was not given, yes and on are true.
func ParseConfig(text []byte, env func(string) string, others ...string) (Config, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Config{}, err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return Config{}, fmt.Errorf("Expected hash under 'root' to be non-empty: %w", errNoDatabases)
	}
	root := newSection("", document.Content[0])
	databases, ok := root.section("databases")
	if !ok {
		return Config{}, errNoDatabases
	}
	config := Config{
		Host:              root.text("host"),
		Port:              root.port("port", DefaultPort),
		DisableManagement: !root.flag("enableManagementApi", true),
		RawAccess:         root.flag("rawAccess", false),
		RequestIDPrefix:   env("ENV"),
	}
	root.ignore("rabbitUri", "clusterAddress", "prototype", "server2serverSecret")
	root.ignore(others...)
	parseKeys(root, &config, env)
	database := parseDatabase(databases, &config)
	sections := []*section{root, databases, database, parseLimits(root, &config), parseSlowStatements(root, &config), parseThrottling(root, &config), parseMetrics(root, &config)}
	err := reportedFrom(env, &config)
	if config.Throttling == nil {
		err = errors.Join(err, throttlingFrom(env, &config))
	}
	for _, s := range sections {
		config.Warnings = append(config.Warnings, s.unused()...)
		err = errors.Join(err, s.err)
	}
	return config, err
}

// parseDatabase reads the first database, which is the one that is used.
func parseDatabase(databases *section, config *Config) *section {
	name := databases.first()
	s, ok := databases.section(name)
	if !ok {
		databases.fail(name, "Expected hash under '%s' to be non-empty", name)
		return &section{}
	}
	d := &config.Database
	d.Connector = s.text("connector")
	d.Directory = s.text("directory")
	d.Host, d.Port = s.text("host"), s.port("port", 0)
	d.User, d.Password = s.text("user"), s.text("password")
	d.Database, d.Schema, d.ManagementSchema = s.text("database"), s.text("schema"), s.text("managementSchema")
	d.SSL = s.flag("ssl", false)
	d.ConnectionLimit = s.number("connectionLimit", 10)
	uri := s.text("uri")
	told := uri != "" && serves(d.Connector) && !readURI(s, uri, d)
	config.RawAccess = s.flag("rawAccess", config.RawAccess)
	config.Passive = !s.flag("migrations", s.flag("active", true))
	s.ignore("pooled", "queueSize")
	if !told {
		checkDatabase(s, d)
	}
	return s
}

func checkDatabase(s *section, d *connector.Config) {
	switch {
	case d.Connector == "":
		s.fail("connector", "Expected connector to be non-empty")
	case !serves(d.Connector):
		s.fail("connector", "Unknown connector %s: this version serves sqlite, postgres and mysql", d.Connector)
	case d.Connector != "sqlite" && d.Host == "":
		s.fail("host", "Expected host to be non-empty")
	case d.Connector != "sqlite" && d.User == "":
		s.fail("user", "Expected user to be non-empty")
	case d.Connector != "postgres" && d.Schema != "":
		s.fail("schema", "Only Postgres connectors are allowed to configure schema and database. For others please use database.")
	case d.Schema != "" && d.Database == "":
		s.fail("schema", "Only Postgres connectors specify a schema. If they do they also need to specify a database. Other connectors only specify a database.")
	case d.ConnectionLimit < 2:
		s.fail("connectionLimit", "The parameter connectionLimit must be set to at least 2.")
	}
}

// serves tells whether there is such a connector in this version.
func serves(connector string) bool {
	return connector == "sqlite" || connector == "postgres" || connector == "mysql"
}

// readURI takes host, user and so on from scheme://user:password@host:port/database?ssl=1.
func readURI(s *section, uri string, d *connector.Config) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.User == nil {
		s.fail("uri", "the uri must have the form scheme://user:password@host:port/database") // never shows it: it holds a password
		return false
	}
	d.Host, d.User = u.Hostname(), u.User.Username()
	d.Password, _ = u.User.Password()
	d.Port, _ = strconv.Atoi(u.Port())
	d.Database, _, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	d.SSL = u.Query().Get("ssl") == "1"
	return true
}

// A section is one YAML mapping that is being read. It gathers what is wrong
// and remembers which keys were asked for.
type section struct {
	path  string       // of the section, "databases.default"; "" of the root
	names []*yaml.Node // keys, in the order of the text
	nodes map[string]*yaml.Node
	used  map[string]bool
	err   error
}

func newSection(path string, node *yaml.Node) *section {
	s := &section{path: path, nodes: make(map[string]*yaml.Node), used: make(map[string]bool)}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if value.Tag != "!!null" {
			s.names = append(s.names, key)
			s.nodes[key.Value] = value
		}
	}
	return s
}

// first returns the name of the first key, "" when there is none.
func (s *section) first() string {
	if len(s.names) == 0 {
		return ""
	}
	return s.names[0].Value
}

// section returns the mapping under a key; ok is false when it is not there or empty.
func (s *section) section(key string) (sub *section, ok bool) {
	s.used[key] = true
	node := s.nodes[key]
	if node == nil || node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		return nil, false
	}
	return newSection(s.full(key), node), true
}

// settings is section for a part that may be missing. A single value or a list in its place is a mistake.
func (s *section) settings(key string) (sub *section, ok bool) {
	if node := s.nodes[key]; node != nil && node.Kind != yaml.MappingNode {
		s.fail(key, "keys with values are expected here")
	}
	return s.section(key)
}

// text returns the scalar under a key as it is written; "" when it is not there.
func (s *section) text(key string) string {
	s.used[key] = true
	node := s.nodes[key]
	if node == nil {
		return ""
	}
	if node.Kind != yaml.ScalarNode {
		s.fail(key, "a single value is expected here")
		return ""
	}
	return node.Value
}

func (s *section) number(key string, otherwise int) int {
	text := s.text(key)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		s.fail(key, "Expected Int for field %s, got %s", key, text)
		return otherwise
	}
	return n
}

func (s *section) port(key string, otherwise int) int {
	n := s.number(key, otherwise)
	if n < 0 || n > 65535 {
		s.fail(key, "%d is not a port (0 to 65535)", n)
	}
	return n
}

// flag reads a boolean of YAML 1.1.
func (s *section) flag(key string, otherwise bool) bool {
	text := s.text(key)
	switch strings.ToLower(text) {
	case "":
		return otherwise
	case "true", "yes", "on":
		return true
	case "false", "no", "off":
		return false
	}
	s.fail(key, "true or false is expected here, got %s", text)
	return otherwise
}

// ignore marks keys that Prisma 1 knew and nobody needs.
func (s *section) ignore(keys ...string) {
	for _, key := range keys {
		s.used[key] = true
	}
}

// unused says which keys nobody asked for.
func (s *section) unused() []string {
	var warnings []string
	for _, name := range s.names {
		if s.used[name.Value] {
			continue
		}
		warning := fmt.Sprintf("line %d: the key %s is not used", name.Line, s.full(name.Value))
		if s.full(name.Value) == "secret" {
			warning += "; the secret that whoever deploys needs is managementApiSecret"
		}
		warnings = append(warnings, warning)
	}
	return warnings
}

func (s *section) full(key string) string {
	if s.path == "" {
		return key
	}
	return s.path + "." + key
}

// fail notes that the value of a key is wrong.
func (s *section) fail(key, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if node := s.nodes[key]; node != nil {
		message = fmt.Sprintf("line %d: %s: %s", node.Line, s.full(key), message)
	} else {
		message = s.full(key) + ": " + message
	}
	s.err = errors.Join(s.err, errors.New(message))
}

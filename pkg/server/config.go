package server

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// DefaultPort is where a server listens that is not told otherwise.
const DefaultPort = 4466

// Config is what a server needs to know. The zero Config with a Database
// listens on a free port of the loopback address and serves everything.
type Config struct {
	Host              string // address to listen on; "" is 127.0.0.1
	Port              int    // 0 picks a free one
	DisableManagement bool   // do not serve /management
	RawAccess         bool   // executeRaw in the data APIs
	Passive           bool   // migrations: false: tables are checked, never changed
	Database          connector.Config
	Limits            graphql.Limits // of one request to a data API; the zero value is graphql.DefaultLimits
	BodyBytes         int            // of the largest request that is read; 0 is DefaultBodyBytes
	Connections       int            // that are open at a time; 0 is the usual number
	Operations        int            // open at a time on a WebSocket; 0 is the usual number
	StorageBytes      int64          // that each service may store; 0 is any number
	WorkspaceServices int            // that each workspace may have, those without one together; 0 is any number
	Throttling        *Throttling    // of each service; nil and one without calls throttle nothing
	Metrics           *Metrics       // nil tells none

	// Any of these verifies management tokens; none of both leaves the management API open.
	ManagementSecrets    []string // HS256
	ManagementPublicKeys []string // PEM, each one key or more

	RequestIDPrefix string // of request ids; "" is "local"
	Version         string // of the server
	Reported        string // version that serverInfo answers; "" is Version
	Commit          string // what serverInfo answers

	Warnings []string // what the configuration says and nobody heeds; logged once at start
}

// reportedVariable is Prisma 1's name for the version that serverInfo answers.
// Its images said it there; an operator can, to clients that want another minor
// version than ours.
const reportedVariable = "CLUSTER_VERSION"

var versionPattern = regexp.MustCompile(`^[0-9]+\.[0-9]+[0-9A-Za-z.+-]{0,60}$`)

func reportedFrom(env func(string) string, config *Config) error {
	text := env(reportedVariable)
	if text != "" && !versionPattern.MatchString(text) {
		return fmt.Errorf("%s: %q is no version, such as 1.34.12", reportedVariable, text)
	}
	config.Reported = text
	return nil
}

// LoadConfig finds the configuration as Prisma 1 does (ConfigLoader.scala): the
// variable PRISMA_CONFIG holds it, PRISMA_CONFIG_PATH names its file, prisma.yml
// or prisma.yaml lies in dir, or SQL_CLIENT_* are set. env looks up a variable.
//
// A prisma.yml that defines a service, not a server, is passed over.
func LoadConfig(dir string, env func(string) string) (Config, error) {
	if text := env("PRISMA_CONFIG"); text != "" {
		return within("PRISMA_CONFIG", []byte(text), env)
	}
	if path := env("PRISMA_CONFIG_PATH"); path != "" {
		config, err := fromFile(path, env)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: PRISMA_CONFIG_PATH names it", err)
		}
		return config, err
	}
	for _, name := range []string{"prisma.yml", "prisma.yaml"} {
		config, err := fromFile(filepath.Join(dir, name), env)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNoDatabases) {
			return config, err
		}
	}
	if env("SQL_CLIENT_HOST") != "" {
		return legacyConfig(env)
	}
	return Config{}, errors.New("no server configuration found: put it into the environment variable PRISMA_CONFIG, " +
		"name its file in PRISMA_CONFIG_PATH, or write a prisma.yml with a section `databases` into this folder")
}

func fromFile(path string, env func(string) string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read server configuration: %w", err)
	}
	return within(path, text, env)
}

// within parses text and says in an error where it came from.
func within(source string, text []byte, env func(string) string) (Config, error) {
	config, err := ParseConfig(text, env)
	if err != nil {
		return Config{}, fmt.Errorf("server configuration in %s: %w", source, err)
	}
	return config, nil
}

// legacyConfig reads the variables that configured the oldest servers, MySQL only.
func legacyConfig(env func(string) string) (Config, error) {
	config := Config{
		Port:              DefaultPort,
		DisableManagement: env("CLUSTER_API_ENABLED") == "0",
		RequestIDPrefix:   env("ENV"),
		Database: connector.Config{
			Connector: "mysql", Host: env("SQL_CLIENT_HOST"), Port: 3306,
			User: env("SQL_CLIENT_USER"), Password: env("SQL_CLIENT_PASSWORD"),
			ManagementSchema: cmp.Or(env("SQL_INTERNAL_DATABASE"), "graphcool"),
		},
	}
	if secret := env("PRISMA_MANAGEMENT_API_JWT_SECRET"); secret != "" {
		config.ManagementSecrets = []string{secret}
	}
	err := errors.Join(
		legacyKey(env, &config),
		portFrom(env, "PORT", &config.Port),
		portFrom(env, "SQL_CLIENT_PORT", &config.Database.Port),
		legacyLimit(env, &config.Database),
		throttlingFrom(env, &config),
		reportedFrom(env, &config),
	)
	return config, err
}

// legacyLimit reads the number of connections. Without the variable Prisma 1
// took 1, which it then refused.
func legacyLimit(env func(string) string, d *connector.Config) error {
	const name = "SQL_INTERNAL_CONNECTION_LIMIT"
	text := env(name)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 2 {
		return fmt.Errorf("%s: %q is not a number of connections (2 or more)", name, text)
	}
	d.ConnectionLimit = n
	return nil
}

// legacyKey reads the public key of servers without a secret.
func legacyKey(env func(string) string, config *Config) error {
	text := env("CLUSTER_PUBLIC_KEY")
	if text == "" || len(config.ManagementSecrets) > 0 {
		return nil
	}
	key, err := publicKeyText(text)
	if err != nil {
		return fmt.Errorf("CLUSTER_PUBLIC_KEY: %w", err)
	}
	config.ManagementPublicKeys = []string{key}
	return nil
}

// portFrom reads a port from a variable that may be missing.
func portFrom(env func(string) string, name string, port *int) error {
	text := env(name)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%s: %q is not a port (0 to 65535)", name, text)
	}
	*port = n
	return nil
}

package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/cloud"
	"github.com/prisma1-go/prisma1/pkg/cloud/web"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/server"
)

// Where a cloud and its sandbox listen that are not told otherwise.
const (
	cloudPort   = 4480
	sandboxPort = 4481
)

// What the sandbox lets in that is not told otherwise.
const (
	sandboxBytes    = 100_000_000 // of a service, as Prisma 1
	sandboxServices = 100         // of a workspace
)

// openIDSecret is the variable that holds what the configuration better does not.
const openIDSecret = "PRISMA_CLOUD_OPENID_SECRET"

// cloudFlags say which cloud is meant; all commands of a cloud have them.
type cloudFlags struct {
	Data string // folder of the key and, on SQLite, of all databases; "" is ~/.prisma/cloud
	File string // configuration; "" is cloud.yml in that folder, if it is there
}

func (f *cloudFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.Data, "data", "", "Folder of the cloud's key and databases (default ~/.prisma/cloud)")
	flags.StringVar(&f.File, "config", "", "Configuration in YAML (default cloud.yml in the folder of --data)")
}

// cloudConfig is all that a cloud is told. In the file there are also host, port and databases,
// written as for a server.
type cloudConfig struct {
	URL     string         `yaml:"url"`     // as browsers and CLIs reach it; "" is where it listens
	Sandbox sandboxSetting `yaml:"sandbox"` // the shared server in the same process
	OpenID  *struct {
		Issuer       string   `yaml:"issuer"`
		ClientID     string   `yaml:"clientId"`
		ClientSecret string   `yaml:"clientSecret"`
		Name         string   `yaml:"name"`
		Domains      []string `yaml:"domains"`
	} `yaml:"openid"`

	server.Config `yaml:"-"` // host, port, database

	data string
}

type sandboxSetting struct {
	Off  bool // sandbox: false
	Host string
	Port *int
	URL  string
}

func (s *sandboxSetting) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		var on bool
		if err := node.Decode(&on); err != nil {
			return fmt.Errorf("line %d: sandbox: false for none, or a section with port, host and url is expected here", node.Line)
		}
		s.Off = !on
		return nil
	}
	var section struct {
		Host string `yaml:"host"`
		Port *int   `yaml:"port"`
		URL  string `yaml:"url"`
	}
	err := node.Decode(&section)
	s.Host, s.Port, s.URL = section.Host, section.Port, section.URL
	return err
}

// load reads the configuration. A cloud without any lies on SQLite and listens on loopback.
func (f *cloudFlags) load(app *App) (*cloudConfig, error) {
	config := &cloudConfig{data: f.Data}
	if config.data == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		config.data = filepath.Join(home, ".prisma", "cloud")
	}
	path := cmp.Or(f.File, filepath.Join(config.data, "cloud.yml"))
	text, err := os.ReadFile(path)
	if err != nil && (f.File != "" || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("read the cloud's configuration: %w", err)
	}
	if err := config.parse(text, app.Getenv); err != nil {
		return nil, fmt.Errorf("the cloud's configuration in %s: %w", path, err)
	}
	return config, os.MkdirAll(config.data, 0o700)
}

func (c *cloudConfig) parse(text []byte, env func(string) string) error {
	var keys map[string]yaml.Node
	if err := yaml.Unmarshal(text, &keys); err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, c); err != nil {
		return err
	}
	if _, given := keys["databases"]; !given {
		text = append(text, "\ndatabases: {default: {connector: sqlite}}\n"...)
	}
	var err error
	c.Config, err = server.ParseConfig(text, env, "url", "sandbox", "openid")
	if err != nil {
		return err
	}
	if err := checkCloudURL(c.URL); err != nil {
		return err
	}
	for _, name := range []string{"managementApiSecret", "managementApiPublicKey", "legacySecret"} {
		if node, given := keys[name]; given {
			c.Warnings = append(c.Warnings, fmt.Sprintf("line %d: the key %s is not used: the sandbox takes tokens of its cloud alone", node.Line, name))
		}
	}
	c.Warnings = append(c.Warnings, unusedKeys("sandbox", keys["sandbox"], "host", "port", "url")...)
	c.Warnings = append(c.Warnings, unusedKeys("openid", keys["openid"], "issuer", "clientId", "clientSecret", "name", "domains")...)
	if _, given := keys["port"]; !given {
		c.Port = cloudPort
	}
	if c.OpenID != nil {
		c.OpenID.ClientSecret = cmp.Or(c.OpenID.ClientSecret, env(openIDSecret))
		return c.openID().Check()
	}
	return nil
}

// checkCloudURL refuses an address that does not end with the host or its port; "" is none.
func checkCloudURL(address string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return nil
	}
	if err == nil && u.User != nil {
		return errors.New("url: the address of a cloud holds no user and password")
	}
	return fmt.Errorf("url: %q is not the address of a cloud. It looks like https://cloud.example.org", prismayml.WithoutPassword(address))
}

// unusedKeys warns of the keys in a section that nobody knows.
func unusedKeys(section string, node yaml.Node, known ...string) (warnings []string) {
	for i := 0; node.Kind == yaml.MappingNode && i < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(known, key.Value) {
			warnings = append(warnings, fmt.Sprintf("line %d: the key %s.%s is not used", key.Line, section, key.Value))
		}
	}
	return warnings
}

func (c *cloudConfig) openID() *web.OpenID {
	if c.OpenID == nil {
		return nil
	}
	return &web.OpenID{Issuer: c.OpenID.Issuer, ClientID: c.OpenID.ClientID, ClientSecret: c.OpenID.ClientSecret, Name: c.OpenID.Name, Domains: c.OpenID.Domains}
}

// database is the one of the configuration for a part of the cloud: "cloud" or "sandbox". The two
// share nothing, so that no service can reach the cloud's records. The managementSchema of the
// configuration begins the names of schemas or databases, so that a server can hold several clouds.
func (c *cloudConfig) database(part string) connector.Config {
	d := c.Database
	if d.Connector == "sqlite" {
		d.Directory = filepath.Join(cmp.Or(d.Directory, c.data), part)
		return d
	}
	d.ManagementSchema = cmp.Or(d.ManagementSchema, "prisma1") + "_" + part
	d.Schema = "" // each service has its own
	if d.Connector == "mysql" {
		d.Database = ""
	}
	if part != "cloud" {
		return d
	}
	records := d.ManagementSchema + "_records"
	if d.Connector == "mysql" {
		d.Database = records
	} else {
		d.Schema = records
	}
	return d
}

// open opens the cloud's records; close releases them.
func (c *cloudConfig) open(ctx context.Context, log *slog.Logger) (opened *cloud.Cloud, close func() error, err error) {
	db, err := connector.Open(ctx, c.database("cloud"), log)
	if err != nil {
		return nil, nil, err
	}
	opened, err = cloud.New(ctx, db, filepath.Join(c.data, "cloud.key"), log)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return opened, db.Close, nil
}

// address is where the cloud is reached, once it is known where it listens; nil before that.
func (c *cloudConfig) address(listens net.Addr) string {
	if c.URL != "" {
		return c.URL
	}
	if listens != nil {
		return addressOf(listens)
	}
	return "http://" + net.JoinHostPort(cmp.Or(c.Host, "127.0.0.1"), strconv.Itoa(c.Port))
}

// addressOf is the address of what listens; that of all addresses is told by this machine's name.
func addressOf(listens net.Addr) string {
	host, port, err := net.SplitHostPort(listens.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			return "http://" + net.JoinHostPort(name, port)
		}
	}
	return "http://" + listens.String()
}

// sandbox is the server on which every workspace may deploy. It takes tokens of the cloud alone.
func (c *cloudConfig) sandbox(publicKey string) server.Config {
	config := c.Config // with its limits
	config.Host, config.Port = cmp.Or(c.Sandbox.Host, c.Host), sandboxPort
	config.Database, config.RawAccess, config.DisableManagement = c.database("sandbox"), false, false
	config.ManagementSecrets, config.ManagementPublicKeys = nil, []string{publicKey}
	config.Warnings = nil // told by the cloud
	config.StorageBytes = cmp.Or(config.StorageBytes, sandboxBytes)
	config.WorkspaceServices = cmp.Or(config.WorkspaceServices, sandboxServices)
	if config.Throttling == nil {
		config.Throttling = server.DemoThrottling()
	}
	if c.Sandbox.Port != nil {
		config.Port = *c.Sandbox.Port
	}
	return config
}

// sandboxAddress is where the sandbox is reached: on the cloud's host, unless said otherwise.
func (c *cloudConfig) sandboxAddress(listens net.Addr) (string, error) {
	if c.Sandbox.URL != "" || c.URL == "" {
		return cmp.Or(c.Sandbox.URL, addressOf(listens)), nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" {
		return "", fmt.Errorf("url: %q is no address", c.URL)
	}
	if u.Scheme == "https" {
		return "", errors.New("sandbox: give its url, too: the proxy that makes https of the cloud must make it of the sandbox (or sandbox: false for none)")
	}
	_, port, err := net.SplitHostPort(listens.String())
	return "http://" + net.JoinHostPort(u.Hostname(), port), err
}

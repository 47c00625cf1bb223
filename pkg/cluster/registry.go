// Package cluster is what the home folder knows about servers: ~/.prisma/config.yml with the
// login key and the clusters.
package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	sessionKey    = "cloudSessionKey"
	cloudEndpoint = "cloudEndpoint" // ours
)

// A Cluster is a server the CLI knows about.
type Cluster struct {
	Name   string
	Host   string // base URL
	Secret string // signs management tokens; "" when the server asks for none
}

// A Registry is an opened config.yml. Keys it does not know stay as they are.
type Registry struct {
	path string
	root *yaml.Node // mapping
}

// Open reads .prisma/config.yml in the home folder; a missing file is an empty one.
func Open(home string) (*Registry, error) {
	r := &Registry{path: filepath.Join(home, ".prisma", "config.yml"), root: &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}}
	text, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("Yaml parsing error in %s: %s", r.path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(document.Content) == 0 || document.Content[0].ShortTag() == "!!null" {
		return r, nil
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("Yaml parsing error in %s: the file must consist of properties", r.path)
	}
	r.root = document.Content[0]
	return r, nil
}

// Path is where the registry lies.
func (r *Registry) Path() string { return r.path }

// SessionKey is the stored login key, "" when there is none.
func (r *Registry) SessionKey() string { return text(r.root, sessionKey) }

// SetSessionKey changes the login key; "" removes it. Save writes it.
func (r *Registry) SetSessionKey(key string) { r.set(sessionKey, key) }

// CloudEndpoint is the address of the cloud that the login key is for, "" when there is none.
func (r *Registry) CloudEndpoint() string { return text(r.root, cloudEndpoint) }

// SetCloudEndpoint changes the address of the cloud. Save writes it.
func (r *Registry) SetCloudEndpoint(address string) { r.set(cloudEndpoint, address) }

// set changes a property at the top; "" removes it.
func (r *Registry) set(name, value string) {
	for i := 0; i+1 < len(r.root.Content); i += 2 {
		if r.root.Content[i].Value != name {
			continue
		}
		if value == "" {
			r.root.Content = append(r.root.Content[:i], r.root.Content[i+2:]...)
		} else {
			r.root.Content[i+1] = scalar(value)
		}
		return
	}
	if value != "" {
		r.root.Content = append([]*yaml.Node{scalar(name), scalar(value)}, r.root.Content...)
	}
}

// Clusters are the known servers, in the order of the file.
func (r *Registry) Clusters() []Cluster {
	n := property(r.root, "clusters")
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var clusters []Cluster
	for i := 0; i+1 < len(n.Content); i += 2 {
		c := n.Content[i+1]
		clusters = append(clusters, Cluster{Name: n.Content[i].Value, Host: text(c, "host"), Secret: text(c, "clusterSecret")})
	}
	return clusters
}

// Find returns the cluster at a base URL.
func (r *Registry) Find(base string) (Cluster, bool) {
	want := normal(base)
	for _, c := range r.Clusters() {
		if c.Host != "" && normal(c.Host) == want {
			return c, true
		}
	}
	return Cluster{}, false
}

// normal makes two ways of writing one base URL equal.
func normal(base string) string {
	base = strings.ToLower(strings.TrimRight(strings.TrimSpace(base), "/"))
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return base
}

// Save writes the registry, readable by its owner alone, in one step.
func (r *Registry) Save() error {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(r.root); err != nil {
		return fmt.Errorf("write %s: %w", r.path, err)
	}
	path := r.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".config-*.yml") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(b.Bytes())
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", r.path, err)
	}
	return os.Rename(temp.Name(), path)
}

func property(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func text(n *yaml.Node, name string) string {
	value := property(n, name)
	if value == nil || value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" {
		return ""
	}
	return strings.TrimSpace(value.Value)
}

func scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// Set adds a cluster, or changes the one of that name; what else is known of it stays. Save writes it.
func (r *Registry) Set(c Cluster) {
	clusters := property(r.root, "clusters")
	if clusters == nil || clusters.Kind != yaml.MappingNode {
		clusters = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setProperty(r.root, "clusters", clusters)
	}
	clusters.Style = 0
	entry := property(clusters, c.Name)
	if entry == nil || entry.Kind != yaml.MappingNode {
		entry = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setProperty(clusters, c.Name, entry)
	}
	setProperty(entry, "host", scalar(c.Host))
	if c.Secret == "" {
		removeProperty(entry, "clusterSecret")
		return
	}
	setProperty(entry, "clusterSecret", scalar(c.Secret))
}

// Remove takes a cluster out and says whether it was there. Save writes it.
func (r *Registry) Remove(name string) bool {
	clusters := property(r.root, "clusters")
	return clusters != nil && removeProperty(clusters, name)
}

func setProperty(n *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, scalar(name), value)
}

func removeProperty(n *yaml.Node, name string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = append(n.Content[:i], n.Content[i+2:]...)
			return true
		}
	}
	return false
}

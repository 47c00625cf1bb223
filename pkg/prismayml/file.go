// Package prismayml is the service definition a person writes: prisma.yml with its variables,
// its endpoint and the files it names.
package prismayml

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// A File is a prisma.yml whose variables are replaced.
type File struct {
	Path string // absolute
	Dir  string // folder of Path; the paths in the file are relative to it
	Env  *Env

	Endpoint      string   // "" when absent
	Datamodel     []string // absolute paths, in order
	Secrets       []string // the first one signs; nil when the service is open
	Subscriptions []Subscription
	Generators    []Generator
	Seed          *Seed // nil when absent
	PostDeploy    []string
	Document      bool     // databaseType: document
	Features      []string // parts of the data API beyond Prisma 1; nil for none

	Warnings []string // properties that are accepted and do nothing
}

// A Seed fills a new service: from a file, or by a command.
type Seed struct{ Import, Run string }

// A Generator writes a client.
type Generator struct{ Name, Output string }

// A Subscription is a server-side subscription: a query and whom to call for its events.
type Subscription struct {
	Name, Query, URL string
	Headers          []Header
}

// A Header is sent with the call of a webhook.
type Header struct{ Name, Value string }

// Options say where variables come from.
type Options struct {
	Env   *Env
	Flags map[string]string // for ${opt:name}

	// Endpoint stands in for the endpoint of the file, whose variables then need not be set.
	Endpoint string
}

// Load reads a service definition and replaces its variables.
//
// An unknown variable is an error and not a warning as in the original: a service whose secret
// is silently missing would be open to everyone.
func Load(path string, o Options) (*File, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	text, err := readDefinition(abs)
	if err != nil {
		return nil, err
	}
	root, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(root.Content) == 0 {
		return nil, fmt.Errorf("%s is empty. It needs at least: datamodel: datamodel.prisma", path)
	}
	o.Env = cmp.Or(o.Env, &Env{})
	if err := replaceVariables(root, o); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := check(root); err != nil {
		return nil, err
	}
	f := &File{Path: abs, Dir: filepath.Dir(abs), Env: o.Env}
	if err := f.fill(root); err != nil {
		return nil, err
	}
	f.Endpoint = cmp.Or(o.Endpoint, f.Endpoint, o.Env.Get("PRISMA_MANAGEMENT_API_ENDPOINT"))
	return f, nil
}

// maxSize is how many bytes a service definition may have; real ones have a few hundred.
const maxSize = 16 << 20

func readDefinition(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s could not be found.", path)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = fmt.Errorf("%s has more than %d MB. Is it a service definition?", path, maxSize>>20)
	}
	return text, err
}

// replaceVariables resolves every property but custom, which counts only where it is referred to.
func replaceVariables(root *yaml.Node, o Options) error {
	r := &resolver{root: clone(root), env: o.Env, flags: o.Flags}
	for i := 0; i+1 < len(root.Content); i += 2 {
		name := root.Content[i].Value
		if name == "custom" {
			continue
		}
		if name == "endpoint" && o.Endpoint != "" {
			*root.Content[i+1] = *textNode(o.Endpoint, root.Content[i+1].Line)
			continue
		}
		if err := r.resolve(root.Content[i+1], 0); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) fill(root *yaml.Node) error {
	f.Endpoint = strings.TrimSpace(textOf(child(root, "endpoint")))
	f.Secrets = splitSecrets(textOf(child(root, "secret")))
	f.Document = textOf(child(root, "databaseType")) == "document"
	for _, path := range textsOf(child(root, "datamodel")) {
		f.Datamodel = append(f.Datamodel, f.path(path))
	}
	f.Features = textsOf(child(root, "features"))
	if seed := child(root, "seed"); !isNothing(seed) {
		f.Seed = &Seed{Import: textOf(child(seed, "import")), Run: textOf(child(seed, "run"))}
	}
	if generate := child(root, "generate"); generate != nil {
		for _, n := range generate.Content {
			f.Generators = append(f.Generators, Generator{Name: textOf(child(n, "generator")), Output: textOf(child(n, "output"))})
		}
	}
	if f.Document {
		f.Warnings = append(f.Warnings, "databaseType: document in prisma.yml is for MongoDB, which this server does not know. Its datamodel is read as one for SQL databases.")
	}
	if child(root, "disableAuth") != nil {
		f.Warnings = append(f.Warnings, "disableAuth in prisma.yml has no effect. A service is open when it has no secret.")
	}
	if err := f.fillHooks(child(root, "hooks")); err != nil {
		return err
	}
	return f.fillSubscriptions(child(root, "subscriptions"))
}

func (f *File) fillHooks(hooks *yaml.Node) error {
	if hooks == nil {
		return nil
	}
	n := child(hooks, "post-deploy")
	if isNothing(n) {
		return nil
	}
	if checkTexts("", n) != nil {
		return errors.New("Hook post-deploy provided in prisma.yml must be string or an array of strings.")
	}
	f.PostDeploy = textsOf(n)
	return nil
}

func (f *File) fillSubscriptions(n *yaml.Node) error {
	if n == nil {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		s := Subscription{Name: n.Content[i].Value, Query: textOf(child(n.Content[i+1], "query"))}
		if strings.HasSuffix(s.Query, ".graphql") {
			path := f.path(s.Query)
			text, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("Subscription query %s provided in subscription \"%s\" in prisma.yml does not exist.", path, s.Name)
			}
			if err != nil {
				return err
			}
			s.Query = string(text)
		}
		s.fillWebhook(child(n.Content[i+1], "webhook"))
		f.Subscriptions = append(f.Subscriptions, s)
	}
	return nil
}

func (s *Subscription) fillWebhook(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		s.URL = n.Value
		return
	}
	s.URL = textOf(child(n, "url"))
	headers := child(n, "headers")
	if headers == nil {
		return
	}
	for i := 0; i+1 < len(headers.Content); i += 2 {
		s.Headers = append(s.Headers, Header{Name: headers.Content[i].Value, Value: headers.Content[i+1].Value})
	}
}

// path makes a path of the file absolute.
func (f *File) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.Dir, name)
}

// A Source is one datamodel file.
type Source struct{ Path, Text string }

// Sources reads the datamodel files in order.
func (f *File) Sources() ([]Source, error) {
	if len(f.Datamodel) == 0 {
		return nil, errors.New("The property datamodel is missing in your prisma.yml")
	}
	sources := make([]Source, 0, len(f.Datamodel))
	for _, path := range f.Datamodel {
		stat, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("The types definition file \"%s\" could not be found.", path)
		}
		if err == nil && stat.IsDir() {
			return nil, fmt.Errorf("The datamodel \"%s\" in prisma.yml is a folder. Name the files in it: datamodel: [%s/one.prisma, %s/two.prisma]", path, filepath.Base(path), filepath.Base(path))
		}
		if err == nil && !stat.Mode().IsRegular() { // a read of a pipe might never end
			return nil, fmt.Errorf("The datamodel \"%s\" in prisma.yml is no regular file.", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, Source{Path: path, Text: string(text)})
	}
	return sources, nil
}

// Types joins the sources to the text that is deployed: each is followed by a newline.
func Types(sources []Source) string {
	var text strings.Builder
	for _, s := range sources {
		text.WriteString(s.Text)
		text.WriteByte('\n')
	}
	return text.String()
}

// Locate finds the file and line in it of a line of the joined text. Lines count from 1.
func Locate(sources []Source, line int) (path string, lineInFile int) {
	for i, s := range sources {
		lines := strings.Count(s.Text, "\n") + 1
		if line <= lines || i == len(sources)-1 {
			return s.Path, line
		}
		line -= lines
	}
	return "", line
}

// splitSecrets takes `one, two` apart; nil when there is none.
func splitSecrets(text string) []string {
	var secrets []string
	for secret := range strings.SplitSeq(removeSpace(text), ",") {
		if secret != "" {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

func textOf(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

func textsOf(n *yaml.Node) []string {
	if isNothing(n) {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var texts []string
	for _, item := range n.Content {
		texts = append(texts, item.Value)
	}
	return texts
}

package prismayml

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A problem is a property of the wrong kind. Its sentences are those of the original's JSON
// schema check.
type problem struct {
	Message string
	Line    int
}

// invalidError is all that is wrong with the properties; the original stopped at the first and
// told no lines.
type invalidError struct {
	Problems []problem
	Advice   string // what to write instead, "" when there is nothing to say
}

func (e *invalidError) Error() string {
	lines := []string{"Invalid prisma.yml file"}
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("%s (line %d)", p.Message, p.Line))
	}
	if e.Advice != "" {
		lines = append(lines, e.Advice)
	}
	return strings.Join(lines, "\n")
}

func one(n *yaml.Node, format string, args ...any) []problem {
	return []problem{{fmt.Sprintf(format, args...), n.Line}}
}

var properties = []string{
	"endpoint", "datamodel", "secret", "disableAuth", "generate", "seed", "subscriptions", "hooks", "custom", "databaseType", "features",
}

// check finds the properties that may not be there or have the wrong kind of value.
func check(root *yaml.Node) error {
	var found []problem
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		found = append(found, checkName(name)...)
		if isNothing(value) && value.Kind != yaml.MappingNode {
			continue
		}
		found = append(found, checkProperty(name.Value, value)...)
	}
	if len(found) == 0 {
		return nil
	}
	return &invalidError{found, endpointInstead(root)}
}

// endpointInstead says what stands now for the properties of Prisma 1.7 and older. Their clusters
// were names in a home folder, or servers that are shut down.
func endpointInstead(root *yaml.Node) string {
	service, stage, cluster := child(root, "service"), child(root, "stage"), child(root, "cluster")
	if child(root, "endpoint") != nil || service == nil && stage == nil && cluster == nil {
		return ""
	}
	part := func(n *yaml.Node, name string) string {
		if n == nil || n.Value == "" {
			return name
		}
		return n.Value
	}
	server := "http://SERVER"
	if part(cluster, "local") == "local" {
		server = "http://localhost:4466"
	}
	return fmt.Sprintf("`service`, `stage` and `cluster` are of Prisma 1.7 and older. Write:\nendpoint: %s/%s/%s",
		server, part(service, "SERVICE"), part(stage, "STAGE"))
}

func checkName(name *yaml.Node) []problem {
	if slices.Contains(properties, name.Value) {
		return nil
	}
	switch name.Value {
	case "stages":
		return one(name, "prisma.yml should NOT have a \"stages\" property anymore. Stages are now just provided as CLI args.\nRead more here: https://goo.gl/SUD5i5")
	case "schema":
		return one(name, "prisma.yml should NOT have a \"schema\" property anymore. A generator writes it: generate: [{generator: graphql-schema, output: …}]")
	case "types":
		return one(name, `prisma.yml should NOT have a "types" property anymore. It has been renamed to "datamodel"`)
	}
	return one(name, "prisma.yml should NOT have additional properties. additionalProperty: %s", name.Value)
}

func checkProperty(name string, n *yaml.Node) []problem {
	path := "." + name
	switch name {
	case "endpoint", "secret":
		return checkText(path, n)
	case "datamodel", "features":
		return checkTexts(path, n)
	case "disableAuth":
		if n.ShortTag() != "!!bool" {
			return wrongType(path, "boolean", n)
		}
	case "databaseType":
		if found := checkText(path, n); found != nil {
			return found
		}
		if n.Value != "relational" && n.Value != "document" {
			return one(n, "prisma.yml.databaseType should be equal to one of the allowed values. allowedValues: relational,document")
		}
	case "generate":
		return checkGenerate(n)
	case "seed":
		return checkTextProperties(path, n, "import", "run")
	case "subscriptions":
		return checkSubscriptions(n)
	case "hooks":
		return checkMapping(path, n)
	}
	return nil
}

func wrongType(path, kind string, n *yaml.Node) []problem {
	return one(n, "prisma.yml%s should be %s. type: %s", path, kind, kind)
}

func checkText(path string, n *yaml.Node) []problem {
	if n.ShortTag() != "!!str" {
		return wrongType(path, "string", n)
	}
	return nil
}

func checkMapping(path string, n *yaml.Node) []problem {
	if n.Kind != yaml.MappingNode {
		return wrongType(path, "object", n)
	}
	return nil
}

// checkTexts accepts a text or a list of texts.
func checkTexts(path string, n *yaml.Node) (found []problem) {
	if n.Kind != yaml.SequenceNode && n.ShortTag() != "!!str" {
		return wrongType(path, "string,array", n)
	}
	for i, item := range n.Content {
		found = append(found, checkText(fmt.Sprintf("%s[%d]", path, i), item)...)
	}
	return found
}

func checkTextProperties(path string, n *yaml.Node, names ...string) []problem {
	found := checkMapping(path, n)
	for _, name := range names {
		if value := child(n, name); value != nil {
			found = append(found, checkText(path+"."+name, value)...)
		}
	}
	return found
}

func checkGenerate(n *yaml.Node) (found []problem) {
	if n.Kind != yaml.SequenceNode {
		return wrongType(".generate", "array", n)
	}
	for i, item := range n.Content {
		found = append(found, checkTextProperties(fmt.Sprintf(".generate[%d]", i), item, "generator", "output")...)
	}
	return found
}

func checkSubscriptions(n *yaml.Node) []problem {
	found := checkMapping(".subscriptions", n)
	if found != nil {
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		found = append(found, checkSubscription(fmt.Sprintf(".subscriptions['%s']", n.Content[i].Value), n.Content[i+1])...)
	}
	return found
}

func checkSubscription(path string, n *yaml.Node) []problem {
	if found := checkMapping(path, n); found != nil {
		return found
	}
	found := checkTextProperties(path, n, "query")
	for _, required := range []string{"query", "webhook"} {
		if child(n, required) == nil {
			found = append(found, missing(path, required, n)...)
		}
	}
	if webhook := child(n, "webhook"); webhook != nil {
		found = append(found, checkWebhook(path+".webhook", webhook)...)
	}
	return found
}

func missing(path, name string, n *yaml.Node) []problem {
	return one(n, "prisma.yml%s should have required property '%s'. missingProperty: %s", path, name, name)
}

// checkWebhook accepts a URL, or an object with a URL and headers.
func checkWebhook(path string, n *yaml.Node) []problem {
	if n.ShortTag() == "!!str" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return wrongType(path, "string", n)
	}
	url := child(n, "url")
	if url == nil {
		return missing(path, "url", n)
	}
	var found []problem
	if headers := child(n, "headers"); headers != nil {
		found = checkMapping(path+".headers", headers)
	}
	return append(found, checkText(path+".url", url)...)
}

package prismayml

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// invalidError is a property of the wrong kind. Its sentences are those of the original's
// JSON schema check, with the line added.
type invalidError struct {
	Message string
	Line    int
}

func (e *invalidError) Error() string {
	return fmt.Sprintf("Invalid prisma.yml file\n%s (line %d)", e.Message, e.Line)
}

var properties = []string{
	"endpoint", "datamodel", "secret", "disableAuth", "generate", "seed", "subscriptions", "hooks", "custom", "databaseType",
}

// check finds the first property that may not be there or has the wrong kind of value.
func check(root *yaml.Node) error {
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		if err := checkName(name, root.Content[:i]); err != nil {
			return err
		}
		if isNothing(value) && value.Kind != yaml.MappingNode {
			continue
		}
		if err := checkProperty(name.Value, value); err != nil {
			return err
		}
	}
	return nil
}

func checkName(name *yaml.Node, before []*yaml.Node) error {
	for i := 0; i < len(before); i += 2 {
		if before[i].Value == name.Value {
			return &invalidError{fmt.Sprintf("prisma.yml has the property %q twice", name.Value), name.Line}
		}
	}
	if slices.Contains(properties, name.Value) {
		return nil
	}
	switch name.Value {
	case "stages":
		return &invalidError{"prisma.yml should NOT have a \"stages\" property anymore. Stages are now just provided as CLI args.\nRead more here: https://goo.gl/SUD5i5", name.Line}
	case "types":
		return &invalidError{`prisma.yml should NOT have a "types" property anymore. It has been renamed to "datamodel"`, name.Line}
	}
	return &invalidError{"prisma.yml should NOT have additional properties. additionalProperty: " + name.Value, name.Line}
}

func checkProperty(name string, n *yaml.Node) error {
	path := "." + name
	switch name {
	case "endpoint", "secret":
		return checkText(path, n)
	case "datamodel":
		return checkTexts(path, n)
	case "disableAuth":
		if n.ShortTag() != "!!bool" {
			return wrongType(path, "boolean", n)
		}
	case "databaseType":
		if err := checkText(path, n); err != nil {
			return err
		}
		if n.Value != "relational" && n.Value != "document" {
			return &invalidError{"prisma.yml.databaseType should be equal to one of the allowed values. allowedValues: relational,document", n.Line}
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

func wrongType(path, kind string, n *yaml.Node) error {
	return &invalidError{fmt.Sprintf("prisma.yml%s should be %s. type: %s", path, kind, kind), n.Line}
}

func checkText(path string, n *yaml.Node) error {
	if n.ShortTag() != "!!str" {
		return wrongType(path, "string", n)
	}
	return nil
}

func checkMapping(path string, n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return wrongType(path, "object", n)
	}
	return nil
}

// checkTexts accepts a text or a list of texts.
func checkTexts(path string, n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode && n.ShortTag() != "!!str" {
		return wrongType(path, "string,array", n)
	}
	for i, item := range n.Content {
		if err := checkText(fmt.Sprintf("%s[%d]", path, i), item); err != nil {
			return err
		}
	}
	return nil
}

func checkTextProperties(path string, n *yaml.Node, names ...string) error {
	if err := checkMapping(path, n); err != nil {
		return err
	}
	for _, name := range names {
		if value := child(n, name); value != nil {
			if err := checkText(path+"."+name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkGenerate(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return wrongType(".generate", "array", n)
	}
	for i, item := range n.Content {
		if err := checkTextProperties(fmt.Sprintf(".generate[%d]", i), item, "generator", "output"); err != nil {
			return err
		}
	}
	return nil
}

func checkSubscriptions(n *yaml.Node) error {
	if err := checkMapping(".subscriptions", n); err != nil {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path := fmt.Sprintf(".subscriptions['%s']", n.Content[i].Value)
		if err := checkSubscription(path, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func checkSubscription(path string, n *yaml.Node) error {
	if err := checkTextProperties(path, n, "query"); err != nil {
		return err
	}
	for _, required := range []string{"query", "webhook"} {
		if child(n, required) == nil {
			return &invalidError{fmt.Sprintf("prisma.yml%s should have required property '%s'. missingProperty: %s", path, required, required), n.Line}
		}
	}
	webhook := child(n, "webhook")
	if webhook.ShortTag() == "!!str" {
		return nil
	}
	if webhook.Kind != yaml.MappingNode {
		return wrongType(path+".webhook", "string", webhook)
	}
	url := child(webhook, "url")
	if url == nil {
		return &invalidError{fmt.Sprintf("prisma.yml%s.webhook should have required property 'url'. missingProperty: url", path), webhook.Line}
	}
	if headers := child(webhook, "headers"); headers != nil {
		if err := checkMapping(path+".webhook.headers", headers); err != nil {
			return err
		}
	}
	return checkText(path+".webhook.url", url)
}

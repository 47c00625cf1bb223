package prismayml

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"gopkg.in/yaml.v3"
)

// variable matches ${…} as Prisma 1 does (prisma-yml, Variables.ts); compiled at first use so
// that commands without prisma.yml do not pay for it.
var variable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\\$\\{([ ~:a-zA-Z0-9._'\",\\-/()]+?)\\}")
})

// maxDepth bounds variables in the values of variables.
const maxDepth = 50

// resolver replaces ${…} in a document. Its nodes are changed in place.
type resolver struct {
	root  *yaml.Node
	env   *Env
	flags map[string]string
}

// unresolvedError says that nothing stands behind a variable.
type unresolvedError struct {
	Expression string // without ${}
	Line       int
}

func (e *unresolvedError) Error() string {
	first, _, _ := strings.Cut(e.Expression, ",")
	source, name, _ := strings.Cut(first, ":")
	switch source {
	case "env":
		return fmt.Sprintf("line %d: environment variable %s in ${%s} is not set. Set it, write it into .env or a file given by --env-file, or add a default: ${env:%s, 'text'}",
			e.Line, name, e.Expression, name)
	case "opt":
		return fmt.Sprintf("line %d: option --%s in ${%s} is not given. Give it, or add a default: ${opt:%s, 'text'}", e.Line, name, e.Expression, name)
	}
	return fmt.Sprintf("line %d: ${%s} refers to a value that is not in this file", e.Line, e.Expression)
}

// resolve replaces the variables in n and below, depth times one in another.
func (r *resolver) resolve(n *yaml.Node, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("line %d: variables refer to each other in a circle", n.Line)
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			if err := r.resolve(n.Content[i], depth); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if err := r.resolve(item, depth); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		if n.ShortTag() == "!!str" {
			return r.resolveText(n, depth)
		}
	}
	return nil
}

// resolveText replaces the variables of one string. A string that is one variable takes the
// value with its type; inside a longer string only strings and numbers can stand.
func (r *resolver) resolveText(n *yaml.Node, depth int) error {
	match := variable().FindStringSubmatchIndex(n.Value)
	if match == nil {
		return nil
	}
	expression := removeSpace(n.Value[match[2]:match[3]])
	value, err := r.value(expression, n.Line)
	if err != nil {
		return err
	}
	if value == nil {
		return &unresolvedError{Expression: expression, Line: n.Line}
	}
	if match[0] == 0 && match[1] == len(n.Value) {
		line, column := n.Line, n.Column
		*n = *clone(value)
		n.Line, n.Column = line, column
		return r.resolve(n, depth+1)
	}
	if tag := value.ShortTag(); value.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!int" && tag != "!!float" {
		return fmt.Errorf("line %d: the value of ${%s} is neither text nor a number and cannot stand inside a longer text", n.Line, expression)
	}
	n.Value = n.Value[:match[0]] + value.Value + n.Value[match[1]:]
	return r.resolveText(n, depth+1)
}

// value finds the first of the expression's sources that has a value; nil when none has.
func (r *resolver) value(expression string, line int) (*yaml.Node, error) {
	for _, source := range splitSources(expression) {
		value, err := r.source(source, line)
		if err != nil {
			return nil, err
		}
		if !isNothing(value) {
			return value, nil
		}
	}
	return nil, nil
}

func (r *resolver) source(text string, line int) (*yaml.Node, error) {
	if len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
		return textNode(text[1:len(text)-1], line), nil
	}
	kind, name, _ := strings.Cut(text, ":")
	switch kind {
	case "env":
		return r.envValue(name, line), nil
	case "opt":
		return r.optValue(name, line), nil
	case "self":
		return lookup(r.root, name), nil
	}
	return nil, fmt.Errorf("line %d: ${%s} has an unknown source. Use env:NAME, opt:flag, self:path or a text in quotes", line, text)
}

func (r *resolver) envValue(name string, line int) *yaml.Node {
	if name == "" {
		return mapNode(r.env.names, line)
	}
	value, ok := r.env.Lookup(name)
	if !ok {
		return nil
	}
	return textNode(value, line)
}

func (r *resolver) optValue(name string, line int) *yaml.Node {
	if name == "" {
		return mapNode(r.flags, line)
	}
	value, ok := r.flags[name]
	if !ok {
		return nil
	}
	return textNode(value, line)
}

// lookup walks a path like "custom.list.0"; "" is n itself.
func lookup(n *yaml.Node, path string) *yaml.Node {
	if path == "" {
		return n
	}
	for step := range strings.SplitSeq(path, ".") {
		n = child(n, step)
		if n == nil {
			return nil
		}
	}
	return n
}

func child(n *yaml.Node, name string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// splitSources splits at commas outside of quotes.
func splitSources(expression string) []string {
	var sources []string
	var quote rune
	start := 0
	for i, c := range expression {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && c == ',':
			sources = append(sources, expression[start:i])
			start = i + 1
		}
	}
	return append(sources, expression[start:])
}

func removeSpace(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, text)
}

// isNothing says whether a source has no value: missing, null or an empty mapping.
func isNothing(n *yaml.Node) bool {
	return n == nil || n.ShortTag() == "!!null" || n.Kind == yaml.MappingNode && len(n.Content) == 0
}

func textNode(value string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: line}
}

func mapNode(values map[string]string, line int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: line}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		n.Content = append(n.Content, textNode(name, line), textNode(values[name], line))
	}
	return n
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		c.Content[i] = clone(item)
	}
	return &c
}

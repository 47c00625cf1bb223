package prismayml

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxNodes bounds a document after its aliases are written out.
const maxNodes = 100_000

// parse reads the root mapping of a document with aliases and merge keys written out.
// An empty document is an empty mapping.
func parse(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		if line := tabLine(text); line > 0 {
			return nil, fmt.Errorf("line %d: YAML allows no tab in front of a line; use spaces", line)
		}
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if document.Kind == 0 {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1}, nil
	}
	budget := maxNodes
	root, err := expand(document.Content[0], &budget)
	if err != nil {
		return nil, err
	}
	if root.ShortTag() == "!!null" {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1}, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: the file must consist of properties, like `datamodel: datamodel.prisma`", root.Line)
	}
	return root, nil
}

// tabLine is the first line that begins with a tab, or with spaces and a tab; 0 when there is none.
func tabLine(text []byte) int {
	line := 0
	for l := range bytes.Lines(text) {
		line++
		if blank := l[:len(l)-len(bytes.TrimLeft(l, " \t"))]; bytes.ContainsRune(blank, '\t') {
			return line
		}
	}
	return 0
}

// expand copies n with every alias replaced by what it stands for.
func expand(n *yaml.Node, budget *int) (*yaml.Node, error) {
	*budget--
	if *budget < 0 {
		return nil, fmt.Errorf("line %d: the file has more than %d values, with those that its aliases stand for. Is it a service definition?", n.Line, maxNodes)
	}
	if n.Kind == yaml.AliasNode {
		return expand(n.Alias, budget)
	}
	c := *n
	c.Anchor = ""
	c.Content = nil
	for _, item := range n.Content {
		expanded, err := expand(item, budget)
		if err != nil {
			return nil, err
		}
		c.Content = append(c.Content, expanded)
	}
	if c.Kind != yaml.MappingNode {
		return &c, nil
	}
	c.Content = merge(c.Content)
	if name := twice(c.Content); name != nil {
		return nil, fmt.Errorf("line %d: the property %q stands there twice", name.Line, name.Value)
	}
	return &c, nil
}

// twice is the first name in a mapping that was there before, nil when there is none.
func twice(content []*yaml.Node) *yaml.Node {
	seen := make(map[string]bool, len(content)/2)
	for i := 0; i < len(content); i += 2 {
		if seen[content[i].Value] {
			return content[i]
		}
		seen[content[i].Value] = true
	}
	return nil
}

// merge replaces `<<: …` by the properties it brings; those already there win.
func merge(content []*yaml.Node) []*yaml.Node {
	own := map[string]bool{}
	for i := 0; i < len(content); i += 2 {
		own[content[i].Value] = true
	}
	var merged []*yaml.Node
	for i := 0; i < len(content); i += 2 {
		if content[i].ShortTag() != "!!merge" {
			merged = append(merged, content[i], content[i+1])
			continue
		}
		sources := []*yaml.Node{content[i+1]}
		if content[i+1].Kind == yaml.SequenceNode {
			sources = content[i+1].Content
		}
		for _, source := range sources {
			for j := 0; j+1 < len(source.Content); j += 2 {
				if name := source.Content[j].Value; !own[name] {
					own[name] = true
					merged = append(merged, source.Content[j], source.Content[j+1])
				}
			}
		}
	}
	return merged
}

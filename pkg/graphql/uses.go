package graphql

import "github.com/vektah/gqlparser/v2/ast"

// uses tells how often each variable is used by the operation, fragments spread.
func (o *Operation) uses() map[string]int {
	o.countUses.Do(func() {
		c := &useCounter{fragments: make(map[string]map[string]int)}
		o.used = make(map[string]int, len(o.definition.VariableDefinitions))
		c.directives(o.definition.Directives, o.used)
		c.set(o.definition.SelectionSet, o.used)
	})
	return o.used
}

// A useCounter looks through each fragment once. They have no cycles.
type useCounter struct {
	fragments map[string]map[string]int
}

func (c *useCounter) set(set ast.SelectionSet, used map[string]int) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			c.directives(selection.Directives, used)
			c.arguments(selection.Arguments, used)
			c.set(selection.SelectionSet, used)
		case *ast.InlineFragment:
			c.directives(selection.Directives, used)
			c.set(selection.SelectionSet, used)
		case *ast.FragmentSpread:
			c.directives(selection.Directives, used)
			for variable, n := range c.fragment(selection.Definition) {
				used[variable] += n
			}
		}
	}
}

func (c *useCounter) fragment(f *ast.FragmentDefinition) map[string]int {
	used, known := c.fragments[f.Name]
	if !known {
		used = make(map[string]int)
		c.fragments[f.Name] = used
		c.set(f.SelectionSet, used)
	}
	return used
}

func (c *useCounter) directives(list ast.DirectiveList, used map[string]int) {
	for _, d := range list {
		c.arguments(d.Arguments, used)
	}
}

func (c *useCounter) arguments(list ast.ArgumentList, used map[string]int) {
	for variable := range variablesIn(list) {
		used[variable]++
	}
}

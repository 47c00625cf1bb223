package graphql

import (
	"iter"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Varies tells whether the value of one of the field's own arguments depends on
// variables.
func (f Field) Varies() bool { return argumentsVary(f.node.Arguments) }

// VariesWithin tells whether the value of an argument of the field, or of one
// below it, depends on variables.
func (f Field) VariesWithin() bool {
	varies := f.Varies()
	for _, set := range f.sets {
		walk(set, map[string]bool{}, func(arguments ast.ArgumentList, _ ast.DirectiveList) {
			varies = varies || argumentsVary(arguments)
		})
	}
	return varies
}

// With returns the field as another selection of the same operation has it.
func (f Field) With(s *Selection) Field {
	f.selection = s
	return f
}

// Conditions returns the variables that decide, by @skip and @include, which
// fields the operation selects, each once.
func (o *Operation) Conditions() []string {
	var names []string
	walk(o.definition.SelectionSet, map[string]bool{}, func(_ ast.ArgumentList, directives ast.DirectiveList) {
		for _, d := range directives {
			for name := range variablesIn(d.Arguments) {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	})
	return names
}

// Holds tells whether a Boolean variable is true.
func (s *Selection) Holds(variable string) bool { return s.variables[variable].Value.Int != 0 }

// walk visits the arguments and directives of all selections of a set and below
// it. seen are the fragments that were visited.
func walk(set ast.SelectionSet, seen map[string]bool, visit func(ast.ArgumentList, ast.DirectiveList)) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			visit(selection.Arguments, selection.Directives)
			walk(selection.SelectionSet, seen, visit)
		case *ast.InlineFragment:
			visit(nil, selection.Directives)
			walk(selection.SelectionSet, seen, visit)
		case *ast.FragmentSpread:
			visit(nil, selection.Directives)
			if !seen[selection.Name] {
				seen[selection.Name] = true
				walk(selection.Definition.SelectionSet, seen, visit)
			}
		}
	}
}

func argumentsVary(arguments ast.ArgumentList) bool {
	for range variablesIn(arguments) {
		return true
	}
	return false
}

// variablesIn yields the variable at each place of arguments where one stands.
func variablesIn(arguments ast.ArgumentList) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, a := range arguments {
			if !yieldVariables(a.Value, yield) {
				return
			}
		}
	}
}

func yieldVariables(v *ast.Value, yield func(string) bool) bool {
	if v == nil {
		return true
	}
	if v.Kind == ast.Variable {
		return yield(v.Raw)
	}
	for _, child := range v.Children {
		if !yieldVariables(child.Value, yield) {
			return false
		}
	}
	return true
}

// IsVariable tells whether an argument is one variable as a whole.
func (f Field) IsVariable(argument string) bool {
	given := f.node.Arguments.ForName(argument)
	return given != nil && given.Value != nil && given.Value.Kind == ast.Variable
}

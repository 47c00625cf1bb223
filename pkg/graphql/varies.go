package graphql

import "github.com/vektah/gqlparser/v2/ast"

// Varies tells whether the value of one of the field's own arguments depends on
// variables.
func (f Field) Varies() bool { return argumentsVary(f.node.Arguments) }

// VariesWithin tells whether anything that the field asks for depends on
// variables: its arguments, those of fields below it, or directives.
func (f Field) VariesWithin() bool {
	if f.Varies() {
		return true
	}
	for _, set := range f.sets {
		if setVaries(set, map[string]bool{}, true) {
			return true
		}
	}
	return false
}

// With returns the field as another selection of the same operation has it.
func (f Field) With(s *Selection) Field {
	f.selection = s
	return f
}

// Conditional tells whether variables decide, by @skip and @include, which
// fields the operation selects.
func (o *Operation) Conditional() bool {
	return setVaries(o.definition.SelectionSet, map[string]bool{}, false)
}

// setVaries looks for variables in directives and, when asked, in arguments.
// seen are the fragments that were looked at.
func setVaries(set ast.SelectionSet, seen map[string]bool, arguments bool) bool {
	for _, selection := range set {
		var inner ast.SelectionSet
		var directives ast.DirectiveList
		switch selection := selection.(type) {
		case *ast.Field:
			if arguments && argumentsVary(selection.Arguments) {
				return true
			}
			inner, directives = selection.SelectionSet, selection.Directives
		case *ast.InlineFragment:
			inner, directives = selection.SelectionSet, selection.Directives
		case *ast.FragmentSpread:
			directives = selection.Directives
			if !seen[selection.Name] {
				seen[selection.Name] = true
				inner = selection.Definition.SelectionSet
			}
		}
		for _, d := range directives {
			if argumentsVary(d.Arguments) {
				return true
			}
		}
		if setVaries(inner, seen, arguments) {
			return true
		}
	}
	return false
}

func argumentsVary(arguments ast.ArgumentList) bool {
	for _, a := range arguments {
		if valueVaries(a.Value) {
			return true
		}
	}
	return false
}

func valueVaries(v *ast.Value) bool {
	if v == nil {
		return false
	}
	if v.Kind == ast.Variable {
		return true
	}
	for _, child := range v.Children {
		if valueVaries(child.Value) {
			return true
		}
	}
	return false
}

// IsVariable tells whether an argument is one variable as a whole.
func (f Field) IsVariable(argument string) bool {
	given := f.node.Arguments.ForName(argument)
	return given != nil && given.Value != nil && given.Value.Kind == ast.Variable
}

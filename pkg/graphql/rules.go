package graphql

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	validation "github.com/vektah/gqlparser/v2/validator/rules"
)

// standard are the rules taken as they are, in the order of Sangria's
// QueryValidator where both have them. Values and overlapping fields have rules
// of our own: gqlparser does not know our scalars, and its comparison of fields
// is quadratic.
var standard = []core.Rule{
	validation.FieldsOnCorrectTypeRule,
	validation.FragmentsOnCompositeTypesRule,
	validation.KnownArgumentNamesRule,
	validation.KnownDirectivesRule,
	validation.KnownFragmentNamesRule,
	validation.KnownRootTypeRule,
	validation.KnownTypeNamesRule,
	validation.LoneAnonymousOperationRule,
	validation.MaxIntrospectionDepth,
	validation.NoFragmentCyclesRule,
	validation.NoUndefinedVariablesRule,
	validation.NoUnusedFragmentsRule,
	validation.NoUnusedVariablesRule,
	validation.PossibleFragmentSpreadsRule,
	validation.ProvidedRequiredArgumentsRule,
	validation.ScalarLeafsRule,
	validation.SingleFieldSubscriptionsRule,
	validation.UniqueArgumentNamesRule,
	validation.UniqueDirectivesPerLocationRule,
	validation.UniqueFragmentNamesRule,
	validation.UniqueInputFieldNamesRule,
	validation.UniqueOperationNamesRule,
	validation.UniqueVariableNamesRule,
	validation.VariablesAreInputTypesRule,
	validation.VariablesInAllowedPositionRule,
}

// rules are all rules for one document; those of our own add to errs.
func (d *Document) rules(errs *Errors) []core.Rule {
	own := []core.Rule{{Name: "ValuesOfCorrectType", RuleFunc: func(observers *core.Events, _ core.AddErrFunc) {
		d.checkValues(observers, errs)
	}}}
	return append(own, standard...)
}

// checkValues coerces every literal of the document, so that Argument cannot
// fail later but for variables.
func (d *Document) checkValues(observers *core.Events, errs *Errors) {
	seen := map[*ast.Value]bool{} // fragments are walked once per operation
	check := func(arguments ast.ArgumentList, definitions ast.ArgumentDefinitionList) {
		for _, argument := range arguments {
			definition := definitions.ForName(argument.Name)
			if definition == nil || seen[argument.Value] || len(*errs) >= mostErrors {
				continue
			}
			seen[argument.Value] = true
			d.noteRequired(argument.Value, definition.Type)
			prefix := fmt.Sprintf("Argument '%s' expected type '%s' but got: ", argument.Name, definition.Type)
			*errs = append(*errs, d.literalErrors(prefix, argument.Value, definition.Type)...)
		}
	}
	observers.OnField(func(_ *core.Walker, f *ast.Field) {
		if f.Definition != nil {
			check(f.Arguments, f.Definition.Arguments)
		}
	})
	observers.OnDirective(func(_ *core.Walker, directive *ast.Directive) {
		if directive.Definition != nil {
			check(directive.Arguments, directive.Definition.Arguments)
		}
	})
	observers.OnVariable(func(_ *core.Walker, v *ast.VariableDefinition) {
		if v.DefaultValue == nil || !d.schema.knows(v.Type) {
			return
		}
		prefix := fmt.Sprintf("Variable '$%s' of type '%s' has invalid default value: ", v.Variable, v.Type)
		*errs = append(*errs, d.literalErrors(prefix, v.DefaultValue, v.Type)...)
	})
}

// knows tells whether a type can be used for input; other rules complain when not.
func (s *Schema) knows(t *ast.Type) bool {
	def := s.types.Types[t.Name()]
	return def != nil && def.IsInputType()
}

func (d *Document) literalErrors(prefix string, v *ast.Value, t *ast.Type) Errors {
	c := &coercion{schema: d.schema, maxDepth: d.limits.ValueDepth}
	c.literal(v, t)
	if len(c.violations) == 0 {
		return nil
	}
	var errs Errors
	got := shorten(render(v))
	for _, violation := range c.violations {
		if len(errs) == mostErrors {
			break
		}
		message := prefix + got + ". Reason: " + violation.String() + d.places(violation.at)
		errs = append(errs, &Error{Code: violation.code(), Message: message, Line: v.Position.Line, Column: v.Position.Column})
	}
	return errs
}

// noteRequired remembers the variables that stand where null must not: one that
// may be null because it has a default can still be given as null.
func (d *Document) noteRequired(v *ast.Value, t *ast.Type) {
	if t == nil {
		return
	}
	switch v.Kind {
	case ast.Variable:
		if t.NonNull {
			d.required[v.Raw] = true
		}
	case ast.ListValue:
		for _, child := range v.Children {
			d.noteRequired(child.Value, t.Elem)
		}
	case ast.ObjectValue:
		for t.Elem != nil {
			t = t.Elem
		}
		def := d.schema.types.Types[t.NamedType]
		if def == nil {
			return
		}
		for _, child := range v.Children {
			if field := def.Fields.ForName(child.Name); field != nil {
				d.noteRequired(child.Value, field.Type)
			}
		}
	}
}

// render prints a literal on one line.
func render(v *ast.Value) string {
	switch v.Kind {
	case ast.ListValue:
		items := make([]string, len(v.Children))
		for i, child := range v.Children {
			items[i] = render(child.Value)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case ast.ObjectValue:
		members := make([]string, len(v.Children))
		for i, child := range v.Children {
			members[i] = child.Name + ": " + render(child.Value)
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return v.String()
}

// at is an error of the document at a place.
func (d *Document) at(position *ast.Position, message string) *Error {
	if position == nil {
		return &Error{Message: message}
	}
	return &Error{Message: message + place(d.text, position.Line, position.Column), Line: position.Line, Column: position.Column}
}

// places shows several places, as Sangria does behind its messages.
func (d *Document) places(positions []*ast.Position) string {
	shown := make([]string, 0, len(positions))
	for _, p := range positions {
		shown = append(shown, place(d.text, p.Line, p.Column))
	}
	return strings.Join(shown, "\n")
}

// place shows a line of the text with a mark below a column.
func place(text string, line, column int) string {
	source := text
	for range line - 1 {
		i := strings.IndexByte(source, '\n')
		if i < 0 {
			return ""
		}
		source = source[i+1:]
	}
	source, _, _ = strings.Cut(source, "\n")
	source = shorten(strings.TrimSuffix(source, "\r"))
	return fmt.Sprintf(" (line %d, column %d):\n%s\n%s^", line, column, source, strings.Repeat(" ", max(0, min(column-1, len(source)))))
}

// rewordings turn texts of gqlparser into those of Sangria 1.3.3 where clients
// are known to match on them.
var rewordings = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`^Unknown argument '(\w+)' on field '(\w+)\.(\w+)'\.`), "Unknown argument '$1' on field '$3' of type '$2'."},
	{regexp.MustCompile(`^Field '(\w+)' argument '(\w+)' of type '([^']*)' is required, but it was not provided\.`), "Field '$1' argument '$2' of type '$3' is required but not provided."},
	{regexp.MustCompile(`^Field '(\w+)' of type '([^']*)' must have a selection of subfields\..*`), "Field '$1' of type '$2' must have a sub selection."},
	{regexp.MustCompile(`^Field '(\w+)' must not have a selection since type '([^']*)' has no subfields\.`), "Field '$1' of type '$2' must not have a sub selection."},
	{regexp.MustCompile(`^Fragment '(\w+)' is never used\.`), "Fragment '$1' is not used."},
	{regexp.MustCompile(`^Variable '(\$\w+)' is never used in operation '(\w+)'\.`), "Variable '$1' is not used in operation $2."},
	{regexp.MustCompile(`^Variable '(\$\w+)' is never used\.`), "Variable '$1' is not used in operation."},
	{regexp.MustCompile(`^Fragment '\w+' cannot be spread here`), "Fragment cannot be spread here"},
}

// ruleError is an error of gqlparser as we send it.
func (d *Document) ruleError(e *gqlerror.Error) *Error {
	message := strings.ReplaceAll(e.Message, `"`, "'")
	for _, r := range rewordings {
		message = r.pattern.ReplaceAllString(message, r.text)
	}
	if len(e.Locations) == 0 {
		return &Error{Message: message}
	}
	return d.at(&ast.Position{Line: e.Locations[0].Line, Column: e.Locations[0].Column}, message)
}

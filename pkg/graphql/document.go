package graphql

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// A Document is a query text that fits a schema. It does not change; goroutines
// may share it.
type Document struct {
	schema   *Schema
	limits   Limits
	text     string
	document *ast.QueryDocument
	fields   int             // of all operations, fragments spread
	cases    int             // plans that are kept of an operation; eight at most, see plan.Prepared
	aliases  int             // or root fields, of the operation that has most
	required map[string]bool // variables that stand where null must not

	operations []*Operation
}

// Check parses a query text and validates it against a schema. The errors have
// a place and no code; those that say the text is no GraphQL are marked Syntax.
func Check(s *Schema, query string, l Limits) (*Document, Errors) {
	document, problem := parse(query, l)
	if problem != nil {
		return nil, Errors{problem}
	}
	fields, aliases, problem := l.check(document)
	if problem != nil {
		return nil, Errors{problem}
	}
	d := &Document{schema: s, limits: l, text: query, document: document, fields: fields, aliases: aliases, required: map[string]bool{}}
	if errs := d.validate(); len(errs) > 0 {
		return nil, errs
	}
	d.cases = 1
	for _, definition := range document.Operations {
		op := d.operation(definition)
		d.operations = append(d.operations, op)
		d.cases = max(d.cases, 1<<min(len(op.Conditions()), 3))
	}
	return d, nil
}

func parse(query string, l Limits) (*ast.QueryDocument, *Error) {
	if problem := l.checkText(query); problem != nil {
		return nil, problem
	}
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, syntaxError(query, err)
	}
	if len(document.Operations) == 0 && len(document.Fragments) == 0 {
		return nil, &Error{Message: syntaxMessage + "Unexpected end of input", Line: 1, Column: 1, Syntax: true}
	}
	return document, nil
}

// SubscriptionField returns the name of the first field of the last subscription
// in a text, which names a model, also where the text fits no schema; "" when there
// is none. The error says that the text is no GraphQL, or beyond the limits.
func SubscriptionField(query string, l Limits) (string, *Error) {
	document, problem := parse(query, l)
	if problem != nil {
		return "", problem
	}
	for _, op := range slices.Backward(document.Operations) {
		if op.Operation != ast.Subscription {
			continue
		}
		if f, ok := op.SelectionSet[0].(*ast.Field); ok {
			return f.Name, nil
		}
		return "", nil
	}
	return "", nil
}

const syntaxMessage = "Syntax error while parsing GraphQL query. "

func syntaxError(query string, err error) *Error {
	e := &Error{Message: syntaxMessage + err.Error(), Syntax: true}
	if g, ok := errors.AsType[*gqlerror.Error](err); ok && len(g.Locations) > 0 {
		e.Line, e.Column = g.Locations[0].Line, g.Locations[0].Column
		e.Message = syntaxMessage + g.Message + place(query, e.Line, e.Column)
	}
	return e
}

// validate runs all rules; what the walk notes in the document is complete then.
func (d *Document) validate() Errors {
	var errs Errors
	//lint:ignore SA1019 ValidateWithRules sorts its rules by name, for each document anew; ours have their order
	for _, e := range validator.Validate(d.schema.types, d.document, d.rules(&errs)...) {
		if len(errs) >= mostErrors {
			return errs[:mostErrors]
		}
		errs = append(errs, d.ruleError(e))
	}
	if len(errs) > 0 {
		return errs
	}
	return d.mergeable()
}

// mostErrors bounds the errors of one document, each of which quotes its text.
const mostErrors = 100

// Aliases is how many aliases or root fields the operation has that has most; 0 without a document.
func (d *Document) Aliases() int {
	if d == nil {
		return 0
	}
	return d.aliases
}

// Operation finds the operation that a request asks for; name is "" when it
// names none.
func (d *Document) Operation(name string) (*Operation, *Error) {
	if name == "" {
		switch len(d.operations) {
		case 0:
			return nil, &Error{Message: "Must provide an operation."}
		case 1:
			return d.operations[0], nil
		}
		return nil, &Error{Message: "Must provide operation name if query contains multiple operations"}
	}
	for _, op := range d.operations {
		if op.Name == name {
			return op, nil
		}
	}
	return nil, &Error{Message: "Unknown operation name '" + name + "'"}
}

// Last returns the last operation of a kind, nil when there is none.
func (d *Document) Last(kind Kind) *Operation {
	for _, op := range slices.Backward(d.operations) {
		if op.Kind == kind {
			return op
		}
	}
	return nil
}

func (d *Document) operation(op *ast.OperationDefinition) *Operation {
	return &Operation{Kind: kindOf(op.Operation), Name: op.Name, document: d, definition: op}
}

func kindOf(operation ast.Operation) Kind {
	switch operation {
	case ast.Mutation:
		return Mutation
	case ast.Subscription:
		return Subscription
	}
	return Query
}

// Kind is the kind of an operation.
type Kind uint8

// The kinds of operations.
const (
	Query Kind = iota
	Mutation
	Subscription
)

// An Operation is one operation of a document.
type Operation struct {
	Kind       Kind
	Name       string // "" when it has none
	document   *Document
	definition *ast.OperationDefinition
	kept       atomic.Value
	countUses  sync.Once
	used       map[string]int // see uses
}

// Kept returns what Keep was given last, nil when nothing was.
func (o *Operation) Kept() any { return o.kept.Load() }

// Keep keeps what a caller has made of the operation for as long as the document
// lives. It is always of the same type.
func (o *Operation) Keep(made any) { o.kept.Store(made) }

// Bind coerces the variables of a request, a JSON object or nothing, and fills
// in defaults. It returns an error for each variable that does not fit.
func (o *Operation) Bind(variables []byte) (*Selection, Errors) {
	given, errs := variableTexts(variables)
	if errs != nil {
		return nil, errs
	}
	values := make(map[string]Input, len(o.definition.VariableDefinitions))
	count := 0
	for _, v := range o.definition.VariableDefinitions {
		value, problems := o.variable(v, given[v.Variable], &count)
		errs = append(errs, problems...)
		if value.Given() {
			values[v.Variable] = value
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	schema := o.document.schema
	return &Selection{
		Kind: o.Kind, TypeName: schema.root(o.Kind).Name,
		schema: schema, limits: o.document.limits, text: o.document.text, variables: values, set: o.definition.SelectionSet,
	}, nil
}

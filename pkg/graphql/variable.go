package graphql

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// variableTexts splits the variables of a request into the JSON text of each.
func variableTexts(variables []byte) (map[string][]byte, Errors) {
	if len(variables) == 0 {
		return nil, nil
	}
	r := jsonReader{b: variables}
	if !json.Valid(variables) || r.peek() != '{' && r.peek() != 'n' {
		return nil, Errors{{Message: ErrEnvelope.Error()}}
	}
	if r.peek() == 'n' {
		return nil, nil
	}
	texts := map[string][]byte{}
	_ = r.object(func(key string) error {
		texts[key] = r.raw()
		return nil
	})
	return texts, nil
}

// variable coerces the JSON text of one variable, nil when the request has none.
func (o *Operation) variable(v *ast.VariableDefinition, text []byte) (Input, Errors) {
	c := &coercion{schema: o.document.schema, variables: map[string]Input{}, maxDepth: o.document.limits.ValueDepth}
	var value Input
	switch {
	case text != nil:
		value = c.json(&jsonReader{b: text}, v.Type)
		if value.Kind == NullInput && o.document.required[v.Variable] {
			c.fail(reasonNull)
		}
	case v.DefaultValue != nil:
		value = c.literal(v.DefaultValue, v.Type)
	case v.Type.NonNull:
		c.fail(reasonNull)
	}
	var errs Errors
	for _, violation := range c.violations {
		problem := o.document.at(v.Position, variableMessage(v, text)+violation.String())
		problem.Code = violation.code()
		errs = append(errs, problem)
	}
	return value, errs
}

func variableMessage(v *ast.VariableDefinition, text []byte) string {
	got := "value is undefined"
	if text != nil {
		var b bytes.Buffer
		_ = json.Compact(&b, text) // valid already
		got = "got: " + shorten(b.String())
	}
	return "Variable '$" + v.Variable + "' expected value of type '" + v.Type.String() + "' but " + got + ". Reason: "
}

// shorten keeps messages about large values readable.
func shorten(text string) string {
	const most = 2000
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

package graphql

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/fault"
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
// values is how many values the request's variables have so far, each as often
// as it is used, and those of this one are added.
func (o *Operation) variable(v *ast.VariableDefinition, text []byte, values *int) (Input, Errors) {
	limits := o.document.limits
	uses := max(1, o.uses()[v.Variable])
	c := &coercion{schema: o.document.schema, variables: map[string]Input{}, maxDepth: limits.ValueDepth, mostValues: max(0, limits.Values-*values) / uses}
	var value Input
	switch {
	case text != nil:
		value = c.json(&jsonReader{b: text}, v.Type)
		if c.values > c.mostValues {
			return Input{}, Errors{exceeded(fault.TooManyValues, "The variables have more than %d values, those of each as often as it is used. Please send them in several requests.", limits.Values)}
		}
		*values += c.values * uses
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
		got = "got: " + shorten(compact(text, mostQuoted+1))
	}
	return "Variable '$" + v.Variable + "' expected value of type '" + v.Type.String() + "' but " + got + ". Reason: "
}

// mostQuoted is how many bytes of a value messages show.
const mostQuoted = 2000

// compact returns JSON without the space around its values, but not much more than most bytes.
func compact(valid []byte, most int) string {
	b := make([]byte, 0, min(len(valid), most))
	quoted := false
	for i := 0; i < len(valid) && len(b) < most; i++ {
		switch c := valid[i]; {
		case quoted && c == '\\':
			b = append(b, c, valid[i+1])
			i++
			continue
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			continue
		}
		b = append(b, valid[i])
	}
	return string(b)
}

// shorten keeps messages about large values readable.
func shorten(text string) string {
	if len(text) <= mostQuoted {
		return text
	}
	cut := mostQuoted
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

package plan

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

var jsonOps = map[string]JSONOp{
	"equals":      JSONEqual,
	"lt":          JSONLess,
	"lte":         JSONLessOrEqual,
	"gt":          JSONGreater,
	"gte":         JSONGreaterOrEqual,
	"contains":    JSONContains,
	"starts_with": JSONStartsWith,
	"ends_with":   JSONEndsWith,
}

// longestJSONPath is how many keys a path may have; each is a few arguments of a statement.
const longestJSONPath = 100

// mostJSONNumbers is how many keys of a path may be numbers: SQLite and MySQL are
// asked about each as a key of an object and as a place in a list.
const mostJSONNumbers = 3

// jsonPath reads the filter of a Json field: all its conditions on one path.
// Returns fault.InvalidJSONFilter.
func (m *maker) jsonPath(key opencrud.FilterKey, input graphql.Input) (Filter, error) {
	if input.IsNull() {
		return IsNull{Field: key.Field}, nil
	}
	if len(input.Field("path").Items) > longestJSONPath {
		return nil, fault.LongJSONPath(key.Field.Name, longestJSONPath)
	}
	var path []string
	numbers := 0
	for _, item := range input.Field("path").Items {
		if strings.ContainsAny(item.Value.Text, "\"\\\x00") || isNegative(item.Value.Text) {
			return nil, fault.WrongJSONPath(key.Field.Name)
		}
		if isNumber(item.Value.Text) {
			numbers++
		}
		path = append(path, item.Value.Text)
	}
	if numbers > mostJSONNumbers {
		return nil, fault.NumbersInJSONPath(key.Field.Name, mostJSONNumbers)
	}
	all := And{}
	for _, member := range input.Fields {
		if member.Name == "path" {
			continue
		}
		f, err := jsonCondition(JSONPath{Field: key.Field, Path: path}, member)
		if err != nil {
			return nil, err
		}
		all.Filters = append(all.Filters, f)
	}
	return all, nil
}

// isNegative tells whether a key looks like an index from the end of a list.
func isNegative(key string) bool {
	digits, minus := strings.CutPrefix(key, "-")
	return minus && isNumber(digits)
}

func isNumber(key string) bool { return key != "" && strings.Trim(key, "0123456789") == "" }

// jsonCondition reads one member of a Json filter beside its path.
func jsonCondition(at JSONPath, member graphql.InputField) (Filter, error) {
	switch member.Name {
	case "exists":
		if member.Value.IsNull() {
			return And{}, nil
		}
		if member.Value.Value.Bool() {
			return at, nil
		}
		return Not{at}, nil
	case "not":
		equal := at
		equal.Op, equal.Value = JSONEqual, member.Value.Value
		return And{[]Filter{at, Not{equal}}}, nil
	case "in":
		any := Or{}
		for _, item := range member.Value.Items {
			equal := at
			equal.Op, equal.Value = JSONEqual, item.Value
			any.Filters = append(any.Filters, equal)
		}
		return any, nil
	}
	at.Op, at.Value = jsonOps[member.Name], member.Value.Value
	ordered := at.Value.Type == scalar.Float || at.Value.Type == scalar.String
	if at.Op != JSONEqual && !ordered {
		return nil, fault.WrongJSONValue(at.Field.Name, member.Name)
	}
	return at, nil
}

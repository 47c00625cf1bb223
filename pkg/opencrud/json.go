package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// jsonOperators are what a Json field can be filtered by.
var jsonOperators = []operator{
	{jsonPathSuffix, "All values that hold what is asked for at a path.", FilterKey{Kind: JSONPath}},
}

// jsonConstants adds the filter that all Json fields share.
func (b *builder) jsonConstants() {
	if !b.schema.Has(schema.JSONFilters) || !b.scalars[scalar.Json.String()] {
		return
	}
	b.add(&ast.Definition{Kind: ast.Scalar, Name: graphql.JSONValue, Description: "A String, a number or a Boolean, compared with what JSON holds."})
	value := optional(graphql.JSONValue)
	b.input(jsonFilterInput, ast.FieldList{
		field("path", "Keys of objects; a number is an index of a list.", ast.NonNullListType(required("String"), nil)),
		field("exists", "There is a value at the path, null or another.", optional("Boolean")),
		field("equals", "The value is the given one; null is JSON's null.", value),
		field("not", "There is a value, and it is not the given one.", value),
		field("in", "The value is one of the given ones.", ast.ListType(value, nil)),
		field("lt", "", value),
		field("lte", "", value),
		field("gt", "", value),
		field("gte", "", value),
		field("contains", "", optional("String")),
		field("starts_with", "", optional("String")),
		field("ends_with", "", optional("String")),
	})
}

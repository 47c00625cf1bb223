package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// outputs adds the object types of a model.
func (b *builder) outputs(m *schema.Model) {
	def := &ast.Definition{Kind: ast.Object, Name: m.Name}
	previous := ast.FieldList{}
	for _, f := range visible(m) {
		out := b.output(f)
		def.Fields = append(def.Fields, out)
		if !f.IsRelation() {
			previous = append(previous, out)
		}
	}
	if implementsNode(m) {
		def.Interfaces = []string{nodeInterface}
	}
	b.add(def)
	connection := ast.FieldList{
		field("pageInfo", "Information to aid in pagination.", required(pageInfoType)),
		field("edges", "A list of edges.", ast.NonNullListType(optional(edgeType(m)), nil)),
		field("aggregate", "", required(aggregateType(m))),
	}
	b.object(connectionType(m), "A connection to a list of items.", append(connection, b.aggregate(m)...)...)
	b.object(edgeType(m), "An edge in a connection.",
		field("node", "The item at the end of the edge.", required(m.Name)),
		field("cursor", "A cursor for use in pagination.", required("String")))

	payload := ast.FieldList{
		field("mutation", "", required(mutationTypeEnum)),
		field("node", "", optional(m.Name)),
		field("updatedFields", "", listOf("String")),
	}
	if len(previous) > 0 {
		payload = append(payload, field("previousValues", "", optional(previousValuesType(m))))
		b.object(previousValuesType(m), "", previous...)
	}
	b.object(subscriptionPayloadType(m), "", payload...)
}

// output is a field of a model's object type.
func (b *builder) output(f *schema.Field) *ast.FieldDefinition {
	if !f.IsRelation() {
		b.scalars[f.TypeName()] = true
	}
	switch {
	case f.IsRelation() && f.List:
		out := field(f.Name, "", listOf(f.TypeName()))
		out.Arguments = b.listArguments(f.OtherModel())
		return out
	case f.List:
		return field(f.Name, "", ast.NonNullListType(required(f.TypeName()), nil))
	case f.Required:
		return field(f.Name, "", required(f.TypeName()))
	}
	return field(f.Name, "", optional(f.TypeName()))
}

// orderBy adds the enum of a model's orders.
func (b *builder) orderBy(m *schema.Model) {
	var values []string
	for _, f := range m.Fields {
		if isOrderable(f) {
			values = append(values, f.Name+ascending, f.Name+descending)
		}
	}
	b.enum(orderByInput(m), values)
}

// whereUnique adds the selector of one node.
func (b *builder) whereUnique(m *schema.Model) {
	var fields ast.FieldList
	for _, f := range uniques(m) {
		fields = append(fields, field(f.Name, "", optional(f.TypeName())))
	}
	for _, u := range m.Uniques {
		var members ast.FieldList
		for _, f := range u.Fields {
			members = append(members, field(f.Name, "", required(f.TypeName())))
		}
		b.input(compoundUniqueInput(m, u), members)
		fields = append(fields, field(u.Name, "", optional(compoundUniqueInput(m, u))))
	}
	if len(fields) > 0 {
		b.input(whereUniqueInput(m), fields)
	}
}

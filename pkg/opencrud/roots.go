package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// roots adds Query, Mutation and Subscription: fields grouped by kind, inside a
// kind in schema order.
func (b *builder) roots() {
	var models []*schema.Model
	for _, m := range b.schema.Models {
		if !m.Embedded {
			models = append(models, m)
		}
	}
	b.object("Query", "", b.queries(models)...)
	if mutations := b.mutations(models); len(mutations) > 0 {
		b.object("Mutation", "", mutations...)
	}
	var subscriptions ast.FieldList
	for _, m := range models {
		f := field(oneField(m), "", optional(subscriptionPayloadType(m)))
		f.Arguments = ast.ArgumentDefinitionList{argument("where", optional(subscriptionWhereInput(m)))}
		b.root(&subscriptions, graphql.Subscription, f, Subscribe, m)
	}
	if len(subscriptions) > 0 {
		b.object("Subscription", "", subscriptions...)
	}
}

func (b *builder) queries(models []*schema.Model) ast.FieldList {
	var fields ast.FieldList
	for _, m := range models {
		f := field(manyField(m), "", ast.NonNullListType(optional(m.Name), nil))
		f.Arguments = b.listArguments(m)
		b.root(&fields, graphql.Query, f, Many, m)
	}
	for _, m := range models {
		if len(uniques(m)) == 0 {
			continue
		}
		f := field(oneField(m), "", optional(m.Name))
		f.Arguments = ast.ArgumentDefinitionList{argument("where", required(whereUniqueInput(m)))}
		b.root(&fields, graphql.Query, f, One, m)
	}
	for _, m := range models {
		f := field(connectionField(m), "", required(connectionType(m)))
		f.Arguments = b.listArguments(m)
		b.root(&fields, graphql.Query, f, Connection, m)
	}
	f := field(nodeField, "Fetches an object given its ID", optional(nodeInterface))
	f.Arguments = ast.ArgumentDefinitionList{{Name: "id", Description: "The ID of an object", Type: required("ID")}}
	b.root(&fields, graphql.Query, f, Node, nil)
	return fields
}

// listArguments are those of every list of a model's nodes.
func (b *builder) listArguments(m *schema.Model) ast.ArgumentDefinitionList {
	arguments := ast.ArgumentDefinitionList{
		argument("where", optional(whereInput(m))),
		argument("orderBy", optional(orderByInput(m))),
		argument("skip", optional("Int")),
		argument("after", optional("String")),
		argument("before", optional("String")),
		argument("first", optional("Int")),
		argument("last", optional("Int")),
	}
	if b.schema.Has(schema.Sort) {
		arguments = append(arguments, argument(sortArgument, listOf(sortInput(m))))
	}
	return arguments
}

// mutations returns the fields of Mutation. Where an input would be empty, the
// argument or the field that needs it is left out (FilterOutEmptyInputTypes.scala).
func (b *builder) mutations(models []*schema.Model) ast.FieldList {
	var fields ast.FieldList
	add := func(name string, t *ast.Type, action Action, m *schema.Model, arguments ...*ast.ArgumentDefinition) {
		f := field(name, "", t)
		f.Arguments = arguments
		b.root(&fields, graphql.Mutation, f, action, m)
	}
	for _, m := range models {
		if create := b.create(m, nil); create != "" {
			add(createField(m), required(m.Name), Create, m, argument("data", required(create)))
		} else {
			add(createField(m), required(m.Name), Create, m)
		}
	}
	for _, m := range models {
		if update := b.update(m); update != "" && len(uniques(m)) > 0 {
			add(updateField(m), optional(m.Name), Update, m,
				argument("data", required(update)), argument("where", required(whereUniqueInput(m))))
		}
	}
	for _, m := range models {
		if len(uniques(m)) > 0 {
			add(deleteField(m), optional(m.Name), Delete, m, argument("where", required(whereUniqueInput(m))))
		}
	}
	for _, m := range models {
		create, update := b.create(m, nil), b.update(m)
		if create != "" && update != "" && len(uniques(m)) > 0 {
			add(upsertField(m), required(m.Name), Upsert, m, argument("where", required(whereUniqueInput(m))),
				argument("create", required(create)), argument("update", required(update)))
		}
	}
	for _, m := range models {
		if data := b.updateScalars(m, updateManyMutationInput(m)); data != "" {
			add(updateManyField(m), required(batchPayloadType), UpdateMany, m,
				argument("data", required(data)), argument("where", optional(whereInput(m))))
		}
	}
	for _, m := range models {
		add(deleteManyField(m), required(batchPayloadType), DeleteMany, m, argument("where", optional(whereInput(m))))
	}
	for _, m := range models {
		if create := b.create(m, nil); create != "" && b.schema.Has(schema.CreateMany) {
			data := argument("data", ast.NonNullListType(required(create), nil))
			add(createManyField(m), required(batchPayloadType), CreateMany, m, data)
		}
	}
	if b.capabilities.RawAccess {
		b.scalars["Json"] = true
		add(executeRawField, required("Json"), ExecuteRaw, nil,
			argument("database", optional(databaseEnum)), argument("query", required("String")))
	}
	return fields
}

// constants adds the types that do not depend on a model.
func (b *builder) constants() {
	b.add(&ast.Definition{Kind: ast.Interface, Name: nodeInterface, Description: "An object with an ID",
		Fields: ast.FieldList{field("id", "The id of the object.", required("ID"))}})
	if b.capabilities.RawAccess {
		databases := b.capabilities.Databases
		if len(databases) == 0 {
			databases = []string{defaultDatabase}
		}
		b.enum(databaseEnum, databases)
	}
	if len(b.api.roots[graphql.Subscription]) == 0 {
		return
	}
	b.object(pageInfoType, "Information about pagination in a connection.",
		field("hasNextPage", "When paginating forwards, are there more items?", required("Boolean")),
		field("hasPreviousPage", "When paginating backwards, are there more items?", required("Boolean")),
		field("startCursor", "When paginating backwards, the cursor to continue.", optional("String")),
		field("endCursor", "When paginating forwards, the cursor to continue.", optional("String")))
	b.scalars[longType] = true
	b.object(batchPayloadType, "",
		field("count", "The number of nodes that have been affected by the Batch operation.", required(longType)))
	if b.schema.Has(schema.GroupBy) {
		var values []string
		for _, o := range groupOrders {
			values = append(values, o.name)
		}
		b.enum(groupOrderEnum, values)
	}
	b.sortConstants()
	b.enum(mutationTypeEnum, []string{"CREATED", "UPDATED", "DELETED"})
}

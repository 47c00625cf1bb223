package opencrud

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// All names of the wire that follow from those of a schema are made in this file.

// Names that do not depend on a model.
const (
	nodeInterface      = "Node"
	pageInfoType       = "PageInfo"
	batchPayloadType   = "BatchPayload"
	mutationTypeEnum   = "MutationType"
	databaseEnum       = "PrismaDatabase"
	longType           = "Long"
	nodeField          = "node"
	executeRawField    = "executeRaw"
	defaultDatabase    = "default"
	andKey             = "AND"
	orKey              = "OR"
	notKey             = "NOT"
	ascending          = "_ASC"
	descending         = "_DESC"
	mutationInKey      = "mutation_in"
	updatedContainsKey = "updatedFields_contains"
	updatedEveryKey    = "updatedFields_contains_every"
	updatedSomeKey     = "updatedFields_contains_some"
	sumField           = "sum"
	avgField           = "avg"
	minField           = "min"
	maxField           = "max"
	groupByField       = "groupBy"
	groupOrderEnum     = "PrismaGroupOrder"
	sortArgument       = "sort"
	sortOrderEnum      = "PrismaSortOrder"
	sortCountInput     = "PrismaSortCountInput"
	sortAscending      = "asc"
	sortDescending     = "desc"
	countKey           = "count"
	foldSuffix         = "_i"
	jsonPathSuffix     = "_path"
	jsonFilterInput    = "PrismaJsonFilter"
)

// Root fields of a model.
func oneField(m *schema.Model) string        { return lowerFirst(m.Name) }
func manyField(m *schema.Model) string       { return lowerFirst(Plural(m.Name)) }
func connectionField(m *schema.Model) string { return manyField(m) + "Connection" }
func createField(m *schema.Model) string     { return "create" + m.Name }
func updateField(m *schema.Model) string     { return "update" + m.Name }
func deleteField(m *schema.Model) string     { return "delete" + m.Name }
func upsertField(m *schema.Model) string     { return "upsert" + m.Name }
func updateManyField(m *schema.Model) string { return "updateMany" + Plural(m.Name) }
func createManyField(m *schema.Model) string { return "createMany" + Plural(m.Name) }
func deleteManyField(m *schema.Model) string { return "deleteMany" + Plural(m.Name) }

// Types of a model.
func connectionType(m *schema.Model) string          { return m.Name + "Connection" }
func edgeType(m *schema.Model) string                { return m.Name + "Edge" }
func aggregateType(m *schema.Model) string           { return "Aggregate" + m.Name }
func aggregateSumType(m *schema.Model) string        { return "Aggregate" + m.Name + "Sum" }
func aggregateAvgType(m *schema.Model) string        { return "Aggregate" + m.Name + "Avg" }
func aggregateMinType(m *schema.Model) string        { return "Aggregate" + m.Name + "Min" }
func aggregateMaxType(m *schema.Model) string        { return "Aggregate" + m.Name + "Max" }
func sortInput(m *schema.Model) string               { return m.Name + "SortInput" }
func groupType(m *schema.Model) string               { return m.Name + "GroupBy" }
func groupKeyType(m *schema.Model) string            { return m.Name + "GroupByKey" }
func groupByEnum(m *schema.Model) string             { return m.Name + "GroupByField" }
func previousValuesType(m *schema.Model) string      { return m.Name + "PreviousValues" }
func subscriptionPayloadType(m *schema.Model) string { return m.Name + "SubscriptionPayload" }
func subscriptionWhereInput(m *schema.Model) string  { return m.Name + "SubscriptionWhereInput" }
func orderByInput(m *schema.Model) string            { return m.Name + "OrderByInput" }
func whereInput(m *schema.Model) string              { return m.Name + "WhereInput" }
func scalarWhereInput(m *schema.Model) string        { return m.Name + "ScalarWhereInput" }
func whereUniqueInput(m *schema.Model) string        { return m.Name + "WhereUniqueInput" }
func compoundUniqueInput(m *schema.Model, u *schema.Unique) string {
	name := m.Name
	for part := range strings.SplitSeq(u.Name, "_") {
		name += upperFirst(part)
	}
	return name + "CompoundUniqueInput"
}
func updateInput(m *schema.Model) string             { return m.Name + "UpdateInput" }
func updateManyMutationInput(m *schema.Model) string { return m.Name + "UpdateManyMutationInput" }
func updateManyDataInput(m *schema.Model) string     { return m.Name + "UpdateManyDataInput" }
func updateManyNestedInput(m *schema.Model) string   { return m.Name + "UpdateManyWithWhereNestedInput" }

// Inputs of a scalar list; the field's name stays as it is.
func createListInput(f *schema.Field) string { return f.Model.Name + "Create" + f.Name + "Input" }
func updateListInput(f *schema.Field) string { return f.Model.Name + "Update" + f.Name + "Input" }

// createInput is the data of a created node; via is the relation field that
// leads to it, nil at the root.
func createInput(m *schema.Model, via *schema.Field) string {
	return m.Name + "Create" + without(via) + "Input"
}

// Inputs of a relation field f.
func createOneInput(f *schema.Field) string {
	return f.OtherModel().Name + "CreateOne" + without(f) + "Input"
}
func createManyInput(f *schema.Field) string {
	return f.OtherModel().Name + "CreateMany" + without(f) + "Input"
}
func updateOneInput(f *schema.Field) string {
	if f.Required {
		return f.OtherModel().Name + "UpdateOneRequired" + without(f) + "Input"
	}
	return f.OtherModel().Name + "UpdateOne" + without(f) + "Input"
}
func updateManyInput(f *schema.Field) string {
	return f.OtherModel().Name + "UpdateMany" + without(f) + "Input"
}
func updateDataInput(f *schema.Field) string {
	return f.OtherModel().Name + "Update" + without(f) + "DataInput"
}
func updateWithWhereInput(f *schema.Field) string {
	return f.OtherModel().Name + "UpdateWithWhereUnique" + withoutOrNested(f) + "Input"
}
func upsertWithWhereInput(f *schema.Field) string {
	return f.OtherModel().Name + "UpsertWithWhereUnique" + withoutOrNested(f) + "Input"
}
func upsertNestedInput(f *schema.Field) string {
	return f.OtherModel().Name + "Upsert" + withoutOrNested(f) + "Input"
}

// without names the field at the other end of f, which inputs behind f leave out.
func without(f *schema.Field) string {
	if f == nil || f.Back().Hidden {
		return ""
	}
	return "Without" + upperFirst(f.Back().Name)
}

func withoutOrNested(f *schema.Field) string {
	if f.Back().Hidden {
		return "Nested"
	}
	return without(f)
}

func lowerFirst(s string) string { return mapFirst(s, unicode.ToLower) }
func upperFirst(s string) string { return mapFirst(s, unicode.ToUpper) }

func mapFirst(s string, f func(rune) rune) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(f(r)) + s[size:]
}

package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// create adds the data input of a created node and returns its name, "" when it
// would be empty. via is the relation field that leads to the node, nil at the root.
func (b *builder) create(m *schema.Model, via *schema.Field) string {
	name := createInput(m, via)
	if !hasCreate(m, via) {
		return ""
	}
	if !b.claim(name) {
		return name
	}
	var fields ast.FieldList
	for _, f := range visible(m) {
		if isCreatable(f) && f.IsScalar() {
			fields = append(fields, field(f.Name, "", createType(f)))
		}
	}
	for _, f := range visible(m) {
		if f.IsScalarList() {
			fields = append(fields, field(f.Name, "", optional(b.list(f, createListInput(f)))))
		}
	}
	for _, f := range related(m, via) {
		input := optional(b.createRelated(f))
		input.NonNull = f.Required && !f.List
		fields = append(fields, field(f.Name, "", input))
	}
	b.define(name, fields)
	return name
}

// hasCreate tells whether a create input has fields.
func hasCreate(m *schema.Model, via *schema.Field) bool {
	for _, f := range visible(m) {
		if !f.IsRelation() && isCreatable(f) {
			return true
		}
	}
	return len(related(m, via)) > 0
}

// isCreatable tells whether a scalar can be given when a node is created. Ids
// of type Int are those that nobody else makes; Prisma 1 took none at all.
func isCreatable(f *schema.Field) bool {
	if id, ok := f.Behaviour.(schema.ID); ok {
		return f.Type != scalar.Int || id.Strategy == schema.StrategyNone
	}
	return !f.IsCreatedAt() && !f.IsUpdatedAt()
}

// createType is the type of a scalar in a create input.
func createType(f *schema.Field) *ast.Type {
	if id, ok := f.Behaviour.(schema.ID); ok {
		if id.Strategy == schema.StrategyNone {
			return required(f.TypeName())
		}
		return optional(f.TypeName())
	}
	if f.Required && f.Default.IsNull() {
		return required(f.TypeName())
	}
	return optional(f.TypeName())
}

// related returns the relation fields of an input behind via: all but the one
// that leads back.
func related(m *schema.Model, via *schema.Field) []*schema.Field {
	var fields []*schema.Field
	for _, f := range visible(m) {
		if f.IsRelation() && (via == nil || f != via.Back()) {
			fields = append(fields, f)
		}
	}
	return fields
}

// list adds the input of a scalar list and returns its name.
func (b *builder) list(f *schema.Field, name string) string {
	b.input(name, ast.FieldList{field("set", "", listOf(f.TypeName()))})
	return name
}

// createRelated adds the input with which a created node gets related ones.
func (b *builder) createRelated(f *schema.Field) string {
	name, wrap := createOneInput(f), optional
	if f.List {
		name, wrap = createManyInput(f), listOf
	}
	if b.claim(name) {
		b.define(name, b.connectable(f, wrap))
	}
	return name
}

// connectable returns create and connect of a relation input.
func (b *builder) connectable(f *schema.Field, wrap func(string) *ast.Type) ast.FieldList {
	var fields ast.FieldList
	m := f.OtherModel()
	if create := b.create(m, f); create != "" {
		fields = append(fields, field("create", "", wrap(create)))
	}
	if len(uniques(m)) > 0 {
		fields = append(fields, field("connect", "", wrap(whereUniqueInput(m))))
	}
	return fields
}

// update adds the data input of an updated node and returns its name, "" when it would be empty.
func (b *builder) update(m *schema.Model) string { return b.updateData(m, nil, updateInput(m)) }

func (b *builder) updateData(m *schema.Model, via *schema.Field, name string) string {
	if len(updatables(m)) == 0 && len(related(m, via)) == 0 {
		return ""
	}
	if !b.claim(name) {
		return name
	}
	fields := b.updatableFields(m)
	for _, f := range related(m, via) {
		fields = append(fields, field(f.Name, "", optional(b.updateRelated(f))))
	}
	b.define(name, fields)
	return name
}

// updateScalars adds an input of a model's own values and returns its name, "" when it would be empty.
func (b *builder) updateScalars(m *schema.Model, name string) string {
	if len(updatables(m)) == 0 {
		return ""
	}
	if b.claim(name) {
		b.define(name, b.updatableFields(m))
	}
	return name
}

// updatables returns the scalars and scalar lists that can be changed.
func updatables(m *schema.Model) []*schema.Field {
	var fields []*schema.Field
	for _, f := range visible(m) {
		if !f.IsRelation() && f.IsWritable() {
			fields = append(fields, f)
		}
	}
	return fields
}

func (b *builder) updatableFields(m *schema.Model) ast.FieldList {
	var scalars, lists ast.FieldList
	for _, f := range updatables(m) {
		if f.List {
			lists = append(lists, field(f.Name, "", optional(b.list(f, updateListInput(f)))))
		} else {
			scalars = append(scalars, field(f.Name, "", optional(f.TypeName())))
		}
	}
	return append(scalars, lists...)
}

// updateRelated adds the input with which an updated node changes related ones.
func (b *builder) updateRelated(f *schema.Field) string {
	if f.List {
		name := updateManyInput(f)
		if b.claim(name) {
			b.define(name, b.updateManyFields(f))
		}
		return name
	}
	name := updateOneInput(f)
	if b.claim(name) {
		b.define(name, b.updateOneFields(f))
	}
	return name
}

func (b *builder) updateManyFields(f *schema.Field) ast.FieldList {
	m := f.OtherModel()
	fields := b.connectable(f, listOf)
	data := b.updateData(m, f, updateDataInput(f))
	selectable := len(uniques(m)) > 0
	if selectable {
		for _, name := range []string{"set", "disconnect", "delete"} {
			fields = append(fields, field(name, "", listOf(whereUniqueInput(m))))
		}
	}
	if selectable && data != "" {
		b.input(updateWithWhereInput(f), ast.FieldList{
			field("where", "", required(whereUniqueInput(m))), field("data", "", required(data)),
		})
		fields = append(fields, field("update", "", listOf(updateWithWhereInput(f))))
	}
	if values := b.updateScalars(m, updateManyDataInput(m)); values != "" {
		b.scalarWhere(m)
		b.input(updateManyNestedInput(m), ast.FieldList{
			field("where", "", required(scalarWhereInput(m))), field("data", "", required(values)),
		})
		fields = append(fields, field("updateMany", "", listOf(updateManyNestedInput(m))))
	}
	if len(filterable(m)) > 0 {
		b.scalarWhere(m)
		fields = append(fields, field("deleteMany", "", listOf(scalarWhereInput(m))))
	}
	if create := b.create(m, f); selectable && data != "" && create != "" {
		b.input(upsertWithWhereInput(f), ast.FieldList{
			field("where", "", required(whereUniqueInput(m))), field("update", "", required(data)), field("create", "", required(create)),
		})
		fields = append(fields, field("upsert", "", listOf(upsertWithWhereInput(f))))
	}
	return fields
}

func (b *builder) updateOneFields(f *schema.Field) ast.FieldList {
	m := f.OtherModel()
	fields := b.connectable(f, optional)
	if !f.Required {
		fields = append(fields, field("disconnect", "", optional("Boolean")), field("delete", "", optional("Boolean")))
	}
	data := b.updateData(m, f, updateDataInput(f))
	if data == "" {
		return fields
	}
	fields = append(fields, field("update", "", optional(data)))
	if create := b.create(m, f); create != "" {
		b.input(upsertNestedInput(f), ast.FieldList{field("update", "", required(data)), field("create", "", required(create))})
		fields = append(fields, field("upsert", "", optional(upsertNestedInput(f))))
	}
	return fields
}

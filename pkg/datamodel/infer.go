package datamodel

import (
	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Infer returns the meaning of a document that Check found right. previous is
// the schema of the last deploy, nil for a new service: models keep their
// stable ids and relations their sides, through renames too.
//
// It returns fault.RelationNameClash when two relations would have one name
// (SchemaInferrer.scala). What Check would have refused is left out.
func Infer(d *Document, previous *schema.Schema) (*schema.Schema, error) {
	if previous == nil {
		previous = &schema.Schema{}
	}
	in := &inferrer{
		doc: d, previous: previous, renames: d.Renames(previous),
		next: &schema.Schema{Legacy: d.Legacy()}, relations: map[string]*schema.Relation{},
		modelByName: map[string]*schema.Model{}, enumByName: map[string]*schema.Enum{}, fields: map[*fieldDef]*schema.Field{},
	}
	in.enums()
	in.models()
	if err := in.relate(); err != nil {
		return nil, err
	}
	in.next.Complete()
	return in.next, nil
}

// inferrer builds one schema.
type inferrer struct {
	doc       *Document
	previous  *schema.Schema
	renames   Renames
	next      *schema.Schema
	relations map[string]*schema.Relation // by name

	modelByName map[string]*schema.Model
	enumByName  map[string]*schema.Enum
	fields      map[*fieldDef]*schema.Field
}

func (in *inferrer) enums() {
	for _, e := range in.doc.enums {
		if in.enumByName[e.name] == nil {
			in.enumByName[e.name] = &schema.Enum{Name: e.name, Values: e.values}
			in.next.Enums = append(in.next.Enums, in.enumByName[e.name])
		}
	}
}

// models adds the models with their fields; relation fields are still without their relation.
func (in *inferrer) models() {
	for _, t := range in.doc.models() {
		if in.modelByName[t.name] != nil {
			continue
		}
		m := &schema.Model{Name: t.name, StableID: in.stableID(t.name), Embedded: t.isEmbedded()}
		m.DBName = differing(t.dbName(), t.name)
		named := map[string]bool{}
		for _, def := range t.fields {
			if f := in.field(m, def); f != nil && !named[f.Name] {
				named[f.Name] = true
				in.fields[def] = f
				m.Fields = append(m.Fields, f)
			}
		}
		in.modelByName[t.name] = m
		in.uniques(m, t)
		in.fullText(m, t)
		in.next.Models = append(in.next.Models, m)
	}
}

// stableID returns the id of the model that had the name before, or a new one.
func (in *inferrer) stableID(model string) string {
	if old := in.previousModel(model); old != nil && old.StableID != "" {
		return old.StableID
	}
	return cuid.New()
}

func (in *inferrer) previousModel(model string) *schema.Model {
	return in.previous.Model(in.renames.model(model))
}

func (t *typeDef) dbName() string {
	name, _ := argument(t.directives, "db", "name")
	return name
}

func (f *fieldDef) dbName() string {
	name, _ := argument(f.directives, "db", "name")
	return name
}

func differing(dbName, name string) string {
	if dbName == name {
		return ""
	}
	return dbName
}

// field returns one field, or nil when its type is unknown.
func (in *inferrer) field(m *schema.Model, def *fieldDef) *schema.Field {
	f := &schema.Field{
		Name: def.name, Model: m, DBName: differing(def.dbName(), def.name),
		List: def.list, Required: def.required, Hidden: def.hidden,
	}
	if in.doc.isRelation(def) {
		if in.doc.typeByName[def.typeName].isRelationTable() {
			return nil
		}
		return f
	}
	if t, ok := def.scalarType(); ok {
		f.Type = t
	} else if f.Enum = in.enumByName[def.typeName]; f.Enum != nil {
		f.Type = scalar.Enum
	} else {
		return nil
	}
	f.Behaviour = def.behaviour(m.Name)
	f.Unique = f.IsID() || !f.List && def.directives.ForName("unique") != nil
	f.Default = def.defaultValue(f)
	if id, ok := f.Behaviour.(schema.ID); ok {
		f.Generated = f.Type == scalar.Int && id.Strategy != schema.StrategyNone
		if in.next.Legacy || in.isSequenceUnsaid(m, def, id) { // stored without
			f.Behaviour = schema.ID{Strategy: id.Strategy}
		}
	}
	return f
}

// isSequenceUnsaid tells whether an id that the database counts never had a
// @sequence and was stored without: of strategy SEQUENCE in Prisma 1, and all of
// datamodel 1.0. Nothing changes by deploying it again.
func (in *inferrer) isSequenceUnsaid(m *schema.Model, def *fieldDef, id schema.ID) bool {
	old := in.previousModel(m.Name)
	if old == nil || old.ID() == nil || old.ID().Type != scalar.Int || def.directives.ForName("sequence") != nil {
		return false
	}
	before := old.ID().Behaviour.(schema.ID)
	return before.Strategy == id.Strategy && before.Sequence == nil
}

// behaviour returns what the field's directives say; of several the first of
// id, createdAt, updatedAt, scalarList.
func (f *fieldDef) behaviour(model string) schema.Behaviour {
	switch {
	case f.directives.ForName("id") != nil:
		return f.idBehaviour(model)
	case f.directives.ForName("createdAt") != nil:
		return schema.CreatedAt{}
	case f.directives.ForName("updatedAt") != nil:
		return schema.UpdatedAt{}
	case f.list:
		return schema.ScalarList{Strategy: schema.ListRelation}
	}
	return nil
}

func (f *fieldDef) idBehaviour(model string) schema.ID {
	id := schema.ID{Strategy: schema.StrategyAuto}
	switch strategy, _ := argument(f.directives, "id", "strategy"); strategy {
	case "NONE":
		id.Strategy = schema.StrategyNone
	case "SEQUENCE":
		id.Strategy = schema.StrategySequence
	}
	if t, _ := f.scalarType(); t != scalar.Int || id.Strategy == schema.StrategyNone {
		return id
	}
	id.Sequence = f.sequence(model)
	return id
}

// defaultAllocation is stored with every sequence that a datamodel does not describe.
const defaultAllocation = 100

// sequence returns what @sequence says. Without it the sequence has the name
// and values that Prisma 1 gives to ids of strategy AUTO; there an id of
// strategy SEQUENCE had none and could not be created.
func (f *fieldDef) sequence(model string) *schema.Sequence {
	s := &schema.Sequence{Name: model + "_" + f.name + "_seq", InitialValue: 1, AllocationSize: defaultAllocation}
	if name, ok := argument(f.directives, "sequence", "name"); ok {
		s.Name = name
	}
	if n, ok := intArgument(f.directives, "sequence", "initialValue"); ok {
		s.InitialValue = n
	}
	if n, ok := intArgument(f.directives, "sequence", "allocationSize"); ok {
		s.AllocationSize = n
	}
	return s
}

package datamodel

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// problems11 returns what 1.1 refuses in the upgraded text, or would store
// otherwise than a service that has the text as it was, at the places of that.
func (d *Document) problems11(upgraded string, before *schema.Schema, rules Rules) []Problem {
	document, syntax := Parse(upgraded)
	if syntax != nil {
		return []Problem{{Type: "Global", Description: "In datamodel 1.1: " + syntax.Message, Line: 1, Column: 1}}
	}
	problems := document.Check(rules)
	if len(problems) == 0 {
		after, err := Infer(document, before)
		if err != nil {
			return []Problem{{Type: "Global", Description: "In datamodel 1.1: " + err.Error(), Line: 1, Column: 1}}
		}
		problems = storedOtherwise(before, after)
	}
	for i := range problems {
		p := &problems[i]
		p.Description = "In datamodel 1.1: " + p.Description
		var there bool
		if p.Line, p.Column, there = d.Place(p.Type, p.Field); there {
			continue
		}
		if p.Line, p.Column, there = d.Place(p.Type, ""); !there {
			p.Line, p.Column = 1, 1
		}
	}
	return problems
}

// storedOtherwise compares what two schemas of the same models store where. The
// upgrade keeps that; if one day it does not, nothing is to be written.
func storedOtherwise(before, after *schema.Schema) []Problem {
	const advice = " would not be stored as it is. Please upgrade it by hand."
	var problems []Problem
	for _, m := range before.Models {
		now := after.Model(m.Name)
		if now == nil || now.Table() != m.Table() {
			problems = append(problems, Problem{Type: m.Name, Description: "The type `" + m.Name + "`" + advice})
			continue
		}
		for _, f := range m.Fields {
			if f.Hidden && f.IsRelation() {
				continue // its name is made of the relation's
			}
			if g := now.Field(f.Name); g == nil || storageOf(g) != storageOf(f) {
				problems = append(problems, Problem{Type: m.Name, Field: f.Name, Description: "The field `" + f.Name + "`" + advice})
			}
		}
	}
	return problems
}

// A storage is how a field lies in the database, and what the server does with it by itself.
type storage struct {
	typeName                          string
	list, required, unique, generated bool

	column                     string // of a value, as the two lines below
	standard                   scalar.Value
	isID, isCreated, isUpdated bool

	side                              schema.Side // of a relation, as all below
	owns                              bool
	table, columnA, columnB, idColumn string
	onDeleteA, onDeleteB              schema.OnDelete
}

func storageOf(f *schema.Field) storage {
	s := storage{typeName: f.TypeName(), list: f.List, required: f.Required, unique: f.Unique, generated: f.Generated}
	r := f.Relation
	if r == nil {
		s.column, s.standard = f.Column(), f.Default
		s.isID, s.isCreated, s.isUpdated = f.IsID(), f.IsCreatedAt(), f.IsUpdatedAt()
		return s
	}
	s.side, s.owns = f.Side, f.OwnsColumn()
	s.table, s.columnA, s.columnB = r.Table(), r.Column(schema.SideA), r.Column(schema.SideB)
	if link, ok := r.Link.(*schema.LinkTable); ok {
		s.idColumn = link.ID
	}
	s.onDeleteA, s.onDeleteB = r.OnDeleteA, r.OnDeleteB
	return s
}

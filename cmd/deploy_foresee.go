package cmd

import (
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// foresee says what a deploy would do to a service that is not there yet. A server can only
// answer for services it has, and a dry run does not make one.
func foresee(types string, features []string) (*client.DeployPayload, error) {
	document, syntax := datamodel.Parse(types)
	if syntax != nil {
		return nil, syntax
	}
	document = document.After(nil)
	payload := &client.DeployPayload{}
	known, unknown := schema.ParseFeatures(features)
	for _, name := range unknown {
		payload.Errors = append(payload.Errors, client.Problem{Type: "Global", Description: schema.UnknownFeature(name)})
	}
	for _, p := range document.Check(datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true, Features: known, Decimals: true}) {
		payload.Errors = append(payload.Errors, client.Problem{Type: p.Type, Field: p.Field, Description: p.Description})
	}
	if len(payload.Errors) > 0 {
		return payload, nil
	}
	empty := &schema.Schema{}
	next, err := datamodel.Infer(document, empty)
	if err != nil {
		return nil, err
	}
	next.Features = known
	steps, err := migration.Infer(empty, next, document.Renames(empty))
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		payload.Steps = append(payload.Steps, clientStep(migration.Describe(step, empty, next)))
	}
	return payload, nil
}

// clientStep turns a step into the form a server sends it in.
func clientStep(s migration.APIStep) client.Step {
	return client.Step{
		Type: s.Type, Model: s.Model, Name: s.Name, NewName: text(s.NewName), Values: s.Values,
		TypeName: text(s.TypeName), IsRequired: s.IsRequired, IsList: s.IsList, IsUnique: s.Unique,
		Enum: text(s.Enum), Relation: text(s.Relation), Default: text(s.Default),
		LeftModel: s.LeftModel, RightModel: s.RightModel,
		Before: clientLink(s.Before), After: clientLink(s.After), Message: s.Message,
	}
}

func clientLink(l *migration.APILink) *client.Manifestation {
	if l == nil {
		return nil
	}
	return &client.Manifestation{
		Type: l.Type, Model: l.Model, Column: l.Column, Table: l.Table,
		ModelAColumn: l.ModelAColumn, ModelBColumn: l.ModelBColumn, IDColumn: text(l.IDColumn),
	}
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

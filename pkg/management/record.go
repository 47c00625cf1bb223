package management

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

func (c *call) projectRecord(p *project.Project) any {
	return projectRecord{c, p.ID, graphql.Record{Type: "Project", Values: map[string]any{
		"name": p.ID.Name, "stage": p.ID.Stage, "datamodel": p.Datamodel,
	}}}
}

// A projectRecord is a service whose storage is measured when it is asked for.
type projectRecord struct {
	call *call
	id   project.ID
	graphql.Record
}

// Field returns a field of the type Project.
func (r projectRecord) Field(ctx context.Context, f graphql.Field) (any, error) {
	if f.Name != "storage" {
		return r.Record.Field(ctx, f)
	}
	db := r.call.connector.Database(r.id)
	if there, err := db.Exists(ctx); err != nil || !there { // deleted by this very request
		return nil, err
	}
	used, err := db.Size(ctx)
	if err != nil {
		return nil, err
	}
	values := map[string]any{"usedBytes": float64(used)}
	if limit := r.call.options.Storage; limit > 0 {
		values["limitBytes"] = float64(limit)
	}
	return graphql.Record{Type: "Storage", Values: values}, nil
}

// deployValues are the fields of a DeployPayload.
func (c *call) deployValues(p *DeployPayload) map[string]any {
	values := map[string]any{
		"errors": graphql.ListOf(p.Errors, func(e migration.Problem) any {
			return remark("SchemaError", e)
		}),
		"warnings": graphql.ListOf(p.Warnings, func(w migration.Warning) any {
			return remark("SchemaWarning", migration.Problem(w))
		}),
		"steps":      stepRecords(p.Steps, p.Previous, p.Next),
		"statements": graphql.ListOf(p.Statements, statementRecord),
	}
	if p.Migration != nil {
		values["migration"] = c.migrationRecord(p.Migration, p.Previous)
	}
	return values
}

func remark(typeName string, p migration.Problem) graphql.Record {
	values := map[string]any{"type": p.Type, "description": p.Description}
	if p.Field != "" {
		values["field"] = p.Field
	}
	if p.Line > 0 {
		values["line"], values["column"] = p.Line, p.Column
	}
	return graphql.Record{Type: typeName, Values: values}
}

// historyRecords are the migrations of a project, newest first, each described
// against the successful one before it.
func (c *call) historyRecords(history []*migration.Migration) []any {
	records := make([]any, len(history))
	for i, one := range history {
		records[i] = c.migrationRecord(one, previousSchema(history[i+1:]))
	}
	return records
}

// previousSchema is the schema of the newest successful migration; the empty one when there is none.
func previousSchema(older []*migration.Migration) *schema.Schema {
	for _, one := range older {
		if one.Status == migration.Success {
			return one.Schema
		}
	}
	return &schema.Schema{}
}

func (c *call) migrationRecord(one *migration.Migration, previous *schema.Schema) graphql.Record {
	return graphql.Record{Type: "Migration", Values: map[string]any{
		"projectId":  c.connector.ProjectText(one.Project),
		"revision":   one.Revision,
		"status":     string(one.Status),
		"applied":    one.Applied,
		"rolledBack": one.RolledBack,
		"errors":     append([]string{}, one.Errors...),
		"startedAt":  moment(one.StartedAt),
		"finishedAt": moment(one.FinishedAt),
		"datamodel":  one.Datamodel,
		"steps":      stepRecords(one.Steps, previous, one.Schema),
	}}
}

func stepRecords(steps []migration.Step, previous, next *schema.Schema) []any {
	return graphql.ListOf(steps, func(s migration.Step) any { return stepRecord(migration.Describe(s, previous, next)) })
}

// stepRecord has all fields that any step type has; a selection takes those of its own.
func stepRecord(s migration.APIStep) graphql.Record {
	values := map[string]any{
		"type": s.Type, "name": s.Name, "model": s.Model, "message": s.Message,
		"leftModel": s.LeftModel, "rightModel": s.RightModel,
		"newName": value(s.NewName), "isEmbedded": value(s.IsEmbedded), "typeName": value(s.TypeName),
		"isRequired": value(s.IsRequired), "isList": value(s.IsList), "unique": value(s.Unique),
		"enum": value(s.Enum), "default": value(s.Default), "relation": value(s.Relation),
		"before": linkRecord(s.Before), "after": linkRecord(s.After),
	}
	if s.Values != nil {
		values["values"] = s.Values
	}
	return graphql.Record{Type: s.Type, Values: values}
}

func linkRecord(link *migration.APILink) any {
	if link == nil {
		return nil
	}
	return graphql.Record{Type: link.Type, Values: map[string]any{
		"type": link.Type, "table": link.Table, "modelAColumn": link.ModelAColumn, "modelBColumn": link.ModelBColumn,
		"idColumn": value(link.IDColumn), "model": link.Model, "column": link.Column,
	}}
}

// value is what a pointer points to, nil for none.
func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

package cloud

import (
	"context"
	_ "embed" // datamodel.prisma
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/management"
	"github.com/prisma1-go/prisma1/pkg/project"
)

//go:embed datamodel.prisma
var datamodelText string

// self is the service that holds the cloud's own records. Its management tables
// are its own, so no server of services ever lists it.
var self = project.ID{Name: "cloud", Stage: "default"}

// records is the cloud's own service: what the cloud knows it reads and writes
// in the GraphQL that it serves to others, and a new version deploys its datamodel.
type records struct{ service *engine.Service }

// openRecords brings the datamodel of this version to the database. What would lose records stops it.
func openRecords(ctx context.Context, db *connector.Connector, log *slog.Logger) (*records, error) {
	m, err := management.New(ctx, db, management.Options{Logger: log})
	if err != nil {
		return nil, err
	}
	_, err = m.AddProject(ctx, self, nil)
	if err != nil && fault.CodeOf(err) != fault.ServiceExists {
		return nil, err
	}
	done, err := m.Deploy(ctx, management.DeployInput{ID: self, Types: datamodelText})
	if err != nil {
		return nil, err
	}
	for _, problem := range done.Errors {
		return nil, fmt.Errorf("%s %s: %s", problem.Type, problem.Field, problem.Description)
	}
	for _, warning := range done.Warnings {
		return nil, fmt.Errorf("%s %s: %s", warning.Type, warning.Field, warning.Description)
	}
	p, err := m.Project(ctx, self)
	if err != nil {
		return nil, err
	}
	service, err := engine.New(db, engine.Options{Logger: log}).Service(p)
	return &records{service}, err
}

// values are the variables of a query.
type values map[string]any

// A recordError is what the own service answered instead of data.
type recordError struct {
	code    fault.Code
	message string
}

func (e *recordError) Error() string { return "the cloud's records: " + e.message }

// taken tells whether a value that must be unique is there already.
func taken(err error) bool {
	e, ok := errors.AsType[*recordError](err)
	return ok && e.code == fault.UniqueConstraintViolation
}

// missing tells whether a node that a query names is not there.
func missing(err error) bool {
	e, ok := errors.AsType[*recordError](err)
	return ok && e.code == fault.NodeNotFoundForWhere
}

// do runs an operation on the records and reads its data into answer; nil drops it.
func (r *records) do(ctx context.Context, query string, variables values, answer any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	_, text := r.service.Answer(ctx, "cloud", body)
	var envelope struct {
		Data   json.RawMessage
		Errors []struct {
			Code    fault.Code
			Message string
		}
	}
	if err := json.Unmarshal(text.Bytes(), &envelope); err != nil {
		return fmt.Errorf("read the cloud's records: %w", err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, e := range envelope.Errors {
		return &recordError{e.Code, e.Message}
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(envelope.Data, answer)
}

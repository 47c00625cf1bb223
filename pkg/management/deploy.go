package management

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// DeployInput is what a deploy asks for.
type DeployInput struct {
	ID          project.ID
	Types       string // the datamodel
	Secrets     []string
	Functions   []project.Function
	Features    []string // names of schema.Features
	DryRun      bool     // only say what would be done
	Force       bool     // accept data loss
	NoMigration bool     // the tables are there already
}

// DeployPayload is what a deploy answers. It is not changed afterwards.
type DeployPayload struct {
	Errors         []migration.Problem
	Warnings       []migration.Warning
	Steps          []migration.Step
	Previous, Next *schema.Schema       // to describe the steps
	Migration      *migration.Migration // nil when nothing was done
	Statements     []Statement          // of a dry run

	failed bool // Errors are those of the migration
}

// Deploy leads a service to a datamodel. Mistakes in the datamodel, warnings
// and a migration that failed are in the payload; a failed migration leaves
// tables and schema as they were.
//
// Unlike Prisma 1, which answers at once and works in the background, Deploy
// returns when all is done; clients that poll the status see it done.
//
// Returns the faults NoService, DeploymentInProgress, DatamodelSyntax,
// RelationNameClash and RelationAmbiguity (DeployMutation.scala).
func (m *Management) Deploy(ctx context.Context, in DeployInput) (*DeployPayload, error) {
	defer m.deploys.begin()()
	payload, err := m.deploy(ctx, in)
	m.deploys.note(outcome(in, payload, err))
	return payload, err
}

func (m *Management) deploy(ctx context.Context, in DeployInput) (*DeployPayload, error) {
	if _, err := m.stored(ctx, in.ID); err != nil {
		return nil, err
	}
	r, err := m.reserve(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	defer r.release()
	in.NoMigration = in.NoMigration || m.options.Passive
	if err := r.repair(ctx); err != nil {
		return nil, fmt.Errorf("finish an earlier deploy: %w", err)
	}
	current, err := m.stored(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	d := &deploy{reservation: r, in: in, current: current, db: m.connector.Database(in.ID)}
	if err := d.plan(ctx); err != nil {
		return nil, err
	}
	d.place()
	if len(d.payload.Errors) > 0 {
		return &DeployPayload{Errors: d.payload.Errors}, nil
	}
	if in.DryRun {
		d.payload.Statements, err = d.statements()
		return &d.payload, err
	}
	if len(d.payload.Warnings) > 0 && !in.Force {
		return &d.payload, nil
	}
	// From here on a client that goes away stops nothing.
	return &d.payload, d.perform(r.ctx)
}

// deploy is one deploy on its way.
type deploy struct {
	*reservation
	in      DeployInput
	current *project.Project
	db      *connector.Database

	document *datamodel.Document
	payload  DeployPayload
	changes  []migration.StepChanges
	lacking  bool // columns of relations have no index yet
}

// plan finds out what is to be done and whether it may be. Each part runs only
// if the ones before found no errors.
func (d *deploy) plan(ctx context.Context) error {
	document, syntax := datamodel.Parse(d.in.Types)
	if syntax != nil {
		return fault.New(fault.DatamodelSyntax, "%s", syntax.Message)
	}
	features := d.features()
	document.Follow(d.current.Datamodel)
	document = document.After(d.current.Schema)
	d.document = document
	rules := d.connector.Rules()
	rules.Adopted, rules.Features, rules.Deployed = d.in.NoMigration, features, d.current.Schema
	d.report(document.Check(rules))
	if len(d.payload.Errors) > 0 {
		return nil
	}
	next, err := datamodel.Infer(document, d.current.Schema)
	if err != nil {
		return err
	}
	next.Features = features
	d.payload.Previous, d.payload.Next = d.current.Schema, next
	if d.checkNames(); len(d.payload.Errors) > 0 {
		return nil
	}
	tables, err := d.db.Inspect(ctx)
	if err != nil {
		return storage("The tables could not be inspected", err)
	}
	if d.in.NoMigration {
		d.payload.Errors = checkTables(next, tables)
		return d.checkFunctions()
	}
	if err := d.checkFunctions(); err != nil || len(d.payload.Errors) > 0 {
		return err
	}
	if err := d.planSteps(ctx, document, tables); err != nil {
		return err
	}
	d.warn(document.Warnings(d.payload.Previous))
	return nil
}

// features returns the features of the service and reports names that are none.
func (d *deploy) features() []schema.Feature {
	known, unknown := schema.ParseFeatures(d.in.Features)
	for _, name := range unknown {
		d.payload.Errors = append(d.payload.Errors, migration.Problem{Type: "Global", Description: schema.UnknownFeature(name)})
	}
	return known
}

// checkNames reports a name of the datamodel that the API has already, of its
// own, by another name or by a feature. Prisma 1 deployed a service then that did not answer.
func (d *deploy) checkNames() {
	_, err := opencrud.New(d.payload.Next, opencrud.Capabilities{})
	if err == nil {
		return
	}
	if clash, ok := errors.AsType[*opencrud.Clash](err); ok {
		d.payload.Errors = append(d.payload.Errors, migration.Problem{Type: clash.Type, Field: clash.Field, Description: clash.Reason})
		return
	}
	doubled := err.Error()
	if e, ok := errors.AsType[*gqlerror.Error](err); ok {
		doubled = e.Message
	}
	d.payload.Errors = append(d.payload.Errors, migration.Problem{Type: "Global", Description: "A feature in prisma.yml and the datamodel " +
		"need the same name in the API. Please use another name in the datamodel. " + doubled})
}

// checkFunctions adds what is wrong with the functions, if nothing else is wrong.
func (d *deploy) checkFunctions() (err error) {
	if len(d.payload.Errors) == 0 {
		d.payload.Errors, err = checkFunctions(d.in.Functions, d.payload.Next)
	}
	return err
}

// planSteps finds the steps to the next schema, what they would lose and the changes they take.
func (d *deploy) planSteps(ctx context.Context, document *datamodel.Document, tables []*relational.Table) error {
	previous, next := d.payload.Previous, d.payload.Next
	steps, err := migration.Infer(previous, next, document.Renames(previous))
	if err != nil {
		return err
	}
	d.payload.Steps = steps
	d.payload.Warnings, d.payload.Errors, err = migration.Warnings(ctx, steps, previous, next, d.db)
	if err != nil {
		return storage("The stored nodes could not be checked", err)
	}
	if len(d.payload.Errors) > 0 {
		return nil
	}
	d.changes, err = migration.Changes(steps, previous, next, d.db.Naming(), tables)
	if err != nil {
		return fmt.Errorf("plan the table changes: %w", err)
	}
	d.compare(tables)
	return nil
}

// report adds problems of the datamodel to the answer.
func (d *deploy) report(problems []datamodel.Problem) {
	for _, p := range problems {
		d.payload.Errors = append(d.payload.Errors, migration.Problem(p))
	}
}

// place says where in the datamodel things stand that the room that complained does not know as text.
func (d *deploy) place() {
	for i, p := range d.payload.Errors {
		d.payload.Errors[i] = d.placed(p)
	}
	for i, w := range d.payload.Warnings {
		d.payload.Warnings[i] = migration.Warning(d.placed(migration.Problem(w)))
	}
}

func (d *deploy) placed(p migration.Problem) migration.Problem {
	if p.Line == 0 {
		p.Line, p.Column, _ = d.document.Place(p.Type, p.Field)
	}
	return p
}

// warn puts the warnings about the datamodel before those about the nodes.
func (d *deploy) warn(problems []datamodel.Problem) {
	warnings := make([]migration.Warning, 0, len(problems)+len(d.payload.Warnings))
	for _, p := range problems {
		warnings = append(warnings, migration.Warning(p))
	}
	d.payload.Warnings = append(warnings, d.payload.Warnings...)
}

// perform stores the secrets and runs the migration, if there is anything to
// do. Secrets change at once and stay when the migration fails, as in Prisma 1.
func (d *deploy) perform(ctx context.Context) error {
	steps := slices.Clone(d.payload.Steps)
	if !slices.Equal(d.in.Secrets, d.current.Secrets) {
		if err := d.store.UpdateSecrets(ctx, d.in.ID, d.in.Secrets); err != nil {
			return storage("The secrets were not stored and nothing was deployed", err)
		}
		steps = append(steps, migration.UpdateSecrets{Secrets: d.in.Secrets})
	}
	defer d.indexLinks(ctx)
	if len(steps) == 0 && !d.functionsChanged() && !d.schemaChanged() {
		return nil
	}
	one := &migration.Migration{
		Project:   d.in.ID,
		Status:    migration.InProgress,
		Datamodel: d.in.Types,
		Schema:    d.payload.Next,
		Functions: d.in.Functions,
		Steps:     steps,
		StartedAt: now(),
	}
	if err := d.store.CreateMigration(ctx, one); err != nil {
		return storage("Nothing was deployed", err)
	}
	return d.migrate(ctx, one)
}

// migrate changes the tables and records how that went.
func (d *deploy) migrate(ctx context.Context, one *migration.Migration) error {
	d.running.Store(one)
	defer d.running.Store(nil)
	run := connector.Run{Revision: one.Revision, Steps: d.changes, Lock: d.lock, Applied: func(steps int) { d.applied.Store(int64(steps)) }}
	if err := d.db.Migrate(ctx, run); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		d.log.Error("migration failed", "service", d.connector.ProjectText(one.Project), "revision", one.Revision, "cause", err)
		said := "The migration failed and was taken back, tables and data are as they were. "
		takeBack(one, err.Error())
		if errors.Is(err, connector.ErrHalfDone) {
			said = "The migration failed and could not be taken back; the next deploy tries again to do so. "
			one.Status = migration.RollbackFailure
		}
		d.payload = DeployPayload{failed: true, Errors: []migration.Problem{{Type: "Global", Description: said + err.Error()}}}
		d.record(ctx, one)
		return nil
	}
	finish(one)
	d.payload.Migration = one
	d.record(ctx, one)
	return nil
}

// record notes how a migration went. When that cannot be stored, the next
// deploy or start of the server finds the row open and closes it.
func (d *deploy) record(ctx context.Context, one *migration.Migration) {
	if err := d.store.UpdateMigration(ctx, one); err != nil {
		d.log.Error("the end of a migration was not recorded", "service", d.connector.ProjectText(one.Project),
			"revision", one.Revision, "status", string(one.Status), "cause", err)
	}
}

// functionsChanged compares whole lists. Prisma 1 made a migration of every
// deploy with functions, and none of one that removed the last.
func (d *deploy) functionsChanged() bool {
	return !slices.EqualFunc(d.in.Functions, d.current.Functions, func(a, b project.Function) bool {
		return reflect.DeepEqual(a, b)
	})
}

// schemaChanged tells whether the schema means something else though no step
// says so, as with a new default value.
func (d *deploy) schemaChanged() bool {
	before, err := migration.MarshalSchema(d.payload.Previous)
	if err != nil {
		return true
	}
	after, err := migration.MarshalSchema(d.payload.Next)
	return err != nil || string(before) != string(after)
}

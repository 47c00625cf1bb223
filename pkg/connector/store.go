package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A Store keeps the records of all services: tables Project, Migration and
// CloudSecret, as Prisma 1 has them (MigrationPersistence, ProjectPersistence).
// It may be shared between goroutines.
type Store struct {
	records
	facts     *dialect.Facts
	connector *Connector
}

func newStore(c *Connector) *Store {
	return &Store{connector: c, facts: c.Facts(), records: c.backend.records()}
}

// table returns a management table's name, quoted and qualified.
func (s *Store) table(name string) string {
	return dialect.NewBuilder(s.facts, s.schema).Table(name).Statement().SQL
}

const (
	// current selects each project with its newest successful migration.
	current = `SELECT p."id", p."secrets", m."revision", m."schema", m."functions", m."datamodel"
FROM {Project} AS p
JOIN {Migration} AS m ON m."projectId" = p."id"
WHERE m."revision" = (
  SELECT MAX(s."revision")
  FROM {Migration} AS s
  WHERE s."projectId" = p."id" AND s."status" = 'SUCCESS'
)`
	history = `SELECT "projectId", "revision", "schema", "functions", "status", "applied", "rolledBack", "steps", "errors", "startedAt", "finishedAt", "datamodel"
FROM {Migration}`
	updateMigration = `UPDATE {Migration}
SET "schema" = ?, "functions" = ?, "status" = ?, "applied" = ?, "rolledBack" = ?, "steps" = ?, "errors" = ?, "startedAt" = ?, "finishedAt" = ?, "datamodel" = ?
WHERE "projectId" = ? AND "revision" = ?`
	isOpen = `"status" IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK')`
)

// Projects returns all services, without order.
func (s *Store) Projects(ctx context.Context) ([]*project.Project, error) {
	return collect(ctx, s, current, nil, s.project)
}

// IDs returns the ids of all services, in order.
func (s *Store) IDs(ctx context.Context) ([]project.ID, error) {
	return collect(ctx, s, `SELECT "id" FROM {Project} ORDER BY "id"`, nil, func(r record) (project.ID, error) { return s.id(r.text(0)), nil })
}

// Project returns one service, nil when there is none.
func (s *Store) Project(ctx context.Context, id project.ID) (*project.Project, error) {
	found, err := collect(ctx, s, current+` AND p."id" = ?`, []any{s.text(id)}, s.project)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// project reads a row of current.
func (s *Store) project(r record) (p *project.Project, err error) {
	p = &project.Project{ID: s.id(r.text(0)), Revision: int(r.number(2)), Datamodel: r.text(5)}
	if err := readJSON(r.text(1), &p.Secrets); err != nil {
		return nil, fmt.Errorf("secrets of %s: %w", r.text(0), err)
	}
	if p.Schema, err = migration.UnmarshalSchema([]byte(r.text(3))); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", r.text(0), err)
	}
	if p.Functions, err = migration.UnmarshalFunctions(listText(r, 4)); err != nil {
		return nil, fmt.Errorf("functions of %s: %w", r.text(0), err)
	}
	return p, nil
}

// A Version tells one state of a deployed project from another.
type Version struct {
	Revision int
	Secrets  string
	Started  int64 // when its migration did, ms since 1970
}

// Version returns the version of a project, the zero one when there is none. It
// reads less than Project does.
func (s *Store) Version(ctx context.Context, id project.ID) (Version, error) {
	const query = `SELECT p."secrets", m."revision", m."startedAt"
FROM {Project} AS p
JOIN {Migration} AS m ON m."projectId" = p."id"
WHERE p."id" = ? AND m."status" = 'SUCCESS'
ORDER BY m."revision" DESC
LIMIT 1`
	found, err := collect(ctx, s, query, []any{s.text(id)}, func(r record) (Version, error) {
		return Version{Secrets: r.text(0), Revision: int(r.number(1)), Started: r.time(2).UnixMilli()}, nil
	})
	if err != nil || len(found) == 0 {
		return Version{}, err
	}
	return found[0], nil
}

// CreateProject records a service and, as its first migration, that it is empty.
func (s *Store) CreateProject(ctx context.Context, p *project.Project) error {
	secrets, err := json.Marshal(append([]string{}, p.Secrets...))
	if err != nil {
		return err
	}
	first := &migration.Migration{Project: p.ID, Revision: p.Revision, Status: migration.Success, Schema: p.Schema, Datamodel: p.Datamodel}
	return s.place.write(ctx, func(c session) error {
		const insert = `INSERT INTO {Project} ("id", "secrets", "functions") VALUES (?, ?, '[]')`
		if _, err := c.exec(ctx, s.sql(insert), []any{s.text(p.ID), string(secrets)}); err != nil {
			return err
		}
		return s.insert(ctx, c, first)
	})
}

// UpdateSecrets changes the secrets of a service.
func (s *Store) UpdateSecrets(ctx context.Context, id project.ID, secrets []string) error {
	text, err := json.Marshal(append([]string{}, secrets...))
	if err != nil {
		return err
	}
	return s.exec(ctx, `UPDATE {Project} SET "secrets" = ? WHERE "id" = ?`, string(text), s.text(id))
}

// DeleteProject deletes a service and its history.
func (s *Store) DeleteProject(ctx context.Context, id project.ID) error {
	return s.exec(ctx, `DELETE FROM {Project} WHERE "id" = ?`, s.text(id))
}

// CreateMigration records a migration under the next revision, which it sets.
// Returns fault.DeploymentInProgress while another one of the project is open.
func (s *Store) CreateMigration(ctx context.Context, m *migration.Migration) error {
	return s.place.write(ctx, func(c session) error {
		const lock = `UPDATE {Project} SET "id" = "id" WHERE "id" = ?` // until the end of the transaction
		if _, err := c.exec(ctx, s.sql(lock), []any{s.text(m.Project)}); err != nil {
			return err
		}
		const state = `SELECT coalesce(MAX("revision"), 0) + 1, COUNT(CASE WHEN ` + isOpen + ` THEN 1 END)
FROM {Migration}
WHERE "projectId" = ?`
		found, err := c.query(ctx, s.sql(state), []any{s.text(m.Project)})
		if err != nil {
			return err
		}
		r := record{rows: found, err: &err}
		found.next()
		revision, open := r.number(0), r.number(1)
		if err := errors.Join(err, found.close()); err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.DeploymentInProgress, "You can not deploy to a service stage while there is a deployment in progress or a pending deployment scheduled already. Please try again after the deployment finished.")
		}
		m.Revision = int(revision)
		return s.insert(ctx, c, m)
	})
}

func (s *Store) insert(ctx context.Context, c session, m *migration.Migration) error {
	const insert = `INSERT INTO {Migration} ("schema", "functions", "status", "applied", "rolledBack", "steps", "errors", "startedAt", "finishedAt", "datamodel", "projectId", "revision")
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	args, err := s.columns(m)
	if err != nil {
		return err
	}
	_, err = c.exec(ctx, s.sql(insert), args)
	return err
}

// UpdateMigration records how far a migration is.
func (s *Store) UpdateMigration(ctx context.Context, m *migration.Migration) error {
	args, err := s.columns(m)
	if err != nil {
		return err
	}
	return s.exec(ctx, updateMigration, args...)
}

// UpdateProgress records how many steps of a running migration are done.
func (s *Store) UpdateProgress(ctx context.Context, id project.ID, revision, applied int) error {
	const update = `UPDATE {Migration} SET "applied" = ? WHERE "projectId" = ? AND "revision" = ? AND "status" = 'IN_PROGRESS'`
	return s.exec(ctx, update, applied, s.text(id), revision)
}

// CloseMigration is UpdateMigration of one that is still open. It tells whether
// it was: a transaction that set its end may have been about to commit.
func (s *Store) CloseMigration(ctx context.Context, m *migration.Migration) (open bool, err error) {
	args, err := s.columns(m)
	if err != nil {
		return false, err
	}
	n, err := s.met(ctx, updateMigration+` AND `+isOpen, args...)
	return n > 0, err
}

// columns are the values of a migration, its key last.
func (s *Store) columns(m *migration.Migration) ([]any, error) {
	schema, err := migration.MarshalSchema(m.Schema)
	if err != nil {
		return nil, err
	}
	functions, err := migration.MarshalFunctions(m.Functions)
	if err != nil {
		return nil, err
	}
	steps, err := migration.MarshalSteps(m.Steps)
	if err != nil {
		return nil, err
	}
	problems, err := json.Marshal(append([]string{}, m.Errors...))
	if err != nil {
		return nil, err
	}
	return []any{
		string(schema), string(functions), string(m.Status), m.Applied, m.RolledBack, string(steps), string(problems),
		s.moment(m.StartedAt), s.moment(m.FinishedAt), m.Datamodel, s.text(m.Project), m.Revision,
	}, nil
}

// Migrations returns the history of a service, newest first.
func (s *Store) Migrations(ctx context.Context, id project.ID) ([]*migration.Migration, error) {
	const query = history + `
WHERE "projectId" = ?
ORDER BY "revision" DESC`
	return collect(ctx, s, query, []any{s.text(id)}, s.migration)
}

// UnfinishedMigrations returns the migrations of a service that have not ended, oldest first.
func (s *Store) UnfinishedMigrations(ctx context.Context, id project.ID) ([]*migration.Migration, error) {
	const query = history + `
WHERE "projectId" = ? AND ` + isOpen + `
ORDER BY "revision"`
	return collect(ctx, s, query, []any{s.text(id)}, s.migration)
}

// Unfinished returns the services with migrations that have not ended, or left something to do.
func (s *Store) Unfinished(ctx context.Context) ([]project.ID, error) {
	query := `SELECT DISTINCT "projectId" FROM {Migration} WHERE ` + isOpen
	if s.journals {
		query += "\nUNION SELECT \"projectId\" FROM {DeployJournal}"
	}
	return collect(ctx, s, query, nil, func(r record) (project.ID, error) { return s.id(r.text(0)), nil })
}

// listText returns a cell that holds a JSON list. Old servers left some null.
func listText(r record, i int) []byte { return []byte(cmp.Or(r.text(i), "[]")) }

// migration reads a row of history.
func (s *Store) migration(r record) (m *migration.Migration, err error) {
	m = &migration.Migration{
		Project:    s.id(r.text(0)),
		Revision:   int(r.number(1)),
		Status:     migration.Status(r.text(4)),
		Applied:    int(r.number(5)),
		RolledBack: int(r.number(6)),
		StartedAt:  r.time(9),
		FinishedAt: r.time(10),
		Datamodel:  r.text(11),
	}
	where := func(part string, err error) error {
		return fmt.Errorf("%s of migration %d of %s: %w", part, m.Revision, r.text(0), err)
	}
	if m.Schema, err = migration.UnmarshalSchema([]byte(r.text(2))); err != nil {
		return nil, where("schema", err)
	}
	if m.Functions, err = migration.UnmarshalFunctions(listText(r, 3)); err != nil {
		return nil, where("functions", err)
	}
	if m.Steps, err = migration.UnmarshalSteps(listText(r, 7)); err != nil {
		return nil, where("steps", err)
	}
	if err := readJSON(r.text(8), &m.Errors); err != nil {
		return nil, where("errors", err)
	}
	return m, nil
}

// SetCloudSecret keeps the secret of a cloud; "" removes it.
func (s *Store) SetCloudSecret(ctx context.Context, secret string) error {
	return s.place.write(ctx, func(c session) error {
		if _, err := c.exec(ctx, s.sql(`DELETE FROM {CloudSecret}`), nil); err != nil || secret == "" {
			return err
		}
		_, err := c.exec(ctx, s.sql(`INSERT INTO {CloudSecret} ("secret") VALUES (?)`), []any{secret})
		return err
	})
}

func (s *Store) exec(ctx context.Context, text string, args ...any) error {
	return s.place.write(ctx, func(c session) error {
		_, err := c.exec(ctx, s.sql(text), args)
		return err
	})
}

func (s *Store) text(id project.ID) string { return s.connector.ProjectText(id) }

// id is the inverse of text: ids end in $stage, on MySQL in @stage.
func (s *Store) id(text string) project.ID {
	separator := s.text(project.ID{})
	name, stage, _ := strings.Cut(text, separator)
	return project.ID{Name: name, Stage: stage}
}

// moment returns a time as a parameter, null for the zero time.
func (s *Store) moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return s.facts.Arg(scalar.OfDateTime(t.UnixMilli()))
}

// collect reads the rows of a query.
func collect[T any](ctx context.Context, s *Store, query string, args []any, read func(record) (T, error)) (all []T, err error) {
	in, done, err := s.place.read(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found, err := in.query(ctx, s.sql(query), args)
	if err != nil {
		return nil, err
	}
	for err == nil && found.next() {
		var (
			failed error
			item   T
		)
		item, err = read(record{rows: found, err: &failed})
		err = errors.Join(err, failed)
		all = append(all, item)
	}
	return all, errors.Join(err, found.close())
}

func readJSON(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

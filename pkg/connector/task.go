package connector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A task is the context of one root field. It runs one statement at a time: it
// stops one that takes too long, and tells the log about slow ones.
type task struct {
	context.Context
	database  *Database
	timer     *time.Timer // stops the statement that runs; nil when none is stopped
	began     time.Time   // of that statement
	explained bool        // a slow one; one plan is enough
}

type (
	taskKey    struct{}
	requestKey struct{}
)

// errSlow is why a task stopped its statement.
var errSlow = errors.New("the statement took too long")

// WithRequest returns a context in which statements are known to belong to a
// request: a slow one is logged with its id.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// task begins the work for a root field; end ends it.
func (d *Database) task(ctx context.Context) (t *task, end func()) {
	t = &task{Context: ctx, database: d}
	most := d.connector.config.StatementTime
	if most == 0 {
		return t, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.Context = ctx
	t.timer = time.AfterFunc(most, func() { cancel(errSlow) })
	return t, func() {
		t.timer.Stop()
		cancel(nil)
	}
}

// Value finds the task itself.
func (t *task) Value(key any) any {
	if key == (taskKey{}) {
		return t
	}
	return t.Context.Value(key)
}

// explain turns the error of a statement that the task stopped into a fault.
func (t *task) explain(err error) error {
	if err == nil || !errors.Is(context.Cause(t), errSlow) {
		return err
	}
	slow := fault.SlowStatement(t.database.connector.config.StatementTime)
	slow.Cause = err
	return slow
}

// begin notes that a statement begins. It returns nil when the statement
// belongs to no task.
func begin(ctx context.Context, log *slog.Logger, text string) *task {
	if log.Enabled(ctx, slog.LevelDebug) {
		log.LogAttrs(ctx, slog.LevelDebug, "statement", slog.String("sql", text))
	}
	t, ok := ctx.Value(taskKey{}).(*task)
	if !ok {
		return nil
	}
	t.began = time.Now()
	if t.timer != nil {
		t.timer.Reset(t.database.connector.config.StatementTime)
	}
	return t
}

// end notes that the statement is over. s is its connection; nil when others
// follow on it at once.
func (t *task) end(s session, text string, args []any, err error) {
	if took, slow := t.isSlow(); slow {
		t.tell(s, took, text, args, err)
	}
}

// isSlow tells whether the log is to be told about the statement that is over,
// and how long it took. The log is told once.
func (t *task) isSlow() (took time.Duration, slow bool) {
	if t == nil || t.explained {
		return 0, false
	}
	most := t.database.connector.config.SlowStatement
	took = time.Since(t.began)
	t.explained = most > 0 && took >= most
	return took, t.explained
}

// tell tells the log about a slow statement. s is a connection that is free; nil when there is none.
func (t *task) tell(s session, took time.Duration, text string, args []any, err error) {
	c := t.database.connector
	id, _ := t.Value(requestKey{}).(string)
	attributes := []slog.Attr{
		slog.String("requestId", id), slog.String("service", t.database.id.Name), slog.String("stage", t.database.id.Stage),
		slog.Int64("ms", took.Milliseconds()), slog.String("sql", text), slog.String("args", describe(args, c.config.LogValues)),
	}
	if err != nil {
		attributes = append(attributes, slog.Any("cause", err))
	} else if plan, err := t.plan(s, text, args); err == nil && plan != "" {
		attributes = append(attributes, slog.String("plan", plan))
	}
	c.log.LogAttrs(t, slog.LevelWarn, "slow statement", attributes...)
}

// tellRaw tells the log about slow raw SQL. Text and error hold values: without
// them it is known by the request.
func (t *task) tellRaw(took time.Duration, text string, err error) {
	if !t.database.connector.config.LogValues {
		word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		text, err = fmt.Sprintf("%.20s … (executeRaw, %d bytes)", word, len(text)), nil
	}
	t.tell(nil, took, text, nil, err)
}

// describe names the types of arguments, and their values when asked.
func describe(args []any, values bool) string {
	var b strings.Builder
	for i, arg := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		text, isText := arg.(string)
		switch {
		case values && isText:
			fmt.Fprintf(&b, "%q", text)
		case values:
			fmt.Fprintf(&b, "%v", arg)
		case isText:
			fmt.Fprintf(&b, "string of %d bytes", len(text))
		default:
			fmt.Fprintf(&b, "%T", arg)
		}
	}
	return b.String()
}

// plan asks the database how it runs a statement.
func (t *task) plan(s session, text string, args []any) (string, error) {
	if s == nil {
		return "", nil
	}
	explain := t.database.connector.Facts().Explain
	var lines []string
	err := scan(t, s, dialect.Statement{SQL: explain.Words + " " + text, Args: args}, func(r rows) error {
		line, err := r.value(explain.Column, scalar.String)
		lines = append(lines, line.Text)
		return err
	})
	plan := strings.Join(lines, "\n")
	if !t.database.connector.config.LogValues {
		plan = planTexts.ReplaceAllString(planConditions.ReplaceAllString(plan, "$1…"), "'…'")
	}
	return plan, err
}

// Where plans of PostgreSQL and MySQL show values of a statement.
var (
	planConditions = regexp.MustCompile(`(?mi)^(.*(?:filter|cond|condition)"?: ).*$`)
	planTexts      = regexp.MustCompile(`'[^']*'`)
)

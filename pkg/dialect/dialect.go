// Package dialect says what can differ between databases: facts, a few actions, and the text of a statement.
package dialect

import (
	"context"
	"database/sql"
	"time"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A Dialect is how one kind of database speaks.
type Dialect interface {
	Facts() *Facts
	// Inspect returns the tables of a schema ("" where a database has none), by name.
	Inspect(ctx context.Context, db Querier, schema string) ([]*relational.Table, error)
	// Details returns what Inspect leaves out: defaults, values of enums, comments, views.
	Details(ctx context.Context, db Querier, schema string) (*relational.Details, error)
	// Statements returns what a change takes, in order. schema qualifies the
	// tables; "" does not.
	Statements(schema string, change relational.Change) ([]Statement, error)
	// Classify tells what a failed statement ran into.
	Classify(err error) Violation
	// Report returns what the database itself says about a failed statement: its
	// number and its sentence. ok is false when err does not come from it.
	Report(err error) (number int, sentence string, ok bool)
}

// A Querier is what Inspect reads through: a pool, a connection or a transaction of database/sql.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Facts are the differences that need no code.
type Facts struct {
	Name        string                       // "sqlite", as written in the server's configuration
	Quote       byte                         // around identifiers
	MaxArgs     int                          // bound parameters per statement
	MaxFilter   int                          // conditions of one filter that a statement takes in bearable time
	Fence       string                       // at the end of a subselect: it does not become a join
	Returning   bool                         // INSERT … RETURNING works
	DDLInTx     bool                         // changes of tables can be rolled back
	Blind       bool                         // a statement that is kept is planned without a look at its values
	KeysFirst   bool                         // rows are found quicker by keys that were read from an index alone
	DeepPage    int                          // rows that a page passes over from which on its keys are read first; -1 for none
	Windows     bool                         // ROW_NUMBER() OVER (…) works
	RowLock     string                       // behind a SELECT it keeps others from writing its rows; "" where only one writes at a time
	NullsFirst  bool                         // NULL sorts before all values
	WideSums    bool                         // a SUM of whole numbers may have more than 64 bits
	Conflict    Conflict                     // how an insert skips a row that is there
	UUIDs       bool                         // columns of UUIDs are told from text, so that ids may be some
	FoldedNames bool                         // names of tables and columns that differ in case are the same
	Names       datamodel.Names              // of tables and columns
	MaxColumns  int                          // of a table
	SizesLate   time.Duration                // how old the sizes of tables may be that the database tells
	Explain     Explain                      // how to ask how a statement is run
	RowOrder    string                       // hidden column that grows with each insert; "" when there is none
	Placeholder func(b []byte, n int) []byte // appends the n-th parameter, 1-based
	Arg         func(v scalar.Value) any     // a value as its driver takes it

	Fold     [2]string // around a text: all letters small, large and small ones different
	Decimals bool      // exact decimal numbers
	Decimal  [2]string // around the parameter with a Decimal, which is a text
	JSON     JSON      // how values inside a text that holds JSON are asked for

	// FullText appends what Builder.FullText says.
	FullText func(b *Builder, alias, table string, columns, words []string)

	// Match appends operator and pattern as Builder.Match says.
	Match func(b *Builder, text string, before, after bool)
	// Among appends what Builder.Among and, with not, Builder.NotAmong say.
	Among func(b *Builder, t scalar.Type, list string, not bool)
	// Rows appends what Builder.Rows says; nil where a joined select cannot name the rows before it.
	Rows func(b *Builder, t scalar.Type, list string)
	// Keep and Kept append what Builder.Keep and Builder.Kept say; nil where
	// statements that are sent together know nothing of each other.
	Keep func(b *Builder, place int, column string)
	Kept func(b *Builder, t scalar.Type, place int)
}

// Explain is how to ask for a statement's plan: words before the statement, and
// which column of the answer tells it.
type Explain struct {
	Words  string
	Column int
}

// Conflict is how an INSERT leaves a row alone that is already there.
type Conflict string

const (
	OnConflictDoNothing Conflict = "ON CONFLICT DO NOTHING" // behind the values
	InsertIgnore        Conflict = "INSERT IGNORE"          // instead of INSERT
)

// A Statement is SQL text and the values it is run with.
type Statement struct {
	SQL  string
	Args []any
}

// A Violation is the constraint a statement broke.
type Violation struct {
	Kind   ViolationKind
	Table  string // "" when the database does not tell
	Column string // "" when the database does not tell; several with _ between them
	Index  string // name of the index, "" when the database does not tell
}

// ViolationKind is the kind of a broken constraint. The zero kind is none: some other error.
type ViolationKind uint8

const (
	NoViolation ViolationKind = iota
	UniqueViolation
	NotNullViolation
	ForeignKeyViolation
	TooLongViolation
	TextViolation // a character that no column takes
	DateViolation // a year that no column takes
	Deadlock      // also a lock that was not given in time
)

package relational

import "github.com/prisma1-go/prisma1/pkg/scalar"

// A Change is one physical change of a database. The set is closed. Changes of
// an existing table carry the whole table before and after, so that a database
// that cannot alter a table can rebuild it.
type Change interface{ change() }

type (
	CreateTable struct{ Table *Table }
	DropTable   struct{ Table *Table }
	// RenameTable keeps columns, indexes and what refers to the table. Indexes
	// keep their names.
	RenameTable struct {
		Before *Table
		Name   string
	}
	// AlterTable changes columns, indexes and foreign keys of one table.
	AlterTable struct {
		Before, After *Table // of the same name
		Edits         []Edit // in order; together they lead from Before to After
	}
)

func (CreateTable) change() {}
func (DropTable) change()   {}
func (RenameTable) change() {}
func (AlterTable) change()  {}

// An Edit is one part of an AlterTable. The set is closed.
type Edit interface{ edit() }

type (
	// AddColumn adds a column, with its foreign key if it has one. Where the
	// column is not nullable, existing rows get Fill.
	AddColumn struct {
		Column     Column
		Fill       scalar.Value
		ForeignKey *ForeignKey
	}
	// DropColumn drops a column with the indexes and foreign keys on it.
	DropColumn struct{ Column Column }
	// AlterColumn changes name, type or nullability. Values survive unless Wipe
	// says that the type changes; where the new column is not nullable, rows
	// without a value get Fill.
	AlterColumn struct {
		Before, After Column
		Wipe          bool
		Fill          scalar.Value
	}
	AddIndex  struct{ Index Index }
	DropIndex struct{ Index Index }
)

func (AddColumn) edit()   {}
func (DropColumn) edit()  {}
func (AlterColumn) edit() {}
func (AddIndex) edit()    {}
func (DropIndex) edit()   {}

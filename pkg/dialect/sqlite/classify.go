package sqlite

import (
	"errors"
	"strings"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// Classify tells what a failed statement ran into, by the extended result code
// of SQLite. Only the name of the column comes from the text.
func (Dialect) Classify(err error) dialect.Violation {
	if errors.Is(err, errEndless) {
		return dialect.Violation{Kind: dialect.TextViolation}
	}
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return dialect.Violation{}
	}
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return column(dialect.UniqueViolation, e.Error())
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		return column(dialect.NotNullViolation, e.Error())
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return dialect.Violation{Kind: dialect.ForeignKeyViolation}
	case lib.SQLITE_TOOBIG:
		return dialect.Violation{Kind: dialect.TooLongViolation}
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return dialect.Violation{Kind: dialect.Deadlock}
	}
	return dialect.Violation{}
}

// column reads table and column from a text like
//
//	constraint failed: UNIQUE constraint failed: User.email (2067)
//
// Several columns get _ between them.
func column(kind dialect.ViolationKind, text string) dialect.Violation {
	v := dialect.Violation{Kind: kind}
	const mark = "constraint failed: "
	at := strings.LastIndex(text, mark)
	if at < 0 {
		return v
	}
	name := text[at+len(mark):]
	if end := strings.LastIndex(name, " ("); end >= 0 {
		name = name[:end]
	}
	var columns []string
	for part := range strings.SplitSeq(name, ", ") {
		if dot := strings.LastIndexByte(part, '.'); dot >= 0 {
			v.Table = part[:dot]
			columns = append(columns, part[dot+1:])
		}
	}
	v.Column = strings.Join(columns, "_")
	return v
}

// Report returns the primary result code of SQLite and its sentence.
func (Dialect) Report(err error) (number int, sentence string, ok bool) {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return 0, "", false
	}
	return e.Code() & 0xff, e.Error(), true
}

// Explain says what to do about a file that SQLite cannot use; "" when the
// error is of another kind.
func Explain(err error) string {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return ""
	}
	if e.Code() == lib.SQLITE_IOERR_GETTEMPPATH { // as in a container that holds nothing but the program
		return "there is no folder for temporary files: make TMPDIR, /tmp or the working directory writable for the server's user"
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return "the disk is full: free some space and try again"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return "the file or its folder is read-only: make both writable for the server's user"
	case lib.SQLITE_CANTOPEN:
		return "the file cannot be opened: see that its folder exists and is writable for the server's user"
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return "the file is damaged or no SQLite database: restore it from a backup"
	case lib.SQLITE_IOERR:
		return "reading or writing the file failed: check the disk"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another process keeps the file locked: try again, or stop that process"
	}
	return ""
}

package mysql

import (
	"errors"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// Numbers of errors, the same in MySQL and MariaDB unless one is named.
const (
	tableExists        = 1050
	unknownTable       = 1051
	columnNull         = 1048
	unknownColumn      = 1054
	doubleColumn       = 1060
	doubleIndex        = 1061
	doubleEntry        = 1062
	nothingToDrop      = 1091
	noSuchTable        = 1146
	lockTimeout        = 1205
	deadlock           = 1213
	noReferencedRow    = 1216
	rowIsReferenced    = 1217
	noDefault          = 1364
	otherCharacters    = 1267 // characters that the column's character set lacks, compared,
	otherCharactersIn  = 1271 // compared in a list,
	wrongCharacters    = 1366 // or stored
	wrongDate          = 1292 // stored
	wrongDateIn        = 1525 // MySQL 8.0.16 and newer: compared in a long list
	tooLong            = 1406
	rowIsReferencedBy  = 1451
	noReferencedRowFor = 1452
	doubleEntryOfKey   = 1586
	rowChanged         = 1020 // MariaDB 11.6 and newer: another transaction wrote the row
	lockNoWait         = 3572
	inconvertible      = 3854 // MySQL 8.0.27 and newer: otherCharacters
)

// Classify tells what a failed statement ran into, by the number of the error.
// Only the name of the column or the index comes from the text.
func (Dialect) Classify(err error) dialect.Violation {
	if errors.Is(err, errFarDate) {
		return dialect.Violation{Kind: dialect.DateViolation}
	}
	e, ok := errors.AsType[*driver.MySQLError](err)
	if !ok {
		return dialect.Violation{}
	}
	switch e.Number {
	case doubleEntry, doubleEntryOfKey:
		return key(lastQuoted(e.Message))
	case columnNull, noDefault:
		return dialect.Violation{Kind: dialect.NotNullViolation, Column: firstQuoted(e.Message)}
	case noReferencedRow, rowIsReferenced, noReferencedRowFor, rowIsReferencedBy:
		return dialect.Violation{Kind: dialect.ForeignKeyViolation}
	case otherCharacters, otherCharactersIn, wrongCharacters, inconvertible:
		return dialect.Violation{Kind: dialect.TextViolation}
	case wrongDate, wrongDateIn:
		return dialect.Violation{Kind: dialect.DateViolation}
	case tooLong:
		return dialect.Violation{Kind: dialect.TooLongViolation, Column: firstQuoted(e.Message)}
	case lockTimeout, deadlock, rowChanged, lockNoWait:
		return dialect.Violation{Kind: dialect.Deadlock}
	}
	return dialect.Violation{}
}

// key reads the name of a unique index, which MySQL 8 puts behind that of the
// table. Ours tell their column; the primary key does not.
func key(name string) dialect.Violation {
	v := dialect.Violation{Kind: dialect.UniqueViolation, Index: name}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		v.Table, v.Index = name[:dot], name[dot+1:]
	}
	if column, ours := strings.CutSuffix(v.Index, "_UNIQUE"); ours {
		v.Column = column
	}
	return v
}

func firstQuoted(text string) string {
	_, rest, _ := strings.Cut(text, "'")
	name, _, _ := strings.Cut(rest, "'")
	return name
}

func lastQuoted(text string) string {
	end := strings.LastIndexByte(text, '\'')
	if end < 0 {
		return ""
	}
	return text[strings.LastIndexByte(text[:end], '\'')+1 : end]
}

// Report returns the number of the error and its sentence.
func (Dialect) Report(err error) (number int, sentence string, ok bool) {
	e, ok := errors.AsType[*driver.MySQLError](err)
	if !ok {
		return 0, "", false
	}
	return int(e.Number), e.Message, true
}

// IsDone tells whether a statement of a change failed because it was carried
// out before. Each statement is carried out as a whole or not at all; so who
// was stopped in the midst of a change runs the statement he does not know
// about again and passes over this error.
func (Dialect) IsDone(err error) bool {
	switch number(err) {
	case tableExists, unknownTable, noSuchTable, unknownColumn, doubleColumn, doubleIndex, nothingToDrop:
		return true
	}
	return false
}

// IsMissing tells whether a table is not there.
func (Dialect) IsMissing(err error) bool { return number(err) == noSuchTable }

// number is that of an error, 0 when it does not come from MySQL.
func number(err error) uint16 {
	if e, ok := errors.AsType[*driver.MySQLError](err); ok {
		return e.Number
	}
	return 0
}

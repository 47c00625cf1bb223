package mysql

const (
	diskFull          = 1021
	tooManyConnection = 1040
	databaseDenied    = 1044
	accessDenied      = 1045
	tableFull         = 1114
	tableDenied       = 1142
	columnDenied      = 1143
	privilegeMissing  = 1227
	readOnly          = 1290
	procedureDenied   = 1370
	recordFileFull    = 3675
)

// Explain says what to do about an error; "" when it is of another kind.
func Explain(err error) string {
	switch number(err) {
	case accessDenied:
		return "user or password are wrong: see both in the server's configuration"
	case databaseDenied, tableDenied, columnDenied, privilegeMissing, procedureDenied:
		return "the database user lacks a privilege: GRANT it"
	case diskFull, tableFull, recordFileFull:
		return "the disk of the database server is full: free some space and try again"
	case tooManyConnection:
		return "the database server has too many connections: lower connectionLimit, or raise its max_connections"
	case lockTimeout, lockNoWait:
		return "somebody else locks the table: try again when they are done"
	case readOnly:
		return "the database server is read-only: is it a replica?"
	}
	return ""
}

// IsLockTimeout tells whether a lock was not given in time.
func IsLockTimeout(err error) bool { return number(err) == lockTimeout }

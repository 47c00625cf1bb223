package sqlite

import (
	"database/sql"
	"net/url"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Driver is the name under which database/sql knows SQLite.
const Driver = "sqlite"

// A Source is a file to open.
type Source struct {
	Path   string // in memory any name; who opens the same one has the same tables
	Create bool   // make the file when it is not there
	Memory bool   // it lives as long as a connection to it
	Look   bool   // only read: the file stays as it is, byte for byte
}

// String returns the source as the driver takes it. Pragmas are set in this
// order on each connection: waiting comes first, because changing to the
// write-ahead log can itself meet a lock.
func (s Source) String() string {
	values := url.Values{"_pragma": {"busy_timeout(5000)", "foreign_keys(1)", "synchronous(FULL)"}}
	if s.Memory {
		values.Set("vfs", "memdb")
		return "file:/" + (&url.URL{Path: s.Path}).EscapedPath() + "?" + values.Encode()
	}
	if s.Look {
		values.Set("mode", "ro")
		return "file:" + (&url.URL{Path: s.Path}).EscapedPath() + "?" + values.Encode()
	}
	values.Set("mode", "rw")
	if s.Create {
		values.Set("mode", "rwc")
	}
	values.Add("_pragma", "journal_mode(WAL)")
	return "file:" + (&url.URL{Path: s.Path}).EscapedPath() + "?" + values.Encode()
}

// Confine keeps a connection from opening files beside its own (ATTACH).
func Confine(conn *sql.Conn) error {
	_, err := driver.Limit(conn, lib.SQLITE_LIMIT_ATTACHED, 0)
	return err
}

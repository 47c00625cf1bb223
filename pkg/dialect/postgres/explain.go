package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// LockTimeout is the SQLSTATE of a lock that was not given in time.
const LockTimeout = "55P03"

// remedies say what to do, by SQLSTATE (appendix A of PostgreSQL's manual).
var remedies = map[string]string{
	"28P01":     "user or password are wrong: see both in the server's configuration",
	"28000":     "the database server does not let this user in: see user and password in the server's configuration, and pg_hba.conf",
	"42501":     "the database user lacks a privilege: GRANT it, or let the owner of the tables be the user in the server's configuration",
	"53100":     "the disk of the database server is full: free some space and try again",
	"53200":     "the database server is out of memory: try again",
	"53300":     "the database server has too many connections: lower connectionLimit, or raise its max_connections",
	LockTimeout: "somebody else locks the table: try again when they are done",
	"25006":     "the database is read-only: is it a standby?",
}

// Explain says what to do about an error; "" when it is of another kind.
func Explain(err error) string {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return ""
	}
	return remedies[e.Code]
}

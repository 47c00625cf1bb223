package connector

import "time"

// Config says which database to open. The keys are those of the original's
// server configuration, and directory.
type Config struct {
	Connector string // sqlite, postgres or mysql
	Directory string // of SQLite: where the files lie; "" is the working directory
	Memory    bool   // of SQLite: nothing on disk, all is gone with Close

	StatementTime time.Duration // after which a statement of the data API is stopped; 0 for none
	Nodes         int           // of one level of a query at most; 0 for any number
	AnswerBytes   int           // of the answers to one body at most, see WithBudget; 0 for any number
	Conditions    int           // of one filter, at most as many as the database takes in bearable time; 0 is that many
	SlowStatement time.Duration // from which a statement of the data API is logged with its plan; 0 for none
	LogValues     bool          // of the arguments of slow statements, not only their types

	// SQLite accepts and does not use the rest.
	Host             string
	Port             int
	User             string
	Password         string // never logged
	Database         string
	Schema           string
	ManagementSchema string
	SSL              bool
	ConnectionLimit  int           // connections to one database server, or one file, in all; 0 is 10
	LockTime         time.Duration // that a migration waits for a table which somebody locks, at least a second; 0 is ten
}

// connections is how many connections there are to one server.
func (c *Config) connections() int {
	if c.ConnectionLimit < 2 {
		return 10
	}
	return c.ConnectionLimit
}

// readers is how many connections read from one file at a time. One more writes.
func (c *Config) readers() int { return c.connections() - 1 }

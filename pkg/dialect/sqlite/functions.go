package sqlite

import (
	"database/sql/driver"
	"strings"
	"sync"

	sqlite "modernc.org/sqlite"
)

// foldFunction is the function in SQL that makes all letters small; SQLite's
// own LOWER knows those of ASCII only.
const foldFunction = "prisma_fold"

// AddFunctions gives every file that is opened from now on the functions that
// the dialect's statements use.
var AddFunctions = sync.OnceValue(func() error {
	return sqlite.RegisterDeterministicScalarFunction(foldFunction, 1, fold)
})

func fold(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	if text, ok := args[0].(string); ok {
		return strings.ToLower(text), nil
	}
	return args[0], nil
}

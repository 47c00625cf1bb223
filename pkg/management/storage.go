package management

import (
	"context"
	"errors"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// storage turns an error of the databases into a fault without number, which
// the caller reads and the log has too: whoever may change services can often
// help it, as with a full disk or a folder that is read-only. Faults, and a
// caller who went away, stay what they are.
func storage(failed string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	return &fault.Error{Message: failed + ": " + err.Error(), Cause: err}
}

package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// Transaction runs do in one transaction: whatever it asks of the Database it
// gets is part of it. It is committed when do returns no error. When it met
// another transaction at the same rows do runs again, from the start; plans are
// what do will ask for.
//
// Between its mutations do sees what they wrote. executeRaw, which runs on a
// connection of its own, is refused with fault.OutsideTransaction.
func (d *Database) Transaction(ctx context.Context, plans []*plan.Plan, do func(*Database) error) error {
	var upserts []*plan.Upsert
	for _, p := range plans {
		for i := range p.Fields {
			upserts = appendUpsert(upserts, &p.Fields[i])
		}
	}
	leave, err := d.enter(ctx, plans)
	if err != nil {
		return err
	}
	defer leave()
	return d.repeated(ctx, upserts, func(s session) error {
		tx := *d
		tx.container = &joined{container: d.container, session: s}
		return do(&tx)
	})
}

// joined is a container inside one of its transactions.
type joined struct {
	container
	session session
	failed  error // of the write after which the transaction is lost
}

func (j *joined) read(context.Context) (session, func(), error) {
	return j.session, func() {}, j.failed
}

func (j *joined) write(_ context.Context, do func(session) error) error {
	if j.failed == nil {
		j.failed = do(j.session)
	}
	return j.failed
}

func (j *joined) raw(context.Context, string) ([]byte, error) {
	return nil, fault.RawInsideTransaction()
}

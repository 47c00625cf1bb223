package connector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Who names the same node waits until the first one leaves, loses patience or is gone.
func TestTurnstiles(t *testing.T) {
	field := &schema.Field{Name: "name", Model: &schema.Model{Name: "User"}}
	naming := func(names ...string) []*plan.Plan {
		p := &plan.Plan{}
		for _, name := range names {
			p.Fields = append(p.Fields, plan.Field{Write: &plan.Update{Selector: plan.Selector{Field: field, Value: scalar.OfID(name)}}})
		}
		return []*plan.Plan{p}
	}
	for name, test := range map[string]struct {
		second   []*plan.Plan
		gone     time.Duration // when the client of the second one is
		waits    time.Duration
		canceled bool
	}{
		"same node":      {second: naming("b", "A"), waits: 5 * time.Second},
		"nothing named":  {second: naming()},
		"client is gone": {second: naming("a"), gone: 2 * time.Second, waits: 2 * time.Second, canceled: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turnstiles := newTurnstiles(5 * time.Second)
				leave, err := turnstiles.enter(t.Context(), naming("a", "a"))
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.gone > 0 {
					time.AfterFunc(test.gone, cancel)
				}
				began := time.Now()
				second, err := turnstiles.enter(ctx, test.second)
				if waited := time.Since(began); waited != test.waits || (err != nil) != test.canceled {
					t.Errorf("waited %v, error %v", waited, err)
				}
				leave()
				if second != nil {
					second()
				}
				if leave, err = turnstiles.enter(t.Context(), naming("a", "b")); err != nil || !time.Now().Equal(began.Add(test.waits)) {
					t.Errorf("a turnstile is shut: %v", err)
				}
				leave()
			})
		})
	}
}

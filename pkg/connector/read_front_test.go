package connector

import (
	"testing"
	"time"
)

// The quicker way is taken, the other one now and then, so that it can become the quicker one.
func TestRaceTakesTheQuickerWay(t *testing.T) {
	t.Parallel()
	var r race
	run := func(front, whole time.Duration) (fronts int) {
		for range 10 * seldom {
			if w := r.pick(); w == &r.front {
				fronts++
				w.note(front, nil)
			} else {
				w.note(whole, nil)
			}
		}
		return fronts
	}
	if r.pick() != &r.front {
		t.Error("the front is not tried first")
	}
	if fronts := run(100, 300); fronts != 10*seldom-10*seldom/often {
		t.Errorf("a quicker front was asked %d times", fronts)
	}
	if fronts := run(100, 1000); fronts < 10*seldom-20 || fronts == 10*seldom {
		t.Errorf("a much quicker front was asked %d times", fronts)
	}
	before := r.whole.took.Load()
	if r.whole.note(1, errNull); r.whole.took.Load() != before {
		t.Error("a request that failed is taken for a quick one")
	}
	if fronts := run(900, 50); fronts > seldom || fronts < 10 {
		t.Errorf("a front that became slow was asked %d times", fronts)
	}
}

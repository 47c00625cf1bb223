package cloud

import (
	"maps"
	"sync"
	"time"
)

const (
	attemptWindow = 15 * time.Minute
	mostAttempts  = 10     // that fail for one account, or from one address for all of them ten times that
	mostRequests  = 300    // of computers at one address to be let in: a school comes from one
	mostCounted   = 10_000 // accounts and addresses
)

// attempts counts what failed of late. When too many are to be counted, nobody
// gets another try until the old ones are forgotten.
type attempts struct {
	mu     sync.Mutex
	counts map[string]*attempt
}

type attempt struct {
	failed int
	until  time.Time // then it is forgotten
}

// allow tells whether one more try is allowed, and counts it as failed.
func (a *attempts) allow(key string, most int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	one := a.counts[key]
	if one == nil || now.After(one.until) {
		if len(a.counts) >= mostCounted {
			maps.DeleteFunc(a.counts, func(_ string, one *attempt) bool { return now.After(one.until) })
		}
		if len(a.counts) >= mostCounted {
			return false
		}
		one = &attempt{until: now.Add(attemptWindow)}
		a.counts[key] = one
	}
	one.failed++
	return one.failed <= most
}

// succeeded takes the last try back.
func (a *attempts) succeeded(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if one := a.counts[key]; one != nil {
		one.failed = max(0, one.failed-1)
	}
}

package cloud

import (
	"maps"
	"sync"
	"time"
)

const (
	waitingTime  = 10 * time.Minute
	deliveryTime = time.Minute // in which a computer that was let in must fetch its key
	mostWaiting  = 10_000
)

// waiting are the computers that ask to be let in, by the hash of their secret. It
// lies in memory: who waits while the cloud starts anew asks again.
type waiting struct {
	mu        sync.Mutex
	computers map[string]*computer
}

// A computer that waits is not changed while it is in the map.
type computer struct {
	name    string // what it says of itself
	address string
	since   time.Time
	until   time.Time
	claimed bool   // somebody answers or has answered
	key     string // its login key; "" until somebody allowed it
}

func (w *waiting) add(name, address string) (secret string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if len(w.computers) >= mostWaiting {
		maps.DeleteFunc(w.computers, func(_ string, c *computer) bool { return now.After(c.until) })
	}
	if len(w.computers) >= mostWaiting {
		return "", refused("Too many computers ask to be let in. Please try again in some minutes.")
	}
	secret = newSecret()
	w.computers[hashed(secret)] = &computer{name: name, address: address, since: now, until: now.Add(waitingTime)}
	return secret, nil
}

// find returns the computer with a secret, nil when there is none.
func (w *waiting) find(secret string) *computer {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.computers[hashed(secret)]
	if found == nil || time.Now().After(found.until) {
		return nil
	}
	return found
}

// claim marks a computer that nobody has answered yet; nil when there is none. Of two
// who try at once one wins.
func (w *waiting) claim(secret string) *computer {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.computers[hashed(secret)]
	if found == nil || found.claimed || time.Now().After(found.until) {
		return nil
	}
	one := *found
	one.claimed = true
	w.computers[hashed(secret)] = &one
	return found
}

// put puts a computer back.
func (w *waiting) put(secret string, c computer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.computers[hashed(secret)] = &c
}

// drop forgets a computer.
func (w *waiting) drop(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.computers, hashed(secret))
}

// Package ratelimit lets calls go on at a rate, some at once, the next ones in
// the order in which they came, and turns away who would have to wait too long.
package ratelimit

import (
	"container/list"
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

var (
	// ErrFull is the answer to a call for which there is no place to wait.
	ErrFull = errors.New("too many calls wait already")
	// ErrClosed is the answer to a call that would wait at a limiter that was closed.
	ErrClosed = errors.New("nobody may wait any longer")
)

// Settings say how many calls of one key may go on.
type Settings struct {
	Calls   int           // in a period, on average; as many may go on at once after a pause
	Period  time.Duration // in which Calls tokens come back, evenly
	Waiting int           // calls that may wait for a token; the next one gets ErrFull
}

// Limiter has a token bucket for each key. Goroutines may share it.
//
// What is kept of a key is forgotten some time after its bucket has filled up
// again (Throttler.scala: after three minutes), so that keys somebody made up
// cost memory no longer than their calls cost time.
type Limiter struct {
	settings Settings
	interval time.Duration // from one token to the next
	start    time.Time
	seed     maphash.Seed
	closed   chan struct{}
	close    sync.Once

	mu      sync.Mutex
	buckets map[uint64]*bucket // by the hash of their key, which may be long
	sweepAt int                // number of buckets that makes it worth to look for full ones
}

// minSweep is the number of buckets below which nothing is forgotten.
const minSweep = 512

// A bucket loses a token with each call that goes on.
type bucket struct {
	full    time.Duration // when it is full again, since the limiter's start
	waiting list.List     // of chan struct{}, closed when a call may go on
	timer   *time.Timer   // of the next token; nil when nobody has ever waited
}

// New returns a limiter. Settings without calls or period are a mistake of the caller.
func New(s Settings) *Limiter {
	if s.Calls < 1 || s.Period < 1 {
		panic("ratelimit: a rate needs calls and a period")
	}
	return &Limiter{
		settings: s,
		interval: max(1, s.Period/time.Duration(s.Calls)),
		start:    time.Now(),
		seed:     maphash.MakeSeed(),
		closed:   make(chan struct{}),
		buckets:  make(map[uint64]*bucket),
		sweepAt:  minSweep,
	}
}

// Wait returns when a call of the key may go on, and how long that took.
// Returns ErrFull at once when too many wait, and the error of ctx or ErrClosed
// when one of these ends first; then the call has left the queue and took no token.
func (l *Limiter) Wait(ctx context.Context, key string) (time.Duration, error) {
	l.mu.Lock()
	came := l.now()
	b := l.bucket(key, came)
	if b.waiting.Len() == 0 && l.take(b, came) {
		l.mu.Unlock()
		return 0, nil
	}
	if b.waiting.Len() >= l.settings.Waiting {
		l.mu.Unlock()
		return 0, ErrFull
	}
	turn := make(chan struct{})
	place := b.waiting.PushBack(turn)
	if b.waiting.Len() == 1 {
		l.wake(b, came)
	}
	l.mu.Unlock()
	select {
	case <-turn:
		return l.now() - came, nil
	case <-ctx.Done():
		return l.now() - came, l.leave(b, place, context.Cause(ctx))
	case <-l.closed:
		return l.now() - came, l.leave(b, place, ErrClosed)
	}
}

// Waiting returns how many calls wait just now.
func (l *Limiter) Waiting() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.buckets {
		n += b.waiting.Len()
	}
	return n
}

// Close sends away who waits. A closed limiter lets calls go on for which there are tokens.
func (l *Limiter) Close() { l.close.Do(func() { close(l.closed) }) }

func (l *Limiter) now() time.Duration { return time.Since(l.start) }

// bucket returns the bucket of a key, a full one for a key that is not known.
func (l *Limiter) bucket(key string, now time.Duration) *bucket {
	hash := maphash.String(l.seed, key)
	b := l.buckets[hash]
	if b == nil {
		l.sweep(now)
		b = &bucket{}
		l.buckets[hash] = b
	}
	return b
}

// sweep forgets full buckets when there are twice as many as it left the last time.
func (l *Limiter) sweep(now time.Duration) {
	if len(l.buckets) < l.sweepAt {
		return
	}
	for hash, b := range l.buckets {
		if b.full <= now && b.waiting.Len() == 0 {
			delete(l.buckets, hash)
		}
	}
	l.sweepAt = max(minSweep, 2*len(l.buckets))
}

// take takes a token, if there is one.
func (l *Limiter) take(b *bucket, now time.Duration) bool {
	if l.next(b) > now {
		return false
	}
	b.full = max(b.full, now) + l.interval
	return true
}

// next is when the bucket has a token.
func (l *Limiter) next(b *bucket) time.Duration {
	return b.full - l.interval*time.Duration(l.settings.Calls-1)
}

// wake sets the timer for the call that waits first.
func (l *Limiter) wake(b *bucket, now time.Duration) {
	until := l.next(b) - now
	if b.timer == nil {
		b.timer = time.AfterFunc(until, func() { l.goOn(b) })
		return
	}
	b.timer.Reset(until)
}

// goOn lets those go on for whom there are tokens.
func (l *Limiter) goOn(b *bucket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for b.waiting.Len() > 0 && l.take(b, now) {
		close(b.waiting.Remove(b.waiting.Front()).(chan struct{}))
	}
	if b.waiting.Len() > 0 {
		l.wake(b, now)
	}
}

// leave takes a call out of the queue. One whose turn has just come goes on: its token is taken.
func (l *Limiter) leave(b *bucket, place *list.Element, because error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-place.Value.(chan struct{}):
		return nil
	default:
	}
	b.waiting.Remove(place)
	if b.waiting.Len() == 0 {
		b.timer.Stop()
	}
	return because
}

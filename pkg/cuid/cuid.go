// Package cuid makes the ids of nodes: cuid version 1, as Prisma 1 does.
package cuid

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// Length is the number of characters of a cuid.
const Length = 25

const digits = "0123456789abcdefghijklmnopqrstuvwxyz"

var (
	counter     atomic.Uint32 // ids made by this process
	fingerprint = random(4)
	firstCount  = uint32(entropy() % block)
)

const block = 36 * 36 * 36 * 36

// New returns a new id: c, then time in ms, counter, fingerprint of this
// process and random digits, all in base 36. Ids of one process sort by time.
func New() string {
	b := make([]byte, 0, Length)
	b = append(b, 'c')
	b = appendPadded(b, uint64(time.Now().UnixMilli()), 8)
	b = appendPadded(b, uint64((firstCount+counter.Add(1))%block), 4)
	b = append(b, fingerprint...)
	b = append(b, random(8)...)
	return string(b)
}

// appendPadded appends the last width digits of n.
func appendPadded(b []byte, n uint64, width int) []byte {
	start := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := start + width - 1; i >= start; i-- {
		b[i] = digits[n%36]
		n /= 36
	}
	return b
}

func random(width int) []byte { return appendPadded(nil, entropy(), width) }

func entropy() uint64 {
	var seed [8]byte
	rand.Read(seed[:]) // never fails (crypto/rand)
	return binary.LittleEndian.Uint64(seed[:])
}

// Package cloud is what Prisma Cloud was, for a company or a school of its own:
// people log in once, belong to workspaces, deploy to a shared sandbox and to
// private servers, and get tokens that the cloud signs.
//
//	AddUser → SignIn → NewSession → pages (pkg/cloud/web)
//	RequestLogin → AllowLogin → login key
//	login key → Answer (the API that CLIs call) → management token for one service on one server
//
// What it knows lies in a service of its own, on the engine that it serves to others.
package cloud

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// A Cloud is one cloud. Goroutines may share it.
type Cloud struct {
	records *records
	keys    *keys
	log     *slog.Logger
	queries func() (*graphql.Cache, error)

	waiting  waiting  // computers that ask to be let in
	attempts attempts // failed ones, by what they were about
	hashing  chan struct{}
}

// New returns the cloud whose records lie in a database that is its own. keyFile holds its
// private key, which is made, for its owner alone, when it is not there. log may be nil.
func New(ctx context.Context, db *connector.Connector, keyFile string, log *slog.Logger) (*Cloud, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	keys, err := openKeys(keyFile)
	if err != nil {
		return nil, err
	}
	records, err := openRecords(ctx, db, log)
	if err != nil {
		return nil, fmt.Errorf("deploy the cloud's own datamodel: %w", err)
	}
	c := &Cloud{
		records: records, keys: keys, log: log,
		hashing: make(chan struct{}, mostHashes),
		queries: sync.OnceValues(func() (*graphql.Cache, error) {
			schema, err := graphql.ParseSchema("cloud", schemaText)
			if err != nil {
				return nil, err
			}
			return graphql.NewCache(schema, graphql.DefaultLimits(), cachedQueries), nil
		}),
	}
	c.waiting.computers = make(map[string]*computer)
	c.attempts.counts = make(map[string]*attempt)
	return c, nil
}

// errNotAuthorized is told to whoever shows no key that holds. The CLI of Prisma 1
// knows it by its text and logs in anew.
var errNotAuthorized = fault.New(fault.NotAuthorized, "Not authorized")

// refused is the fault of a wish that cannot be granted; the sentence says why.
func refused(format string, args ...any) error {
	return fault.New(fault.CloudRefused, format, args...)
}

// moment is a time as the records take it.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

package engine

import (
	"context"
	"net/http"
	"time"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/ndf"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Import stores the nodes, lists or relations of a body and answers an array
// with a sentence for each element that was left out. Status 500 tells that
// nothing was stored: the body is no import, or the fault is ours.
func (s *Service) Import(ctx context.Context, requestID string, body []byte) (status int, answer graphql.Sheets) {
	if s.storage.limit > 0 {
		r, err := s.storage.admit(ctx, s.database)
		if err == nil {
			defer r.leave()
			err = r.Take(int64(len(body)))
		}
		if err != nil {
			return s.fail(ctx, requestID, err)
		}
	}
	in, err := ndf.Decode(s.project.Schema, time.Now().UnixMilli(), body)
	if err != nil {
		return s.refuse(requestID, err)
	}
	problems, err := s.database.Import(ctx, in)
	if err != nil {
		return s.fail(ctx, requestID, err)
	}
	return http.StatusOK, graphql.SheetsOf(texts(append(in.Problems, problems...)))
}

// fail answers a request of which nothing was done.
func (s *Service) fail(ctx context.Context, requestID string, err error) (int, graphql.Sheets) {
	return http.StatusInternalServerError, unexecuted(graphql.Errors{s.entry(ctx, requestID, err)})
}

// texts returns a JSON array of strings.
func texts(all []string) []byte {
	b := []byte{'['}
	for i, text := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = scalar.AppendQuoted(b, text)
	}
	return append(b, ']')
}

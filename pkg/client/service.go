package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Service calls the data API of one service. It may be shared between goroutines.
type Service struct {
	data, private *api
}

// NewService returns a client of the service at an endpoint such as
// http://localhost:4466/shop/dev. token is a service token; "" sends none. A
// nil httpClient is one with sane timeouts.
func NewService(endpoint, token string, httpClient *http.Client) *Service {
	endpoint = strings.TrimRight(endpoint, "/")
	server := endpoint
	if u, err := url.Parse(endpoint); err == nil {
		server = u.Scheme + "://" + u.Host
	}
	return &Service{
		data:    newAPI(server, endpoint, token, httpClient),
		private: newAPI(server, endpoint+"/private", token, httpClient),
	}
}

// Do runs a query or mutation, such as one of a seed, and returns its data.
// nil variables are none.
func (s *Service) Do(ctx context.Context, query string, variables map[string]any) (json.RawMessage, error) {
	var data json.RawMessage
	err := s.data.call(ctx, query, variables, &data)
	return data, err
}

// Reset deletes all nodes of the service; its datamodel stays.
func (s *Service) Reset(ctx context.Context) error {
	return s.private.call(ctx, `mutation { resetData }`, nil, nil)
}

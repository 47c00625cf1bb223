// Package client makes typed calls from the CLI to a server: to its management API and to the data API of a service.
package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	graphql "github.com/hasura/go-graphql-client"
)

// Client calls the management API of one server. It may be shared between goroutines.
type Client struct {
	api *api
}

// New returns a client of the server at a URL such as http://localhost:4466,
// with or without "/management" at its end. token goes into the Authorization
// header; "" sends none. A nil httpClient is one with sane timeouts.
func New(server, token string, httpClient *http.Client) *Client {
	base := strings.TrimSuffix(strings.TrimRight(server, "/"), "/management")
	return &Client{api: newAPI(base, base+"/management", token, httpClient)}
}

// api is one GraphQL endpoint.
type api struct {
	graphql *graphql.Client
	server  string // for messages
}

func newAPI(server, url, token string, httpClient *http.Client) *api {
	if httpClient == nil {
		httpClient = defaultHTTP()
	}
	wire := wire{http: httpClient, server: server, url: url}
	return &api{graphql.NewClient(url, wire).WithRequestModifier(authorize(token)), server}
}

// authorize returns a modifier that sends the token with a request.
func authorize(token string) graphql.RequestModifier {
	return func(r *http.Request) {
		r.Header.Set("Accept", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}
}

// defaultHTTP waits ten minutes for an answer, as long as Prisma 1 let a request run, but only ten
// seconds for a connection. A redirection that would make a GET of a request is not followed.
func defaultHTTP() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	return &http.Client{Transport: transport, Timeout: 10 * time.Minute, CheckRedirect: func(next *http.Request, sent []*http.Request) error {
		if next.Method != sent[0].Method || len(sent) == 10 {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// call runs a query and decodes its data into answer; nil drops it. Returns
// Errors for what the server answered, *Unreachable and *NotGraphQL otherwise.
func (a *api) call(ctx context.Context, query string, variables map[string]any, answer any) error {
	data, err := a.graphql.ExecRaw(ctx, query, variables)
	if err != nil {
		return a.translate(ctx, err)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// patience is how long an answer to a question may take; a change may take ten minutes.
const patience = 30 * time.Second

// ask is call for a query that changes nothing: it is given up early, and repeated once when the
// connection breaks.
func (a *api) ask(ctx context.Context, query string, variables map[string]any, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := a.call(ctx, query, variables, answer)
	if hungUp(err) {
		err = a.call(ctx, query, variables, answer)
	}
	return err
}

// translate turns the errors of the GraphQL library into ours.
func (a *api) translate(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Unreachable{Server: a.server, Cause: ctx.Err()}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*Unreachable](err); ok {
		return e
	}
	if e, ok := errors.AsType[*NotGraphQL](err); ok {
		return e
	}
	list, ok := errors.AsType[graphql.Errors](err)
	if !ok {
		return err
	}
	answered := make(Errors, len(list))
	for i, e := range list {
		answered[i] = Error{Message: e.Message, Path: e.Path, Code: number(e.Extensions["code"])}
		answered[i].Unready, _ = e.Extensions["unready"].(bool)
		answered[i].RequestID, _ = e.Extensions["requestId"].(string)
	}
	return answered
}

func number(v any) int {
	n, _ := v.(float64)
	return int(n)
}

// An Error is one error of a GraphQL answer.
type Error struct {
	Message   string `json:"message"`
	Code      int    `json:"code,omitempty"` // Prisma 1's number; 0 when there is none
	Path      []any  `json:"path,omitempty"` // strings and numbers
	RequestID string `json:"requestId,omitempty"`
	Unready   bool   `json:"-"` // the server cannot work just now
}

// Errors is what a server answered instead of, or beside, data. It has at least one element.
type Errors []Error

func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Message
	}
	return strings.Join(texts, "\n")
}

// Code returns the code of the first error that has one, or 0.
func (e Errors) Code() int {
	code := 0
	for _, one := range e {
		code = cmp.Or(code, one.Code)
	}
	return code
}

// NeedsSecret tells whether a management call failed for want of a right
// management secret: code 3015 (cli.md 5.3).
func NeedsSecret(err error) bool {
	e, ok := errors.AsType[Errors](err)
	return ok && e.Code() == 3015
}

// NoService tells whether a management call named a service that is not there: code 4000.
func NoService(err error) bool {
	e, ok := errors.AsType[Errors](err)
	return ok && e.Code() == 4000
}

// NoServer tells whether no Prisma server or cloud answered at an address.
func NoServer(err error) bool {
	_, unreachable := errors.AsType[*Unreachable](err)
	_, foreign := errors.AsType[*NotGraphQL](err)
	return unreachable || foreign
}

// NotYet tells whether a server may still be starting: it gives no answer, it has no database yet,
// or what stands before it does not reach it.
func NotYet(err error) bool {
	if _, ok := errors.AsType[*Unreachable](err); ok {
		return true
	}
	if e, ok := errors.AsType[*NotGraphQL](err); ok {
		return unready(e.Status)
	}
	e, ok := errors.AsType[Errors](err)
	return ok && e[0].Unready
}

// unready tells whether an answer's status says that there is none yet.
func unready(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// InProgress tells whether a deploy was refused because another one of the service is under way: code 4008.
func InProgress(err error) bool {
	e, ok := errors.AsType[Errors](err)
	return ok && e.Code() == 4008
}

// Exists tells whether a service could not be created because it is there already: code 4005.
func Exists(err error) bool {
	e, ok := errors.AsType[Errors](err)
	return ok && e.Code() == 4005
}

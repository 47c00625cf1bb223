package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// notGraphQL is what Prisma 1 says over a WebSocket of text that is no GraphQL.
const notGraphQL = "the GraphQL Query was not valid"

// Kind tells what a request that came over a WebSocket asks for, or what is
// wrong with it. Its faults are those of limits.
func (s *Service) Kind(request graphql.Request) (kind graphql.Kind, errs graphql.Errors) {
	defer func() { s.count(errs) }()
	doc, errs := s.documents.Document(request.Query)
	if errs != nil {
		return 0, errs
	}
	op, problem := doc.Operation(request.OperationName)
	if problem != nil {
		return 0, graphql.Errors{problem}
	}
	return op.Kind, nil
}

// Execute answers one request that is no subscription.
func (s *Service) Execute(ctx context.Context, requestID string, request graphql.Request) graphql.Sheets {
	doc, errs := s.documents.Document(request.Query)
	if errs != nil {
		s.count(errs)
		return withoutData(errs)
	}
	return s.execute(ctx, requestID, doc, request, graphql.NewAllowance(s.options.Limits.Introspection))
}

// A Subscription is a subscription that fits its service, with its variables.
// It does not change; goroutines may share it.
type Subscription struct {
	service *Service
	plan    *plan.Subscription
	key     string
}

// Subscribe checks a subscription. Of several in a document the operation name
// chooses one, or the last is meant, as in Prisma 1. It is kept as long as it
// lasts, so its variables count for the limit of the query's bytes.
func (s *Service) Subscribe(request graphql.Request) (sub *Subscription, errs graphql.Errors) {
	defer func() { s.count(errs) }()
	if most := s.options.Limits.QueryBytes; len(request.Query)+len(request.Variables) > most {
		return nil, graphql.Errors{graphql.Failure(fault.LongSubscription(most), "")}
	}
	doc, errs := s.documents.Document(request.Query)
	if errs != nil {
		return nil, errs
	}
	op, problem := subscriptionOf(doc, request.OperationName)
	if problem != nil {
		return nil, graphql.Errors{problem}
	}
	sel, errs := op.Bind(request.Variables)
	if errs != nil {
		return nil, errs
	}
	if n := len(sel.Fields()); n != 1 {
		return nil, graphql.Errors{{Message: fmt.Sprintf("A subscription has one field at its root, this one has %d.", n)}}
	}
	planned, err := plan.MakeSubscription(s.api, sel)
	if err != nil {
		return nil, graphql.Errors{graphql.Failure(err, "")}
	}
	return &Subscription{service: s, plan: planned, key: keyOf(request)}, nil
}

func subscriptionOf(doc *graphql.Document, name string) (*graphql.Operation, *graphql.Error) {
	var op *graphql.Operation
	if name == "" {
		op = doc.Last(graphql.Subscription)
	} else {
		var problem *graphql.Error
		if op, problem = doc.Operation(name); problem != nil {
			return nil, problem
		}
	}
	if op == nil || op.Kind != graphql.Subscription {
		return nil, &graphql.Error{Message: opencrud.NoModel}
	}
	return op, nil
}

// keyOf is the same for requests that are sent the same.
func keyOf(request graphql.Request) string {
	var b bytes.Buffer
	if len(request.Variables) > 0 {
		json.Compact(&b, request.Variables) // they were read already
	}
	return request.OperationName + "\x00" + b.String() + "\x00" + request.Query
}

// LegacyRefusal is the one sentence with which Prisma 1 refuses a subscription
// whose problems are errs.
func (s *Service) LegacyRefusal(query string, errs graphql.Errors) string {
	if errs.Syntax() {
		return notGraphQL
	}
	if name, problem := graphql.SubscriptionField(query, s.options.Limits); problem == nil && errs[0].Code == 0 {
		if _, known := s.api.Root(graphql.Subscription, name); !known {
			return opencrud.NoModel
		}
	}
	return errs[0].Message
}

// Model returns the model whose events are waited for.
func (sub *Subscription) Model() string { return sub.plan.Model.Name }

// Fits tells whether the subscription was made for the schema that its service has now.
func (sub *Subscription) Fits(p *project.Project) bool {
	made := sub.service.project
	return made == p || made.Datamodel == p.Datamodel && slices.Equal(made.Schema.Features, p.Schema.Features)
}

// Key is the same for subscriptions that are sent the same for every event.
func (sub *Subscription) Key() string { return sub.key }

// Payload returns what is sent for an event: an answer with the data of the
// subscription, as they are now, and its errors. It is nil when nothing is sent,
// because the event is not among those that are waited for or its node is gone.
func (sub *Subscription) Payload(ctx context.Context, requestID string, e *plan.Event) (payload []byte) {
	ctx = connector.WithRequest(ctx, requestID)
	p := &payloadWriter{Subscription: sub, ctx: ctx, event: e}
	defer func() {
		if cause := recover(); cause != nil {
			sub.service.log(ctx, requestID, fmt.Errorf("subscription: panic: %v\n%s", cause, debug.Stack()))
			payload = nil
		}
	}()
	var asks bool
	if p.filter, asks = sub.plan.NodeFilter(e); plan.IsFalse(p.filter) {
		return nil
	}
	p.json = fmt.Appendf(nil, `{"data":{"%s":`, sub.plan.Key)
	if !p.write(asks) || ctx.Err() != nil {
		return nil
	}
	p.json = append(p.json, '}')
	if len(p.failed) > 0 {
		var errs graphql.Errors
		for _, f := range p.failed {
			errs = append(errs, sub.service.failure(ctx, requestID, f))
		}
		p.json = append(p.json, `,"errors":`...)
		p.json = graphql.AppendErrors(p.json, errs)
	}
	return append(p.json, '}')
}

// A payloadWriter writes what one event is for a subscription.
type payloadWriter struct {
	*Subscription
	ctx    context.Context
	event  *plan.Event
	filter plan.Filter // of the node
	json   []byte
	failed []connector.FieldError
}

// write writes the object of the subscription's field; false when it is not to
// be sent. asks tells whether the node must be looked for, even if it is not selected.
func (p *payloadWriter) write(asks bool) bool {
	p.json = append(p.json, '{')
	for i := range p.plan.Payload {
		e := &p.plan.Payload[i]
		if i > 0 {
			p.json = append(p.json, ',')
		}
		p.json = fmt.Appendf(p.json, `"%s":`, e.Key)
		switch e.Kind {
		case plan.TypeNamePayload:
			p.json = scalar.AppendQuoted(p.json, e.Text)
		case plan.MutationPayload:
			p.json = scalar.AppendQuoted(p.json, p.event.Kind.String())
		case plan.UpdatedFieldsPayload:
			p.updatedFields()
		case plan.PreviousPayload:
			p.previous(e)
		case plan.NodePayload:
			if !p.node(e) {
				return false
			}
			asks = false
		}
	}
	p.json = append(p.json, '}')
	return !asks || p.exists()
}

func (p *payloadWriter) updatedFields() {
	if p.event.Kind != plan.Updated {
		p.json = append(p.json, "null"...)
		return
	}
	p.json = append(p.json, '[')
	for i, name := range p.event.Updated {
		if i > 0 {
			p.json = append(p.json, ',')
		}
		p.json = scalar.AppendQuoted(p.json, name)
	}
	p.json = append(p.json, ']')
}

// node writes the node as it is now, null when it was deleted; false when it is
// gone or not the one that is waited for.
func (p *payloadWriter) node(e *plan.PayloadEntry) bool {
	if p.event.Kind == plan.Deleted {
		p.json = append(p.json, "null"...)
		return true
	}
	start, failed := len(p.json), len(p.failed)
	read := *e.Read
	read.Filter = p.filter
	p.read(&read, e)
	return len(p.failed) > failed || string(p.json[start:]) != "null"
}

// read answers a read at the place of an entry.
func (p *payloadWriter) read(read *plan.Read, e *plan.PayloadEntry) {
	answer := graphql.SheetsOf(p.json)
	failed := p.service.database.Answer(p.ctx, &answer, &plan.Field{Key: e.Key, At: e.At, Read: read})
	p.json = answer.Bytes()
	for _, f := range failed {
		f.Path = append([]any{p.plan.Key}, f.Path...)
		p.failed = append(p.failed, f)
	}
}

// exists tells whether the node is there and the one that is waited for.
func (p *payloadWriter) exists() bool {
	if p.event.Kind == plan.Deleted {
		return true
	}
	read := &plan.Read{Model: p.plan.Model, One: true, Page: plan.Page{First: plan.NoLimit, Last: plan.NoLimit}, Filter: p.filter}
	var found graphql.Sheets
	failed := p.service.database.Answer(p.ctx, &found, &plan.Field{Key: p.plan.Key, Read: read})
	p.failed = append(p.failed, failed...)
	return len(failed) > 0 || string(found.Bytes()) != "null"
}

// previous writes the node as it was. Its lists are those of now, none when it
// was deleted, as in Prisma 1.
func (p *payloadWriter) previous(e *plan.PayloadEntry) {
	if p.event.Kind == plan.Created {
		p.json = append(p.json, "null"...)
		return
	}
	p.json = append(p.json, '{')
	for i, entry := range e.Shape {
		if i > 0 {
			p.json = append(p.json, ',')
		}
		p.json = fmt.Appendf(p.json, `"%s":`, entry.Key)
		switch entry.Kind {
		case plan.TypeNameEntry:
			p.json = scalar.AppendQuoted(p.json, entry.Text)
		case plan.ColumnEntry:
			p.json = scalar.AppendJSON(p.json, p.event.PreviousOf(e.Read.Columns[entry.Index].Name))
		case plan.ListEntry:
			p.list(e, entry)
		}
	}
	p.json = append(p.json, '}')
}

// list writes a scalar list of the node.
func (p *payloadWriter) list(e *plan.PayloadEntry, entry plan.Entry) {
	if p.event.Kind == plan.Deleted {
		p.json = append(p.json, "[]"...)
		return
	}
	field := e.Read.Lists[entry.Index]
	id := p.plan.Model.ID()
	read := &plan.Read{
		Model: p.plan.Model, One: true, Page: e.Read.Page,
		Selector: &plan.Selector{Field: id, Value: p.event.ID},
		Lists:    e.Read.Lists[entry.Index : entry.Index+1],
		Shape:    []plan.Entry{{Key: field.Name, At: entry.At, Kind: plan.ListEntry}},
	}
	start := len(p.json)
	p.read(read, e)
	list, found := bytes.CutPrefix(p.json[start:], []byte(`{"`+field.Name+`":`))
	if !found {
		p.json = append(p.json[:start], "[]"...) // the node is gone
		return
	}
	p.json = append(p.json[:start], bytes.TrimSuffix(list, []byte("}"))...)
}

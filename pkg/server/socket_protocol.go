package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A verb is what a client wants with a message.
type verb uint8

const (
	unknownVerb verb = iota
	initVerb
	startVerb
	stopVerb
	endVerb
	pingVerb
	pongVerb
)

// A protocol is a sub-protocol of WebSocket: how messages are called.
type protocol struct {
	name   string
	modern bool // graphql-transport-ws: queries and mutations too, mistakes close the connection
	flat   bool // graphql-subscriptions: the request is the message itself
	verbs  map[string]verb

	ack, keepAlive string // whole messages
	refused        string // type of the message that says why there is no ack
	next           string // type of a message with the data of an event
	failed         string // type of the message that ends an operation with an error
	started        string // type of the message that says that a subscription began; "" sends none
}

// protocols are those that the server speaks. Two are Prisma 1's
// (SubscriptionProtocolV05 and V07.scala); the first is that of the npm package graphql-ws.
var protocols = []*protocol{
	{
		name: "graphql-transport-ws", modern: true,
		verbs: map[string]verb{"connection_init": initVerb, "subscribe": startVerb, "complete": stopVerb, "ping": pingVerb, "pong": pongVerb},
		ack:   `{"type":"connection_ack"}`, keepAlive: `{"type":"ping"}`,
		next: "next", failed: "error",
	},
	{
		name:  "graphql-ws",
		verbs: map[string]verb{"connection_init": initVerb, "start": startVerb, "stop": stopVerb, "connection_terminate": endVerb},
		ack:   `{"type":"connection_ack"}`, keepAlive: `{"type":"ka"}`,
		refused: "connection_error", next: "data", failed: "error",
	},
	{
		name: "graphql-subscriptions", flat: true,
		verbs: map[string]verb{"init": initVerb, "subscription_start": startVerb, "subscription_end": stopVerb},
		ack:   `{"type":"init_success"}`, keepAlive: `{"type":"keepalive"}`,
		refused: "init_fail", next: "subscription_data", failed: "subscription_fail", started: "subscription_success",
	},
}

// offered returns the first protocol of a client's list that the server speaks,
// nil for none. Prisma 1 looked at the first one only.
func offered(header http.Header) *protocol {
	for _, line := range header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(line, ",") {
			for _, p := range protocols {
				if strings.EqualFold(strings.TrimSpace(name), p.name) {
					return p
				}
			}
		}
	}
	return nil
}

// Codes with which graphql-transport-ws closes a connection.
const (
	closeBadMessage   websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeNoService    websocket.StatusCode = 4404 // not in the protocol
	closeInitTimeout  websocket.StatusCode = 4408
	closeDoubledID    websocket.StatusCode = 4409
	closeDoubledInit  websocket.StatusCode = 4429
)

// maxID is how many bytes the id of an operation may have, which comes back with each event.
const maxID = 1024

// A message is what a client sends.
type message struct {
	verb    verb
	id      string          // JSON, a string or an integer; "" for none
	payload json.RawMessage // an object, null or nothing
	request graphql.Request // of a startVerb
}

// decode reads a message; false when it is none.
func (p *protocol) decode(data []byte) (m message, ok bool) {
	var text struct {
		Type    string          `json:"type"`
		ID      json.RawMessage `json:"id"`
		Payload json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(data, &text) != nil {
		return m, false
	}
	m = message{verb: p.verbs[text.Type], payload: text.Payload}
	if m.id, ok = operationID(text.ID); !ok || m.verb == unknownVerb || !isObject(text.Payload) {
		return m, false
	}
	if m.verb != startVerb {
		return m, m.verb != stopVerb || m.id != "" || p.flat
	}
	if p.flat {
		m.payload = data
	}
	requests, batch, err := graphql.Decode(m.payload, 1)
	if err != nil || batch || m.id == "" {
		return m, false
	}
	m.request = requests[0]
	return m, true
}

func isObject(payload json.RawMessage) bool {
	return len(payload) == 0 || payload[0] == '{' || payload[0] == 'n'
}

// operationID returns an id as it is sent back; false when it is none. Numbers lose their fraction.
func operationID(raw json.RawMessage) (id string, ok bool) {
	var text string
	var number float64
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", true
	case len(raw) > maxID:
		return "", false
	case json.Unmarshal(raw, &text) == nil:
		return string(scalar.AppendQuoted(nil, text)), true
	case json.Unmarshal(raw, &number) == nil && number < 1<<31 && number > -1<<31:
		return string(scalar.AppendJSON(nil, scalar.OfInt(int64(number)))), true
	}
	return "", false
}

// token returns what a client wrote for Authorization into the payload of its first message.
func (m message) token() string {
	var payload map[string]json.RawMessage
	var token string
	if json.Unmarshal(m.payload, &payload) != nil {
		return ""
	}
	raw := payload["Authorization"]
	if raw == nil || string(raw) == "null" {
		raw = payload["authorization"]
	}
	json.Unmarshal(raw, &token) // what is no string is no token
	return token
}

// Messages of the server.

// malformed is Prisma 1's answer to what is no message, in both its protocols.
const malformed = `{"id":"","payload":{"message":"The message can't be parsed"},"type":"error"}`

// refusal says why a connection is not let in.
func (p *protocol) refusal(reason string) string {
	b := append([]byte(`{"payload":{"message":`), scalar.AppendQuoted(nil, reason)...)
	return string(b) + `},"type":"` + p.refused + `"}`
}

func (p *protocol) success(id string) string {
	return `{"id":` + id + `,"type":"` + p.started + `"}`
}

func (p *protocol) complete(id string) string { return `{"id":` + id + `,"type":"complete"}` }

// failure ends an operation with what is wrong; legacy clients read one sentence.
func (p *protocol) failure(id string, errs graphql.Errors, legacy string) string {
	b := append([]byte(`{"id":`), id...)
	b = append(b, `,"payload":`...)
	switch {
	case p.modern:
		b = graphql.AppendErrors(b, errs)
	case p.flat:
		b = append(b, `{"errors":`...)
		b = graphql.AppendErrors(b, graphql.Errors{{Message: legacy, Code: errs[0].Code, RequestID: errs[0].RequestID}})
		b = append(b, '}')
	default:
		one := graphql.AppendErrors(nil, graphql.Errors{{Message: legacy, Code: errs[0].Code, RequestID: errs[0].RequestID}})
		b = append(b, one[1:len(one)-1]...)
	}
	b = append(b, `,"type":"`...)
	b = append(b, p.failed...)
	return string(append(b, `"}`...))
}

// data is a message around a payload.
func (p *protocol) data(id string, payload graphql.Sheets) outgoing {
	return outgoing{before: `{"id":` + id + `,"payload":`, payload: payload, after: `,"type":"` + p.next + `"}`}
}

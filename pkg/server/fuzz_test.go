package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/golden"
)

// A probe is a server that is asked without a network. Whatever it is asked, it
// answers in time and logs no error: that would be one of ours.
type probe struct {
	server  *Server
	handler http.Handler
	mu      sync.Mutex
	errors  bytes.Buffer // what was logged
}

const (
	probeStatement = 10 * time.Second // longest statement; whoever needs more has found a way to stop the server
	probeAnswer    = 40 * time.Second // after which a request hangs
)

// openProbe opens a server on a connector; nothing stands for SQLite in memory.
func openProbe(tb testing.TB, config connector.Config) *probe {
	tb.Helper()
	if config.Connector == "" {
		config = connector.Config{Connector: "sqlite", Memory: true}
	}
	config.StatementTime = probeStatement
	p := &probe{}
	s, err := Open(tb.Context(), Config{Database: config}, slog.New(slog.NewTextHandler(p, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	p.server, p.handler = s, s.handler()
	return p
}

// Write takes a line of the log.
func (p *probe) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errors.Write(line)
}

// logged returns the errors logged since it was called last.
func (p *probe) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.errors.String()
	p.errors.Reset()
	return text
}

// post sends a body and returns the answer, which must be one that a client understands.
func (p *probe) post(tb testing.TB, path string, body []byte) []byte {
	tb.Helper()
	watch := time.AfterFunc(probeAnswer, func() { panic("no answer to " + path + " " + string(body[:min(len(body), 10_000)])) })
	defer watch.Stop()
	request := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, request)
	status, answer := recorder.Code, recorder.Body.Bytes()
	switch errors := p.logged(); {
	case errors != "":
		tb.Errorf("POST %s %.5000q\nis an error of ours: %.5000s\nand is answered %.1000s", path, body, errors, answer)
	case bytes.Contains(answer, []byte(`"code":3209`)):
		tb.Errorf("POST %s %.5000q\nkeeps the database busy", path, body)
	case status == http.StatusBadRequest: // with plain text
	case status != http.StatusOK && status != http.StatusInternalServerError || !json.Valid(answer):
		tb.Errorf("POST %s %.5000q\nis answered %d %.1000s", path, body, status, answer)
	}
	return answer
}

// ask sends a query with variables, a JSON text, to the service.
func (p *probe) ask(tb testing.TB, query, variables string) []byte {
	tb.Helper()
	text, err := json.Marshal(query)
	if err != nil {
		tb.Fatal(err)
	}
	return p.post(tb, probed, []byte(`{"query":`+string(text)+`,"variables":`+variables+`}`))
}

// probed is the endpoint of the service that probes deploy.
const probed = "/shop/dev"

// deploy deploys a datamodel and fails when that does not work.
func (p *probe) deploy(tb testing.TB, types string, features ...string) {
	tb.Helper()
	p.post(tb, "/management", []byte(`{"query":"mutation { addProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }"}`))
	if answer := p.redeploy(tb, types, features...); bytes.Contains(answer, []byte(`"description"`)) || bytes.Contains(answer, []byte(`"message"`)) {
		tb.Fatalf("deploy answers %s", answer)
	}
}

// redeploy deploys a datamodel, whatever is lost by that.
func (p *probe) redeploy(tb testing.TB, types string, features ...string) []byte {
	tb.Helper()
	body, err := json.Marshal(map[string]any{
		"query":     `mutation ($types: String!, $features: [String!]) { deploy(input: { name: "shop", stage: "dev", types: $types, features: $features, force: true }) { errors { description } warnings { description } } }`,
		"variables": map[string]any{"types": types, "features": features},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p.post(tb, "/management", body)
}

// clear takes away all nodes, so that what is found does not depend on what was sent before.
func (p *probe) clear(tb testing.TB) {
	tb.Helper()
	p.post(tb, probed+"/private", []byte(`{"query":"mutation { resetData }"}`))
}

// FuzzBody sends any bytes to any endpoint of a service.
func FuzzBody(f *testing.F) {
	for _, body := range []string{
		`[{"query":"{ things { id } }"},{"query":"{"}]`, ``, `null`, `[]`, `[[{}]]`, `{"query":1}`, `{"query":null,"variables":[]}`,
		`{"query":"query a { things { id } } query b { numbers { id } }","operationName":"b","variables":{"x":1},"extensions":{}}`,
		`{"query":"mutation { createThing(data: { s: \"\ud800\" }) { id s } }","query":"{ things { id } }"}`,
	} {
		f.Add(byte(0), []byte(body))
	}
	f.Add(byte(1), []byte(`{"query":"mutation { resetData }"}`))
	f.Add(byte(1), []byte(`{"query":"{ validateSubscriptionQuery(query: \"subscription { thing { node { id } } }\") { errors } }"}`))
	f.Add(byte(2), []byte(`{"valueType":"nodes","values":[{"_typeName":"Thing","id":"a","s":"x","d":"2017-11-22T13:57:31.123Z","j":{"a":1},"k":"A"}]}`))
	f.Add(byte(2), []byte(`{"valueType":"relations","values":[[{"_typeName":"Thing","id":"a","fieldName":"number"},{"_typeName":"Number","id":"1","fieldName":"things"}]]}`))
	f.Add(byte(2), []byte(`{"valueType":"lists","values":[{"_typeName":"Thing","id":"a","strings":["x"]}]}`))
	f.Add(byte(3), []byte(`{"fileType":"nodes","cursor":{"table":0,"row":0,"field":0,"array":0}}`))
	f.Add(byte(4), []byte(`{}`))
	p := openProbe(f, connector.Config{})
	p.deploy(f, everyType, allFeatures...)
	endpoints := []string{"", "/private", "/import", "/export", "/_datamodel"}
	f.Fuzz(func(t *testing.T, endpoint byte, body []byte) {
		p.post(t, probed+endpoints[int(endpoint)%len(endpoints)], body)
		p.clear(t)
	})
}

// FuzzQuery sends any text as a query, with any variables.
func FuzzQuery(f *testing.F) {
	for _, query := range valueRequests {
		f.Add(query, `{"v":"x"}`)
	}
	for _, query := range []string{
		`query q($i: Int = 1, $s: Boolean = true) { ...F } fragment F on Query { things(first: $i) { id @skip(if: $s) ... on Thing @include(if: true) { number { id } } } }`,
		`{ thingsConnection(after: "x", orderBy: i_DESC) { edges { cursor node { strings } } pageInfo { hasNextPage startCursor } aggregate { count sum { i } max { s } } groupBy(by: [k], orderBy: count_DESC) { key { k } aggregate { count } } } }`,
		`{ __schema { types { name fields { type { ofType { name } } } } } __type(name: "Thing") { fields(includeDeprecated: true) { name args { defaultValue } } } }`,
		`{ things(where: { OR: [{ s_in: [] }, { s_contains_i: "%" }, { j_path: { path: ["a", "0"], gte: 1 } }, { fullText: "a b" }] }, sort: [{ number: { id: asc } }, { s: desc }]) { l day } }`,
		`mutation { createManyThings(data: [{ s: "a" }, { s: "b", number: { connect: { id: 1 } } }]) { count } a: updateManyThings(where: {}, data: { i: 1 }) { count } }`,
		"subscription { thing { node { id } } }", "{ things { id @skip(if: $x) } }", `{ a: things(where: { s: """block "x" \""" """ }) { id } }`, "\ufeff{things,{id}} # x\r\n",
	} {
		f.Add(query, `{"i":1}`)
	}
	p := openProbe(f, connector.Config{})
	p.deploy(f, everyType, allFeatures...)
	f.Fuzz(func(t *testing.T, query, variables string) {
		if !json.Valid([]byte(variables)) {
			variables = "{}"
		}
		p.ask(t, query, variables)
		if strings.Contains(query, "mutation") {
			p.clear(t)
		}
	})
}

// FuzzDatamodel deploys two texts, one after the other, with all features or none, and asks for the API of each.
func FuzzDatamodel(f *testing.F) {
	for _, folder := range []string{"datamodel", "migration"} {
		files, err := filepath.Glob(filepath.Join(golden.Root(f), "testdata", folder, "*.txtar"))
		if err != nil || len(files) == 0 {
			f.Fatal("no seeds: ", err)
		}
		for _, file := range files {
			before, after := seed(f, file)
			f.Add(before, after, true)
		}
	}
	p := openProbe(f, connector.Config{})
	f.Fuzz(func(t *testing.T, before, after string, featured bool) {
		features := allFeatures
		if !featured {
			features = nil
		}
		p.post(t, "/management", []byte(`{"query":"mutation { addProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }"}`))
		for _, types := range []string{before, after} {
			p.redeploy(t, types, features...)
			if answer := p.ask(t, `{ __schema { queryType { fields { name } } types { name } } }`, "{}"); !bytes.Contains(answer, []byte(`"__Schema"`)) {
				t.Errorf("no API: %s\n%s", answer, types)
			}
		}
		p.post(t, "/management", []byte(`{"query":"mutation { deleteProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }"}`))
	})
}

// seed returns the datamodels of a case, of which one may be missing.
func seed(f *testing.F, file string) (before, after string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		f.Fatal(err)
	}
	for _, section := range archive.Files {
		switch section.Name {
		case "datamodel.prisma", "before.prisma":
			before = string(section.Data)
		case "after.prisma":
			after = string(section.Data)
		}
	}
	return before, after
}

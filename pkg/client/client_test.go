package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// serve starts a server that gives one answer to everything and keeps the last request.
func serve(t *testing.T, status int, contentType, answer string) (url string, last *http.Request, body *[]byte) {
	t.Helper()
	last, body = new(http.Request), new([]byte)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r
		*body, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, last, body
}

func TestProjectSendsTokenAndVariables(t *testing.T) {
	t.Parallel()
	url, request, body := serve(t, 200, "application/json", `{"data":{"project":{"name":"shop","stage":"dev","datamodel":"type A"}}}`)
	got, err := New(url+"/", "TOKEN", nil).Project(t.Context(), "shop", "dev")
	if err != nil {
		t.Fatal(err)
	}
	if want := (Project{"shop", "dev", "type A"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if request.URL.Path != "/management" || request.Header.Get("Authorization") != "Bearer TOKEN" {
		t.Errorf("asked %s with Authorization %q", request.URL.Path, request.Header.Get("Authorization"))
	}
	var sent struct{ Variables map[string]string }
	if err := json.Unmarshal(*body, &sent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"name": "shop", "stage": "dev"}, sent.Variables); diff != "" {
		t.Error(diff)
	}
}

func TestNoTokenSendsNoHeader(t *testing.T) {
	t.Parallel()
	url, request, _ := serve(t, 200, "application/json", `{"data":{"serverInfo":{"version":"1.35.0"}}}`)
	if _, err := New(url+"/management", "", nil).ServerInfo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if values, ok := request.Header["Authorization"]; ok || request.URL.Path != "/management" {
		t.Errorf("asked %s with Authorization %q", request.URL.Path, values)
	}
}

func TestErrorsKeepCodeAndRequestID(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 500} { // Prisma 1 sends some errors with 500
		url, _, _ := serve(t, status, "application/json", `{"data":{"addProject":null},"errors":[{"message":"Service with name 'a' and stage 'b' already exists","path":["addProject"],"locations":[{"line":2,"column":9}],"code":4005,"requestId":"local:c1"}]}`)
		err := New(url, "", nil).AddProject(t.Context(), "a", "b", nil)
		got, ok := errors.AsType[Errors](err)
		if !ok {
			t.Fatalf("status %d: got %v, want Errors", status, err)
		}
		want := Errors{{Message: "Service with name 'a' and stage 'b' already exists", Code: 4005, Path: []any{"addProject"}, RequestID: "local:c1"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if err.Error() != want[0].Message || NoService(err) || NeedsSecret(err) {
			t.Errorf("got %q", err)
		}
	}
}

func TestNoAnswerOfAPrismaServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, answer string
		status                    int
		want                      []string
	}{
		{"HTML", "text/html", "<!DOCTYPE html>\n<title>Welcome</title>", 200, []string{"/management answered HTML (HTTP status 200)", "Please check", "Welcome"}},
		{"HTML without type", "", "<html>", 404, []string{"answered HTML (HTTP status 404)"}},
		{"text", "text/plain", "404 page not found", 404, []string{"something that is not JSON (HTTP status 404)", "404 page not found"}},
		{"nothing", "text/plain", "", 502, []string{"(HTTP status 502)"}},
		{"other JSON", "application/json", `{"hello":"world"}`, 200, []string{"instead of a GraphQL result", "hello"}},
		{"long", "text/plain", strings.Repeat("ä", 5000), 200, []string{"ä…"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url, _, _ := serve(t, test.status, test.contentType, test.answer)
			_, err := New(url, "", nil).Projects(t.Context())
			if _, ok := errors.AsType[*NotGraphQL](err); !ok {
				t.Fatalf("got %v, want a *NotGraphQL", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want …%s…", err, want)
				}
			}
			if len(err.Error()) > 500 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	_, err = New(url, "", nil).ServerInfo(t.Context())
	if want := "Could not connect to server at " + url + ". Please check if your server is running."; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	if _, ok := errors.AsType[*Unreachable](err); !ok {
		t.Errorf("got a %T, want a *Unreachable", err)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	_, err := New(server.URL, "", &http.Client{Timeout: 50 * time.Millisecond}).ServerInfo(t.Context())
	if err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("got %v, want a sentence about time", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(server.URL, "", nil).ServerInfo(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestDeployReadsSteps(t *testing.T) {
	t.Parallel()
	url, _, body := serve(t, 200, "application/json", `{"data":{"deploy":{
		"errors":[{"type":"User","field":null,"description":"wrong"}],"warnings":[],
		"migration":{"revision":3,"steps":[]},
		"steps":[
			{"type":"CreateField","model":"User","name":"a","cf_typeName":"Int","cf_isRequired":true,"cf_isList":false,"cf_isUnique":false,"default":"None","enum":null,"relation":null},
			{"type":"UpdateField","model":"User","name":"b","newName":null,"typeName":null,"isRequired":false,"isList":null,"isUnique":null,"enum":null,"relation":null,"default":null},
			{"type":"CreateEnum","name":"Role","ce_values":["A"]},
			{"type":"UpdateModel","name":"User","um_newName":"Person"},
			{"type":"UpdateRelation","name":"R","newName":null,"before":{"type":"LinkTable","table":"_R","modelAColumn":"A","modelBColumn":"B","idColumn":null},"after":{"type":"Inline","model":"User","column":"r"}}
		]}}}`)
	got, err := New(url, "", nil).Deploy(t.Context(), DeployInput{Name: "shop", Stage: "dev", Types: "type User", Force: true})
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	want := &DeployPayload{
		Errors:    []Problem{{Type: "User", Description: "wrong"}},
		Warnings:  []Problem{},
		Migration: &Migration{Revision: 3, Steps: []Step{}},
		Steps: []Step{
			{Type: "CreateField", Model: "User", Name: "a", TypeName: "Int", IsRequired: &yes, IsList: &no, IsUnique: &no, Default: "None"},
			{Type: "UpdateField", Model: "User", Name: "b", IsRequired: &no},
			{Type: "CreateEnum", Name: "Role", Values: []string{"A"}},
			{Type: "UpdateModel", Name: "User", NewName: "Person"},
			{
				Type: "UpdateRelation", Name: "R",
				Before: &Manifestation{Type: "LinkTable", Table: "_R", ModelAColumn: "A", ModelBColumn: "B"},
				After:  &Manifestation{Type: "Inline", Model: "User", Column: "r"},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var sent struct{ Variables map[string]any }
	if err := json.Unmarshal(*body, &sent); err != nil {
		t.Fatal(err)
	}
	wantSent := map[string]any{
		"name": "shop", "stage": "dev", "types": "type User", "secrets": nil, "subscriptions": []any{},
		"force": true, "dryRun": false, "noMigration": false,
	}
	if diff := cmp.Diff(wantSent, sent.Variables); diff != "" {
		t.Error(diff)
	}
}

func TestServiceReset(t *testing.T) {
	t.Parallel()
	url, request, _ := serve(t, 200, "application/json", `{"data":{"resetData":true}}`)
	if err := NewService(url+"/shop/dev", "TOKEN", nil).Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if request.URL.Path != "/shop/dev/private" || request.Header.Get("Authorization") != "Bearer TOKEN" {
		t.Errorf("asked %s with %q", request.URL.Path, request.Header.Get("Authorization"))
	}
}

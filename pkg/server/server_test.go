package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
)

// start runs a server on an empty folder until the test ends and returns its URL.
func start(t testing.TB, config Config) string {
	t.Helper()
	url, _ := startServer(t, config)
	return url
}

// startServer is start, and returns the server too.
func startServer(t testing.TB, config Config) (string, *Server) {
	t.Helper()
	return startTuned(t, config, func(*Server) {})
}

// startTuned is startServer with a server that tune changes before it serves.
func startTuned(t testing.TB, config Config, tune func(*Server)) (string, *Server) {
	t.Helper()
	if config.Database.Connector == "" {
		config.Database = connector.Config{Connector: "sqlite", Directory: t.TempDir()}
	}
	s, err := Open(t.Context(), config, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	tune(s)
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, s.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return "http://" + address.String(), s
}

const users = "type User {\n  id: ID! @id\n  email: String! @unique\n  name: String\n}\n"

// deploy adds a service with a datamodel and fails the test when that does not work.
func deploy(t testing.TB, c *client.Client, name, stage, types string, secrets ...string) {
	t.Helper()
	if err := c.AddProject(t.Context(), name, stage, secrets); err != nil {
		t.Fatal(err)
	}
	payload, err := c.Deploy(t.Context(), client.DeployInput{Name: name, Stage: stage, Types: types, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	if len(payload.Errors)+len(payload.Warnings) > 0 || payload.Migration == nil {
		t.Fatalf("deploy answered %+v", payload)
	}
}

func TestRiver(t *testing.T) {
	t.Parallel()
	url := start(t, Config{Version: "1.35.0", Commit: "abc"})
	c := client.New(url, "", nil)
	info, err := c.ServerInfo(t.Context())
	if want := (client.ServerInfo{Version: "1.35.0", Commit: "abc", PrimaryConnector: "sqlite"}); err != nil || info != want {
		t.Fatalf("server info %v, %v, want %v", info, err, want)
	}
	deploy(t, c, "shop", "dev", users)
	service := client.NewService(url+"/shop/dev", "", nil)

	data, err := service.Do(t.Context(), `mutation($d: UserCreateInput!) { createUser(data: $d) { email name } }`,
		map[string]any{"d": map[string]any{"email": "a@b.c", "name": "Ada"}})
	if want := `{"createUser":{"email":"a@b.c","name":"Ada"}}`; err != nil || string(data) != want {
		t.Fatalf("created %s, %v, want %s", data, err, want)
	}
	_, err = service.Do(t.Context(), `mutation { createUser(data: {email: "a@b.c"}) { id } }`, nil)
	if answered, ok := errors.AsType[client.Errors](err); !ok || answered.Code() != 3010 {
		t.Errorf("a second a@b.c: got %v, want code 3010", err)
	}
	if err := service.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err = service.Do(t.Context(), `{ users { id } }`, nil)
	if want := `{"users":[]}`; err != nil || string(data) != want {
		t.Errorf("after reset %s, %v, want %s", data, err, want)
	}
	if err := c.DeleteProject(t.Context(), "shop", "dev"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Project(t.Context(), "shop", "dev"); !client.NoService(err) {
		t.Errorf("after delete: %v, want no service", err)
	}
}

// A service that is deleted and made anew has the same revisions; nothing of the old one may answer.
func TestServiceMadeAnew(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	c := client.New(url, "", nil)
	service := client.NewService(url+"/shop/dev", "", nil)
	for _, model := range []string{"Cat", "Dog"} {
		deploy(t, c, "shop", "dev", "type "+model+" { id: ID! @id name: String }")
		query := fmt.Sprintf(`mutation { create%s(data: {name: "x"}) { name } }`, model)
		if _, err := service.Do(t.Context(), query, nil); err != nil {
			t.Errorf("%s: %v", model, err)
		}
		if err := c.DeleteProject(t.Context(), "shop", "dev"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServiceSecret(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	c := client.New(url, "", nil)
	deploy(t, c, "shop", "dev", users, "new", "old")
	old, err := auth.SignService("old", "shop", "dev", auth.ServiceLifetime)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := auth.SignService("wrong", "shop", "dev", auth.ServiceLifetime)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := c.ProjectToken(t.Context(), "shop", "dev")
	if err != nil {
		t.Fatal(err)
	}
	for token, code := range map[string]int{"": 3015, "undefined": 3015, wrong: 3015, old: 0, ours: 0} {
		service := client.NewService(url+"/shop/dev", token, nil)
		_, err := service.Do(t.Context(), `{ users { id } }`, nil)
		answered, _ := errors.AsType[client.Errors](err)
		if answered.Code() != code {
			t.Errorf("token %.20q: %v, want code %d", token, err, code)
		}
		answered, _ = errors.AsType[client.Errors](service.Reset(t.Context()))
		if answered.Code() != code {
			t.Errorf("token %.20q, reset: %v, want code %d", token, err, code)
		}
	}
}

func TestManagementSecret(t *testing.T) {
	t.Parallel()
	url := start(t, Config{ManagementSecrets: []string{"s3cret"}})
	open := client.New(url, "", nil)
	if _, err := open.ServerInfo(t.Context()); err != nil {
		t.Errorf("server info without token: %v", err)
	}
	if _, err := open.Projects(t.Context()); !client.NeedsSecret(err) {
		t.Errorf("list without token: %v, want code 3015", err)
	}
	if err := open.AddProject(t.Context(), "shop", "dev", nil); !client.NeedsSecret(err) {
		t.Errorf("add without token: %v, want code 3015", err)
	}
	token, err := auth.SignManagement(auth.SecretSigner("s3cret"), []auth.Grant{{Target: "shop/*", Action: "*"}}, auth.ServiceLifetime)
	if err != nil {
		t.Fatal(err)
	}
	shop := client.New(url, token, nil)
	deploy(t, shop, "shop", "dev", users)
	if err := shop.AddProject(t.Context(), "blog", "dev", nil); !client.NeedsSecret(err) {
		t.Errorf("add beyond the grant: %v, want code 3015", err)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	const json, query = "application/json", `{"query":"{ users { id } }"}`
	tests := []struct {
		method, path, contentType, body string
		status                          int
		want                            string // beginning of the answer
	}{
		{"GET", "/status", "", "", 200, `"OK"`},
		{"HEAD", "/status", "", "", 200, ""},
		{"GET", "/shop/dev", "", "", 200, "<!DOCTYPE html>"},
		{"GET", "/shop/dev/_admin", "", "", 200, "<!DOCTYPE html>"},
		{"GET", "/what/ever/it/is", "", "", 200, "<!DOCTYPE html>"},
		{"PUT", "/shop/dev", json, query, 405, "HTTP method not allowed"},
		{"POST", "/shop/dev", json, query, 200, `{"data":{"users":[]}}`},
		{"POST", "//shop//dev/", json + "; charset=utf-8", query, 200, `{"data":{"users":[]}}`},
		{"POST", "/shop/dev", json, "[" + query + "," + query + "]", 200, `[{"data":{"users":[]}},{"data":{"users":[]}}]`},
		{"POST", "/shop/dev", "text/plain", query, 415, "The request's Content-Type is not supported."},
		{"POST", "/shop/dev", "", query, 415, "The request's Content-Type is not supported."},
		{"POST", "/shop/dev", json, "", 400, "Request entity expected but not supplied"},
		{"POST", "/shop/dev", json, "{", 400, "The request content was malformed:\n"},
		{"POST", "/shop/dev", json, "1", 500, `{"errors":[{"message":"request malformed","requestId":"local:c`},
		{"POST", "/shop/dev", json, `{"query":"{"}`, 500, `{"errors":[{"message":"`},
		{"POST", "/shop/dev/_datamodel", json, "{}", 200, `"type User {\n`},
		{"POST", "/shop/dev/import", json, `{"valueType":"nodes","values":[{"_typeName":"User","id":"1","x":1}]}`, 200, `["The model User with id 1 has an unknown field`},
		{"POST", "/shop/dev/export", json, `{"fileType":"nodes","cursor":{"table":0,"row":0}}`, 200, `{"out":{"jsonElements":[],"size":0},"cursor":{"table":-1,"row":-1,"field":-1,"array":-1},"isFull":false}`},
		{"POST", "/shop/prod", json, query, 200, `{"errors":[{"message":"Project not found: 'shop$prod'","code":3016,"requestId":"local:c`},
		{"POST", "/shop", json, query, 200, `{"errors":[{"message":"Project not found: 'shop$default'","code":3016,`},
		{"POST", "/", json, query, 200, `{"errors":[{"message":"Project not found: 'default$default'","code":3016,`},
		{"POST", "/space/shop/dev", json, query, 200, `{"errors":[{"message":"Project not found: 'space~shop$dev'","code":3016,`},
		{"POST", "/cluster", json, query, 200, `{"errors":[{"message":"Project not found: 'cluster$default'","code":3016,`},
		{"POST", "/a/b/c/d", json, query, 500, `{"errors":[{"message":"Unsupported project ID encoding. ","requestId":`},
		{"POST", "/../management", json, `{"query":"{ serverInfo { version } }"}`, 200, ""},
		{"POST", "/management", json, `{"query":"{ nothing }"}`, 200, `{"data":null,"errors":[{"message":`},
		{"POST", "/management", json, `[{"query":"{ listProjects { name } }"},{"query":"{ __typename }"}]`, 200, `[{"data":{"listProjects":[{"name":"shop"}]}},{"data":{"__typename":"Query"}}]`},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path+" "+test.body, func(t *testing.T) {
			request, err := http.NewRequest(test.method, url+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", test.contentType)
			status, header, body := do(t, request)
			if status != test.status || !strings.HasPrefix(body, test.want) {
				t.Errorf("got %d %s\nwant %d %s", status, body, test.status, test.want)
			}
			if id := header.Get("Request-Id"); !strings.HasPrefix(id, "local:c") || len(id) != len("local:")+25 {
				t.Errorf("Request-Id %q", id)
			}
		})
	}
}

func do(t *testing.T, request *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

func TestDisabledManagementIsAService(t *testing.T) {
	t.Parallel()
	url := start(t, Config{DisableManagement: true})
	_, err := client.New(url, "", nil).ServerInfo(t.Context())
	if answered, _ := errors.AsType[client.Errors](err); answered.Code() != 3016 || !strings.Contains(err.Error(), "management$default") {
		t.Errorf("got %v, want 3016 with management$default", err)
	}
}

func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	body := io.LimitReader(spaces{}, DefaultBodyBytes+1)
	request, err := http.NewRequest("POST", url+"/shop/dev", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if status, _, text := do(t, request); status != http.StatusRequestEntityTooLarge || !strings.Contains(text, `"code":3208`) {
		t.Errorf("got %d %s, want 413", status, text)
	}
}

type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	preflight, err := http.NewRequest("OPTIONS", url+"/shop/dev", nil)
	if err != nil {
		t.Fatal(err)
	}
	preflight.Header = http.Header{
		"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type,authorization"},
	}
	status, header, _ := do(t, preflight)
	want := map[string]string{
		"Access-Control-Allow-Origin": "https://app.example", "Access-Control-Allow-Credentials": "true",
		"Access-Control-Allow-Methods": "GET, POST, HEAD, OPTIONS", "Access-Control-Allow-Headers": "content-type,authorization",
		"Access-Control-Max-Age": "1800", "Vary": "Origin",
	}
	for name, value := range want {
		if status != 200 || header.Get(name) != value {
			t.Errorf("preflight answered %d, %s %q, want %q", status, name, header.Get(name), value)
		}
	}
}

func TestGzipWhenAsked(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	ask := func(accept string) (http.Header, string) {
		request, err := http.NewRequest("POST", url+"/management", strings.NewReader(`{"query":"{ __schema { types { name fields { name } } } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept-Encoding", accept)
		_, header, body := do(t, request)
		return header, body
	}
	plainHeader, plain := ask("identity")
	if plainHeader.Get("Content-Encoding") != "" {
		t.Error("compressed though not asked")
	}
	if header, _ := ask("gzip;q=0"); header.Get("Content-Encoding") != "" {
		t.Error("compressed though refused")
	}
	header, packed := ask("br, gzip")
	if header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed though asked")
	}
	reader, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != plain {
		t.Errorf("compressed answer differs from the plain one: %v", err)
	}
}

func TestPlaygroundIsSelfContained(t *testing.T) {
	t.Parallel()
	url := start(t, Config{ManagementSecrets: []string{"s3cret"}})
	get := func(path string) (int, http.Header, string) {
		request, err := http.NewRequest("GET", url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", "identity")
		return do(t, request)
	}
	_, header, page := get("/shop/dev?query=<script>alert(1)</script>")
	policy := header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self';") || strings.Contains(page, "alert(1)") || strings.Contains(page, "s3cret") {
		t.Errorf("policy %q, page:\n%s", policy, page)
	}
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "<script>") {
		t.Errorf("the page loads from elsewhere or has a script of its own:\n%s", page)
	}
	for name, file := range playgroundAssets {
		if !strings.Contains(page, `"/_playground/`+name+`"`) {
			t.Errorf("the page does not load %s", name)
		}
		status, header, body := get("/_playground/" + name)
		if status != 200 || header.Get("Content-Type") != file.contentType || len(body) < 100 || bytes.HasPrefix([]byte(body), []byte{0x1f, 0x8b}) {
			t.Errorf("%s: %d %s, %d bytes", name, status, header.Get("Content-Type"), len(body))
		}
	}
}

func TestPanicFailsOneRequest(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	opened := make(chan struct{})
	close(opened)
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil)), opened: opened} // put together wrongly: no management
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: s.handler()}
	go web.Serve(listener)
	defer web.Close()
	request, err := http.NewRequest("POST", "http://"+listener.Addr().String()+"/management", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	status, header, body := do(t, request)
	id := header.Get("Request-Id")
	want := `{"errors":[{"message":"Whoops. Looks like an internal server error. Search your server logs for request ID: ` + id + `","requestId":"` + id + `"}]}`
	if status != 500 || body != want {
		t.Errorf("got %d %s\nwant 500 %s", status, body, want)
	}
	if !strings.Contains(log.String(), id) {
		t.Errorf("the log does not name the request:\n%s", log.String())
	}
}

func TestPortInUseNamesItsOwner(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	s := &Server{config: Config{Port: port}}
	_, err = s.Listen()
	if err == nil || !strings.Contains(err.Error(), "port "+strconv.Itoa(port)+" is in use by ") {
		t.Fatalf("got %v, want a sentence with the port", err)
	}
	if want := fmt.Sprintf("(process %d)", os.Getpid()); runtime.GOOS == "linux" && !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWarnsOfAnOpenServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config Config
		loud   bool
	}{
		{Config{Host: "0.0.0.0"}, true},
		{Config{Host: "0.0.0.0", ManagementSecrets: []string{"x"}}, false},
		{Config{Host: "0.0.0.0", ManagementPublicKeys: []string{"x"}}, false},
		{Config{Host: "0.0.0.0", DisableManagement: true}, false},
		{Config{}, false},
	} {
		var log bytes.Buffer
		s := &Server{config: test.config, log: slog.New(slog.NewTextHandler(&log, nil))}
		if _, err := s.Listen(); err != nil {
			t.Fatal(err)
		}
		s.warn(false)
		s.door.Close()
		if loud := strings.Contains(log.String(), "EVERYBODY"); loud != test.loud {
			t.Errorf("%+v logged %q", test.config, log.String())
		}
	}
}

// TestWarnsOfAClosedContainer: a configuration of Prisma 1 names no host, and nobody reaches loopback in a container.
func TestWarnsOfAClosedContainer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		host  string
		first bool
		loud  bool
	}{
		{"", true, true}, {"", false, false}, {"0.0.0.0", true, false},
	} {
		var log bytes.Buffer
		s := &Server{config: Config{Host: test.host}, log: slog.New(slog.NewTextHandler(&log, nil))}
		if _, err := s.Listen(); err != nil {
			t.Fatal(err)
		}
		s.warn(test.first)
		s.door.Close()
		if loud := strings.Contains(log.String(), "host: 0.0.0.0"); loud != test.loud {
			t.Errorf("%+v logged %q", test, log.String())
		}
	}
}

// With the header Prisma-Transaction all mutations of a request are stored, or none.
func TestTransactionHeader(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	const body = `{"query":"mutation { a: createUser(data: { email: \"a\", name: \"Ann\" }) { name } b: updateUser(where: { id: \"none\" }, data: { name: \"Bob\" }) { name } }"}`
	for _, test := range []struct{ header, want string }{
		{"all", `{"data":null,"errors":[{"message":"No Node for the model User with value none for id found."`},
		{"ALL", `{"data":null,"errors":[{"message":"No Node`},
		{"some", `{"errors":[{"message":"The header Prisma-Transaction says \"some\". It can only say all`},
		{"", `{"data":{"a":{"name":"Ann"},"b":null},"errors":`},
	} {
		request, err := http.NewRequest("POST", url+"/shop/dev", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Prisma-Transaction", test.header)
		if _, _, got := do(t, request); !strings.HasPrefix(got, test.want) {
			t.Errorf("%q: got %s, want %s", test.header, got, test.want)
		}
	}
	request, err := http.NewRequest("POST", url+"/shop/dev", strings.NewReader(`{"query":"{ users { name } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if _, _, got := do(t, request); got != `{"data":{"users":[{"name":"Ann"}]}}` {
		t.Errorf("left is %s", got)
	}
}

package web

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/cloud"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

const password = "correct horse battery"

// lines is a log that goroutines may share.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// testSite is a site on loopback, with an account of jane and one of john.
type testSite struct {
	t     *testing.T
	cloud *cloud.Cloud
	key   string // file of the cloud's private key
	site  *Site
	url   string
	log   *lines
	users map[string]*cloud.User
}

// start starts a site. configure may change what it is told; its URL is filled in before.
func start(t *testing.T, configure func(*Config)) *testSite {
	t.Helper()
	db := connectortest.Open(t, connector.Config{Connector: "sqlite", Memory: true})
	key := filepath.Join(t.TempDir(), "cloud.key")
	c, err := cloud.New(t.Context(), db, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &testSite{t: t, cloud: c, key: key, log: &lines{}, users: make(map[string]*cloud.User)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.site.Handler().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url = server.URL
	config := Config{URL: server.URL}
	if configure != nil {
		configure(&config)
	}
	if s.site, err = New(c, config, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"jane", "john"} {
		if s.users[name], err = c.AddUser(t.Context(), cloud.NewUser{Email: name + "@example.org", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// browser is one that follows no redirects and is signed in as name, unless that is "".
func (s *testSite) browser(name string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if name != "" {
		if status, header, body := s.post(b, "/sign-in", url.Values{"email": {name + "@example.org"}, "password": {password}}); status != http.StatusSeeOther || header.Get("Location") != "/" {
			s.t.Fatalf("sign in: %d %s", status, body)
		}
	}
	return b
}

func (s *testSite) get(b *http.Client, path string) (status int, header http.Header, body string) {
	s.t.Helper()
	return s.read(b.Get(s.url + path))
}

func (s *testSite) post(b *http.Client, path string, form url.Values) (status int, header http.Header, body string) {
	s.t.Helper()
	return s.read(b.PostForm(s.url+path, form))
}

func (s *testSite) read(response *http.Response, err error) (int, http.Header, string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

// request sends one with headers of its own.
func (s *testSite) request(b *http.Client, method, path, body string, header map[string]string) (int, http.Header, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return s.read(b.Do(r))
}

// personalPaths are the pages for who is signed in, with the workspace of jane in them.
func (s *testSite) personalPaths() (list [][2]string) {
	for pattern := range s.site.personal() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{slug}", "jane", "{server}", "production").Replace(path)
		list = append(list, [2]string{method, path})
	}
	return list
}

// TestPagesAreForWhoIsSignedIn asks the site which pages it has, so that a new one cannot be forgotten.
func TestPagesAreForWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	if _, err := s.cloud.AddServer(t.Context(), "jane", "production", "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	stranger, john := s.browser(""), s.browser("john")
	for _, page := range s.personalPaths() {
		for _, cookie := range []string{"", s.site.cookieName() + "=forged", s.site.cookieName() + "=" + strings.Repeat("A", 20_000)} {
			status, header, _ := s.request(stranger, page[0], page[1], "", map[string]string{"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
			if status != http.StatusSeeOther || !strings.HasPrefix(header.Get("Location"), "/sign-in?next=") {
				t.Errorf("%s with cookie %.40q: status %d, Location %q", page, cookie, status, header.Get("Location"))
			}
		}
		if !strings.Contains(page[1], "/jane") {
			continue
		}
		form := "name=x&url=http%3A%2F%2Fx&email=&role=MEMBER&member=" + s.users["jane"].ID
		if status, _, body := s.request(john, page[0], page[1], form, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}); status != http.StatusForbidden {
			t.Errorf("%s as somebody else: status %d: %s", page, status, body)
		}
	}
	m, err := s.cloud.Membership(t.Context(), s.users["jane"].ID, "jane")
	if err != nil || len(m.Workspace.Members) != 1 || len(m.Workspace.Servers) != 1 {
		t.Errorf("afterwards: %+v, %v", m, err)
	}
}

// TestOtherSitesSendNothing: a form on another site changes nothing, whatever cookie goes with it.
func TestOtherSitesSendNothing(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	posts := [][2]string{{"POST", "/sign-in"}, {"POST", "/sign-out"}, {"POST", "/invitation"}}
	for _, page := range append(posts, s.personalPaths()...) {
		if page[0] != http.MethodPost {
			continue
		}
		for _, header := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}} {
			header["Content-Type"] = "application/x-www-form-urlencoded"
			if status, _, body := s.request(jane, page[0], page[1], "slug=evil&name=evil&answer=allow", header); status != http.StatusForbidden || !strings.Contains(body, "another site") {
				t.Errorf("%s with %v: status %d", page, header, status)
			}
		}
	}
	if status, _, _ := s.get(jane, "/"); status != http.StatusOK {
		t.Errorf("jane was signed out: %d", status)
	}
	if status, header, _ := s.request(jane, http.MethodPost, "/", `{"query":"{ me { id } }"}`, map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}); status != http.StatusOK || header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the API lets other sites read: %d %v", status, header)
	}
	if _, _, body := s.request(jane, http.MethodPost, "/", `{"query":"{ me { id } }"}`, map[string]string{"Content-Type": "application/json"}); !strings.Contains(body, "Not authorized") {
		t.Errorf("a cookie opens the API: %s", body)
	}
}

// TestNoOpenRedirect: after sign-in nobody is led to another site.
func TestNoOpenRedirect(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for next, want := range map[string]string{
		"/logins":                  "/logins",
		"/cli-auth?secret=a-b_c":   "/cli-auth?secret=a-b_c",
		"":                         "/",
		"logins":                   "/",
		"//evil.example":           "/",
		"///evil.example":          "/",
		"/\\evil.example":          "/",
		"\\\\evil.example":         "/",
		"https://evil.example":     "/",
		"https:evil.example":       "/",
		"javascript:alert(1)":      "/",
		"/%2f%2fevil.example":      "/",
		"/\t/evil.example":         "/",
		"/x\r\nSet-Cookie: a=b":    "/",
		"/x?a=%0d%0aSet-Cookie:b":  "/x?a=%0d%0aSet-Cookie:b",
		"http://me@evil.example/x": "/",
		"/ä":                       "/%C3%A4",
	} {
		status, header, body := s.post(s.browser(""), "/sign-in", url.Values{"email": {"jane@example.org"}, "password": {password}, "next": {next}})
		if got := header.Get("Location"); status != http.StatusSeeOther || got != want {
			t.Errorf("next %q: status %d, Location %q, want %q: %s", next, status, got, want, body)
		}
		if cookies := header.Values("Set-Cookie"); len(cookies) != 1 {
			t.Errorf("next %q: cookies %q", next, cookies)
		}
	}
}

// TestCookies: scripts cannot read the cookie, other sites cannot send it, plain http does not get it.
func TestCookies(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://cloud.example.org": "__Host-prisma1=…; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Lax",
		"http://127.0.0.1:4480":     "prisma1=…; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax",
	} {
		s := start(t, func(c *Config) { c.URL = address })
		_, header, _ := s.post(s.browser(""), "/sign-in", url.Values{"email": {"jane@example.org"}, "password": {password}})
		name, rest, _ := strings.Cut(header.Get("Set-Cookie"), "=")
		value, attributes, _ := strings.Cut(rest, ";")
		if got := name + "=…;" + attributes; got != want || len(value) != 43 {
			t.Errorf("%s: got %s (%d characters), want %s", address, got, len(value), want)
		}
	}
}

// TestSignOut: the session ends in the cloud, not only in the browser.
func TestSignOut(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := jane.Jar.Cookies(u)
	s.post(jane, "/sign-out", nil)
	again := s.browser("")
	again.Jar.SetCookies(u, cookies)
	for _, b := range []*http.Client{jane, again} {
		if status, _, _ := s.get(b, "/"); status != http.StatusSeeOther {
			t.Errorf("status %d after signing out", status)
		}
	}
}

// TestChangePassword: the old one is needed, and all other browsers and computers are out.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	here, elsewhere := s.browser("jane"), s.browser("jane")
	for name, form := range map[string]url.Values{
		"wrong old one": {"old": {"wrong password"}, "password": {"another password"}},
		"short new one": {"old": {password}, "password": {"short"}},
	} {
		if status, _, body := s.post(here, "/password", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `class="problem"`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _, body := s.post(here, "/password", url.Values{"old": {password}, "password": {"another password"}}); status != http.StatusSeeOther {
		t.Errorf("change: %d %s", status, body)
	}
	if status, _, _ := s.get(here, "/"); status != http.StatusOK {
		t.Errorf("signed out here: %d", status)
	}
	if status, _, _ := s.get(elsewhere, "/"); status != http.StatusSeeOther {
		t.Errorf("still signed in elsewhere: %d", status)
	}
	if status, _, _ := s.post(s.browser(""), "/sign-in", url.Values{"email": {"jane@example.org"}, "password": {password}}); status != http.StatusUnprocessableEntity {
		t.Errorf("the old password still opens: %d", status)
	}
}

// TestHeaders: pages load nothing from elsewhere, stand in no frame and are kept in no cache.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	for _, path := range []string{"/", "/sign-in", "/logins", "/workspaces/jane", "/nothing", "/invitation?secret=x", "/cli-auth?secret=x"} {
		_, header, body := s.get(jane, path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
			"Referrer-Policy":         "no-referrer",
			"Cache-Control":           "no-store",
			"Content-Type":            "text/html; charset=UTF-8",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "style=") {
			t.Errorf("%s has a script or a style in it", path)
		}
	}
}

// TestPlainHTTPIsWarnedOf: passwords that travel unencrypted are told of in the log and on the page.
func TestPlainHTTPIsWarnedOf(t *testing.T) {
	t.Parallel()
	for address, warned := range map[string]bool{"http://cloud.example.org": true, "http://192.0.2.1:4480": true, "https://cloud.example.org": false, "http://localhost:4480": false, "http://[::1]:4480": false} {
		s := start(t, func(c *Config) { c.URL = address })
		_, _, body := s.get(s.browser(""), "/sign-in")
		if strings.Contains(s.log.String(), "UNENCRYPTED") != warned || strings.Contains(body, "not encrypted") != warned {
			t.Errorf("%s: log %s\npage %s", address, s.log, body)
		}
	}
}

// TestWhatPeopleWriteIsText: names are shown and never become part of the page.
func TestWhatPeopleWriteIsText(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	const evil = `<script>alert("1")</script>`
	if status, header, body := s.post(jane, "/workspaces", url.Values{"slug": {"evil"}, "name": {evil}}); status != http.StatusSeeOther || header.Get("Location") != "/workspaces/evil" {
		t.Fatalf("%d %s", status, body)
	}
	secret, err := s.cloud.RequestLogin(evil, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/workspaces/evil", "/cli-auth?secret=" + secret, "/sign-in?next=" + url.QueryEscape(`/"><script>`)} {
		if status, _, body := s.get(jane, path); status != http.StatusOK || strings.Contains(body, "<script") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, slug := range []string{"Evil", "a/b", "../x", "ä", "management", strings.Repeat("a", 40), "", "a b", "a~b"} {
		if status, _, body := s.post(jane, "/workspaces", url.Values{"slug": {slug}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `class="problem"`) {
			t.Errorf("workspace %q: %d %s", slug, status, body)
		}
	}
	for _, address := range []string{"", "x", "ftp://x", "http://me:secret@x", "http://x/path", "http://x?a", "javascript:alert(1)"} {
		if status, _, body := s.post(jane, "/workspaces/jane/servers", url.Values{"name": {"one"}, "url": {address}}); status != http.StatusUnprocessableEntity || strings.Contains(body, "me:secret") {
			t.Errorf("server at %q: %d %s", address, status, body)
		}
	}
}

// TestInvitationPage: a link makes an account that is signed in and a member.
func TestInvitationPage(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	status, _, body := s.post(jane, "/workspaces/jane/invite", url.Values{"email": {"anna@example.org"}, "role": {"MEMBER"}})
	_, link, ok := strings.Cut(body, "<pre>"+s.url)
	if status != http.StatusOK || !ok {
		t.Fatalf("invite: %d %s", status, body)
	}
	link, _, _ = strings.Cut(link, "</pre>")
	anna := s.browser("")
	if status, _, body := s.get(anna, link); status != http.StatusOK || !strings.Contains(body, "Make an account and join") {
		t.Fatalf("the link: %d %s", status, body)
	}
	_, secret, _ := strings.Cut(link, "=")
	form := url.Values{"secret": {secret}, "email": {"anna@example.org"}, "name": {"Anna"}, "password": {"short"}}
	if status, _, body := s.post(anna, "/invitation", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "at least 10 characters") {
		t.Errorf("a short password: %d %s", status, body)
	}
	form.Set("password", password)
	if status, header, body := s.post(anna, "/invitation", form); status != http.StatusSeeOther || header.Get("Location") != "/" {
		t.Fatalf("join: %d %s", status, body)
	}
	if status, _, body := s.get(anna, "/workspaces/jane"); status != http.StatusOK || !strings.Contains(body, "anna@example.org") || strings.Contains(body, "Add server") {
		t.Errorf("a member sees: %d %s", status, body)
	}
	if status, _, body := s.get(s.browser("john"), link); status != http.StatusUnprocessableEntity || !strings.Contains(body, "used up") {
		t.Errorf("the link again: %d %s", status, body)
	}
}

// TestLogTellsNoSecret: passwords, cookies and what is in links stay out of the log.
func TestLogTellsNoSecret(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	jane := s.browser("jane")
	secret, err := s.cloud.RequestLogin("x", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s.get(jane, "/cli-auth?secret="+secret)
	s.post(jane, "/cli-auth", url.Values{"secret": {secret}, "answer": {"allow"}})
	s.post(s.browser(""), "/sign-in", url.Values{"email": {"jane@example.org"}, "password": {"wrong password"}})
	for _, private := range []string{secret, password, "wrong password"} {
		if strings.Contains(s.log.String(), private) {
			t.Errorf("the log tells %q:\n%s", private, s.log)
		}
	}
	if !strings.Contains(s.log.String(), "path=/cli-auth") {
		t.Errorf("the log has no requests: %s", s.log)
	}
}

// TestAddress: only a proxy on this machine is believed.
func TestAddress(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, test := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:999", "", "192.0.2.1"},
		{"192.0.2.1:999", "10.0.0.1", "192.0.2.1"},
		{"127.0.0.1:999", "10.0.0.1", "10.0.0.1"},
		{"127.0.0.1:999", "evil, 10.0.0.1", "10.0.0.1"},
		{"127.0.0.1:999", "10.0.0.1, evil", "127.0.0.1"},
		{"[::1]:999", "", "::1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = test.remote
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := s.site.address(r); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

// TestBadRequests: what is no request is answered with what is wrong about it.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	b := s.browser("")
	for name, test := range map[string]struct {
		kind, body string
		status     int
	}{
		"a form":       {"application/x-www-form-urlencoded", "query=x", http.StatusUnsupportedMediaType},
		"no JSON":      {"application/json", "{", http.StatusInternalServerError},
		"no query":     {"application/json", "{}", http.StatusInternalServerError},
		"too large":    {"application/json", fmt.Sprintf(`{"query":"{ me { id } } # %s"}`, strings.Repeat("x", maxBody)), http.StatusRequestEntityTooLarge},
		"wrong field":  {"application/json", `{"query":"{ secrets }"}`, http.StatusOK},
		"right enough": {"application/json", `{"query":"{ __typename }"}`, http.StatusOK},
	} {
		if status, _, body := s.request(b, http.MethodPost, "/", test.body, map[string]string{"Content-Type": test.kind}); status != test.status || len(body) > 500 {
			t.Errorf("%s: got %d, want %d: %s", name, status, test.status, body)
		}
	}
	if status, _, body := s.post(b, "/sign-in", url.Values{"email": {strings.Repeat("x", maxForm)}}); status == http.StatusSeeOther || status == http.StatusInternalServerError {
		t.Errorf("a long form: %d %.200s", status, body)
	}
}

// TestNoWebSocket: the cloud has no connections that stay.
func TestNoWebSocket(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, path := range []string{"/", "/status", "/workspaces/jane", "/cli-auth", "/nobody"} {
		for _, protocol := range []string{"graphql-ws", "graphql-transport-ws"} {
			conn, answer, err := websocket.Dial(t.Context(), s.url+path, &websocket.DialOptions{Subprotocols: []string{protocol}})
			if err == nil {
				conn.CloseNow()
				t.Errorf("%s over %s: status %d", path, protocol, answer.StatusCode)
			}
		}
	}
}

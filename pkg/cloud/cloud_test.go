package cloud

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

const password = "correct horse battery"

func open(t *testing.T, db *connector.Connector) *Cloud {
	t.Helper()
	c, err := New(t.Context(), db, filepath.Join(t.TempDir(), "cloud.key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// memory is a cloud on SQLite, for what does not depend on the database.
func memory(t *testing.T) *Cloud {
	t.Helper()
	return open(t, connectortest.Open(t, connector.Config{Connector: "sqlite", Memory: true}))
}

func addUser(t *testing.T, c *Cloud, email string) *User {
	t.Helper()
	user, err := c.AddUser(t.Context(), NewUser{Email: email, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// logIn goes the way of a computer that asks to be let in.
func logIn(t *testing.T, c *Cloud, user *User) (key string) {
	t.Helper()
	secret, err := c.RequestLogin("prisma1 on laptop", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AllowLogin(t.Context(), secret, user.ID); err != nil {
		t.Fatal(err)
	}
	return c.waiting.find(secret).key
}

// ask calls the API and returns its answer.
func ask(t *testing.T, c *Cloud, key, query string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	authorization := ""
	if key != "" {
		authorization = "Bearer " + key
	}
	_, answer := c.Answer(t.Context(), Caller{Authorization: authorization, Address: "127.0.0.1", RequestID: "r"}, body)
	return string(answer)
}

// TestRiver goes from an account to a management token, on every database.
func TestRiver(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		c := open(t, db)
		jane := addUser(t, c, "Jane@Example.org")
		if _, err := c.SignIn(t.Context(), "jane@example.ORG ", password, "10.0.0.1"); err != nil {
			t.Errorf("sign in: %v", err)
		}
		key := logIn(t, c, jane)
		if got, want := ask(t, c, key, `{ me { name login { email } memberships { role workspace { slug clusters { name } } } } }`, nil),
			`{"data":{"me":{"name":"jane","login":[{"email":"jane@example.org"}],"memberships":[{"role":"OWNER","workspace":{"slug":"jane","clusters":[]}}]}}}`; got != want {
			t.Errorf("me: got %s, want %s", got, want)
		}
		public, err := c.AddServer(t.Context(), "", Sandbox, "http://127.0.0.1:4481/")
		if err != nil {
			t.Fatal(err)
		}
		input := map[string]any{"input": map[string]any{"workspaceSlug": "jane", "clusterName": Sandbox, "serviceName": "shop", "stageName": "dev"}}
		var answer struct {
			Data struct{ GenerateClusterToken struct{ ClusterToken string } }
		}
		text := ask(t, c, key, `mutation ($input: GenerateClusterTokenRequest!) { generateClusterToken(input: $input) { clusterToken } }`, input)
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		verifiers, err := auth.ParsePublicKeys(public)
		if err != nil {
			t.Fatal(err)
		}
		token := answer.Data.GenerateClusterToken.ClusterToken
		if err := new(auth.Cache).VerifyManagement(verifiers, "Bearer "+token, "deploy", "jane~shop", "dev"); err != nil {
			t.Errorf("the server refuses %s: %v", text, err)
		}
		for _, other := range [][2]string{{"", ""}, {"jane~shop", "prod"}, {"jane~blog", "dev"}, {"john~shop", "dev"}, {"shop", "dev"}} {
			if new(auth.Cache).VerifyManagement(verifiers, "Bearer "+token, "deploy", other[0], other[1]) == nil {
				t.Errorf("the token opens %v", other)
			}
		}
		const note = `mutation ($input: GenerateClusterTokenRequest!) { addServiceToCloudDBIfMissing(input: $input) }`
		for _, want := range []string{`{"data":{"addServiceToCloudDBIfMissing":true}}`, `{"data":{"addServiceToCloudDBIfMissing":false}}`} {
			if got := ask(t, c, key, note, input); got != want {
				t.Errorf("note: got %s, want %s", got, want)
			}
		}
		if got, want := ask(t, c, key, `{ me { memberships { workspace { services { name stage cluster { name shared } } } } } }`, nil),
			`{"data":{"me":{"memberships":[{"workspace":{"services":[{"name":"shop","stage":"dev","cluster":{"name":"sandbox","shared":true}}]}}]}}}`; got != want {
			t.Errorf("services: got %s, want %s", got, want)
		}
		if got := ask(t, c, key, `mutation { renewToken }`, nil); !strings.HasPrefix(got, `{"data":{"renewToken":"ey`) {
			t.Errorf("renew: %s", got)
		}
		if got := ask(t, c, key, `mutation { revokeToken }`, nil); got != `{"data":{"revokeToken":true}}` {
			t.Errorf("revoke: %s", got)
		}
		if got := ask(t, c, key, `{ me { id } }`, nil); !strings.Contains(got, "Not authorized") {
			t.Errorf("after that: %s", got)
		}
		again := logIn(t, c, jane)
		if err := c.RemoveUser(t.Context(), "jane@example.org"); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, c, again, `{ me { id } }`, nil); !strings.Contains(got, "Not authorized") {
			t.Errorf("without account: %s", got)
		}
		if _, err := New(t.Context(), db, filepath.Join(t.TempDir(), "key"), nil); err != nil {
			t.Errorf("open again: %v", err)
		}
	})
}

// TestInvitations: each is good for one person once, also when two try at a time.
func TestInvitations(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		c := open(t, db)
		jane, john := addUser(t, c, "jane@example.org"), addUser(t, c, "john@example.org")
		if _, err := c.Invite(t.Context(), john.ID, "jane", "", Ordinary); fault.CodeOf(err) != fault.NotAuthorized {
			t.Errorf("a stranger invites: %v", err)
		}
		secret, err := c.Invite(t.Context(), jane.ID, "jane", "anna@example.org", Ordinary)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AcceptInvitation(t.Context(), john, secret); err == nil {
			t.Error("somebody else took the invitation")
		}
		if _, err := c.AddUser(t.Context(), NewUser{Email: "anna@example.org", Password: "short", Invitation: secret}); err == nil {
			t.Error("a short password was taken")
		}
		anna, err := c.AddUser(t.Context(), NewUser{Email: "anna@example.org", Password: password, Invitation: secret})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AcceptInvitation(t.Context(), anna, secret); err == nil {
			t.Error("the invitation was taken twice")
		}
		open, err := c.Invite(t.Context(), jane.ID, "jane", "", Owner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.AddUser(t.Context(), NewUser{Email: "john@example.org", Password: password, Invitation: open}); err == nil {
			t.Error("an account was made twice")
		}
		results := make(chan error, 2)
		for range 2 {
			go func() { results <- c.AcceptInvitation(context.WithoutCancel(t.Context()), john, open) }()
		}
		if first, second := <-results, <-results; (first == nil) == (second == nil) {
			t.Errorf("of two at a time: %v, %v; one must win", first, second)
		}
		m, err := c.Membership(t.Context(), john.ID, "jane")
		if err != nil || m.Role != Owner || len(m.Workspace.Members) != 3 {
			t.Errorf("members: %+v, %v", m, err)
		}
		if err := c.RemoveMember(t.Context(), anna.ID, "jane", john.ID); fault.CodeOf(err) != fault.NotAuthorized {
			t.Errorf("a member removes an owner: %v", err)
		}
		for _, member := range []*User{anna, john} {
			if err := c.RemoveMember(t.Context(), jane.ID, "jane", member.ID); err != nil {
				t.Error(err)
			}
		}
		if err := c.RemoveMember(t.Context(), jane.ID, "jane", jane.ID); err == nil {
			t.Error("the last owner left")
		}
	})
}

// TestLocate: which server a CLI means, and for which it gets no token.
func TestLocate(t *testing.T) {
	t.Parallel()
	c := memory(t)
	jane := addUser(t, c, "jane@example.org")
	addUser(t, c, "john@example.org")
	for _, err := range []error{
		c.AddWorkspace(t.Context(), "acme", "Acme", "jane@example.org"),
		c.AddWorkspace(t.Context(), "school", "", "jane@example.org"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range [][3]string{{"", Sandbox, "http://box"}, {"acme", "production", "http://a"}, {"school", "one", "http://b"}, {"school", "two", "http://c"}, {"john", "secret", "http://d"}} {
		if _, err := c.AddServer(t.Context(), s[0], s[1], s[2]); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		reference Reference
		want      string // server and id, or part of the error
	}{
		{Reference{"acme", "production", "shop", "dev"}, "http://a shop@dev"},
		{Reference{"*", "production", "shop", "dev"}, "http://a shop@dev"},
		{Reference{"", "production", "shop", "dev"}, "http://a shop@dev"},
		{Reference{"acme", Sandbox, "shop", "dev"}, "http://box acme~shop@dev"},
		{Reference{"", Sandbox, "acme~shop", "dev"}, "http://box acme~shop@dev"},
		{Reference{"*", Sandbox, "shop", "dev"}, "Several servers"},
		{Reference{"acme", "default", "shop", "dev"}, "http://a shop@dev"}, // the CLI of Prisma 1, private server
		{Reference{"*", "default", "acme~shop", "dev"}, "http://box acme~shop@dev"},
		{Reference{"*", "default", "shop", "dev"}, "Several servers"},
		{Reference{"school", "default", "shop", "dev"}, "Several servers"},
		{Reference{"school", "production", "shop", "dev"}, "no server production"},
		{Reference{"acme", "production", "acme~shop", "dev"}, "no server production"},
		{Reference{"acme", Sandbox, "john~shop", "dev"}, "Not authorized"},
		{Reference{"*", Sandbox, "john~shop", "dev"}, "Not authorized"},
		{Reference{"john", "secret", "shop", "dev"}, "Not authorized"},
		{Reference{"*", "secret", "shop", "dev"}, "no server secret"},
		{Reference{"nobody", Sandbox, "shop", "dev"}, "Not authorized"},
		{Reference{"acme", Sandbox, "*", "dev"}, "not a valid name"},
		{Reference{"acme", Sandbox, "shop", "*"}, "not a valid name"},
		{Reference{"acme", Sandbox, "a/b", "dev"}, "not a valid name"},
		{Reference{"acme", Sandbox, "x~y", "dev"}, "Not authorized"},
		{Reference{"*", Sandbox, "acme~x~y", "dev"}, "no second ~"},
		{Reference{"acme", "production", "management", "dev"}, "reserved"},
	} {
		got := ""
		p, err := c.locate(t.Context(), jane.ID, test.reference)
		if err != nil {
			got = err.Error()
		} else {
			got = p.server.URL + " " + p.id().Name + "@" + p.id().Stage
		}
		if err == nil && got != test.want || err != nil && !strings.Contains(got, test.want) {
			t.Errorf("%+v: got %s, want %s", test.reference, got, test.want)
		}
	}
}

// TestServersShareNoKey: a token for one server opens no other.
func TestServersShareNoKey(t *testing.T) {
	t.Parallel()
	c := memory(t)
	addUser(t, c, "jane@example.org")
	one, err := c.AddServer(t.Context(), "jane", "one", "https://one.example.org")
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.AddServer(t.Context(), "jane", "two", "https://two.example.org")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.AddServer(t.Context(), "jane", "one", "https://moved.example.org")
	if err != nil || again != one || one == two || !strings.HasPrefix(one, "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("keys: %s %s %s %v", one, two, again, err)
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "cloud.key")
	first, err := openKeys(file)
	if err != nil {
		t.Fatal(err)
	}
	second, err := openKeys(file)
	if err != nil || first.master != second.master {
		t.Errorf("another key: %v", err)
	}
	stat, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if stat.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", stat.Mode())
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := openKeys(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
}

// TestAttempts: an account is closed for a while after ten wrong passwords, for the address that
// guessed and not for its owner elsewhere.
func TestAttempts(t *testing.T) {
	t.Parallel()
	c := memory(t)
	addUser(t, c, "jane@example.org")
	for i := range mostAttempts {
		for _, email := range []string{"jane@example.org", "nobody@example.org"} {
			if _, err := c.SignIn(t.Context(), email, "wrong", "10.0.0.1"); err == nil || err.Error() != "Email or password is wrong." {
				t.Fatalf("attempt %d of %s: %v", i, email, err)
			}
		}
	}
	if _, err := c.SignIn(t.Context(), "jane@example.org", password, "10.0.0.1"); err == nil || !strings.Contains(err.Error(), "too many attempts") {
		t.Errorf("the right password from there: %v", err)
	}
	if _, err := c.SignIn(t.Context(), "jane@example.org", password, "10.0.0.2"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

// TestAttemptsAreBounded: who fills the list locks nobody in for ever and takes no memory.
func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	a := attempts{counts: make(map[string]*attempt)}
	for i := range mostCounted + 10 {
		a.allow(strings.Repeat("x", 10)+string(rune(i)), 1)
	}
	if len(a.counts) > mostCounted {
		t.Errorf("%d are counted", len(a.counts))
	}
	if a.allow("new", 1) {
		t.Error("a try that nobody counts is allowed")
	}
	for _, one := range a.counts {
		one.until = time.Now().Add(-time.Second)
	}
	if !a.allow("new", 1) || len(a.counts) != 1 {
		t.Errorf("old ones are kept: %d", len(a.counts))
	}
}

// TestWaiting: a computer gets its key once it is allowed, from one person.
func TestWaiting(t *testing.T) {
	t.Parallel()
	c := memory(t)
	jane := addUser(t, c, "jane@example.org")
	var asked struct {
		Data struct{ RequestCloudToken struct{ Secret string } }
	}
	if err := json.Unmarshal([]byte(ask(t, c, "", `mutation { requestCloudToken { secret } }`, nil)), &asked); err != nil {
		t.Fatal(err)
	}
	secret := asked.Data.RequestCloudToken.Secret
	poll := func() string {
		return ask(t, c, "", `query ($secret: String!) { cloudTokenRequest(secret: $secret) { token } }`, map[string]any{"secret": secret})
	}
	if got := poll(); got != `{"data":{"cloudTokenRequest":{"token":null}}}` {
		t.Errorf("before: %s", got)
	}
	if err := c.AllowLogin(t.Context(), secret, jane.ID); err != nil {
		t.Fatal(err)
	}
	if got := poll(); !strings.HasPrefix(got, `{"data":{"cloudTokenRequest":{"token":"ey`) {
		t.Errorf("allowed: %s", got)
	}
	if err := c.AllowLogin(t.Context(), secret, jane.ID); err == nil {
		t.Error("allowed twice")
	}
	logins, err := c.Logins(t.Context(), jane.ID)
	if err != nil || len(logins) != 1 || logins[0].Computer != "a computer" {
		t.Errorf("logins %+v, %v", logins, err)
	}
	denied, err := c.RequestLogin("\x1b[31mevil\n<b>", "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if name, _, _, err := c.Asking(denied); err != nil || name != "[31mevil<b>" {
		t.Errorf("asking: %q %v", name, err)
	}
	c.DenyLogin(denied)
	if err := c.AllowLogin(t.Context(), denied, jane.ID); err == nil {
		t.Error("allowed after it was denied")
	}
}

package cloud

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/management"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// sandbox is a shared server that holds the cloud's key and has some services.
func sandbox(t *testing.T, c *Cloud, services ...string) (*management.Management, *httptest.Server) {
	t.Helper()
	key, err := c.AddServer(t.Context(), "", Sandbox, "http://127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	verifiers, err := auth.ParsePublicKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	db := connectortest.Open(t, connector.Config{Connector: "sqlite", Memory: true})
	m, err := management.New(t.Context(), db, management.Options{Verifiers: verifiers})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range services {
		if _, err := m.AddProject(t.Context(), project.ID{Name: name, Stage: "dev"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		status, answer := m.Answer(r.Context(), "r", r.Header.Get("Authorization"), body)
		w.WriteHeader(status)
		w.Write(answer)
	}))
	t.Cleanup(at.Close)
	if _, err := c.AddServer(t.Context(), "", Sandbox, at.URL); err != nil {
		t.Fatal(err)
	}
	return m, at
}

// refusal checks that an error is told to people, with words in it.
func refusal(t *testing.T, err error, words string) {
	t.Helper()
	if fault.CodeOf(err) != fault.CloudRefused || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want %s", err, words)
	}
}

// TestDeleteWorkspace: what the workspace has on the sandbox goes, noted or not, and nothing of others.
func TestDeleteWorkspace(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		c := open(t, db)
		jane, john := addUser(t, c, "jane@example.org"), addUser(t, c, "john@example.org")
		m, _ := sandbox(t, c, "jane~shop", "jane~blog", "jane-too~shop", "john~shop", "jane")
		if _, err := c.AddServer(t.Context(), "jane", "production", "http://127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
		key := logIn(t, c, jane)
		for _, server := range []string{Sandbox, "production"} {
			ask(t, c, key, `mutation ($input: GenerateClusterTokenRequest!) { addServiceToCloudDBIfMissing(input: $input) }`,
				map[string]any{"input": map[string]any{"workspaceSlug": "jane", "clusterName": server, "serviceName": "shop", "stageName": "dev"}})
		}
		secret, err := c.Invite(t.Context(), jane.ID, "jane", "", Ordinary)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.join(t.Context(), john.ID, "jane", Ordinary); err != nil {
			t.Fatal(err)
		}
		for _, who := range []*User{john, {ID: "nobody"}} {
			if _, err := c.DeleteOwnWorkspace(t.Context(), who.ID, "jane", "jane"); fault.CodeOf(err) != fault.NotAuthorized {
				t.Errorf("who is no owner: %v", err)
			}
		}
		_, err = c.DeleteOwnWorkspace(t.Context(), jane.ID, "jane", "john")
		refusal(t, err, "not the name")

		done, err := c.DeleteOwnWorkspace(t.Context(), jane.ID, "jane", "jane")
		if want := (Deletion{[]string{"blog/dev on sandbox", "shop/dev on sandbox"}, []string{"shop/dev on production"}}); err != nil || !reflect.DeepEqual(done, want) {
			t.Errorf("got %+v, %v, want %+v", done, err, want)
		}
		left, err := m.Projects(t.Context())
		var names []string
		for _, p := range left {
			names = append(names, p.ID.Name)
		}
		if got := strings.Join(names, " "); err != nil || got != "jane jane-too~shop john~shop" {
			t.Errorf("on the sandbox are %s, %v", got, err)
		}
		if got, want := ask(t, c, key, `{ me { memberships { workspace { slug } } } }`, nil), `{"data":{"me":{"memberships":[]}}}`; got != want {
			t.Errorf("jane has %s", got)
		}
		if _, err := c.Invitation(t.Context(), secret); err == nil {
			t.Error("the invitation is open")
		}
		if err := c.AddWorkspace(t.Context(), "jane", "", "john@example.org"); true {
			refusal(t, err, "was deleted just now. Its name is free again at ")
		}
		_, err = c.DeleteWorkspace(t.Context(), "jane")
		refusal(t, err, "no workspace jane")
		err = c.records.do(t.Context(), `mutation ($at: DateTime!) { updateManyFormerWorkspaces(data: {freeAt: $at}) { count } }`, values{"at": moment(time.Now().Add(-time.Second))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddWorkspace(t.Context(), "jane", "", "john@example.org"); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// TestDeleteWorkspaceWaitsForServers: as long as services would be left on a shared server, the workspace stays.
func TestDeleteWorkspaceWaitsForServers(t *testing.T) {
	t.Parallel()
	c := memory(t)
	jane := addUser(t, c, "jane@example.org")
	_, at := sandbox(t, c)
	at.Close()
	_, err := c.DeleteOwnWorkspace(t.Context(), jane.ID, "jane", "jane")
	refusal(t, err, "on the server sandbox could not be deleted, so the workspace stays")
	if _, err := c.Ownership(t.Context(), jane.ID, "jane"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveServer(t.Context(), "", Sandbox); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteOwnWorkspace(t.Context(), jane.ID, "jane", "jane"); err != nil {
		t.Errorf("without the server: %v", err)
	}
}

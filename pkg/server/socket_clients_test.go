package server

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	graphql "github.com/hasura/go-graphql-client"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
)

// secured starts a server with a service that has a secret and returns its address with a token.
func secured(t *testing.T) (url, token string, server *Server) {
	t.Helper()
	url, server = startServer(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users, "secret")
	token, err := auth.SignService("secret", "shop", "dev", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return url + "/shop/dev", token, server
}

// awaitSubscribers waits until so many wait for events.
func awaitSubscribers(t *testing.T, server *Server, n int64) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); server.hub.Waiting() != n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d subscriptions, want %d", server.hub.Waiting(), n)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestHasuraClient subscribes with the client of hasura/go-graphql-client, in both protocols that it speaks.
func TestHasuraClient(t *testing.T) {
	t.Parallel()
	url, token, server := secured(t)
	for name, protocol := range map[string]graphql.SubscriptionProtocolType{"graphql-ws": graphql.SubscriptionsTransportWS, "graphql-transport-ws": graphql.GraphQLWS} {
		events := make(chan string, 10)
		c := graphql.NewSubscriptionClient("ws" + strings.TrimPrefix(url, "http")).
			WithProtocol(protocol).
			WithConnectionParams(map[string]any{"Authorization": "Bearer " + token}).
			OnError(func(_ *graphql.SubscriptionClient, err error) error { return err })
		var query struct {
			User struct {
				Mutation string
				Node     struct{ Email string }
			} `graphql:"user(where: { mutation_in: [CREATED], node: { email: $email } })"`
		}
		_, err := c.Subscribe(&query, map[string]any{"email": name}, func(data []byte, err error) error {
			if err != nil {
				return err
			}
			events <- string(data)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- c.RunWithContext(ctx) }()
		awaitSubscribers(t, server, 1)
		sendWith(t, url, token, `mutation { createUser(data: { email: "`+name+`" }) { id } }`)
		if got, want := <-events, `{"user":{"mutation":"CREATED","node":{"email":"`+name+`"}}}`; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
		stop()
		<-ran
		awaitSubscribers(t, server, 0)
	}
}

// talk is run by Node.js: the clients of subscriptions-transport-ws and of
// graphql-ws each subscribe; the second also asks and writes. What comes is printed.
const talk = `
const { MODULES, URL, TOKEN } = process.env
const ws = require(MODULES + '/ws')
const { SubscriptionClient } = require(MODULES + '/subscriptions-transport-ws')
const { createClient } = require(MODULES + '/graphql-ws')
const connectionParams = { Authorization: 'Bearer ' + TOKEN }
const query = 'subscription ($w: UserSubscriptionWhereInput) { user(where: $w) { mutation node { email } } }'
const variables = { w: { mutation_in: ['CREATED'] } }
const said = []
const say = (who, what) => { said.push(who); console.log(who, JSON.stringify(what)); if (said.length === 4) { old.close(); now.dispose() } }
const fail = who => error => { console.log(who, 'error', JSON.stringify(error), String(error)); process.exit(1) }
const old = new SubscriptionClient(URL, { connectionParams, reconnect: false }, ws)
old.onError(fail('old'))
old.request({ query, variables }).subscribe({ next: v => say('old', v), error: fail('old') })
const now = createClient({ url: URL, connectionParams, webSocketImpl: ws, retryAttempts: 0 })
now.subscribe({ query, variables }, { next: v => say('new', v), error: fail('new'), complete: () => {} })
process.stdin.once('data', () => {
	now.subscribe({ query: 'mutation { createUser(data: { email: "npm" }) { email } }' }, { next: v => say('mutation', v), error: fail('mutation'), complete: () => {
		now.subscribe({ query: '{ users { email } }' }, { next: v => say('query', v), error: fail('query'), complete: () => {} })
	} })
	process.stdin.destroy()
})
`

// TestNpmClients talks with the clients of npm that applications have.
// PRISMA1_TEST_NPM names their node_modules folder.
func TestNpmClients(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("PRISMA1_TEST_NPM")
	if modules == "" {
		t.Skip("no clients: PRISMA1_TEST_NPM can name the node_modules folder that has subscriptions-transport-ws and graphql-ws")
	}
	modules, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	url, token, server := secured(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "-e", talk)
	node.Env = append(os.Environ(), "MODULES="+modules, "URL=ws"+strings.TrimPrefix(url, "http"), "TOKEN="+token)
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	awaitSubscribers(t, server, 2)
	if _, err := in.Write([]byte("go\n")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		got = append(got, lines.Text())
	}
	if err := node.Wait(); err != nil {
		t.Error(err)
	}
	slices.Sort(got)
	want := []string{
		`mutation {"data":{"createUser":{"email":"npm"}}}`,
		`new {"data":{"user":{"mutation":"CREATED","node":{"email":"npm"}}}}`,
		`old {"data":{"user":{"mutation":"CREATED","node":{"email":"npm"}}}}`,
		`query {"data":{"users":[{"email":"npm"}]}}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package server

import (
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// TestSubscriptionsOfTwoServers: what happens on one server reaches who waits on
// another one of the same database, deploys included.
func TestSubscriptionsOfTwoServers(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("no other server reaches it")
		}
		urlA, a := startServer(t, Config{Database: config})
		urlB, b := startServer(t, Config{Database: config})
		management := client.New(urlA, "", nil)
		deploy(t, management, "shop", "dev", users+"type Post { id: ID! @id title: String }")
		s := enter(t, urlB+"/shop/dev", "graphql-transport-ws")
		s.ask("subscribe", "1", "subscription { user { mutation updatedFields node { email } previousValues { name } } }")
		if got := s.settle(b); got != nil {
			t.Fatal(got)
		}
		wanted := func(server *Server, model string) bool {
			f := server.hub.Wanted(project.ID{Name: "shop", Stage: "dev"})
			return f != nil && f(model)
		}
		await := func(what string, done func() bool) {
			t.Helper()
			for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("waited in vain for " + what)
				}
			}
		}
		await("the first server to know", func() bool { return wanted(a, "User") })
		if wanted(a, "Post") {
			t.Error("nobody waits for posts")
		}
		for _, step := range [][2]string{
			{`createUser(data: { email: "a", name: "Ann" })`, `"CREATED","updatedFields":null,"node":{"email":"a"},"previousValues":null`},
			{`updateUser(where: { email: "a" }, data: { name: "Bob" })`, `"UPDATED","updatedFields":["name"],"node":{"email":"a"},"previousValues":{"name":"Ann"}`},
			{`deleteUser(where: { email: "a" })`, `"DELETED","updatedFields":null,"node":null,"previousValues":{"name":"Bob"}`},
		} {
			sendWith(t, urlA+"/shop/dev", "", "mutation { "+step[0]+" { id } }")
			s.want(`{"id":"1","payload":{"data":{"user":{"mutation":` + step[1] + `}}},"type":"next"}`)
		}
		in := client.DeployInput{Name: "shop", Stage: "dev", Types: users, Force: true}
		if _, err := management.Deploy(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		s.want(`{"id":"1","payload":[{"message":"Schema changed"}],"type":"error"}`)
		await("the first server to forget", func() bool { return !wanted(a, "User") })
	})
}

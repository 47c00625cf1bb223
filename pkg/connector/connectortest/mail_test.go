package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// TestMail: servers tell each other what they wait for, and what has happened.
func TestMail(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		s, ctx := c.Management(), t.Context()
		user := connector.Topic{Project: project.ID{Name: "jane~shop", Stage: "dev"}, Model: "User"}
		post := connector.Topic{Project: user.Project, Model: "Post"}
		listeners := func(self string, want ...connector.Listener) {
			t.Helper()
			got, err := s.Listeners(ctx, self)
			slices.SortFunc(got, func(a, b connector.Listener) int { return strings.Compare(a.Server+a.Model, b.Server+b.Model) })
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s sees %v, %v, want %v", self, got, err, want)
			}
		}
		listen := func(server string, lease time.Duration, topics ...connector.Topic) {
			t.Helper()
			if err := s.Listen(ctx, server, topics, lease); err != nil {
				t.Fatal(err)
			}
		}
		receive := func(server string, want ...string) {
			t.Helper()
			got, more, err := s.Receive(ctx, server)
			if err != nil || more || !slices.Equal(got, want) {
				t.Fatalf("%s received %q, %v, %v, want %q", server, got, more, err, want)
			}
		}
		listeners("a")
		listen("a", time.Hour, user, post)
		listen("b", time.Hour, user)
		listen("gone", -time.Second, user)
		listeners("a", connector.Listener{Server: "b", Topic: user})
		listeners("c", connector.Listener{Server: "a", Topic: post}, connector.Listener{Server: "a", Topic: user}, connector.Listener{Server: "b", Topic: user})
		long := strings.Repeat("ä🙂", 100_000)
		for _, body := range []string{"first", long} {
			if err := s.Send(ctx, []string{"a", "b", "gone"}, body); err != nil {
				t.Fatal(err)
			}
		}
		receive("a", "first", long)
		receive("a")
		if there, err := s.Renew(ctx, "gone", time.Hour); err != nil || !there {
			t.Fatalf("renewed %v, %v", there, err)
		}
		listen("gone", -time.Second, user)
		if there, err := s.Renew(ctx, "a", time.Hour); err != nil || !there {
			t.Fatalf("renewed %v, %v", there, err)
		}
		receive("gone") // swept away with its server
		if there, err := s.Renew(ctx, "gone", time.Hour); err != nil || there {
			t.Fatalf("renewed %v, %v", there, err)
		}
		receive("b", "first", long)
		for i := range 101 {
			if err := s.Send(ctx, []string{"b"}, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		got, more, err := s.Receive(ctx, "b")
		if err != nil || !more || len(got) != 100 || got[0] != "0" || got[99] != "99" {
			t.Fatalf("received %q, %v, %v", got, more, err)
		}
		listen("b", 0)
		receive("b")
		listen("a", time.Hour, post)
		listeners("c", connector.Listener{Server: "a", Topic: post})
	})
}

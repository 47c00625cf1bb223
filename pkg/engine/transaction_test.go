package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// Raw SQL is refused inside a transaction, and what came before it is taken back.
func TestRawInsideTransaction(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Account { id: ID! @id cents: Int! }`, engine.Options{RawAccess: true})
		answer := askTransaction(t, s, `mutation { createAccount(data: { cents: 1 }) { cents } executeRaw(query: "SELECT 1") }`)
		if !bytes.Contains(answer, []byte(`{"data":null,"errors":[{"message":"executeRaw runs on a connection of its own`)) {
			t.Errorf("got %s", answer)
		}
		if answer := ask(t, s, `{ accounts { id } }`, "null"); string(answer) != `{"data":{"accounts":[]}}` {
			t.Errorf("left is %s", answer)
		}
	})
}

// Transactions that change the same nodes in opposite order, or upsert the same
// node, are repeated: each is stored once.
func TestTransactionsMeet(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Account { id: ID! @id cents: Int! log: [Entry] } type Entry { id: ID! @id n: Int! account: Account! @relation(link: INLINE) }`, engine.Options{})
		ask(t, s, `mutation { a: createAccount(data: { id: "a", cents: 0 }) { id } b: createAccount(data: { id: "b", cents: 0 }) { id } }`, "null")
		const rounds = 2
		for n := range rounds {
			var group sync.WaitGroup
			for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
				group.Go(func() {
					answer := askTransaction(t, s, fmt.Sprintf(`mutation {
						one: updateAccount(where: { id: %[1]q }, data: { cents: %[3]d, log: { create: { n: %[3]d } } }) { id }
						two: updateAccount(where: { id: %[2]q }, data: { cents: %[3]d, log: { create: { n: %[3]d } } }) { id }
						up: upsertAccount(where: { id: "c" }, create: { id: "c", cents: 1 }, update: { cents: 2 }) { id }
					}`, order[0], order[1], n))
					if bytes.Contains(answer, []byte(`"errors"`)) {
						t.Errorf("round %d: %s", n, answer)
					}
				})
			}
			group.Wait()
		}
		answer := string(ask(t, s, `{ entriesConnection { aggregate { count } } account(where: { id: "c" }) { cents } }`, "null"))
		if want := fmt.Sprintf(`{"data":{"entriesConnection":{"aggregate":{"count":%d}},"account":{"cents":2}}}`, 4*rounds); answer != want {
			t.Errorf("got %s, want %s", answer, want)
		}
	})
}

// Transactions that name the same nodes in any order wait for each other before
// they begin.
func TestTransactionsInAnyOrder(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Account { id: ID! @id name: String! @unique cents: Int! }`, engine.Options{})
		var group sync.WaitGroup
		for client := range 12 {
			group.Go(func() {
				r := rand.New(rand.NewPCG(uint64(client), 5))
				for range 2 {
					var b strings.Builder
					for _, n := range r.Perm(5) {
						fmt.Fprintf(&b, "a%d: upsertAccount(where: { name: \"%[1]d\" }, create: { name: \"%[1]d\", cents: %[2]d }, update: { cents: %[2]d }) { id }\n", n, client)
					}
					if answer := askTransaction(t, s, "mutation {"+b.String()+"}"); bytes.Contains(answer, []byte(`"errors"`)) {
						t.Errorf("%s", answer)
					}
				}
			})
		}
		group.Wait()
		left := read[struct{ Accounts []struct{ Cents int } }](t, s, `{ accounts { cents } }`).Accounts
		if len(left) != 5 || len(slices.Compact(left)) != 1 {
			t.Errorf("left are %v: not from one transaction", left)
		}
	})
}

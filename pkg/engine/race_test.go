package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

const club = `
type Owner {
  id: ID! @id
  name: String! @unique
  pets: [Pet] @relation(name: "Pets", onDelete: CASCADE)
  badge: Badge @relation(name: "Badges", link: INLINE)
  clubs: [Club] @relation(name: "Clubs", link: TABLE)
  heir: Owner @relation(name: "Heirs", link: TABLE)
  heirOf: Owner @relation(name: "Heirs")
}
type Pet { id: ID! @id n: Int owner: Owner! @relation(name: "Pets") }
type Badge { id: ID! @id name: String! @unique owner: Owner @relation(name: "Badges") }
type Club { id: ID! @id name: String! @unique members: [Owner] @relation(name: "Clubs") }`

// racing returns a random mutation of few nodes, so that clients meet.
func racing(r *rand.Rand) string {
	owner, other, badge := r.IntN(4), r.IntN(4), r.IntN(3)
	three := `pets: { create: [{ n: 0 }, { n: 0 }, { n: 0 }] }`
	return []string{
		fmt.Sprintf(`createOwner(data: { name: "%d", %s }) { id }`, owner, three),
		fmt.Sprintf(`upsertOwner(where: { name: "%d" }, create: { name: "%[1]d", %s, badge: { connect: { name: "%d" } } }, update: { clubs: { connect: { name: "%[3]d" } } }) { id }`, owner, three, badge),
		fmt.Sprintf(`deleteOwner(where: { name: "%d" }) { id }`, owner),
		fmt.Sprintf(`updateOwner(where: { name: "%d" }, data: { badge: { connect: { name: "%d" } } }) { id }`, owner, badge),
		fmt.Sprintf(`updateBadge(where: { name: "%d" }, data: { owner: { connect: { name: "%d" } } }) { id }`, badge, owner),
		fmt.Sprintf(`updateOwner(where: { name: "%d" }, data: { heir: { connect: { name: "%d" } } }) { id }`, owner, other),
		fmt.Sprintf(`updateClub(where: { name: "%d" }, data: { members: { set: [{ name: "%d" }, { name: "%d" }] } }) { id }`, badge, owner, other),
		fmt.Sprintf(`updateClub(where: { name: "%d" }, data: { members: { connect: [{ name: "%d" }, { name: "%d" }], disconnect: { name: "%[3]d" } } }) { id }`, badge, owner, other),
		fmt.Sprintf(`updateOwner(where: { name: "%d" }, data: { pets: { updateMany: { where: {}, data: { n: %d } } } }) { id }`, owner, r.IntN(1000)),
		fmt.Sprintf(`upsertBadge(where: { name: "new %d" }, create: { name: "new %[1]d", owner: { connect: { name: "%d" } } }, update: { owner: { connect: { name: "%[2]d" } } }) { id }`, badge, owner),
		fmt.Sprintf(`deleteManyOwners(where: { name_in: ["%d", "%d"] }) { count }`, owner, other),
	}[r.IntN(11)]
}

// lost are the codes of a client that came too late.
var lost = []fault.Code{fault.UniqueConstraintViolation, fault.NodeNotFoundForWhere, fault.NodesNotConnected, fault.RequiredRelationViolated, fault.NodeDoesNotExist}

// TestRacingClients lets 50 clients make, link and delete the same few nodes.
// Who comes too late is told so; no error is ours, and nothing is there by half.
func TestRacingClients(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, club, engine.Options{})
		for i := range 3 {
			ask(t, s, fmt.Sprintf(`mutation { createBadge(data: { name: "%d" }) { id } createClub(data: { name: "%[1]d" }) { id } }`, i), "null")
		}
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				r := rand.New(rand.NewPCG(uint64(i), 3))
				for range 6 {
					mutation := "mutation { " + racing(r) + " }"
					var answer struct{ Errors []struct{ Code fault.Code } }
					got := ask(t, s, mutation, "null")
					if err := json.Unmarshal(got, &answer); err != nil {
						t.Error(err)
					}
					if len(answer.Errors) > 0 && !slices.Contains(lost, answer.Errors[0].Code) {
						t.Errorf("%s\n%s", mutation, got)
					}
				}
			})
		}
		group.Wait()
		checkClub(t, s)
	})
}

// TestOneLink lets clients link one badge, and one heir, with several owners at
// once, from either side: one link stays.
func TestOneLink(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, club, engine.Options{})
		ask(t, s, `mutation { createBadge(data: { name: "b" }) { id } createOwner(data: { name: "h" }) { id } }`, "null")
		var group sync.WaitGroup
		for i := range 8 {
			ask(t, s, fmt.Sprintf(`mutation { createOwner(data: { name: "%d" }) { id } }`, i), "null")
		}
		for i := range 8 {
			group.Go(func() {
				for range 5 {
					for _, m := range []string{
						`updateOwner(where: { name: "%d" }, data: { badge: { connect: { name: "b" } } }) { id }`,
						`updateBadge(where: { name: "b" }, data: { owner: { connect: { name: "%d" } } }) { id }`,
						`updateOwner(where: { name: "%d" }, data: { heir: { connect: { name: "h" } } }) { id }`,
						`updateOwner(where: { name: "h" }, data: { heirOf: { connect: { name: "%d" } } }) { id }`,
					} {
						if got := ask(t, s, "mutation { "+fmt.Sprintf(m, i)+" }", "null"); strings.Contains(string(got), "errors") {
							t.Error(string(got))
						}
					}
				}
			})
		}
		group.Wait()
		left := read[struct{ Badges, Heirs []struct{ ID string } }](t, s, `{ badges: owners(where: { badge: { name: "b" } }) { id } heirs: owners(where: { heir: { name: "h" } }) { id } }`)
		if len(left.Badges) != 1 || len(left.Heirs) != 1 {
			t.Errorf("%d owners have the badge and %d the heir", len(left.Badges), len(left.Heirs))
		}
	})
}

// checkClub looks at what the clients left: links are the same from both
// sides, and pets come and change by threes.
func checkClub(t *testing.T, s *engine.Service) {
	type named struct{ Name string }
	left := read[struct {
		Owners []struct {
			Name         string
			Pets         []struct{ N int }
			Badge        *struct{ Owner *named }
			Heir, HeirOf *struct{ Heir, HeirOf *named }
			Clubs        []named
		}
		Pets  []struct{ Owner named }
		Clubs []struct{ Members []named }
	}](t, s, `{ owners { name pets { n } badge { owner { name } } heir { heirOf { name } } heirOf { heir { name } } clubs { name } } pets { owner { name } } clubs { members { name } } }`)
	is := func(back *named, name string) bool { return back != nil && back.Name == name }
	for _, o := range left.Owners {
		if len(o.Pets) != 3 || o.Pets[0] != o.Pets[1] || o.Pets[1] != o.Pets[2] {
			t.Errorf("owner %s has pets %v", o.Name, o.Pets)
		}
		for side, right := range map[string]bool{
			"badge":  o.Badge == nil || is(o.Badge.Owner, o.Name),
			"heir":   o.Heir == nil || is(o.Heir.HeirOf, o.Name),
			"heirOf": o.HeirOf == nil || is(o.HeirOf.Heir, o.Name),
		} {
			if !right {
				t.Errorf("owner %s: the node behind %s is linked with another one", o.Name, side)
			}
		}
	}
	if len(left.Pets) != 3*len(left.Owners) {
		t.Errorf("%d owners and %d pets", len(left.Owners), len(left.Pets))
	}
	ofOwners, ofClubs := 0, 0
	for _, o := range left.Owners {
		ofOwners += len(o.Clubs)
	}
	for _, c := range left.Clubs {
		ofClubs += len(c.Members)
	}
	if ofOwners != ofClubs {
		t.Errorf("owners are in %d clubs, clubs have %d members", ofOwners, ofClubs)
	}
}

// TestOneWinner lets 20 clients take the same node, by its id, by a filter, and
// by a change after which the filter no longer finds it: one gets it.
func TestOneWinner(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type Job { id: ID! @id name: String! @unique state: String! }`, engine.Options{})
		for _, taking := range []string{
			`deleteJob(where: { name: "a" }) { id }`,
			`deleteManyJobs(where: { name: "a" }) { count }`,
			`updateManyJobs(where: { name: "a", state: "open" }, data: { state: "taken" }) { count }`,
		} {
			ask(t, s, `mutation { deleteManyJobs { count } createJob(data: { name: "a", state: "open" }) { id } }`, "null")
			var (
				group   sync.WaitGroup
				winners atomic.Int32
			)
			for range 20 {
				group.Go(func() {
					got := string(ask(t, s, "mutation { "+taking+" }", "null"))
					if !strings.Contains(got, "errors") && !strings.Contains(got, `"count":0`) {
						winners.Add(1)
					}
				})
			}
			group.Wait()
			if n := winners.Load(); n != 1 {
				t.Errorf("%s: %d clients got the node", taking, n)
			}
		}
	})
}

package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

const house = `
type House {
  id: ID! @id
  name: String! @unique
  colours: [String] @scalarList(strategy: RELATION)
  rooms: [Room] @relation(name: "Rooms")
  door: Door @relation(name: "Doors", link: TABLE)
  roof: Roof @relation(name: "Roofs", link: INLINE)
  friends: [Friend] @relation(name: "Friends", link: TABLE)
}
type Room { id: ID! @id name: String! @unique house: House @relation(name: "Rooms") lamps: [Lamp] @relation(name: "Lamps") keys: [Key] @relation(name: "Keys") }
type Lamp { id: ID! @id room: Room! @relation(name: "Lamps", link: INLINE) }
type Key { id: ID! @id room: Room! @relation(name: "Keys", link: TABLE) }
type Door { id: ID! @id name: String! @unique house: House @relation(name: "Doors") }
type Roof { id: ID! @id name: String! @unique house: House @relation(name: "Roofs") }
type Friend { id: ID! @id name: String! @unique houses: [House] @relation(name: "Friends") }`

// A nestedRace is mutations that clients send at once.
type nestedRace struct {
	name   string
	before string // a mutation
	write  func(client int) string
	lost   []fault.Code // of who came too late
	after  string       // what is asked in the end
	want   string
}

const updateHouse = `updateHouse(where: { name: "h" }, data: { %s }) { id }`

func nestedRaces() []nestedRace {
	return []nestedRace{
		{
			name:  "lists of scalars",
			write: func(int) string { return fmt.Sprintf(updateHouse, `colours: { set: ["red", "blue"] }`) },
			after: `{ houses { colours } }`, want: `{"data":{"houses":[{"colours":["red","blue"]}]}}`,
		},
		{
			name:   "set",
			before: `f0: createFriend(data: { name: "f0" }) { id } f1: createFriend(data: { name: "f1" }) { id } r0: createRoom(data: { name: "r0" }) { id } r1: createRoom(data: { name: "r1" }) { id }`,
			write: func(client int) string {
				return fmt.Sprintf(updateHouse, fmt.Sprintf(`friends: { set: { name: "f%d" } }, rooms: { set: { name: "r%[1]d" } }`, client%2))
			},
			after: `{ friendsConnection(where: { houses_some: {} }) { aggregate { count } } roomsConnection(where: { house: {} }) { aggregate { count } } }`,
			want:  `{"data":{"friendsConnection":{"aggregate":{"count":1}},"roomsConnection":{"aggregate":{"count":1}}}}`,
		},
		{
			name: "upsert",
			write: func(client int) string {
				return fmt.Sprintf(updateHouse, fmt.Sprintf(`door: { upsert: { create: { name: "d%[1]d" }, update: { name: "d" } } }, roof: { upsert: { create: { name: "f%[1]d" }, update: { name: "f" } } },
					rooms: { upsert: { where: { name: "r" }, create: { name: "r" }, update: { name: "r" } } }, friends: { upsert: { where: { name: "x" }, create: { name: "x" }, update: { name: "x" } } }`, client))
			},
			after: `{ doors { name } roofs { name } rooms { name } friends { name } }`,
			want:  `{"data":{"doors":[{"name":"d"}],"roofs":[{"name":"f"}],"rooms":[{"name":"r"}],"friends":[{"name":"x"}]}}`,
		},
		{
			name:   "delete and connect",
			before: `updateHouse(where: { name: "h" }, data: { rooms: { create: { name: "r" } } }) { id }`,
			write: func(client int) string {
				return []string{
					fmt.Sprintf(updateHouse, `rooms: { delete: { name: "r" } }`),
					`createLamp(data: { room: { connect: { name: "r" } } }) { id }`,
					`createKey(data: { room: { connect: { name: "r" } } }) { id }`,
				}[client%3]
			},
			lost:  []fault.Code{fault.NodeNotFoundForWhere, fault.RequiredRelationViolated, fault.NodeDoesNotExist},
			after: `{ lamps(where: { room: null }) { id } keys(where: { room: null }) { id } }`,
			want:  `{"data":{"lamps":[],"keys":[]}}`,
		},
		{
			name: "upsert and delete",
			write: func(client int) string {
				return []string{`upsertRoom(where: { name: "u" }, create: { name: "u" }, update: { name: "u" }) { id }`, `deleteRoom(where: { name: "u" }) { id }`}[client%2]
			},
			lost:  []fault.Code{fault.NodeNotFoundForWhere},
			after: `{ rooms(where: { name_not: "u" }) { id } }`, want: `{"data":{"rooms":[]}}`,
		},
	}
}

// TestNestedRaces lets clients write behind one node at once: it is as if they
// had come one after the other.
func TestNestedRaces(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, house, engine.Options{})
		for _, race := range nestedRaces() {
			for range 2 {
				race.run(t, s)
			}
		}
	})
}

func (r nestedRace) run(t *testing.T, s *engine.Service) {
	ask(t, s, `mutation { deleteManyLamps { count } deleteManyKeys { count } deleteManyRooms { count } deleteManyDoors { count } deleteManyRoofs { count } deleteManyFriends { count } deleteManyHouses { count } createHouse(data: { name: "h" }) { id } }`, "null")
	if r.before != "" {
		ask(t, s, "mutation { "+r.before+" }", "null")
	}
	var group sync.WaitGroup
	for client := range 12 {
		group.Go(func() {
			var answer struct{ Errors []struct{ Code fault.Code } }
			got := ask(t, s, "mutation { "+r.write(client)+" }", "null")
			if err := json.Unmarshal(got, &answer); err != nil {
				t.Error(err)
			}
			if len(answer.Errors) > 0 && !slices.Contains(r.lost, answer.Errors[0].Code) {
				t.Errorf("%s: %s", r.name, got)
			}
		})
	}
	group.Wait()
	if got := string(ask(t, s, r.after, "null")); got != r.want {
		t.Errorf("%s: got %s, want %s", r.name, got, r.want)
	}
}

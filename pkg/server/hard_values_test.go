package server

import (
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// everyType has a field of each type, and what the features bring to them.
const everyType = `
type Thing @unique(fields: [i, b]) @fullText(fields: [s, text]) {
  id: ID! @id
  s: String @unique
  text: String
  i: Int
  l: Long
  day: Date
  f: Float
  b: Boolean
  d: DateTime
  j: Json
  k: Kind
  strings: [String] @scalarList(strategy: RELATION)
  floats: [Float] @scalarList(strategy: RELATION)
  dates: [DateTime] @scalarList(strategy: RELATION)
  number: Number
}
type Number { id: Int! @id(strategy: NONE) u: UUID @unique things: [Thing] }
enum Kind { A B }`

// allFeatures are those that SQLite has, too.
var allFeatures = []string{"createMany", "aggregate", "groupBy", "sort", "caseInsensitive", "compoundUnique", "jsonFilters", "fullText", "scalars"}

// valueRequests use a value $v, each where another type is wanted.
var valueRequests = []string{
	`query ($v: ID!) { thing(where: { id: $v }) { id } node(id: $v) { id } }`,
	`query ($v: ID) { things(where: { OR: [{ id: $v }, { id_in: [$v] }, { id_lt: $v }, { id_contains: $v }] }) { id } }`,
	`query ($v: [ID!]) { things(where: { id_in: $v, id_not_in: $v }) { id } }`,
	`query ($v: String) { thing(where: { s: $v }) { id } things(where: { OR: [{ s: $v }, { s_not_in: [$v] }, { s_gte: $v }, { s_starts_with: $v }, { s_not_ends_with: $v }] }) { id } }`,
	`query ($v: String) { things(after: $v) { id } a: things(before: $v, orderBy: s_ASC, last: 2) { id } thingsConnection(after: $v) { edges { cursor } } }`,
	`query ($v: Int) { number(where: { id: $v }) { id } things(where: { OR: [{ i: $v }, { i_lt: $v }, { number: { id_in: [$v] } }] }) { id } }`,
	`query ($v: Int) { things(first: $v, skip: $v) { id } a: things(last: $v) { id } numbers { things(first: $v) { id } } }`,
	`query ($v: Float) { things(where: { OR: [{ f: $v }, { f_gt: $v }, { f_in: [$v] }] }) { id f } }`,
	`query ($v: Long) { things(where: { OR: [{ l: $v }, { l_lt: $v }, { l_not_in: [$v] }] }) { id l } thingsConnection { groupBy(by: [l], orderBy: count_DESC) { key { l } aggregate { count sum { l } } } } }`,
	`query ($v: Date) { things(where: { OR: [{ day: $v }, { day_gte: $v }, { day_in: [$v] }] }, sort: [{ day: desc }]) { id day } }`,
	`query ($v: String) { things(where: { OR: [{ fullText: $v }, { s_i: $v }, { s_contains_i: $v }, { j_path: { path: [$v], equals: $v } }] }) { id } }`,
	`query ($v: ThingWhereUniqueInput!) { thing(where: $v) { id } }`,
	`query ($v: Boolean) { things(where: { b: $v }) { id @include(if: $v) b } }`,
	`query ($v: DateTime) { things(where: { OR: [{ d: $v }, { d_lte: $v }, { d_in: [$v] }] }) { id d } }`,
	`query ($v: Kind) { things(where: { OR: [{ k: $v }, { k_not: $v }] }, orderBy: k_DESC) { id k } }`,
	`query ($v: ThingWhereInput) { things(where: $v) { id } numbers(where: { things_every: $v }) { id } }`,
	`query ($v: UUID) { number(where: { u: $v }) { id } numbers(where: { OR: [{ u: $v }, { u_in: [$v] }] }) { id u } }`,
	`mutation ($v: ID) { createThing(data: { id: $v }) { id } }`,
	`mutation ($v: String) { createThing(data: { s: $v, strings: { set: [$v] } }) { s strings } }`,
	`mutation ($v: Int) { createThing(data: { i: $v }) { i } }`,
	`mutation ($v: Float) { createThing(data: { f: $v, floats: { set: [$v] } }) { f floats } }`,
	`mutation ($v: DateTime) { createThing(data: { d: $v, dates: { set: [$v] } }) { d dates } }`,
	`mutation ($v: Date) { createThing(data: { day: $v }) { day } }`,
	`mutation ($v: Long) { createThing(data: { l: $v }) { l } }`,
	`mutation ($v: Json) { createThing(data: { j: $v }) { j } }`,
	`mutation ($v: Int!) { createNumber(data: { id: $v }) { id } }`,
	`mutation ($v: UUID) { updateNumber(where: { id: 0 }, data: { u: $v }) { u } }`,
	`mutation ($v: ThingCreateInput!) { createThing(data: $v) { id s i f b d j k strings } }`,
	`mutation ($v: ID) { upsertThing(where: { id: $v }, create: { s: "made" }, update: { number: { create: { id: 1 } } }) { id } deleteManyThings(where: { id_gt: $v }) { count } }`,
}

// hardValues are JSON as it comes in a body: text that databases refuse, numbers
// beyond every type, dates before the year 1 and after 9999.
var hardValues = []string{
	`"a\u0000b"`, `"\ud800"`, `"\udc00x"`, "\"\xff\xfe\"", "\"\xc3\"", `"😀"`, `""`, `" "`, `"'; DROP TABLE Thing; --"`, `"\\"`, `"\uffff\u0001"`,
	`"` + strings.Repeat("x", 300) + `"`, `"` + strings.Repeat("😀", 10_000) + `"`,
	`0`, `-0`, `-0.0`, `1e400`, `-1e400`, `1e-400`, `5e-324`, `1.7976931348623157e308`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775809`,
	`2147483647`, `2147483648`, `-2147483648`, `-2147483649`, `1e999999999`, `1.0`, `0.1`, `123456789012345678901234567890.123456789`,
	`0.` + strings.Repeat("3", 400), strings.Repeat("9", 400),
	`"0000-01-01T00:00:00.000Z"`, `"0000-12-31T23:59:59.999Z"`, `"0001-01-01T00:00:00.000Z"`, `"-0001-01-01T00:00:00.000Z"`, `"9999-12-31T23:59:59.999Z"`, `"9999-12-31T23:59:59.999-14:00"`,
	`"0001-01-01T00:00:00.000+14:00"`, `"10000-01-01T00:00:00.000Z"`, `"10000-01-01T00:00:00Z"`, `"-0001-12-31T23:59:59.999Z"`, `"+292278994-08-17T07:12:55.807Z"`, `"2017-02-30T00:00:00.000Z"`, `"2017"`, `"2017-01-01T24:00:00Z"`, `"2016-12-31T23:59:60Z"`,
	`null`, `true`, `[]`, `[null]`, `[[]]`, `{}`, `{"s":null}`, `{"s":"\u0000"}`, `{"a":"\u0000"}`, `{"\u0000":1}`, `{"j":{"\ud800":1e400}}`, `{"id":"\u0000"}`, `{"d":"9999-12-31T23:59:59.9999Z"}`,
	`{"AND":[{"OR":[{"NOT":[{}]}]}]}`, `{"number":{"id":99999999999}}`, `"A"`, `"a"`, `"00000000-0000-0000-0000-000000000000"`, `"0"`, `"99999999999999999999"`,
}

// TestHardValues sends values that some type or database cannot take. No answer may be an error of ours.
func TestHardValues(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		p := openProbe(t, config)
		p.deploy(t, everyType, allFeatures...)
		for _, value := range hardValues {
			for _, query := range valueRequests {
				p.ask(t, query, `{"v":`+value+`}`)
			}
		}
	})
}

// FuzzVariables sends any value with one of the requests, on SQLite alone.
func FuzzVariables(f *testing.F) {
	for i, value := range hardValues {
		f.Add(byte(i), value)
	}
	p := openProbe(f, connector.Config{})
	p.deploy(f, everyType, allFeatures...)
	f.Fuzz(func(t *testing.T, request byte, value string) {
		p.ask(t, valueRequests[int(request)%len(valueRequests)], `{"v":`+value+`}`)
		p.clear(t)
	})
}

package postgres

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// longestArray is the size in bytes of the longest list of ids that rows are
// compared with one by one, about seventy of our own.
const longestArray = 2 << 10

// among compares with the elements of an array, so that an index serves. Texts
// have the type of what they are compared with.
//
// A plan that is kept goes through the whole array for each row where it reads
// a table from end to end, as it does with small tables and with those that
// were not analyzed yet. Long lists of ids are therefore rows, which it hashes.
func among(b *dialect.Builder, t scalar.Type, list string, not bool) {
	cast, isCast := casts[t]
	if isID := t == scalar.ID || t == scalar.UUID || t == scalar.Int; isID && !not && len(list) > longestArray {
		b.SQL("IN (SELECT v FROM ")
		rows(b, t, list)
		b.SQL(" AS v)")
		return
	}
	if not {
		b.SQL("<> ALL(")
	} else {
		b.SQL("= ANY(")
	}
	b.Arg(array(list))
	if isCast {
		b.SQL("::").SQL(cast).SQL("[]")
	}
	b.SQL(")")
}

// rows are the members of an array as a table.
func rows(b *dialect.Builder, t scalar.Type, list string) {
	b.SQL("unnest(").Arg(array(list)).SQL("::").SQL(cmp.Or(casts[t], "text")).SQL("[])")
}

// keep leaves the texts of a column in a setting of the transaction, for which
// any name with a point will do. Without rows that is an empty array.
func keep(b *dialect.Builder, place int, column string) {
	b.SQL("(SELECT set_config('").SQL(setting(place)).SQL("', COALESCE(array_agg(k.").SQL(column).SQL("::text)::text, '{}'), true) FROM k) IS NOT NULL")
}

// kept reads such a setting. Where it was never set, as in EXPLAIN, there are no rows.
func kept(b *dialect.Builder, t scalar.Type, place int) {
	b.SQL("unnest(NULLIF(current_setting('").SQL(setting(place)).SQL("', true), '')::").SQL(cmp.Or(casts[t], "text")).SQL("[])")
}

func setting(place int) string { return "prisma1.kept" + strconv.Itoa(place) }

// array turns a JSON array of scalars into the text of an array: but for the
// brackets and the escapes inside texts they are the same.
func array(list string) string {
	if !strings.Contains(list, `\`) {
		return "{" + list[1:len(list)-1] + "}"
	}
	var members []json.RawMessage
	if json.Unmarshal([]byte(list), &members) != nil {
		return "{}"
	}
	b := []byte{'{'}
	for i, member := range members {
		if i > 0 {
			b = append(b, ',')
		}
		var text string
		if json.Unmarshal(member, &text) != nil {
			b = append(b, member...) // a number or a truth value
			continue
		}
		b = append(append(append(b, '"'), arrayEscapes.Replace(text)...), '"')
	}
	return string(append(b, '}'))
}

var arrayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

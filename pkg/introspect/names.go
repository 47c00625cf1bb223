package introspect

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// reserved are names that a type cannot have.
var reserved = []string{"Query", "Mutation", "Subscription", "Node", "PageInfo", "BatchPayload", "Long"}

var (
	graphQLName = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z_]*$|^_[0-9A-Za-z][0-9A-Za-z_]*$`)
	special     = regexp.MustCompile(`[^0-9A-Za-z_\s-]`)
	between     = regexp.MustCompile(`[\s_-]+`)
	idSuffix    = regexp.MustCompile(`(?i:_id)$|([a-z0-9])I[dD]$`)
)

func isReserved(name string) bool {
	_, isScalar := scalar.Parse(name)
	return isScalar || slices.Contains(reserved, name)
}

// typeName returns what a table is called as a type, by Prisma 1's rules:
// course_users is CourseUser, ORDERS stays.
func typeName(table string) string {
	if table == strings.ToUpper(table) && graphQLName.MatchString(table) && !isReserved(table) {
		return table
	}
	name := capital(camel(singular(special.ReplaceAllString(table, ""))))
	if _, isScalar := scalar.Parse(name); isScalar {
		name = table
	}
	return named(name, "Table")
}

// fieldName returns what a column is called as a field. Of a reference the
// ending Id goes, too.
func fieldName(column string, reference bool) string {
	name := column
	if name == strings.ToUpper(name) {
		name = strings.ToLower(name)
	}
	if reference {
		if short := idSuffix.ReplaceAllString(name, "$1"); short != "" {
			name = short
		}
	}
	return named(lowered(camel(special.ReplaceAllString(name, ""))), "column")
}

// camel joins the parts of a name; the first letter of each but the first becomes a capital.
func camel(name string) string {
	parts := between.Split(name, -1)
	joined := ""
	for _, part := range parts {
		if joined != "" {
			part = capital(part)
		}
		joined += part
	}
	return joined
}

func capital(name string) string { return changed(name, unicode.ToUpper) }

// lowered returns a name that begins with a small letter: UserID is userID, URL is url.
func lowered(name string) string {
	if name == strings.ToUpper(name) {
		return strings.ToLower(name)
	}
	return changed(name, unicode.ToLower)
}

func changed(name string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return name
	}
	return string(change(first)) + name[size:]
}

// named makes sure that a name is one in GraphQL; word stands in front of what begins with a digit.
func named(name, word string) string {
	name = strings.TrimLeft(name, "_")
	switch {
	case graphQLName.MatchString(name) && !isReserved(name):
		return name
	case name == "" || isReserved(name):
		return name + word
	}
	return word + capital(between.ReplaceAllString(special.ReplaceAllString(name, ""), ""))
}

// taken are names that are given already. Letters of either case are the same.
type taken map[string]bool

// first returns the first of some names that is free, else the first with a number, and takes it.
func (t taken) first(names ...string) string {
	for _, name := range names {
		if t.take(name) {
			return name
		}
	}
	for i := 2; ; i++ {
		if name := names[0] + strconv.Itoa(i); t.take(name) {
			return name
		}
	}
}

func (t taken) take(name string) bool {
	key := strings.ToLower(name)
	if t[key] || !graphQLName.MatchString(name) {
		return false
	}
	t[key] = true
	return true
}

package opencrud

import (
	"cmp"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Clash is a name that two things of an API would have.
type Clash struct {
	Type   string // of the datamodel, that is to have another name or whose field is
	Field  string // of that type, "" for the type itself
	Reason string // a sentence
}

func (c *Clash) Error() string { return c.Reason }

// clash notes the first one.
func (b *builder) clash(typeName, field, format string, args ...any) {
	if b.clashed == nil {
		b.clashed = &Clash{Type: typeName, Field: field, Reason: fmt.Sprintf(format, args...)}
	}
}

// clashingRoot notes a root field of a model that is there already. One of the
// models is nil where the field is no model's.
func (b *builder) clashingRoot(name string, m, other *schema.Model) {
	if m == nil || other == nil {
		m = cmp.Or(m, other)
		b.clash(m.Name, "", "The API has a field `%s` of its own. Please give the type `%s` another name.", name, m.Name)
		return
	}
	b.clash(m.Name, "", "The types `%s` and `%s` would both have the field `%s` in the API. Please give one of them another name.", other.Name, m.Name, name)
}

// addFilter notes what a member of a model's filter means.
func (b *builder) addFilter(m *schema.Model, keys map[string]FilterKey, name string, key FilterKey) {
	if other, there := keys[name]; there {
		with := "the API"
		if other.Field != nil {
			with = "the field `" + other.Field.Name + "`"
		}
		b.clash(m.Name, key.Field.Name, "The filter `%s` of the field `%s` is one of %s, too. Please give the field another name.", name, key.Field.Name, with)
	}
	keys[name] = key
}

// clashingTypes notes a type of the datamodel that is called like one of the API.
func (b *builder) clashingTypes() {
	made := make(map[string]bool, len(b.doc.Definitions))
	for _, d := range b.doc.Definitions {
		if made[d.Name] && (b.schema.Model(d.Name) != nil || b.schema.Enum(d.Name) != nil) {
			b.clash(d.Name, "", "The API has a type `%[1]s` of its own. Please give the type `%[1]s` another name.", d.Name)
		}
		made[d.Name] = true
	}
}

package migration

import (
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// sameUniques tells whether two models keep the same fields unique together.
func sameUniques(a, b *schema.Model) bool {
	return slices.EqualFunc(a.Uniques, b.Uniques, func(a, b *schema.Unique) bool {
		return a.Name == b.Name && slices.EqualFunc(a.Fields, b.Fields, func(a, b *schema.Field) bool { return a.Name == b.Name })
	})
}

// keeps tells whether the index of a unique over several fields can stay as it
// is: the next model has the same, of the same columns and types.
func (p *planner) keeps(u *schema.Unique, next *schema.Model) bool {
	return slices.ContainsFunc(next.Uniques, func(now *schema.Unique) bool {
		return slices.EqualFunc(u.Fields, now.Fields, func(before, after *schema.Field) bool {
			return p.was.field(next.Name, after.Name) == before.Name && before.Column() == after.Column() && before.Type == after.Type
		})
	})
}

// dropUniques drops the indexes over several fields that do not stay, before
// their columns change: each database would do something else to them then.
func (p *planner) dropUniques() {
	for _, m := range p.previous.Models {
		next := p.nextOf(m)
		t := p.of(m)
		if next == nil || t == nil {
			continue
		}
		for _, u := range m.Uniques {
			if x := t.UniqueIndex(u.Columns()...); x != nil && !p.keeps(u, next) {
				p.alter(t, relational.DropIndex{Index: *x})
			}
		}
	}
}

// nextOf returns what a previous model becomes, or nil.
func (p *planner) nextOf(m *schema.Model) *schema.Model {
	i := slices.IndexFunc(p.next.Models, func(next *schema.Model) bool { return p.before(next) == m })
	if i < 0 {
		return nil
	}
	return p.next.Models[i]
}

// addUniques adds the indexes over several fields that the next schema needs
// and the tables do not have.
func (p *planner) addUniques() {
	for _, m := range p.next.Models {
		t := p.table(m.Table())
		if t == nil {
			continue
		}
		for _, u := range m.Uniques {
			if t.UniqueIndex(u.Columns()...) == nil {
				index := relational.CompoundIndex(m.Table(), u.Columns(), p.naming)
				index.Name = p.free(t, index.Name)
				p.alter(t, relational.AddIndex{Index: index})
			}
		}
	}
}

const becomeUnique = "You are updating the fields `%s` to be unique together. But there are already nodes for the model `%s` that would violate that constraint."

// uniques refuses new uniques over several fields that nodes violate.
func (c *check) uniques(before, after *schema.Model) error {
	for _, u := range after.Uniques {
		fields, possible := c.compared(before, u)
		if !possible || slices.ContainsFunc(before.Uniques, func(old *schema.Unique) bool { return sameFields(old.Fields, fields) }) {
			continue
		}
		same, err := c.data.HaveDuplicates(c.ctx, before, fields)
		if err != nil {
			return err
		}
		if same {
			var names []string
			for _, f := range u.Fields {
				names = append(names, f.Name)
			}
			c.refuse(after.Name, "", becomeUnique, strings.Join(names, ", "), before.Name)
		}
	}
	return nil
}

// compared returns the fields by which the nodes of a model differ in a unique:
// those that are there already, because what is new and required gets one value
// for all. Where a new one is optional no two nodes are the same.
func (c *check) compared(before *schema.Model, u *schema.Unique) (fields []*schema.Field, possible bool) {
	for _, f := range u.Fields {
		old := before.Field(c.was.field(f.Model.Name, f.Name))
		switch {
		case old != nil && old.IsScalar() && old.Type == f.Type:
			fields = append(fields, old)
		case !f.Required:
			return nil, false
		}
	}
	return fields, true
}

func sameFields(a, b []*schema.Field) bool {
	if len(a) != len(b) {
		return false
	}
	return !slices.ContainsFunc(a, func(f *schema.Field) bool { return !slices.Contains(b, f) })
}

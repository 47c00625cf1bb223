package migration

import "github.com/prisma1-go/prisma1/pkg/schema"

const (
	legacyText      = "You are migrating from the old datamodel syntax to the new one. Make sure that you understand the listed changes because the semantics are different now. Then perform the deployment with the `--force` flag."
	legacyMissing   = "You are migrating to the new datamodel with the field `%[1]s` but is missing the directive `@%[1]s`. Please specify the field as `%[1]s: DateTime! @%[1]s` to keep its original behaviour."
	legacyRemoved   = "You are removing the field `%[1]s` while migrating to the new datamodel. Add the field `%[1]s: DateTime! @%[1]s` explicitly to your model to keep this functionality."
	missingTime     = "You are adding the field `%[1]s` but is missing the directive `@%[1]s`. Please specify the field as `%[1]s: DateTime! @%[1]s` if you want to track the times for when a record was %[2]s. Or deploy with `--force` to ignore this."
	createdAtField  = "createdAt"
	updatedAtField  = "updatedAt"
	globalWarning   = "Global"
	recordIsCreated = "created"
	recordIsUpdated = "updated"
)

// times looks at fields that have the name of a directive and not the directive.
// On a schema of Prisma 1.30 or older the name was enough.
func (c *check) times(steps []Step) {
	if c.previous.Legacy && !c.next.Legacy && len(c.previous.Models) > 0 {
		c.legacy(steps)
		return
	}
	for _, step := range steps {
		s, ok := step.(CreateField)
		if !ok {
			continue
		}
		if f := field(c.next, s.Model, s.Field); f != nil && lacksDirective(f) {
			c.warn(s.Model, s.Field, missingTime, s.Field, timeVerb(s.Field))
		}
	}
}

func (c *check) legacy(steps []Step) {
	for _, step := range steps {
		s, ok := step.(DeleteField)
		if ok && (s.Field == createdAtField || s.Field == updatedAtField) {
			c.refuse(s.Model, s.Field, legacyRemoved, s.Field)
		}
	}
	for _, m := range c.next.Models {
		for _, f := range m.Fields {
			if !f.IsRelation() && lacksDirective(f) {
				c.refuse(m.Name, f.Name, legacyMissing, f.Name)
			}
		}
	}
	if len(steps) > 0 { // a text that changes nothing, as "datamodel upgrade" writes it, needs no understanding
		c.warn(globalWarning, "", legacyText)
	}
}

// lacksDirective tells whether a field is named like a directive that it does not have.
func lacksDirective(f *schema.Field) bool {
	return f.Name == createdAtField && !f.IsCreatedAt() || f.Name == updatedAtField && !f.IsUpdatedAt()
}

func timeVerb(field string) string {
	if field == createdAtField {
		return recordIsCreated
	}
	return recordIsUpdated
}

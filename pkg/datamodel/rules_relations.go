package datamodel

import "regexp"

// ambiguousRelations looks at the relation fields of a type that more than one relation could own.
func (c *checker) ambiguousRelations(t *typeDef) {
	for _, f := range c.ambiguousFields(t) {
		c.ambiguous(f)
	}
}

// namedRelations looks at all relations with a name.
func (c *checker) namedRelations() {
	c.oppositeTypes()
	c.namedOnOneSide()
	c.relationNames()
}

// ambiguousFields returns the relation fields that share their target with
// another one of the type, grouped by target.
func (c *checker) ambiguousFields(t *typeDef) []*fieldDef {
	var targets []string
	byTarget := map[string][]*fieldDef{}
	for _, f := range t.relations {
		if len(byTarget[f.typeName]) == 0 {
			targets = append(targets, f.typeName)
		}
		byTarget[f.typeName] = append(byTarget[f.typeName], f)
	}
	var found []*fieldDef
	for _, target := range targets {
		if len(byTarget[target]) > 1 {
			found = append(found, byTarget[target]...)
		}
	}
	return found
}

func (c *checker) ambiguous(f *fieldDef) {
	if f.relationName() == "" {
		c.field(f, "The relation field `%s` must specify a `@relation` directive: `@relation(name: \"MyRelation\")`", f.name)
		return
	}
	name, isSelf := f.oldRelationName(), f.typeName == f.owner.name
	uses := max(c.usesBetween(f, name), c.connected[connectionOf(f)]) // Prisma 1 counted old names alone and took a third field
	switch {
	case !isSelf && uses > 2:
		c.field(f, "A relation directive cannot appear more than twice. Relation name: '%s'", name)
	case isSelf && uses != 1 && uses != 2:
		c.field(f, "A relation directive for a self relation must appear either 1 or 2 times. Relation name: '%s'", name)
	}
}

// usesBetween counts the fields of the two types of a relation that carry its name.
func (c *checker) usesBetween(f *fieldDef, name string) int {
	owner, other := c.doc.typeByName[f.owner.name], c.doc.typeByName[f.typeName]
	if owner == other {
		return c.uses[use{owner, name}]
	}
	return c.uses[use{owner, name}] + c.uses[use{other, name}]
}

// A use is a name in the relation fields of a type.
type use struct {
	owner *typeDef
	name  string
}

// A connection is a name of relations between two types.
type connection struct{ a, b, name string }

func connectionOf(f *fieldDef) connection {
	a, b := sorted(f.owner.name, f.typeName)
	return connection{a, b, f.relationName()}
}

// countNames prepares what the rules of relations look up.
func (c *checker) countNames() {
	c.uses, c.unnamed, c.named, c.connected = map[use]int{}, map[use]bool{}, map[string][]*fieldDef{}, map[connection]int{}
	for _, t := range c.doc.types {
		for _, f := range t.relations {
			if f.relationName() != "" {
				c.uses[use{t, f.oldRelationName()}]++
			} else {
				c.unnamed[use{t, f.typeName}] = true
			}
		}
	}
	for _, f := range c.doc.relations {
		if name := f.relationName(); name != "" {
			c.named[name] = append(c.named[name], f)
			c.connected[connectionOf(f)]++
		}
	}
}

// namedFields returns the model fields with @relation(name:), by that name or by
// the one that it had.
func (c *checker) namedFields(by func(*fieldDef) string) (names []string, fields map[string][]*fieldDef) {
	fields = map[string][]*fieldDef{}
	for _, f := range c.doc.relations {
		if f.relationName() == "" {
			continue
		}
		name := by(f)
		if len(fields[name]) == 0 {
			names = append(names, name)
		}
		fields[name] = append(fields[name], f)
	}
	return names, fields
}

// oppositeTypes compares the ends of each named relation: by their old names, as
// Prisma 1, which took two fields of one type when one of them had another, then
// by their names.
func (c *checker) oppositeTypes() {
	for _, by := range []func(*fieldDef) string{(*fieldDef).oldRelationName, (*fieldDef).relationName} {
		names, fields := c.namedFields(by)
		for _, name := range names {
			first, last := fields[name][0], fields[name][len(fields[name])-1]
			if first == last {
				continue
			}
			c.oppositeType(first, last)
			c.oppositeType(last, first)
		}
	}
}

func (c *checker) oppositeType(f, other *fieldDef) {
	if f.typeName != other.owner.name {
		c.field(f, "The relation field `%s` has the type `%s`. But the other directive for this relation appeared on the type `%s`",
			f.name, f.typeText, other.owner.name)
	}
}

// namedOnOneSide finds relations whose name the opposite field does not carry.
func (c *checker) namedOnOneSide() {
	for _, f := range c.doc.relations {
		name := f.oldRelationName()
		if f.relationName() == "" || f.typeName == f.owner.name || c.usesBetween(f, name) != 1 {
			continue
		}
		if c.unnamed[use{c.doc.typeByName[f.typeName], f.owner.name}] {
			c.field(f, "You are trying to set the relation '%[1]s' from `%[2]s` to `%[3]s` and are only providing a relation directive with a name on `%[2]s`. "+
				"Please also provide the same named relation directive on the relation field on `%[3]s` pointing towards `%[2]s`.",
				name, f.owner.name, f.typeName)
		}
	}
}

var relationName = regexp.MustCompile(`^[A-Z][a-zA-Z0-9_]*$`)

func (c *checker) relationNames() {
	for _, f := range c.doc.relations {
		value := argumentValue(f.directives, "relation", "name")
		if value == nil || !isString(value) {
			continue
		}
		if len(value.Raw) > maxRelationName || !relationName.MatchString(value.Raw) {
			c.field(f, "The field `%s` has an invalid name in the `@relation` directive. It can only have up to 54 characters and must have the shape [A-Z][a-zA-Z0-9]*", f.name)
		}
	}
}

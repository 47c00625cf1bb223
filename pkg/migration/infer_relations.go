package migration

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// relate finds out which relations come and go. A relation keeps its links when
// it lies between the same models and its name says so: the same name, a rename,
// or the only relation there that had or gets no name.
func (in *inference) relate() error {
	in.deleted = map[*schema.Relation]bool{}
	for _, r := range in.next.Relations {
		if err := in.ambiguousNext(r); err != nil {
			return err
		}
		if !in.wasThere(r) {
			in.createdRelations = append(in.createdRelations, CreateRelation{r.Name})
		}
	}
	for _, r := range in.previous.Relations {
		if err := in.ambiguousPrevious(r); err != nil {
			return err
		}
		if !in.staysThere(r) {
			in.deleted[r] = true
			in.deletedRelations = append(in.deletedRelations, DeleteRelation{r.Name})
		}
	}
	return nil
}

// previousEnds returns the previous names of the models of a next relation.
func (in *inference) previousEnds(r *schema.Relation) (a, b string) {
	return in.names.previousModel(r.ModelA.Name), in.names.previousModel(r.ModelB.Name)
}

// nextEnds returns the next names of the models of a previous relation.
func (in *inference) nextEnds(r *schema.Relation) (a, b string) {
	return in.names.nextModel(r.ModelA.Name), in.names.nextModel(r.ModelB.Name)
}

// ambiguousNext complains about a relation without a name that could be any of several earlier ones.
func (in *inference) ambiguousNext(r *schema.Relation) error {
	a, b := in.previousEnds(r)
	if !hasGeneratedName(r) || len(in.next.Between(r.ModelA.Name, r.ModelB.Name)) != 1 || len(in.previous.Between(a, b)) < 2 {
		return nil
	}
	return fault.New(fault.RelationAmbiguity, "There is a relation ambiguity during the migration. "+
		"The ambiguity is on a relation between %s and %s. Please name relations or change the schema in steps.", a, b)
}

// ambiguousPrevious complains about a relation without a name that could become any of several.
func (in *inference) ambiguousPrevious(r *schema.Relation) error {
	a, b := in.nextEnds(r)
	if !hasGeneratedName(r) || len(in.previous.Between(r.ModelA.Name, r.ModelB.Name)) != 1 || len(in.next.Between(a, b)) < 2 {
		return nil
	}
	return fault.New(fault.RelationAmbiguity, "There is a relation ambiguity during the migration. "+
		"Please first name the old relation on your schema. "+
		"The ambiguity is on a relation between %s and %s. Please name relations or change the schema in steps.",
		r.ModelA.Name, r.ModelB.Name)
}

// wasThere tells whether a relation of the next schema was there before.
func (in *inference) wasThere(r *schema.Relation) bool {
	a, b := in.previousEnds(r)
	candidates := in.previous.Between(a, b)
	only := len(candidates) == 1 && len(in.next.Between(r.ModelA.Name, r.ModelB.Name)) == 1
	for _, old := range candidates {
		switch {
		case hasGeneratedName(old) && (old.Name == r.Name || !in.keepsName(old)),
			old.Name == r.Name && !in.names.renamedInto(r.Name),
			old.Name == in.names.previousRelation(r.Name),
			only && hasGeneratedName(r):
			return true
		}
	}
	return false
}

// staysThere tells whether a relation of the previous schema is in the next one.
func (in *inference) staysThere(r *schema.Relation) bool {
	a, b := in.nextEnds(r)
	candidates := in.next.Between(a, b)
	only := len(candidates) == 1 && len(in.previous.Between(r.ModelA.Name, r.ModelB.Name)) == 1
	for _, now := range candidates {
		switch {
		case hasGeneratedName(now) && (now.Name == r.Name || !in.hadName(now)),
			now.Name == r.Name && !in.names.renamedInto(now.Name),
			now.Name != r.Name && now.Name == in.names.nextRelation(r.Name),
			only && hasGeneratedName(r):
			return true
		}
	}
	return false
}

// keepsName tells whether a previous relation is in the next schema under its name,
// so that it can become no other one. Prisma 1 left the other one out of the tables.
func (in *inference) keepsName(old *schema.Relation) bool {
	a, b := in.nextEnds(old)
	return !in.names.renamedInto(old.Name) && hasName(in.next.Between(a, b), old.Name)
}

// hadName tells whether a next relation was in the previous schema under its name.
func (in *inference) hadName(now *schema.Relation) bool {
	a, b := in.previousEnds(now)
	return !in.names.renamedInto(now.Name) && hasName(in.previous.Between(a, b), now.Name)
}

func hasName(relations []*schema.Relation, name string) bool {
	return slices.ContainsFunc(relations, func(r *schema.Relation) bool { return r.Name == name })
}

func (in *inference) updatedRelations() (steps []Step) {
	for _, old := range in.previous.Relations {
		now := in.becomes(old)
		if in.deleted[old] || now == nil || sameRelation(old, now) {
			continue
		}
		steps = append(steps, UpdateRelation{Relation: old.Name, NewName: renamed(old.Name, now.Name)})
	}
	return steps
}

// becomes returns the relation of the next schema that a previous one turns into, or nil.
func (in *inference) becomes(r *schema.Relation) *schema.Relation {
	a, b := in.nextEnds(r)
	candidates := in.next.Between(a, b)
	name := in.names.nextRelation(r.Name)
	if i := slices.IndexFunc(candidates, func(now *schema.Relation) bool { return now.Name == name }); i >= 0 {
		return candidates[i]
	}
	if len(candidates) == 1 && len(in.previous.Between(r.ModelA.Name, r.ModelB.Name)) == 1 {
		return candidates[0]
	}
	return nil
}

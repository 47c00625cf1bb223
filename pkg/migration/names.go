package migration

import (
	"regexp"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// names translates names between two schemas.
type names struct {
	renames                  datamodel.Renames
	models, enums, relations map[string]string            // old → new
	fields                   map[string]map[string]string // new model → old → new
}

func newNames(r datamodel.Renames) names {
	n := names{
		renames: r, models: inverse(r.Models), enums: inverse(r.Enums), relations: inverse(r.Relations),
		fields: map[string]map[string]string{},
	}
	for model, fields := range r.Fields {
		n.fields[model] = inverse(fields)
	}
	return n
}

func inverse(names map[string]string) map[string]string {
	back := make(map[string]string, len(names))
	for next, old := range names {
		if found, ok := back[old]; !ok || next < found {
			back[old] = next
		}
	}
	return back
}

// translate looks a name up. What has no rename keeps its name, unless renames
// the other way say that the name was given to something else: then it is "".
func translate(names, back map[string]string, name string) string {
	if other, ok := names[name]; ok {
		return other
	}
	if _, taken := back[name]; taken {
		return ""
	}
	return name
}

func (n names) previousModel(next string) string { return translate(n.renames.Models, n.models, next) }
func (n names) nextModel(previous string) string {
	return translate(n.models, n.renames.Models, previous)
}
func (n names) previousEnum(next string) string { return translate(n.renames.Enums, n.enums, next) }
func (n names) nextEnum(previous string) string { return translate(n.enums, n.renames.Enums, previous) }
func (n names) previousRelation(next string) string {
	return translate(n.renames.Relations, n.relations, next)
}
func (n names) nextRelation(previous string) string {
	return translate(n.relations, n.renames.Relations, previous)
}

func (n names) previousField(nextModel, next string) string {
	return translate(n.renames.Fields[nextModel], n.fields[nextModel], next)
}

func (n names) nextField(nextModel, previous string) string {
	return translate(n.fields[nextModel], n.renames.Fields[nextModel], previous)
}

// renamedInto tells whether a relation got its name in this migration.
func (n names) renamedInto(relation string) bool {
	_, ok := n.renames.Relations[relation]
	return ok
}

var relationName = regexp.MustCompile(`^[A-Z][a-zA-Z0-9_]{0,53}$`)

// isGenerated tells whether name is what a relation without a name is called
// between two models, in full or shortened. Prisma 1 did not know the
// shortened form here and took such relations for named ones.
func isGenerated(name, a, b string) bool {
	a, b = min(a, b), max(a, b)
	if name == a+"To"+b {
		return true
	}
	for len(a) > 1 && !relationName.MatchString(a+"To"+b) {
		if len(b) > len(a) {
			b = b[:len(b)-1]
		} else {
			a = a[:len(a)-1]
		}
	}
	return name == a+"To"+b
}

// hasGeneratedName tells whether the relation has the name of one without a name.
func hasGeneratedName(r *schema.Relation) bool {
	return isGenerated(r.Name, r.ModelA.Name, r.ModelB.Name)
}

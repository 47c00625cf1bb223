package schema

import "slices"

// lookup finds the parts of a complete schema by name, in a time that does not
// grow with the schema.
type lookup struct {
	models    map[string]*Model
	relations map[string]*Relation
	enums     map[string]*Enum
	between   map[[2]string][]*Relation // by the names of the models, in order
}

func newLookup(s *Schema) *lookup {
	l := &lookup{
		models: byName(s.Models, func(m *Model) string { return m.Name }), relations: byName(s.Relations, func(r *Relation) string { return r.Name }),
		enums: byName(s.Enums, func(e *Enum) string { return e.Name }), between: map[[2]string][]*Relation{},
	}
	for _, r := range s.Relations {
		key := pair(r.ModelA.Name, r.ModelB.Name)
		l.between[key] = append(l.between[key], r)
	}
	for _, m := range s.Models {
		m.fields = byName(m.Fields, func(f *Field) string { return f.Name })
	}
	return l
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// byName returns a map of a list, of several things with one name the first.
func byName[T any](list []*T, name func(*T) string) map[string]*T {
	found := make(map[string]*T, len(list))
	for _, one := range slices.Backward(list) {
		found[name(one)] = one
	}
	return found
}

// find looks in the map of a complete schema, else through the list.
func find[T any](found map[string]*T, list []*T, name string, of func(*T) string) *T {
	if found != nil {
		return found[name]
	}
	i := slices.IndexFunc(list, func(one *T) bool { return of(one) == name })
	if i < 0 {
		return nil
	}
	return list[i]
}

package schema

import "slices"

// A Unique says that no two nodes of a model have the same values in several
// fields. Nodes without a value in one of them are never the same.
type Unique struct {
	Name   string // in selectors
	Fields []*Field
}

// Columns returns the columns of the fields.
func (u *Unique) Columns() []string {
	columns := make([]string, len(u.Fields))
	for i, f := range u.Fields {
		columns[i] = f.Column()
	}
	return columns
}

// Unique returns the model's unique over several fields with a name, or nil.
func (m *Model) Unique(name string) *Unique {
	i := slices.IndexFunc(m.Uniques, func(u *Unique) bool { return u.Name == name })
	if i < 0 {
		return nil
	}
	return m.Uniques[i]
}

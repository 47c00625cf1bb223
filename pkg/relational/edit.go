package relational

import "slices"

// Apply carries out an edit on the table as a value. A column that goes takes
// its indexes and foreign keys with it; one that changes its name keeps them.
func (t *Table) Apply(e Edit) {
	switch e := e.(type) {
	case AddColumn:
		t.Columns = append(t.Columns, e.Column)
		if e.ForeignKey != nil {
			t.ForeignKeys = append(t.ForeignKeys, *e.ForeignKey)
		}
	case DropColumn:
		t.dropColumn(e.Column.Name)
	case AlterColumn:
		t.alterColumn(e.Before.Name, e.After)
	case AddIndex:
		t.Indexes = append(t.Indexes, e.Index)
	case DropIndex:
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x Index) bool { return x.Name == e.Index.Name })
	}
}

func (t *Table) dropColumn(name string) {
	t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool { return c.Name == name })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x Index) bool { return slices.Contains(x.Columns, name) })
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(k ForeignKey) bool { return k.Column == name })
	if slices.Contains(t.PrimaryKey, name) {
		t.PrimaryKey = nil
	}
}

func (t *Table) alterColumn(name string, after Column) {
	if c := t.Column(name); c != nil {
		*c = after
	}
	replace(t.PrimaryKey, name, after.Name)
	for _, x := range t.Indexes {
		replace(x.Columns, name, after.Name)
	}
	for i := range t.ForeignKeys {
		if t.ForeignKeys[i].Column == name {
			t.ForeignKeys[i].Column = after.Name
		}
	}
}

func replace(names []string, old, name string) {
	if i := slices.Index(names, old); i >= 0 {
		names[i] = name
	}
}

// References tells whether a foreign key of the table leads to another table.
func (t *Table) References(table string) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(k ForeignKey) bool { return k.Table == table })
}

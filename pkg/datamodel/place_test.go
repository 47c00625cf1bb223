package datamodel_test

import "testing"

func TestPlace(t *testing.T) {
	t.Parallel()
	d := mustParse(t, "# über\ntype A {\n  id: ID! @id\n}\nenum E { X }\n")
	for _, c := range []struct {
		typeName, field string
		line, column    int
		ok              bool
	}{
		{"A", "", 2, 6, true},
		{"A", "id", 3, 3, true},
		{"E", "", 5, 6, true},
		{"E", "X", 0, 0, false},
		{"A", "none", 2, 6, true},
		{"Global", "", 0, 0, false},
	} {
		line, column, ok := d.Place(c.typeName, c.field)
		if line != c.line || column != c.column || ok != c.ok {
			t.Errorf("Place(%q, %q) = %d, %d, %v; want %d, %d, %v", c.typeName, c.field, line, column, ok, c.line, c.column, c.ok)
		}
	}
}

package datamodel

import "slices"

// Place returns where a type or enum stands in the text, or one of a type's
// fields when field is not "": line and column, 1-based. A server names only
// these two in its problems and warnings; with Place a client can point at
// them. It returns false for a name that is not in the text.
func (d *Document) Place(typeName, field string) (line, column int, ok bool) {
	if t := d.typeByName[typeName]; t != nil {
		at, found := t.at, true
		if field != "" {
			at, found = t.fieldPlace(field)
		}
		return at.line, at.column, found
	}
	if e := d.enumByName[typeName]; e != nil && field == "" {
		return e.at.line, e.at.column, true
	}
	return 0, 0, false
}

func (t *typeDef) fieldPlace(field string) (position, bool) {
	i := slices.IndexFunc(t.fields, func(f *fieldDef) bool { return f.name == field })
	if i < 0 {
		return position{}, false
	}
	return t.fields[i].at, true
}

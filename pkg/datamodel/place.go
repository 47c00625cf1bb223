package datamodel

import "slices"

// Place returns where a type or enum stands in the text, or one of a type's
// fields when field is not "": line and column, 1-based. A server names only
// these two in its problems and warnings; with Place a client can point at
// them. A field that the text does not have, because it was deleted or is one
// of the hidden ones of 1.0, is placed at its type. It returns false for a type
// that is not in the text.
func (d *Document) Place(typeName, field string) (line, column int, ok bool) {
	if t := d.typeByName[typeName]; t != nil {
		at := t.at
		if i := slices.IndexFunc(t.fields, func(f *fieldDef) bool { return f.name == field }); i >= 0 {
			at = t.fields[i].at
		}
		return at.line, at.column, true
	}
	if e := d.enumByName[typeName]; e != nil && field == "" {
		return e.at.line, e.at.column, true
	}
	return 0, 0, false
}

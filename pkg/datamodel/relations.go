package datamodel

// Values of @relation(link:).
const (
	linkInline = "INLINE"
	linkTable  = "TABLE"
)

// relationName returns what @relation(name:) says, "" when it says nothing.
func (f *fieldDef) relationName() string {
	name, _ := argument(f.directives, "relation", "name")
	return name
}

// oldRelationName returns @relation(oldName:), else @relation(name:). Prisma 1
// counts relations by it while it looks for ambiguous fields.
func (f *fieldDef) oldRelationName() string {
	if old, ok := argument(f.directives, "relation", "oldName"); ok {
		return old
	}
	return f.relationName()
}

// link returns the valid value of @relation(link:), "" when there is none.
func (f *fieldDef) link() string {
	link, _ := argument(f.directives, "relation", "link")
	if link != linkInline && link != linkTable {
		return ""
	}
	return link
}

// related returns the field at the other end of a relation field, nil when it
// has none: of the fields that lead back, the one with the same name, or the
// first when this field has no name (DataModelAst.scala).
func (d *Document) related(f *fieldDef) *fieldDef {
	other := d.typeByName[f.typeName]
	if other == nil || !d.isRelation(f) {
		return nil
	}
	for _, g := range other.leading[relationEnd{f.owner.name, f.relationName()}] {
		if other != f.owner || g.name != f.name {
			return g
		}
	}
	return nil
}

// nameOfRelation returns the name of the relation a field belongs to: its own,
// that of the related field, or one made of the models' names.
func (d *Document) nameOfRelation(f *fieldDef) string {
	if name := f.relationName(); name != "" {
		return name
	}
	if back := d.related(f); back != nil && back.relationName() != "" {
		return back.relationName()
	}
	a, b := sorted(f.owner.name, f.typeName)
	return generatedName(a, b)
}

// maxRelationName is how many bytes the name of a relation may have.
const maxRelationName = 54

// generatedName returns the name of an unnamed relation: AToB, shortened to 54
// bytes from the end of the longer half. A name that begins with a small letter
// made Prisma 1 fail; here it is a name.
func generatedName(a, b string) string {
	const to = "To"
	for len(a)+len(to)+len(b) > maxRelationName {
		if len(b) > len(a) {
			b = b[:len(b)-1]
		} else {
			a = a[:len(a)-1]
		}
	}
	return a + to + b
}

// RelationName returns the name of the relation between two models that nobody named.
func RelationName(a, b string) string { return generatedName(sorted(a, b)) }

func sorted(a, b string) (string, string) {
	if b < a {
		return b, a
	}
	return a, b
}

// relationTable returns the type that describes the table of the relation called name, or nil.
func (d *Document) relationTable(name string) *typeDef {
	if t := d.typeByName[name]; t != nil && t.isRelationTable() {
		return t
	}
	return nil
}

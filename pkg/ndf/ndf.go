// Package ndf is the normalized data format: nodes, scalar lists and relation links as JSON, as import takes them and export gives them.
package ndf

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Kind is what the elements of one file or request are.
type Kind string

// The kinds, in the order in which they have to be imported.
const (
	Nodes     Kind = "nodes"
	Lists     Kind = "lists"
	Relations Kind = "relations"
)

// A Node is the id and the scalar values of one node.
type Node struct {
	Model  *schema.Model
	ID     scalar.Value
	Values []Value // without the id; a field without value is not there
}

// A Value is what a node has in one scalar field.
type Value struct {
	Field *schema.Field
	Value scalar.Value
}

// A List is the values of a node in a scalar list field, or some of them.
type List struct {
	Field  *schema.Field
	ID     scalar.Value // of the node
	Values []scalar.Value
}

// A Link connects two nodes of a relation.
type Link struct {
	Relation *schema.Relation
	A, B     scalar.Value // ids of the nodes on the two sides
}

// AppendNode appends a node as an element of an export. Its id is called id
// whatever the id field is called; null values are left out.
func AppendNode(b []byte, n Node) []byte {
	b = appendHead(b, n.Model, n.ID)
	for _, v := range n.Values {
		if v.Value.IsNull() {
			continue
		}
		b = append(b, ',')
		b = scalar.AppendQuoted(b, v.Field.Name)
		b = append(b, ':')
		b = scalar.AppendJSON(b, v.Value)
	}
	return append(b, '}')
}

// AppendList appends a list as an element of an export.
func AppendList(b []byte, l List) []byte {
	b = appendHead(b, l.Field.Model, l.ID)
	b = append(b, ',')
	b = scalar.AppendQuoted(b, l.Field.Name)
	b = append(b, ':', '[')
	for i, v := range l.Values {
		if i > 0 {
			b = append(b, ',')
		}
		b = scalar.AppendJSON(b, v)
	}
	return append(b, ']', '}')
}

// AppendLink appends a link as an element of an export: the end on side B, then that on side A.
func AppendLink(b []byte, l Link) []byte {
	b = appendEnd(append(b, '['), l.Relation, schema.SideB, l.B)
	b = appendEnd(append(b, ','), l.Relation, schema.SideA, l.A)
	return append(b, ']')
}

// appendEnd appends one end of a link. A hidden field has no name.
func appendEnd(b []byte, r *schema.Relation, side schema.Side, id scalar.Value) []byte {
	b = appendHead(b, r.Model(side), id)
	if f := r.Field(side); f != nil && !f.Hidden {
		b = append(b, `,"fieldName":`...)
		b = scalar.AppendQuoted(b, f.Name)
	}
	return append(b, '}')
}

// appendHead appends what every element begins with, without closing it.
func appendHead(b []byte, m *schema.Model, id scalar.Value) []byte {
	b = append(b, `{"_typeName":`...)
	b = scalar.AppendQuoted(b, m.Name)
	b = append(b, `,"id":`...)
	return scalar.AppendJSON(b, id)
}

// Size returns the length of an element as exports count it: in UTF-16 units,
// as the JVM does.
func Size(element []byte) int {
	size := 0
	for i := 0; i < len(element); {
		r, width := utf8.DecodeRune(element[i:])
		size += max(1, utf16.RuneLen(r))
		i += width
	}
	return size
}

package ndf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// An Import is the elements of one import; only those of its kind are there.
type Import struct {
	Nodes []Node
	Lists []List
	Links []Link

	Problems []string // one sentence per element that is left out, in order
}

// errTuple is the error of an element of kind Relations that names no field.
var errTuple = errors.New("Invalid ImportRelation at least one fieldName needs to be defined.")

// Decode reads the body of an import, {"valueType", "values"}. Fields that
// record when a node was written get now (ms since 1970) when they are absent.
//
// An element with an unknown field or a wrong value becomes a problem; one that
// is no element at all fails the whole import, as in Prisma 1 (BulkImport.scala).
func Decode(s *schema.Schema, now int64, body []byte) (*Import, error) {
	var file struct {
		ValueType Kind              `json:"valueType"`
		Values    []json.RawMessage `json:"values"`
	}
	if err := json.Unmarshal(body, &file); err != nil {
		return nil, fmt.Errorf("The import is no object with valueType and values: %w", err)
	}
	d := &decoder{schema: s, now: scalar.OfDateTime(now), found: &Import{}}
	element := map[Kind]func(json.RawMessage) error{Nodes: d.node, Lists: d.list, Relations: d.link}[file.ValueType]
	if element == nil {
		return nil, fmt.Errorf("%s is no valueType: use nodes, lists or relations.", file.ValueType)
	}
	for _, raw := range file.Values {
		if err := element(raw); err != nil {
			return nil, err
		}
	}
	return d.found, nil
}

// A decoder reads the elements of one import.
type decoder struct {
	schema *schema.Schema
	now    scalar.Value
	found  *Import
}

// A member is one key of an element with its value.
type member struct {
	key string
	raw json.RawMessage
}

func (d *decoder) problem(format string, args ...any) {
	d.found.Problems = append(d.found.Problems, fmt.Sprintf(format, args...))
}

func (d *decoder) unknown(m *schema.Model, id scalar.Value, field string) {
	d.problem("The model %s with id %s has an unknown field '%s' in field list.", m.Name, id, field)
}

// invalid says that a value does not fit; the quote before the space is Prisma 1's.
func (d *decoder) invalid(f *schema.Field, id scalar.Value) {
	d.problem("The model %s with id %s has an invalid value for field' %s'.", f.Model.Name, id, f.Name)
}

// node reads {"_typeName", "id", field: value …}.
func (d *decoder) node(raw json.RawMessage) error {
	m, id, rest, err := d.head(raw)
	if err != nil {
		return err
	}
	n := Node{Model: m, ID: id}
	for _, member := range rest {
		f := m.Field(member.key)
		switch {
		case f == nil && (member.key == "createdAt" || member.key == "updatedAt"):
			continue // exports of older services have them always
		case f == nil || !f.IsScalar():
			d.unknown(m, id, member.key)
			return nil
		case f.IsID():
			continue // an id field of another name repeats the id
		}
		v, ok := value(f, member.raw)
		if !ok {
			d.invalid(f, id)
			return nil
		}
		n.Values = append(n.Values, Value{f, v})
	}
	n.Values = d.stamped(n)
	d.found.Nodes = append(d.found.Nodes, n)
	return nil
}

// stamped returns the values of a node with now in absent fields that record
// when it was written: by behaviour, or by name as in old datamodels.
func (d *decoder) stamped(n Node) []Value {
	values := n.Values
	for _, f := range n.Model.Fields {
		named := f.IsScalar() && f.Type == scalar.DateTime && (f.Name == "createdAt" || f.Name == "updatedAt")
		if !named && !f.IsCreatedAt() && !f.IsUpdatedAt() {
			continue
		}
		if !slices.ContainsFunc(n.Values, func(v Value) bool { return v.Field == f }) {
			values = append(values, Value{f, d.now})
		}
	}
	return values
}

// list reads {"_typeName", "id", field: [value …]}; of several fields the first counts.
func (d *decoder) list(raw json.RawMessage) error {
	m, id, rest, err := d.head(raw)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return fmt.Errorf("The list of %s with id %s has no field.", m.Name, id)
	}
	f := m.Field(rest[0].key)
	if f == nil || !f.IsScalarList() {
		d.unknown(m, id, rest[0].key)
		return nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(rest[0].raw, &items); err != nil || items == nil {
		d.invalid(f, id)
		return nil
	}
	l := List{Field: f, ID: id}
	for _, item := range items {
		v, ok := value(f, item)
		if !ok {
			d.invalid(f, id)
			return nil
		}
		l.Values = append(l.Values, v)
	}
	d.found.Lists = append(d.found.Lists, l)
	return nil
}

// link reads [{"_typeName", "id", "fieldName"}, {…}]; the first end with a
// fieldName decides what relation it is.
func (d *decoder) link(raw json.RawMessage) error {
	var ends []json.RawMessage
	if err := json.Unmarshal(raw, &ends); err != nil || len(ends) != 2 {
		return errors.New("A relation in an import is an array of two ends.")
	}
	var ids [2]scalar.Value
	var field *schema.Field
	at := -1
	for i, end := range ends {
		m, id, rest, err := d.head(end)
		if err != nil {
			return err
		}
		ids[i] = id
		name := fieldName(rest)
		if at >= 0 || name == "" {
			continue
		}
		if field = m.Field(name); field == nil || !field.IsRelation() {
			d.unknown(m, id, name)
			return nil
		}
		at = i
	}
	if at < 0 {
		return errTuple
	}
	l := Link{Relation: field.Relation, A: ids[at], B: ids[1-at]}
	if field.Side == schema.SideB {
		l.A, l.B = l.B, l.A
	}
	d.found.Links = append(d.found.Links, l)
	return nil
}

func fieldName(members []member) string {
	for _, m := range members {
		if m.key == "fieldName" {
			name, _ := text(m.raw)
			return name
		}
	}
	return ""
}

// head reads the model and the id of an element, and returns the other members in order.
func (d *decoder) head(raw json.RawMessage) (m *schema.Model, id scalar.Value, rest []member, err error) {
	members, err := members(raw)
	if err != nil {
		return nil, id, nil, err
	}
	var idText json.RawMessage
	for _, member := range members {
		switch member.key {
		case "_typeName":
			name, _ := text(member.raw)
			if m = d.schema.Model(name); m == nil {
				return nil, id, nil, fmt.Errorf("No model with name: %s found.", name)
			}
		case "id":
			idText = member.raw
		default:
			rest = append(rest, member)
		}
	}
	if m == nil {
		return nil, id, nil, errors.New("An element of the import has no _typeName.")
	}
	key := m.ID()
	if key == nil {
		return nil, id, nil, fmt.Errorf("The model %s has no id field.", m.Name)
	}
	id, ok := value(key, idText)
	if !ok {
		return nil, id, nil, fmt.Errorf("An element of the import with _typeName %s has no valid id.", m.Name)
	}
	return m, id, rest, nil
}

// members returns the members of an object in order.
func members(raw json.RawMessage) ([]member, error) {
	r := json.NewDecoder(bytes.NewReader(raw))
	if open, err := r.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("An element of the import is no object.")
	}
	var found []member
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: key.(string)} // the text is valid, so a key it is
		if err := r.Decode(&m.raw); err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}

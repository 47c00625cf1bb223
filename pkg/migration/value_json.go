package migration

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A valueJSON is a stored default (GCValueJsonFormatter.scala).
type valueJSON struct {
	Type   string          `json:"gcValueType"`
	IsList bool            `json:"isList"`
	Value  json.RawMessage `json:"value"`
}

var valueTypes = map[scalar.Type]string{
	scalar.String: "string", scalar.Int: "int", scalar.Float: "float", scalar.Boolean: "bool",
	scalar.DateTime: "datetime", scalar.Json: "json", scalar.ID: "graphQlId", scalar.UUID: "uuid", scalar.Enum: "enum",
	scalar.Long: "long", scalar.Decimal: "decimal", scalar.Date: "date",
}

// storedTime is UTC without saying so.
const storedTime = "2006-01-02T15:04:05.000"

func storeValue(v scalar.Value) *valueJSON {
	stored := &valueJSON{Type: valueTypes[v.Type]}
	switch v.Type {
	case scalar.Null:
		return nil
	case scalar.DateTime:
		stored.Value = scalar.AppendQuoted(nil, time.UnixMilli(v.Int).UTC().Format(storedTime))
	default:
		stored.Value = scalar.AppendJSON(nil, v)
	}
	return stored
}

// loadValue reads a stored default. Lists are no defaults of this engine and become null.
func loadValue(stored *valueJSON) (scalar.Value, error) {
	if stored == nil || stored.IsList {
		return scalar.Value{}, nil
	}
	switch stored.Type {
	case "null", "root":
		return scalar.Value{}, nil
	case "int":
		return read(stored, scalar.OfInt)
	case "long":
		return read(stored, scalar.OfLong)
	case "decimal":
		return read(stored, scalar.OfDecimal)
	case "date":
		return read(stored, func(day string) scalar.Value { return scalar.Value{Type: scalar.Date, Text: day} })
	case "float":
		return read(stored, scalar.OfFloat)
	case "bool":
		return read(stored, scalar.OfBool)
	case "json":
		return scalar.OfJSON(string(stored.Value)), nil
	case "datetime":
		text, err := read(stored, scalar.OfString)
		if err != nil {
			return text, err
		}
		ms, err := scalar.ParseDateTime(text.Text)
		return scalar.OfDateTime(ms), err
	case "enum":
		return read(stored, scalar.OfEnum)
	case "graphQlId":
		return readID(stored)
	case "uuid":
		return read(stored, scalar.OfUUID)
	case "string":
		return read(stored, scalar.OfString)
	}
	return scalar.Value{}, fmt.Errorf("no kind of value %q", stored.Type)
}

// readID reads an id; ids of Int fields are stored under the same kind.
func readID(stored *valueJSON) (scalar.Value, error) {
	if v, err := read(stored, scalar.OfInt); err == nil {
		return v, nil
	}
	return read(stored, scalar.OfID)
}

func read[T any](stored *valueJSON, of func(T) scalar.Value) (scalar.Value, error) {
	var v T
	if err := json.Unmarshal(stored.Value, &v); err != nil {
		return scalar.Value{}, fmt.Errorf("read stored %s: %w", stored.Type, err)
	}
	return of(v), nil
}

// A behaviourJSON is one of the four stored behaviours.
type behaviourJSON struct{ schema.Behaviour }

type (
	plainBehaviour struct {
		Type string `json:"type"`
	}
	idBehaviour struct {
		Type     string          `json:"type"`
		Strategy schema.Strategy `json:"strategy"`
		Sequence *sequenceJSON   `json:"sequence"` // null when there is none
	}
	listBehaviour struct {
		Type     string              `json:"type"`
		Strategy schema.ListStrategy `json:"strategy"`
	}
)

func storeBehaviour(b schema.Behaviour) *behaviourJSON {
	if b == nil {
		return nil
	}
	return &behaviourJSON{b}
}

func loadBehaviour(stored *behaviourJSON) schema.Behaviour {
	if stored == nil {
		return nil
	}
	return stored.Behaviour
}

// MarshalJSON writes the behaviour with its type.
func (b behaviourJSON) MarshalJSON() ([]byte, error) {
	switch b := b.Behaviour.(type) {
	case schema.CreatedAt:
		return marshal(plainBehaviour{"createdAt"})
	case schema.UpdatedAt:
		return marshal(plainBehaviour{"updatedAt"})
	case schema.ScalarList:
		return marshal(listBehaviour{"scalarList", b.Strategy})
	case schema.ID:
		return marshal(idBehaviour{"id", b.Strategy, (*sequenceJSON)(b.Sequence)})
	}
	return nil, fmt.Errorf("store behaviour %T", b.Behaviour)
}

// UnmarshalJSON reads a behaviour by its type.
func (b *behaviourJSON) UnmarshalJSON(text []byte) error {
	var stored struct {
		Type     string        `json:"type"`
		Strategy string        `json:"strategy"`
		Sequence *sequenceJSON `json:"sequence"`
	}
	if err := json.Unmarshal(text, &stored); err != nil {
		return err
	}
	switch stored.Type {
	case "createdAt":
		b.Behaviour = schema.CreatedAt{}
	case "updatedAt":
		b.Behaviour = schema.UpdatedAt{}
	case "scalarList":
		b.Behaviour = schema.ScalarList{Strategy: schema.ListStrategy(stored.Strategy)}
	case "id":
		b.Behaviour = schema.ID{Strategy: schema.Strategy(stored.Strategy), Sequence: (*schema.Sequence)(stored.Sequence)}
	default:
		return fmt.Errorf("no behaviour %q", stored.Type)
	}
	return nil
}

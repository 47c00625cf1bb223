package ndf

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// value reads a JSON value as one of field f. ok is false for null and for
// everything that does not fit the type.
func value(f *schema.Field, raw json.RawMessage) (v scalar.Value, ok bool) {
	switch f.Type {
	case scalar.Json:
		return jsonValue(raw)
	case scalar.Long:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		return scalar.OfLong(n), err == nil
	case scalar.Int, scalar.Float:
		return number(f.Type, raw)
	case scalar.Boolean:
		text := string(raw)
		return scalar.OfBool(text == "true"), text == "true" || text == "false"
	}
	text, ok := text(raw)
	if !ok {
		return v, false
	}
	return ofText(f, text)
}

func jsonValue(raw json.RawMessage) (scalar.Value, bool) {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil || b.String() == "null" {
		return scalar.Value{}, false
	}
	return scalar.OfJSON(b.String()), true
}

// number reads an Int of 32 bits or a Float.
func number(t scalar.Type, raw json.RawMessage) (scalar.Value, bool) {
	var n *float64
	if err := json.Unmarshal(raw, &n); err != nil || n == nil {
		return scalar.Value{}, false
	}
	if t == scalar.Float {
		return scalar.OfFloat(*n), true
	}
	whole := *n == math.Trunc(*n) && *n >= math.MinInt32 && *n <= math.MaxInt32
	return scalar.OfInt(int64(*n)), whole
}

func text(raw json.RawMessage) (string, bool) {
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", false
	}
	return *s, true
}

func ofText(f *schema.Field, text string) (v scalar.Value, ok bool) {
	switch f.Type {
	case scalar.DateTime:
		ms, ok := dateTime(text)
		return scalar.OfDateTime(ms), ok
	case scalar.Decimal:
		v, err := scalar.ParseDecimal(text)
		return v, err == nil
	case scalar.Date:
		v, err := scalar.ParseDate(text)
		return v, err == nil
	case scalar.UUID:
		_, err := uuid.Parse(text)
		return scalar.OfUUID(text), err == nil && len(text) == 36
	case scalar.Enum:
		return scalar.OfEnum(text), f.Enum != nil && slices.Contains(f.Enum.Values, text)
	}
	return scalar.Value{Type: f.Type, Text: text}, true
}

// dateText is the form with T and a zone.
var dateText = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$`)

// dateTime reads the three forms of dates in an import: with T, zone and an
// optional fraction, and "2017-11-29 14:35:13", which is UTC.
func dateTime(text string) (ms int64, ok bool) {
	if !strings.Contains(text, "T") {
		t, err := time.Parse(time.DateTime, text)
		return t.UnixMilli(), err == nil
	}
	ms, err := scalar.ParseDateTime(text)
	return ms, err == nil && dateText.MatchString(text)
}

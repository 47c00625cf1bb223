package scalar

import (
	"encoding/json"
	"math"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for typ := String; typ < Enum; typ++ {
		for _, name := range []string{typ.String(), typ.Code()} {
			if got, ok := Parse(name); !ok || got != typ {
				t.Errorf("Parse(%q) = %v, %t; want %v", name, got, ok, typ)
			}
		}
	}
	for _, name := range []string{"", "Null", "Enum", "string", "Long"} {
		if got, ok := Parse(name); ok {
			t.Errorf("Parse(%q) = %v, want none", name, got)
		}
	}
}

func TestDateTime(t *testing.T) {
	tests := []struct{ text, want string }{
		{"2017", "2017-01-01T00:00:00.000Z"},
		{"2017-11", "2017-11-01T00:00:00.000Z"},
		{"2017-11-22", "2017-11-22T00:00:00.000Z"},
		{"2017-326", "2017-11-22T00:00:00.000Z"},
		{"2017-W47-3", "2017-11-22T00:00:00.000Z"},
		{"2017-11-22T13", "2017-11-22T13:00:00.000Z"},
		{"2017-11-22T13:57", "2017-11-22T13:57:00.000Z"},
		{"2017-11-22T13:57:31.1Z", "2017-11-22T13:57:31.100Z"},
		{"2017-11-22T13:57:31.123456", "2017-11-22T13:57:31.123Z"},
		{"2017-11-22T13:57:31+02:00", "2017-11-22T11:57:31.000Z"},
		{"2017-11-22T13:57:31-0130", "2017-11-22T15:27:31.000Z"},
		{"2016-02-29", "2016-02-29T00:00:00.000Z"},
		{"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
	}
	for _, test := range tests {
		ms, err := ParseDateTime(test.text)
		if err != nil {
			t.Errorf("ParseDateTime(%q): %v", test.text, err)
			continue
		}
		if got := string(AppendDateTime(nil, ms)); got != test.want {
			t.Errorf("%q is printed as %s, want %s", test.text, got, test.want)
		}
	}
	for _, text := range []string{"", "now", "2017-13", "2017-02-29", "2017-11-22 13:57", "2017-11-22T25", "2017-11-22T13:57:31+2", "20171122x", "300000000", "-300000000-W10-2"} {
		if ms, err := ParseDateTime(text); err == nil {
			t.Errorf("ParseDateTime(%q) = %d, want an error", text, ms)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	tests := []struct {
		value Value
		want  string
	}{
		{Value{}, "null"},
		{OfString(`a "b" \ c`), `"a \"b\" \\ c"`},
		{OfString("é\u2028<&>\n\x01"), "\"é\u2028<&>\\n\\u0001\""},
		{OfString("bad \xff byte"), `"bad ` + "\uFFFD" + ` byte"`},
		{OfInt(math.MinInt64), "-9223372036854775808"},
		{OfFloat(1), "1"},
		{OfFloat(0.1), "0.1"},
		{OfFloat(-12.5), "-12.5"},
		{OfFloat(1e21), "1000000000000000000000"},
		{OfFloat(1e-7), "0.0000001"},
		{OfBool(true), "true"},
		{OfBool(false), "false"},
		{OfDateTime(57), `"1970-01-01T00:00:00.057Z"`},
		{OfJSON(`{"b":[1,2]}`), `{"b":[1,2]}`},
		{OfID("c1"), `"c1"`},
		{OfUUID("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), `"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"`},
		{OfEnum("RED"), `"RED"`},
	}
	for _, test := range tests {
		if got := string(AppendJSON(nil, test.value)); got != test.want {
			t.Errorf("%#v is printed as %s, want %s", test.value, got, test.want)
		}
	}
}

func TestAppendDecimal(t *testing.T) {
	tests := []struct{ text, want string }{
		{"1.10", "1.1"},
		{"100", "100"},
		{"100.000", "100"},
		{"-0.00", "0"},
		{"12345678901234567890.123456789", "12345678901234567890.123456789"},
		{"1E+3", "1000"},
		{"25e-1", "2.5"},
	}
	for _, test := range tests {
		if got := string(AppendDecimal(nil, test.text)); got != test.want {
			t.Errorf("%s is printed as %s, want %s", test.text, got, test.want)
		}
	}
}

// FuzzText reads any text as each type that is written as one: what is read comes
// back from what is printed.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"plain", "\x00\"\\\u2028\xff", "2017-11-22T13:57:31.123+02:00", "2017-W47-3", "-0001-01-01T00:00:00Z", "2020-02-29", "-12.340", "1e-30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendQuoted(nil, s), &back); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
		if ms, err := ParseDateTime(s); err == nil {
			text := string(AppendDateTime(nil, ms))
			if again, err := ParseDateTime(text); err != nil || again != ms {
				t.Errorf("the DateTime %q is printed as %q, which is read as %d, not %d (%v)", s, text, again, ms, err)
			}
		}
		if day, err := ParseDate(s); err == nil {
			if again, err := ParseDate(day.String()); err != nil || again != day {
				t.Errorf("the Date %q is printed as %q (%v)", s, day, err)
			}
		}
		if number, err := ParseDecimal(s); err == nil {
			if again, err := ParseDecimal(number.String()); err != nil || again != number {
				t.Errorf("the Decimal %q is printed as %q (%v)", s, number, err)
			}
		}
	})
}

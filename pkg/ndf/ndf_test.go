package ndf

import "testing"

func TestDateTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int64 // ms since 1970, -1 for no date
	}{
		{"1970-01-01T00:00:01.500Z", 1500},
		{"1970-01-01T00:00:01Z", 1000},
		{"1970-01-01T01:00:01+01:00", 1000},
		{"1970-01-01T01:00:01.500+0100", 1500},
		{"1970-01-01 00:00:01", 1000},
		{"1970-01-01T00:00:01", -1},
		{"1970-01-01", -1},
		{"1970-02-30 00:00:00", -1},
		{"1970-13-01T00:00:00Z", -1},
		{"T10:20", -1},
		{"", -1},
	}
	for _, test := range tests {
		got, ok := dateTime(test.text)
		if !ok {
			got = -1
		}
		if got != test.want {
			t.Errorf("dateTime(%q) = %d, want %d", test.text, got, test.want)
		}
	}
}

func TestSizeCountsLikeTheJVM(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "ab": 2, "äé": 2, "a\U0001F600b": 4, "\xff": 1} {
		if got := Size([]byte(text)); got != want {
			t.Errorf("Size(%q) = %d, want %d", text, got, want)
		}
	}
}

package terminal

import (
	"slices"
	"testing"
)

// TestBesides: descriptions stand in a column, closer to the names where the screen is narrow.
func TestBesides(t *testing.T) {
	terminal, _, _ := fake()
	for _, c := range []struct {
		choices []Choice
		want    []string
	}{
		{[]Choice{{"MySQL", "or MariaDB"}, {"PostgreSQL", ""}}, []string{"           or MariaDB", ""}},
		{[]Choice{{"a", "This description has just as many columns as there is place for on the screen."}}, []string{"  This description has just as many columns as there is place for on the sc…"}},
	} {
		if got := terminal.besides(c.choices); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{{"äöü", 3, "äöü"}, {"ein zwei", 5, "ein…"}, {"ein zwei", 6, "ein z…"}, {"ein zwei", 3, ""}, {"ein zwei", -1, ""}} {
		if got := shorten(c.text, c.columns); got != c.want {
			t.Errorf("%s, %d: got %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

package terminal

import (
	"slices"
	"testing"
)

// TestPageOf: a list is as long as there is room below its question.
func TestPageOf(t *testing.T) {
	const question = "Set up a new Prisma server or deploy to an existing server?" // 78 columns with its hint
	for _, c := range []struct{ columns, rows, want int }{{100, 40, 10}, {100, 6, 4}, {40, 6, 3}, {20, 5, 1}, {10, 2, 1}} {
		if got := pageOf(c.columns, c.rows, question); got != c.want {
			t.Errorf("%d columns, %d rows: got %d, want %d", c.columns, c.rows, got, c.want)
		}
	}
}

// TestBesides: descriptions stand in a column, closer to the names where the screen is narrow.
func TestBesides(t *testing.T) {
	terminal, _, _ := fake()
	for _, c := range []struct {
		dumb    bool // with numbers in front
		choices []Choice
		want    []string
	}{
		{false, []Choice{{"MySQL", "or MariaDB"}, {"PostgreSQL", ""}}, []string{"           or MariaDB", ""}},
		{false, []Choice{{"a", "This description has just as many columns as there is place for on the screen."}}, []string{"  This description has just as many columns as there is place for on the sc…"}},
		{true, []Choice{{"a", "This description has just as many columns as there is place for on the screen."}}, []string{"  This description has just as many columns as there is place for on the…"}},
	} {
		terminal.dumb = c.dumb
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

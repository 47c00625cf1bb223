// Package terminal is the person at the keyboard: streams, colour, progress lines, tables and prompts.
package terminal

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// Terminal is where a command reads and writes: results to Out, everything else to Err.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer

	colour   bool
	dumb     bool // no cursor keys, no escape codes
	neverAsk bool
}

// New returns a terminal on three streams. Colours are used when both outputs are a terminal
// that is not dumb, or CLICOLOR_FORCE is set; never when NO_COLOR is set.
func New(in io.Reader, out, err io.Writer, env func(string) string) *Terminal {
	dumb := env("TERM") == "dumb" || env("TERM") == "" && runtime.GOOS != "windows" // which knows no TERM
	colour := isTerminal(out) && isTerminal(err) && !dumb
	if force := env("CLICOLOR_FORCE"); force != "" && force != "0" {
		colour = true
	}
	return &Terminal{In: in, Out: out, Err: err, colour: colour && env("NO_COLOR") == "", dumb: dumb}
}

// Interactive says whether there is somebody to ask.
func (t *Terminal) Interactive() bool {
	return !t.neverAsk && isTerminal(t.In) && t.screen() != nil
}

// NeverAsk makes every prompt fail with ErrNoTerminal.
func (t *Terminal) NeverAsk() { t.neverAsk = true }

// Silent is the same terminal without results.
func (t *Terminal) Silent() *Terminal {
	silent := *t
	silent.Out = io.Discard
	return &silent
}

// screen is the output a prompt is drawn on, nil when none is a terminal.
func (t *Terminal) screen() *os.File {
	for _, w := range []io.Writer{t.Out, t.Err} {
		if file, ok := w.(*os.File); ok && isTerminal(file) {
			return file
		}
	}
	return nil
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && file != nil && term.IsTerminal(int(file.Fd()))
}

// columns is the width of the screen of prompts.
func (t *Terminal) columns() int { return columnsOf(t.screen()) }

// columnsOf is the width of a screen, at least 20; 80 of one that does not tell and of a file.
func columnsOf(stream io.Writer) int {
	if file, ok := stream.(*os.File); ok && file != nil {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return max(width, 20)
		}
	}
	return width
}

// Printf writes to Out.
func (t *Terminal) Printf(format string, args ...any) { fmt.Fprintf(t.Out, format, args...) }

// Notef writes to Err.
func (t *Terminal) Notef(format string, args ...any) { fmt.Fprintf(t.Err, format, args...) }

// The colours are those of the original's screens.

// Bold emphasises a name.
func (t *Terminal) Bold(text string) string { return t.paint("1", text) }

// Red marks errors and what is removed.
func (t *Terminal) Red(text string) string { return t.paint("31", text) }

// Green marks success and what is added.
func (t *Terminal) Green(text string) string { return t.paint("32", text) }

// Yellow marks warnings and what changes.
func (t *Terminal) Yellow(text string) string { return t.paint("33", text) }

// Cyan marks commands and times.
func (t *Terminal) Cyan(text string) string { return t.paint("36", text) }

// Dim marks what matters less.
func (t *Terminal) Dim(text string) string { return t.paint("2", text) }

func (t *Terminal) paint(code, text string) string {
	if !t.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// width is the number of columns errors and warnings are wrapped at, as in the original, unless
// the screen has less.
const width = 80

// Error writes a message to Err, every line after a red arrow.
func (t *Terminal) Error(message string) { t.arrow(t.Red("▸"), message) }

// Warning writes a message to Err, every line after a yellow arrow, and an empty line.
func (t *Terminal) Warning(message string) {
	t.arrow(t.Yellow("▸"), message)
	t.Notef("\n")
}

func (t *Terminal) arrow(arrow, message string) {
	for line := range strings.SplitSeq(strings.TrimRight(printable(message), "\n"), "\n") {
		for _, part := range Wrap(line, min(width, columnsOf(t.Err))-6) {
			t.Notef("%s\n", strings.TrimRight(" "+arrow+"    "+part, " "))
		}
	}
}

// printable takes out of a message what a screen would obey: it may hold bytes of a file or of a
// server.
func printable(message string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, message)
}

// Wrap breaks a line between words so that no part has more than columns runes, but for words
// that are longer. Indentation stays in front of the first part, spaces within a part stay.
func Wrap(line string, columns int) []string {
	if utf8.RuneCountInString(line) <= columns {
		return []string{line}
	}
	words := strings.TrimLeft(line, " ")
	current := line[:len(line)-len(words)]
	var parts []string
	for word := range strings.SplitSeq(words, " ") {
		switch {
		case strings.TrimSpace(current) == "":
			current += word
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > columns:
			parts = append(parts, strings.TrimRight(current, " "))
			current = word
		default:
			current += " " + word
		}
	}
	return append(parts, current)
}

// Beside writes a label and a dimmed text beside it, whose further lines, where the screen is
// narrow, stand below the first. Where there is no room beside the label, the text stands below it.
func (t *Terminal) Beside(label, text string) {
	const narrowest, below = 20, 6
	indent, parts := utf8.RuneCountInString(label), []string{text}
	if isTerminal(t.Out) {
		room := columnsOf(t.Out) - indent - 1
		if room < narrowest {
			t.Printf("  %s\n", strings.TrimSpace(label))
			label, indent, room = strings.Repeat(" ", below), below, columnsOf(t.Out)-below-1
		}
		parts = Wrap(text, room)
	}
	for i, part := range parts {
		if i > 0 {
			label = strings.Repeat(" ", indent)
		}
		t.Printf("%s%s\n", label, t.Dim(part))
	}
}

// Text writes paragraphs. Where the screen is narrower they are broken anew, behind a dash below
// their beginning; lines that are indented stay as they are, for people copy them.
func (t *Terminal) Text(text string) {
	text = strings.TrimRight(text, "\n")
	if columns := columnsOf(t.Out); isTerminal(t.Out) && widest(text) > columns {
		text = reflow(text, columns-1)
	}
	t.Printf("%s\n", text)
}

func widest(text string) int {
	columns := 0
	for line := range strings.SplitSeq(text, "\n") {
		columns = max(columns, utf8.RuneCountInString(line))
	}
	return columns
}

// reflow joins the lines of each paragraph and breaks it at some columns.
func reflow(text string, columns int) string {
	var lines []string
	paragraph := ""
	end := func() {
		indent := ""
		if strings.HasPrefix(paragraph, "- ") {
			indent = "  "
		}
		for i, part := range Wrap(paragraph, columns-len(indent)) {
			if i > 0 {
				part = indent + part
			}
			lines = append(lines, part)
		}
		paragraph = ""
	}
	for line := range strings.SplitSeq(text, "\n") {
		own := line == "" || line[0] == ' '
		if paragraph != "" && (own || strings.HasPrefix(line, "- ")) {
			end()
		}
		switch {
		case own:
			lines = append(lines, line)
		case paragraph == "":
			paragraph = line
		default:
			paragraph += " " + line
		}
	}
	if paragraph != "" {
		end()
	}
	return strings.Join(lines, "\n")
}

// Table writes rows under a head, columns two spaces apart, the head underlined.
func (t *Terminal) Table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	underline := make([]string, len(head))
	for i, w := range widths {
		underline[i] = strings.Repeat("─", w)
	}
	for _, row := range append([][]string{head, underline}, rows...) {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		t.Printf("%s\n", strings.TrimRight(line.String(), " "))
	}
}
